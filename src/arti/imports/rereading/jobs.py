"""The job that reads a large file again."""

from typing import Final
from uuid import UUID

from arti.imports.large import service as large
from arti.imports.large.reading import reason_of
from arti.imports.large.steps import JobSteps
from arti.imports.large.store import find_stage, save_reread
from arti.imports.parsers.registry import holds_money
from arti.imports.rereading.service import reread_import
from arti.imports.store import find_import
from arti.imports.types import FileRejected
from arti.jobs import Handler, JobRun
from arti.vocabulary import Permission
from arti_core.errors import ArtiError
from arti_core.jobs import DEFAULT_MAX_ATTEMPTS, LeaseLost, is_transient


async def _reread(job: JobRun) -> None:
    steps, import_id = JobSteps(job), UUID(job.args["import_id"])
    try:
        await _read(steps, import_id)
    except LeaseLost:
        raise
    except (FileRejected, ArtiError) as error:
        if isinstance(error, ArtiError) and error.status >= 500 and job.attempt < DEFAULT_MAX_ATTEMPTS:
            raise
        await _fail(steps, import_id, reason_of(error))
    except Exception as error:
        if job.attempt >= DEFAULT_MAX_ATTEMPTS or not is_transient(error):
            await _fail(steps, import_id, _FAILED)
        raise


_FAILED: Final = "Reading the file again failed for a reason that is in the log of the worker. Nothing was changed."


async def _read(steps: JobSteps, import_id: UUID) -> None:
    async with steps.whole_file(), steps.transaction() as actor:
        row = await find_import(actor.connection, actor.org_id, import_id)
        stage = await find_stage(actor.connection, actor.org_id, import_id)
        if row is None or stage is None or not stage["reread"] or stage["reread"]["state"] != "running":
            return
        await steps.need(actor, Permission.IMPORTS_WRITE)
        if holds_money(row["source"]):
            await steps.need(actor, Permission.MONEY_WRITE)
        result = await reread_import(actor, steps, import_id, commit=stage["reread"]["committed"])
        found = result.model_dump(mode="json") | {"state": "done"}
        await save_reread(actor.connection, actor.org_id, import_id, found)


async def _fail(steps: JobSteps, import_id: UUID, problem: str) -> None:
    async with steps.transaction() as actor:
        failed = {"state": "failed", "committed": False, "problem": problem[:1000]}
        await save_reread(actor.connection, actor.org_id, import_id, failed)


HANDLERS: Final[dict[str, Handler]] = {large.REREAD_JOB: _reread}
