"""Transactions that belong to no org. Importable from worker, ops and cli only (an import contract holds it)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import NOT_DURABLE, Connection, Pool, open_transaction
from arti_core.preamble import Preamble


@asynccontextmanager
async def cross_tenant_transaction(pool: Pool, *, durable: bool = True) -> AsyncIterator[Connection]:
    """Open one transaction as a worker with no org.

    It may list due work of all orgs (`private.due_jobs`, `private.pending_events`), and reads no row of any tenant. One
    that is not durable does not wait for the disk.
    """
    async with open_transaction(pool, Preamble(extra=None if durable else NOT_DURABLE)) as connection:
        yield connection
