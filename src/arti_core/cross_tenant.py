"""Transactions that belong to no org. Importable from worker, ops and cli only (an import contract holds it)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import Connection, Pool, open_transaction


@asynccontextmanager
async def cross_tenant_transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Open one transaction as a worker with no org.

    It may list due work of all orgs (`private.due_jobs`, `private.pending_events`), and reads no row of any tenant.
    """
    async with open_transaction(pool) as connection:
        yield connection
