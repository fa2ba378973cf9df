"""Tie a child process to this one: on Linux the kernel signals it when we die, however we end."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

_POLL_SECONDS = 0.2


class ChildProcess(Protocol):
    """A child as the supervisor handles it: what asyncio's Process has of it."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def send_signal(self, signal: int, /) -> None: ...
    def kill(self) -> None: ...


class InheritedProcess:
    """A child that the program before started in this process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    async def wait(self) -> int:
        """Wait until it ends. Returns its exit code, negative for a signal."""
        while self.returncode is None:
            self._poll()
            if self.returncode is None:
                await asyncio.sleep(_POLL_SECONDS)
        return self.returncode

    def send_signal(self, number: int, /) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def _poll(self) -> None:
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:  # it ended while the program was replaced
            self.returncode = 255
            return
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)


def signal_on_parent_death(number: int) -> Callable[[], None]:
    """Return what a child must call between fork and exec to get signal `number` at our death."""
    parent = os.getpid()

    def set_death_signal() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:  # we died before the line above
                os._exit(1)

    return set_death_signal


def kill_process_group(process: int) -> None:
    """Kill what is left in the process group that `process` led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
