"""Processes of ours that start at once: forked from one that has imported them. They can be killed and frozen."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SOURCE = str(Path(__file__).parents[1] / "src")
# Reads a line for each process: its entry point and environment. Writes its id. Nobody waits for what has ended.
_PARENT = """
import importlib, json, os, signal, sys, traceback
sys.path.insert(0, sys.argv[1])
entries = {name: importlib.import_module("arti." + name).run for name in sys.argv[2:]}
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    name, environment = json.loads(line)
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sys.stdin.close()
        os.environ.update(environment)
        try:
            entries[name]()
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    print(pid, flush=True)
os.killpg(0, signal.SIGKILL)  # whoever started them is gone
"""


class ForkedProcesses:
    """`names` are modules of `arti` with a function `run`: api, gateway, worker."""

    def __init__(self, *names: str) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT, _SOURCE, *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._running: set[int] = set()

    def start(self, name: str, environment: Mapping[str, str]) -> int:
        """Start a process and return its id."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        print(json.dumps([name, dict(environment)]), file=self._parent.stdin, flush=True)
        pid = int(self._parent.stdout.readline())
        self._running.add(pid)
        return pid

    def is_running(self, pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self, pid: int) -> None:
        self._running.discard(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        while self.is_running(pid):
            pass

    def end(self) -> None:
        for pid in tuple(self._running):
            self.kill(pid)
        self._parent.kill()
        self._parent.communicate()
