"""The `./arti up` that an update works on: stop its services, let it go on with other code, see whether it is ready."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from arti_core.errors import Conflict, Unavailable
from local_stack.data_directory import DataDirectory
from local_stack.logs import tail
from local_stack.run_state import ServiceStatus, read_state, running_pid
from local_stack.updates.downtime import Downtime
from local_stack.updates.handover import POSSIBLE, SIGNAL, STOPPED, VARIABLE

_POLL_SECONDS = 0.05
_STOP_SECONDS = 60
_SYSTEMD_SECONDS = 60


class RunningStack:
    """The process `pid` of `./arti up` in a data folder, and with which options and settings it was started."""

    def __init__(self, folder: DataDirectory, checkout: Path, pid: int) -> None:
        self._folder, self._checkout, self._pid = folder, checkout, pid
        process = psutil.Process(pid)
        try:
            environ = process.environ()
            words = process.cmdline()
        except psutil.AccessDenied:
            raise Conflict(f"ARTi runs as {process.username()}: update it as that user, or as root.") from None
        # What an update before gave it stands in its environment still.
        self.environ: Mapping[str, str] = {name: value for name, value in environ.items() if name != VARIABLE}
        self._children = process.children()
        self._words = _without_demo(words[words.index("up") + 1 :])

    def list_programs(self) -> list[str]:
        """Return the programs of its services, by path."""
        found = []
        with suppress(psutil.Error):
            for child in psutil.Process(self._pid).children():
                found.append(child.exe())
        return found

    @property
    def services(self) -> list[ServiceStatus]:
        state = read_state(self._folder)
        return state.services if state is not None else []

    def require_handover(self) -> None:
        """Raise Conflict unless it can be updated in place now."""
        state = read_state(self._folder)
        if state is None or not state.handover:
            raise Conflict(
                "The running ARTi is not ready for an update: it is still starting, or of a version that cannot be "
                "updated in place. Wait for it, or start it again (./arti down, ./arti up), then update."
            )

    async def change(self, switch: Callable[[], None]) -> None:
        """Stop its services, change the code, and start what is there then. One that does not react is ended."""
        if await self._stop_services():
            try:
                switch()
            finally:
                os.kill(self._pid, SIGNAL)
            return
        await self._end()
        switch()
        await self._start()

    async def wait_until_ready(self, downtime: Downtime, seconds: float) -> str:
        """Wait until every service is well and answers. Returns why that did not happen, empty when it did."""
        until = time.monotonic() + seconds
        while True:
            state = read_state(self._folder)
            if running_pid(self._folder) is None:
                return "./arti up has ended."
            if state is not None and state.ready and state.handover == POSSIBLE:
                failed = [row for row in state.services if row.state == "failed"]
                if failed:
                    return " ".join(f"{row.title} failed: {row.note}" for row in failed)
                if all(row.is_well for row in state.services) and not downtime.list_down():
                    return ""
            if time.monotonic() > until:
                unwell = [row for row in self.services if not row.is_well]
                names = [f"{row.title} ({row.problem or row.note or row.state})" for row in unwell]
                return f"Not ready after {seconds:.0f} s: {', '.join(names or downtime.list_down()) or 'it starts'}."
            await asyncio.sleep(_POLL_SECONDS)

    def copy_logs(self, log: Path) -> None:
        """Append the last lines of what is not well to `log`, before the version before writes its own there."""
        with log.open("a") as output:
            for row in self.services:
                if not row.is_well:
                    lines = tail(self._folder.log_path(row.service), lines=60)
                    output.write("\n".join([f"-- {row.service}: {row.state} {row.note}", *lines, ""]))

    async def _stop_services(self) -> bool:
        """Return whether the services are stopped and it waits for other code."""
        state = read_state(self._folder)
        if state is None or state.pid != self._pid or state.handover != POSSIBLE:
            return False
        os.kill(self._pid, SIGNAL)
        until = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < until and running_pid(self._folder) == self._pid:
            state = read_state(self._folder)
            if state is not None and state.handover == STOPPED:
                return True
            await asyncio.sleep(_POLL_SECONDS / 2)
        return False

    async def _end(self) -> None:
        for number, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, 10)):
            until = time.monotonic() + seconds
            if running_pid(self._folder) == self._pid:
                os.kill(self._pid, number)
            while running_pid(self._folder) == self._pid and time.monotonic() < until:
                await asyncio.sleep(_POLL_SECONDS)
        # Its stores end by themselves when it is gone, and hold their ports until then.
        await asyncio.to_thread(psutil.wait_procs, self._children, _STOP_SECONDS)

    async def _start(self) -> None:
        if "INVOCATION_ID" in self.environ:  # of systemd, which starts it again when it failed
            until = time.monotonic() + _SYSTEMD_SECONDS
            while running_pid(self._folder) is None:
                if time.monotonic() > until:
                    raise Unavailable("ARTi has stopped. Start it: systemctl restart arti.")
                await asyncio.sleep(_POLL_SECONDS)
        else:
            words = ["sh", str(self._checkout / "arti"), "up", "--detach", *self._words]
            done = await asyncio.to_thread(
                subprocess.run,
                words,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode and running_pid(self._folder) is None:
                raise Unavailable("ARTi has stopped and does not start. See ./arti logs up, then ./arti up.")
        self._pid = running_pid(self._folder) or self._pid


def _without_demo(words: Sequence[str]) -> list[str]:
    """Return the options of `up` without those of its first start."""
    left = [word for word in words if word not in ("--detach", "--demo")]
    place = left.index("--at") if "--at" in left else len(left)
    return left[:place] + left[place + 2 :]
