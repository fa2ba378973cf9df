"""Count the attempts at jobs, and put a job's id and its request's into the log lines of its attempt."""

from time import perf_counter
from types import TracebackType
from uuid import UUID

import structlog

from arti_core.telemetry.metrics import JOB_RUNS, JOB_SECONDS

log = structlog.get_logger()


class ObservedJob:
    """One attempt, as a context. Set `result` before its end: done, queued (again), dead or skipped."""

    def __init__(self, name: str, job_id: UUID, request_id: str | None, *, is_known: bool) -> None:
        """`is_known`: a name that this program does not know is no label of its own."""
        self.result = "dead"
        self._name = name if is_known else "other"
        self._started = perf_counter()
        ids = {"job": name, "job_id": str(job_id)} | ({"request_id": request_id} if request_id else {})
        self._ids = structlog.contextvars.bound_contextvars(**ids)

    def __enter__(self) -> "ObservedJob":
        self._ids.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._started
        JOB_RUNS.labels(self._name, self.result).inc()
        JOB_SECONDS.labels(self._name).observe(seconds)
        log.info("job ended", result=self.result, ms=round(seconds * 1000, 1))
        self._ids.__exit__(kind, error, frames)
