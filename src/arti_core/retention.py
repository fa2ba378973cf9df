"""Delete what is past its retention. `private.retentions` says how long the rows of which tables are kept."""

import asyncio
from typing import Final

import structlog

from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import Pool

log = structlog.get_logger()

_PAUSE_SECONDS: Final = 3600.0
_BATCH: Final = 10_000


async def delete_past_retention(pool: Pool) -> bool:
    """Delete a batch of each table, of all orgs, as a worker without org. Returns whether there may be more."""
    async with cross_tenant_transaction(pool) as connection:
        deleted: int = await connection.fetchval("select private.delete_past_retention($1)", _BATCH)
    return deleted >= _BATCH


async def keep_retention(pool: Pool) -> None:
    """Delete hourly until cancelled, as a worker."""
    while True:
        try:
            while await delete_past_retention(pool):
                pass
        except Exception as error:
            log.warning("old rows could not be deleted", error=type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)
