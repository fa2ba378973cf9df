"""Install n8n on this machine: its own software under its own licence, no part of ARTi.

By pnpm from a frozen lock file, without install scripts, into .arti/n8n. With PostgreSQL as its database n8n needs no
program that would have to be compiled.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from arti_core.errors import Conflict
from local_stack.data_directory import CHECKOUT
from local_stack.terminal import progress
from local_stack.web.build import npm_program, run_node

_LOCKS = CHECKOUT / "n8n" / "install"
_FOLDER = CHECKOUT / ".arti" / "n8n"
VERSION: str = json.loads((_LOCKS / "package.json").read_text())["dependencies"]["n8n"]
LICENCE = f"""n8n {VERSION} is software of n8n GmbH, under the Sustainable Use License 1.0 (https://docs.n8n.io/sustainable-use-license/):
  - for your own internal business purposes, or for non-commercial or personal use;
  - it may be passed on only free of charge and for non-commercial purposes;
  - files with .ee. in their name need an Enterprise licence of n8n.
ARTi works without it. It takes 2 GB on the disk and some minutes, and is installed into {_FOLDER}."""


def find_n8n() -> Path | None:
    """Return n8n's program, None when this version is not installed."""
    program = _FOLDER / "app" / "node_modules" / "n8n" / "bin" / "n8n"
    stamp = _FOLDER / "installed"
    return program if program.exists() and stamp.exists() and stamp.read_bytes() == _lock() else None


async def install_n8n(accept: Callable[[str], bool]) -> Path:
    """Install n8n unless it is installed. `accept` shows the licence and returns whether the person accepts it.

    Raises Conflict when nobody does, Unavailable when it cannot be installed.
    """
    if (installed := find_n8n()) is not None:
        return installed
    if not accept(LICENCE):
        raise Conflict("n8n is not installed: accept its licence with ./arti n8n install --accept-licence.")
    app, tools, log = _FOLDER / "app", _FOLDER / "pnpm", _FOLDER / "install.log"
    for folder, source in ((tools, _LOCKS / "pnpm"), (app, _LOCKS)):
        folder.mkdir(parents=True, exist_ok=True)
        for file in source.iterdir():
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
    npm = [str(npm_program()), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    pnpm = [str(tools / "node_modules" / "pnpm" / "bin" / "pnpm.cjs"), "install", "--frozen-lockfile"]
    pnpm += ["--ignore-scripts", "--store-dir", str(_FOLDER / "store")]
    with progress(f"installing n8n {VERSION}"):
        await run_node(npm, log=log, what="Installing pnpm", cwd=tools)
        await run_node(pnpm, log=log, what="Installing n8n", cwd=app)
    shutil.rmtree(_FOLDER / "store", ignore_errors=True)
    (_FOLDER / "installed").write_bytes(_lock())
    installed = find_n8n()
    assert installed is not None  # it was just made from the same lock file
    return installed


def _lock() -> bytes:
    return (_LOCKS / "pnpm-lock.yaml").read_bytes()
