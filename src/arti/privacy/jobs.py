"""Jobs of exports and deletions of orgs."""

from datetime import datetime
from typing import Final

import structlog

from arti.automation.n8n_workflows.client import find_client
from arti.automation.n8n_workflows.jobs import delete_workflows
from arti.connections.jobs import revoke_consents
from arti.jobs import Handler, JobRun
from arti.privacy import store
from arti.privacy.archive import pack
from arti.privacy.exports import org_entries
from arti.privacy.service import ERASE_JOB, EXPORT_JOB, N8N_PATIENCE
from arti_core import clock
from arti_core.database import job_transaction
from arti_core.errors import ArtiError, Forbidden, Unavailable

log = structlog.get_logger()


async def export_org(job: JobRun) -> None:
    """Make the zip of an org in pieces. A second attempt begins again.

    Raises Forbidden when whoever asked is no admin any more.
    """
    pool, org_id = job.worker_context.pool, job.org_id
    async with job.transaction() as connection:
        export = await store.find_export_of_job(connection, org_id, job.id)
        if export is None:  # expired while it waited
            return
        await store.delete_pieces(connection, org_id, export["id"])
    if not export["may_export"]:
        raise Forbidden("Whoever asked for this export is no admin of the organisation any more.")

    async def progress(done: int, total: int) -> None:
        await job.report(done=done, total=total)

    size = position = 0
    async with job.transaction() as reading:
        entries = org_entries(
            reading, job.worker_context.vault, job.worker_context.file_store, org_id, export["name"], progress=progress
        )
        async for piece in pack(entries):
            # In a transaction of its own: what is written is never as much as the archive.
            async with job_transaction(pool, org_id) as connection:
                await store.insert_piece(connection, org_id, export["id"], position, piece)
            position, size = position + 1, size + len(piece)
    async with job.transaction() as connection:
        await store.finish_export(connection, org_id, export["id"], byte_size=size)


async def erase_org(job: JobRun) -> None:
    """Delete an org when its time has come, unless it was cancelled. Its workflows in n8n and its consents go first."""
    async with job.transaction() as connection:
        erasure = await store.find_erasure(connection, job.org_id)
    if erasure is None or erasure["due_at"] > clock.now():
        return
    await _leave_n8n(job, give_up_at=erasure["due_at"] + N8N_PATIENCE)
    await revoke_consents(job)
    async with job.transaction() as connection:
        await store.allow_long_statements(connection)
        erased = await store.erase_org(connection)
    if erased:
        log.info("org deleted", org_id=str(job.org_id))


async def _leave_n8n(job: JobRun, *, give_up_at: datetime) -> None:
    """Delete the org's workflows from n8n. Raises Unavailable while n8n does not answer, until it is given up."""
    client = find_client(job.worker_context.settings, job.worker_context.http_client)
    if client is None:
        return
    try:
        removed = await delete_workflows(client, job.org_id)
    except ArtiError as error:
        if clock.now() < give_up_at:
            raise Unavailable(f"Its workflows are still in n8n. {error.message}") from error
        log.error("workflows of a deleted org stay in n8n", path=f"orgs/{job.org_id}/", reason=error.message)
    else:
        log.info("workflows of an org deleted from n8n", count=removed)


HANDLERS: Final[dict[str, Handler]] = {EXPORT_JOB: export_org, ERASE_JOB: erase_org}
