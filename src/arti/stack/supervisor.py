"""Start boxes in order, keep them running, stop them in the opposite order.

No box outlives its supervisor: the kernel signals each at the supervisor's death (Linux), and `guard.py` ends whole
process groups, grandchildren included, when its pipe closes (everywhere).
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from arti.stack.box import Box
from arti.stack.children import end_group, tied_to_us
from arti.stack.enter import CANNOT_START
from arti.stack.health import answers
from arti.stack.logs import cap_log, last_line
from arti.stack.state import Shown

BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)
_CALM_SECONDS = 60  # up for this long, and the next death counts as the first
_READY_SECONDS = 60


@dataclass(slots=True)
class _Kept:
    box: Box
    shown: Shown
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None
    task: asyncio.Task[None] | None = None


class Supervisor:
    """Keeps boxes. `changed` is called with nothing whenever a state changed; read `shown` then."""

    def __init__(self, boxes: Sequence[Box], changed: Callable[[], None]) -> None:
        self._kept = {box.name: _Kept(box, Shown(box.name, box.title, box.shown_url, "waiting")) for box in boxes}
        self._changed = changed
        self._stopping = False
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def shown(self) -> list[Shown]:
        return [kept.shown for kept in self._kept.values()]

    async def start(self, stages: Sequence[int]) -> None:
        """Start the boxes of `stages`, one stage after the other. Returns when each is up or has failed once."""
        if self._guard is None:
            self._guard = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        for stage in stages:
            now = [kept for kept in self._kept.values() if kept.box.stage == stage]
            for kept in now:
                kept.task = asyncio.create_task(self._keep(kept))
            for kept in now:
                await kept.settled.wait()

    async def stop(self) -> None:
        """Stop every box, the last stage first, and wait for each."""
        self._stopping = True
        for stage in sorted({kept.box.stage for kept in self._kept.values()}, reverse=True):
            await asyncio.gather(*(self._end(kept) for kept in self._kept.values() if kept.box.stage == stage))
        if self._guard is not None and self._guard.stdin is not None:
            self._tell_guard("bye")
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    async def _keep(self, kept: _Kept) -> None:
        deaths = 0
        while not self._stopping:
            started = time.monotonic()
            log_from = kept.box.log.stat().st_size if kept.box.log.exists() else 0
            self._show(kept, "starting" if not deaths else "restarting")
            try:
                kept.process = await self._spawn(kept.box)
            except OSError as error:
                self._show(kept, "failed", f"{kept.box.command[0]} cannot be run: {error.strerror}")
                kept.settled.set()
                return
            self._tell_guard(f"+ {kept.process.pid} {int(kept.box.stop_signal)}")
            ended = asyncio.create_task(kept.process.wait())
            await self._until_ready(kept, ended, log_from)
            code = await ended
            self._tell_guard(f"- {kept.process.pid}")
            end_group(kept.process.pid)
            if self._stopping:
                return
            why = last_line(kept.box.log, since=log_from) or _ending(code)
            if code == CANNOT_START:
                self._show(kept, "failed", why)
                kept.settled.set()
                return
            deaths = 1 if time.monotonic() - started > _CALM_SECONDS else deaths + 1
            pause = BACKOFF_SECONDS[min(deaths, len(BACKOFF_SECONDS)) - 1]
            kept.shown.restarts += 1
            self._show(kept, "restarting", f"{_ending(code)}, again in {pause} s: {why}")
            if deaths >= 2:
                kept.settled.set()
            await asyncio.sleep(pause)

    async def _until_ready(self, kept: _Kept, ended: asyncio.Task[int], log_from: int) -> None:
        until = time.monotonic() + _READY_SECONDS
        while not ended.done():
            if await answers(kept.box, log_from):
                self._show(kept, "up")
                kept.settled.set()
                await self._watch_log(kept, ended)
                return
            if time.monotonic() > until and not kept.settled.is_set():
                self._show(kept, "starting", f"no answer for {_READY_SECONDS} s. See ./arti logs {kept.box.name}.")
                kept.settled.set()
            await asyncio.wait({ended}, timeout=0.05)

    async def _watch_log(self, kept: _Kept, ended: asyncio.Task[int]) -> None:
        while not ended.done():
            cap_log(kept.box.log)
            await asyncio.wait({ended}, timeout=30)

    async def _spawn(self, box: Box) -> asyncio.subprocess.Process:
        with box.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *box.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(box.env),
                cwd="/",
                start_new_session=True,
                preexec_fn=tied_to_us(box.stop_signal),
                user=box.uid,
                group=box.uid,
                extra_groups=None if box.uid is None else [],
            )

    async def _end(self, kept: _Kept) -> None:
        if kept.task is None:
            return
        process = kept.process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(kept.box.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), kept.box.stop_seconds)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            end_group(process.pid)
        kept.task.cancel()
        await asyncio.gather(kept.task, return_exceptions=True)
        self._show(kept, "stopped")

    def _show(self, kept: _Kept, state: str, note: str = "") -> None:
        kept.shown.state, kept.shown.note = state, note
        running = kept.process is not None and kept.process.returncode is None
        kept.shown.pid = kept.process.pid if kept.process is not None and running else None
        self._changed()

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(f"{line}\n".encode())
                self._guard.stdin.flush()


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    return f"was ended by {signal.Signals(-code).name}"
