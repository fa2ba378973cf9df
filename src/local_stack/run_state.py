"""The state of a running `./arti up`, for the other commands: a lock that ends with it, and each service's status."""

import fcntl
import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil

from arti_core.errors import Conflict, Unavailable
from local_stack.data_directory import DataDirectory


@dataclass(slots=True)
class ServiceStatus:
    """One row of the table. `state` is starting, up, restarting, failed, stopped or external.

    `problem` is what is wrong with a service although it runs, and the way out.
    """

    service: str
    title: str
    url: str
    state: str
    note: str = ""
    pid: int | None = None
    restarts: int = 0
    problem: str = ""

    @property
    def is_well(self) -> bool:
        return self.state in ("up", "external") and not self.problem


@dataclass(frozen=True, slots=True)
class State:
    """`ready` is whether every service has answered once since the start.

    `handover` is how far an update in place is: "possible", "stopped" when the services are stopped and the process
    waits for the code of the new version, and empty while it is not possible.
    """

    pid: int
    ready: bool
    services: list[ServiceStatus]
    handover: str = ""


def acquire_lock(folder: DataDirectory) -> IO[str]:
    """Lock the folder until this process ends, however it ends. Raises Conflict when another one has it."""
    handle = try_lock(folder.lock)
    if handle is None:
        raise Conflict(
            f"ARTi is already running on {folder.root} (process {running_pid(folder)}). "
            "./arti status shows it, ./arti down stops it."
        )
    return handle


def try_lock(path: Path) -> IO[str] | None:
    """Lock a file until this process ends, and write its number there. Returns None when another process has it."""
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def running_pid(folder: DataDirectory) -> int | None:
    """Return the process that has locked the folder, or None."""
    return holder_of(folder.lock)


def holder_of(path: Path) -> int | None:
    """Return the process that has locked a file, or None."""
    try:
        with path.open() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(handle.read().strip() or 0) or None
    except (FileNotFoundError, ValueError):
        pass
    return None


def write_state(folder: DataDirectory, state: State) -> None:
    """Replace the state file at once, so that a reader never gets half of it."""
    draft = folder.state.with_suffix(".new")
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(folder.state)


def read_state(folder: DataDirectory) -> State | None:
    """Return what the running `up` wrote last, or None when nothing runs."""
    pid = running_pid(folder)
    if pid is None:
        return None
    try:
        written = json.loads(folder.state.read_text())
    except (FileNotFoundError, ValueError):
        return None
    if written["pid"] != pid:
        return None
    services = [ServiceStatus(**service) for service in written["services"]]
    return State(pid, written["ready"], services, written.get("handover", ""))


def stop_running(folder: DataDirectory, *, seconds: float = 60) -> bool:
    """Stop the running `up` and wait for it. Returns whether there was one."""
    pid = running_pid(folder)
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + seconds
    while running_pid(folder) == pid:
        if time.monotonic() > until:
            raise Unavailable(f"ARTi (process {pid}) did not stop within {seconds:.0f} s. See ./arti logs.")
        time.sleep(0.05)
    with suppress(psutil.Error):  # the lock falls a moment before the process ends
        psutil.Process(pid).wait(timeout=5)
    return True


def write_sign_in(path: Path, lines: list[str]) -> None:
    """Store how to sign in, readable by its owner only."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(lines))


def read_sign_in(path: Path) -> list[str]:
    """Return the lines stored by `write_sign_in`, or none."""
    try:
        return [str(line) for line in json.loads(path.read_text())]
    except (FileNotFoundError, ValueError):
        return []
