"""Drive `./arti` from a test: on free ports, with its own data folder, and find the processes that it leaves."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from arti.settings import Settings
from arti_core import clock
from local_stack.data_directory import CHECKOUT
from local_stack.environment import PORTS
from tests.conftest import free_port


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation, as the commands see it."""

    data: Path
    env: dict[str, str]

    def arti(self, *words: str, seconds: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "arti", *words],
            env=self.env | more,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def processes(self) -> dict[str, psutil.Process]:
        """Return every live process of this installation, found by its environment or by its folder."""
        found = {}
        for process in psutil.process_iter():
            try:
                command = " ".join(process.cmdline())
                ours = str(self.data) in command or process.environ().get("ARTI_DATA") == str(self.data)
                if ours and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                    found[f"{process.pid} {command}"] = process
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found


def create_installation(data: Path) -> Installation:
    """Return an installation in `data` on free ports, without the settings of the surrounding environment.

    It has the real time whatever ARTI_TEST_NOW says: its own clock is moved by --at only.
    """
    settings = {name.upper() for name in Settings.model_fields} | {clock.ENVIRONMENT_VARIABLE}
    env = {name: value for name, value in os.environ.items() if name not in settings}
    ports = {name: str(free_port()) for name in PORTS}
    return Installation(
        data,
        env | ports | {"ARTI_DATA": str(data), "PYTHONPATH": os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))},
    )


def wait_until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until `condition()` is true; fail after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the condition never became true"
        time.sleep(0.05)
