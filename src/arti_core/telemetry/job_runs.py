"""Count the attempts at jobs, put a job's id and its request's into the log lines of its attempt, and open its span."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import Any
from uuid import UUID

import structlog

from arti_core.telemetry.metrics import JOB_RUNS, JOB_SECONDS
from arti_core.telemetry.traces import open_span

log = structlog.get_logger()


class ObservedJob:
    """One attempt, as a context. Set `result` before its end: done, queued (again), dead or skipped.

    Without one it is lost: its end could not be recorded, and the job runs again when its lease has ended.
    """

    def __init__(self, name: str, job_id: UUID, cause: Mapping[str, Any], *, is_known: bool) -> None:
        """`cause` has request_id and traceparent. `is_known`: a name unknown to this program is no label of its own."""
        self.result = "lost"
        self._name = name if is_known else "other"
        self._started = perf_counter()
        ids = {"job": name, "job_id": str(job_id)}
        if cause["request_id"]:
            ids["request_id"] = cause["request_id"]
        self._ids = structlog.contextvars.bound_contextvars(**ids)
        about = {"arti.job.name": self._name, "arti.job.id": str(job_id)}
        self._open_span = partial(
            open_span, f"job {self._name}", "consumer", traceparent=cause["traceparent"], attributes=about
        )
        self._contexts = ExitStack()

    def __enter__(self) -> "ObservedJob":
        self._contexts.enter_context(self._ids)
        self._span = self._contexts.enter_context(self._open_span())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._started
        JOB_RUNS.labels(self._name, self.result).inc()
        JOB_SECONDS.labels(self._name).observe(seconds)
        log.info("job ended", result=self.result, ms=round(seconds * 1000, 1))
        self._span.describe(failed=self.result in ("dead", "lost"), arti__job__result=self.result)
        self._contexts.__exit__(kind, error, frames)
