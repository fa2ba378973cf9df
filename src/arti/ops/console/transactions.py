"""The console's transactions: reading ones for everything, writing ones for acts that are recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti_core.database import Connection, Pool, role_transaction

LOOK_SECONDS = 10


@asynccontextmanager
async def read_only_transaction(
    pool: Pool, *, role: str = "none", claims: str = "", seconds: int = LOOK_SECONDS
) -> AsyncIterator[Connection]:
    """Open one read only transaction, as the owner or exactly as another user's request would run."""
    async with role_transaction(pool, role, claims, read_only=True, settings=_limits(seconds)) as connection:
        yield connection


@asynccontextmanager
async def write_transaction(
    pool: Pool, *, role: str = "none", claims: str = "", seconds: int = LOOK_SECONDS
) -> AsyncIterator[Connection]:
    """Open one transaction that may write. Whoever opens it records the act in it."""
    async with role_transaction(pool, role, claims, settings=_limits(seconds)) as connection:
        yield connection


def _limits(seconds: int) -> dict[str, str]:
    return {"statement_timeout": f"{seconds}s", "application_name": "arti console"}
