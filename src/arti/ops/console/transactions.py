"""The console's transactions: reading ones for everything, writing ones for acts that are recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr

from arti_core.database import Connection, Pool, open_pool, role_transaction

LOOK_SECONDS = 10
# The owner of the schema, which the console's login may become.
OWNER_ROLE = "postgres"


@dataclass(frozen=True, slots=True)
class ConsoleLogin:
    """How the console logs in, and the key that signs the claims of whom it acts as."""

    dsn: str = field(repr=False)
    claims_key: SecretStr

    async def open_pool(self, *, size: int) -> Pool:
        """Open a pool. Raises Unavailable."""
        return await open_pool(self.dsn, size=size, refuse_unsafe=False, claims_key=self.claims_key)


async def may_work_as_owner(pool: Pool) -> bool:
    """Return whether the console's login may become the owner, and the owner is no superuser."""
    allowed: bool | None = await pool.fetchval(
        "select pg_has_role(session_user, oid, 'member') and not rolsuper from pg_roles where rolname = $1", OWNER_ROLE
    )
    return bool(allowed)


@asynccontextmanager
async def read_only_transaction(
    pool: Pool, *, role: str = OWNER_ROLE, claims: str = "", seconds: int = LOOK_SECONDS
) -> AsyncIterator[Connection]:
    """Open one read only transaction, as the owner or exactly as another user's request would run."""
    async with role_transaction(pool, role, claims, read_only=True, settings=_limits(seconds)) as connection:
        yield connection


@asynccontextmanager
async def write_transaction(
    pool: Pool, *, role: str = OWNER_ROLE, claims: str = "", seconds: int = LOOK_SECONDS
) -> AsyncIterator[Connection]:
    """Open one transaction that may write. Whoever opens it records the act in it."""
    async with role_transaction(pool, role, claims, settings=_limits(seconds)) as connection:
        yield connection


def _limits(seconds: int) -> dict[str, str]:
    return {"statement_timeout": f"{seconds}s", "application_name": "arti console"}
