"""Tie a child process to this one: on Linux the kernel signals it when we die, however we end."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


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
