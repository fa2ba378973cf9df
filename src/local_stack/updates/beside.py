"""Run in the folder of a new version, by its own Python: build what has changed, and see whether it would start.

`python -m local_stack.updates.beside CHECKOUT` prints a sentence for each thing that it did. The version that is
updated runs it, so its name, its argument and its exit code stay: 0, or 1 with a sentence on standard error.
"""

import asyncio
import compileall
import os
import py_compile
import shutil
import sys
from pathlib import Path

from arti_core.errors import ArtiError
from local_stack.data_directory import CHECKOUT as HERE
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from local_stack.services import list_services
from local_stack.web.build import WEB, build_web_app, source_hash


def main() -> None:
    """Build beside the checkout that runs."""
    try:
        for line in asyncio.run(build(Path(sys.argv[1]))):
            print(line, flush=True)
    except ArtiError as error:
        print(error.message, file=sys.stderr)
        sys.exit(1)


async def build(running: Path) -> list[str]:
    """Check the settings, compile the sources, and build the web app unless that of `running` is of the same sources.

    Raises Misconfigured when the new version refuses the settings, Unavailable when the web app cannot be built.
    """
    folder = find_data_directory()
    list_services(folder, load_environment(folder))
    # With the paths that they will have. By their content, since a switch changes the times of the sources.
    compileall.compile_dir(
        HERE / "src",
        quiet=1,
        stripdir=str(HERE),
        prependdir=str(running),
        invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
    )
    lines = ["The new version accepts the settings, and its sources are compiled."]
    stamp = running / "web" / "out" / ".arti-source"
    if not (WEB / "package.json").exists():
        return [*lines, "There is no web app."]
    if stamp.exists() and stamp.read_text() == source_hash():
        return [*lines, "The web app has not changed: its build is kept."]
    _link_modules(running / "web" / "node_modules")
    await build_web_app(log=folder.log_path("update"))
    return [*lines, "The web app is built."]


def _link_modules(installed: Path) -> None:
    """Take over the packages of the web app by hard links when the lock file is the same."""
    stamp, lock = installed / ".arti-lock", WEB / "package-lock.json"
    target = WEB / "node_modules"
    if target.exists() or not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        return
    draft = WEB / "node_modules.draft"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(installed, draft, symlinks=True, copy_function=os.link)
    draft.rename(target)


if __name__ == "__main__":
    main()
