"""Delete what has expired or belongs to nobody any more, of all orgs."""

from arti.jobs import WorkerContext
from arti.orgs.idempotency.store import delete_expired
from arti.privacy.store import delete_expired_exports
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.file_check import sweep_gone_orgs


async def delete_all_expired(worker_context: WorkerContext) -> None:
    """Delete kept answers, exports, and the files of orgs that are gone. May run twice."""
    async with cross_tenant_transaction(worker_context.pool) as connection:
        await delete_expired(connection)
        await delete_expired_exports(connection)
    await sweep_gone_orgs(worker_context.pool, worker_context.file_store)
