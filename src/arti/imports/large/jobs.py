"""The jobs of large imports."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from arti.imports.large import reading, recording, service
from arti.imports.large.steps import JobSteps, Steps
from arti.jobs import Handler, JobRun
from arti_core.jobs import DEFAULT_MAX_ATTEMPTS, LeaseLost, is_transient


def _job(work: Callable[[Steps, UUID], Awaitable[None]], before: str) -> Handler:
    async def run(job: JobRun) -> None:
        steps, import_id = JobSteps(job), UUID(job.args["import_id"])
        try:
            await work(steps, import_id)
        except LeaseLost:
            raise
        except Exception as error:
            if job.attempt >= DEFAULT_MAX_ATTEMPTS or not is_transient(error):
                await reading.fail(steps, import_id, before, _FAILED)
            raise

    return run


_FAILED = "This failed for a reason that is in the log of the worker. Try again; if it fails again, tell the operator."

# By what an import is again when its job cannot be done.
HANDLERS: Final[dict[str, Handler]] = {
    service.READ_JOB: _job(reading.read_import, "refused"),
    service.COMMIT_JOB: _job(recording.commit_import, "previewed"),
    service.UNDO_JOB: _job(recording.undo_import, "committed"),
}
