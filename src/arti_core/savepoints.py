"""A part of a transaction that may fail without the rest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import Connection, is_connection_closed


class TakenBack(Exception):
    """Raised in the block of a savepoint to take back what it did; it ends there."""


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """Take back what the block did when it raises; the transaction goes on."""
    await connection.execute("savepoint part")
    try:
        yield
    except Exception as error:
        if not is_connection_closed(connection):
            await connection.execute("rollback to savepoint part; release savepoint part")
        if not isinstance(error, TakenBack):
            raise
        return
    await connection.execute("release savepoint part")
