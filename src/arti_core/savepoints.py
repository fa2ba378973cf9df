"""A part of a transaction that may fail without the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import Connection, is_connection_closed


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """Take back what the block did when it raises; the transaction goes on."""
    await connection.execute("savepoint part")
    try:
        yield
    except Exception:
        if not is_connection_closed(connection):
            await connection.execute("rollback to savepoint part; release savepoint part")
        raise
    await connection.execute("release savepoint part")
