"""Start services in order, keep them running, stop them in reverse order.

No service outlives its supervisor: the kernel signals each at the supervisor's death (Linux), and `watchdog.py` ends
whole process groups, grandchildren included, when its pipe closes (everywhere). An update replaces the program of the
supervisor's process: the essential services run on as its children (`release`, `inherited`).
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.logs import cap_log, last_line
from local_stack.run_state import ServiceStatus
from local_stack.supervision.child_processes import (
    ChildProcess,
    InheritedProcess,
    kill_process_group,
    signal_on_parent_death,
)
from local_stack.supervision.entrypoint import EXIT_CONFIG
from local_stack.supervision.readiness import does_answer, is_ready
from local_stack.supervision.service_spec import Service

BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15, 30)
_STABLE_SECONDS = 60  # up for this long, and the next death counts as the first
_READY_SECONDS = 60
_WATCH_SECONDS = 5.0
_MISSES = 2  # one is no news on a busy machine


@dataclass(slots=True)
class _Supervised:
    service: Service
    status: ServiceStatus
    started_once: asyncio.Event = field(default_factory=asyncio.Event)
    process: ChildProcess | None = None
    task: asyncio.Task[None] | None = None


class Supervisor:
    """Keeps services running. `changed` is called whenever a state changed; `statuses` has the new one.

    `inherited` has the processes, by service, that run already as children of this process.
    """

    def __init__(
        self, services: Sequence[Service], changed: Callable[[], None], inherited: Mapping[str, int] | None = None
    ) -> None:
        self._inherited = dict(inherited or {})
        self._supervised = {
            service.name: _Supervised(
                service, ServiceStatus(service.name, service.title, service.display_url, "waiting")
            )
            for service in services
        }
        self._changed = changed
        self._stopping = False
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def statuses(self) -> list[ServiceStatus]:
        return [supervised.status for supervised in self._supervised.values()]

    def report_problem(self, name: str, problem: str) -> None:
        """Say what is wrong with a service although it runs."""
        self._supervised[name].status.problem = problem
        self._changed()

    async def start(self, stages: Sequence[int]) -> None:
        """Start the services of `stages`, one stage after the other. Returns when each is up or has failed once."""
        if self._watchdog is None:
            self._watchdog = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("watchdog.py"))],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        for stage in stages:
            of_stage = [supervised for supervised in self._supervised.values() if supervised.service.stage == stage]
            for supervised in of_stage:
                supervised.task = asyncio.create_task(self._run_service(supervised))
            for supervised in of_stage:
                await supervised.started_once.wait()

    async def release(self) -> dict[str, int]:
        """Stop all services but the essential ones. Returns the processes of these, which nothing here watches now."""
        kept = {
            name: supervised.process.pid
            for name, supervised in self._supervised.items()
            if supervised.service.essential
            and supervised.status.state == "up"
            and supervised.process is not None
            and supervised.process.returncode is None
        }
        for name in kept:
            task = self._supervised.pop(name).task
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self.stop()
        return kept

    async def stop(self) -> None:
        """Stop every service, the last stage first, and wait for each."""
        self._stopping = True
        for stage in sorted({supervised.service.stage for supervised in self._supervised.values()}, reverse=True):
            await asyncio.gather(
                *(
                    self._stop_service(supervised)
                    for supervised in self._supervised.values()
                    if supervised.service.stage == stage
                )
            )
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._write_to_watchdog("bye")
            self._watchdog.stdin.close()
            self._watchdog.wait()
            self._watchdog = None

    async def _run_service(self, supervised: _Supervised) -> None:
        failures = 0
        while not self._stopping:
            started = time.monotonic()
            log_from = supervised.service.log.stat().st_size if supervised.service.log.exists() else 0
            self._set_state(supervised, "starting" if not failures else "restarting")
            running = self._inherited.pop(supervised.service.name, None)
            try:
                supervised.process = (
                    await self._spawn(supervised.service) if running is None else InheritedProcess(running)
                )
            except OSError as error:
                self._set_state(
                    supervised, "failed", f"{supervised.service.command[0]} cannot be run: {error.strerror}"
                )
                supervised.started_once.set()
                return
            self._write_to_watchdog(f"+ {supervised.process.pid} {int(supervised.service.stop_signal)}")
            ended = asyncio.create_task(supervised.process.wait())
            if running is None:
                await self._until_ready(supervised, ended, log_from)
            else:
                self._set_state(supervised, "up")
                supervised.started_once.set()
                await self._watch(supervised, ended)
            code = await ended
            self._write_to_watchdog(f"- {supervised.process.pid}")
            kill_process_group(supervised.process.pid)
            if self._stopping:
                return
            reason = last_line(supervised.service.log, since=log_from) or _describe_exit(code)
            if code == EXIT_CONFIG:
                self._set_state(supervised, "failed", reason)
                supervised.started_once.set()
                return
            failures = 1 if time.monotonic() - started > _STABLE_SECONDS else failures + 1
            pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]
            supervised.status.restarts += 1
            self._set_state(supervised, "restarting", f"{_describe_exit(code)}, again in {pause} s: {reason}")
            if failures >= 2:
                supervised.started_once.set()
            await asyncio.sleep(pause)

    async def _until_ready(self, supervised: _Supervised, ended: asyncio.Task[int], log_from: int) -> None:
        until = time.monotonic() + _READY_SECONDS
        while not ended.done():
            if await is_ready(supervised.service, log_from):
                self._set_state(supervised, "up")
                supervised.started_once.set()
                await self._watch(supervised, ended)
                return
            if time.monotonic() > until and not supervised.started_once.is_set():
                self._set_state(
                    supervised,
                    "starting",
                    f"no answer for {_READY_SECONDS} s. See ./arti logs {supervised.service.name}.",
                )
                supervised.started_once.set()
            await asyncio.wait({ended}, timeout=0.05)

    async def _watch(self, supervised: _Supervised, ended: asyncio.Task[int]) -> None:
        """Cap the log of a running service, and say so while it does not answer."""
        status, missed = supervised.status, 0
        frozen = f"It runs and does not answer: frozen, or overloaded. See ./arti logs {supervised.service.name}."
        while not ended.done():
            cap_log(supervised.service.log)
            await asyncio.wait({ended}, timeout=_WATCH_SECONDS)
            missed = 0 if ended.done() or await does_answer(supervised.service) else missed + 1
            if missed >= _MISSES and not status.problem:
                self.report_problem(status.service, frozen)
            elif missed == 0 and status.problem == frozen:
                self.report_problem(status.service, "")

    async def _spawn(self, service: Service) -> asyncio.subprocess.Process:
        with service.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(service.env),
                cwd="/",
                start_new_session=True,
                preexec_fn=signal_on_parent_death(service.stop_signal),
                user=service.uid,
                group=service.uid,
                extra_groups=None if service.uid is None else [],
            )

    async def _stop_service(self, supervised: _Supervised) -> None:
        if supervised.task is None:
            return
        process = supervised.process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(supervised.service.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), supervised.service.stop_seconds)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            kill_process_group(process.pid)
        supervised.task.cancel()
        await asyncio.gather(supervised.task, return_exceptions=True)
        self._set_state(supervised, "stopped")

    def _set_state(self, supervised: _Supervised, state: str, note: str = "") -> None:
        supervised.status.state, supervised.status.note = state, note
        running = supervised.process is not None and supervised.process.returncode is None
        supervised.status.pid = supervised.process.pid if supervised.process is not None and running else None
        self._changed()

    def _write_to_watchdog(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.write(f"{line}\n".encode())
                self._watchdog.stdin.flush()


def _describe_exit(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    return f"was ended by {signal.Signals(-code).name}"
