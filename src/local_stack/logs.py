"""The services' log files: capped, tailed, followed."""

import os
import shutil
import sys
import time
from pathlib import Path

from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory

_CAP_BYTES = 10 * 1024 * 1024
_TAIL_BYTES = 64 * 1024


def cap_log(path: Path, *, cap_bytes: int = _CAP_BYTES) -> None:
    """Move a log over the cap to <name>.log.1. The service keeps writing to the emptied file (it appends)."""
    if path.exists() and path.stat().st_size > cap_bytes:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def tail(path: Path, *, lines: int = 50, since: int = 0) -> list[str]:
    """Return the last lines, at most `lines`, that stand after byte `since`."""
    if not path.exists():
        return []
    with path.open("rb") as handle:
        size = handle.seek(0, os.SEEK_END)
        handle.seek(max(min(since, size), size - _TAIL_BYTES))
        return handle.read().decode(errors="replace").splitlines()[-lines:]


def last_line(path: Path, *, since: int = 0) -> str:
    """Return the last line with text in it after byte `since`, cut to 200 characters."""
    return next((line.strip()[:200] for line in reversed(tail(path, since=since)) if line.strip()), "")


def follow(paths: list[Path]) -> None:
    """Print what is appended to `paths`, each line led by its service, until Ctrl-C."""
    at = {path: path.stat().st_size for path in paths if path.exists()}
    while True:
        for path in paths:
            size = path.stat().st_size if path.exists() else 0
            if size < at.get(path, 0):
                at[path] = 0
            if size > at.get(path, 0):
                with path.open("rb") as handle:
                    handle.seek(at.get(path, 0))
                    for line in handle.read().decode(errors="replace").splitlines():
                        sys.stdout.write(f"{path.stem:9} {line}\n")
                    at[path] = handle.tell()
                sys.stdout.flush()
        time.sleep(0.3)


def show_logs(folder: DataDirectory, service: str | None, *, lines: int, following: bool) -> None:
    """Print the last lines of one service, or of each. Raises Misconfigured when there is no such log."""
    paths = [folder.log_path(service)] if service else sorted(folder.logs.glob("*.log"))
    known = [path for path in paths if path.exists()]
    if not known:
        names = ", ".join(sorted(path.stem for path in folder.logs.glob("*.log"))) or "none yet"
        raise Misconfigured(f"There is no log of {service or 'any service'} here. There are: {names}.")
    for path in known:
        for line in tail(path, lines=lines):
            print(line if service else f"{path.stem:9} {line}")
    if following:
        follow(known)
