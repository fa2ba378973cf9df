"""Job handlers of connected accounts."""

from typing import Final
from uuid import UUID

from arti.connections import sync_store
from arti.connections.service import request_sync
from arti.connections.sync import sync_account
from arti.jobs import Handler, JobRun


async def sync_due(job: JobRun) -> None:
    """Enqueue a sync of each account of the org that is due."""
    async with job.transaction() as connection:
        for account in await sync_store.list_due(connection, job.org_id):
            kind = "nightly" if account["last_success_at"] else "backfill"
            await request_sync(connection, job.org_id, account["id"], kind=kind, requested_by=None)


async def sync(job: JobRun) -> None:
    """Bring one account up to date."""
    await sync_account(job, UUID(job.args["account_id"]), job.args["kind"])


HANDLERS: Final[dict[str, Handler]] = {"connections.sync_due": sync_due, "connections.sync": sync}
