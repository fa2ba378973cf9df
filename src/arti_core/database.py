"""Transactions: open them as a principal or role, commit them.

Every request and every job step is one transaction, opened and committed here and nowhere else.
Claims are set for the transaction only (`set_config(..., true)`), so a pooled connection never carries one tenant's
claims into another tenant's request.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, cast
from uuid import UUID

import asyncpg
import orjson
from pydantic import SecretStr

from arti_core.claims_signature import ClaimsSigner, SigningConnection, read_signer
from arti_core.database_login import refuse_other_clock, refuse_unsafe_role
from arti_core.errors import MfaRequired, Misconfigured, SessionNotFound, Unavailable
from arti_core.pooler import TIMEOUTS, PooledConnection, begin_pooled, is_pooled, server_dsn
from arti_core.preamble import CLAIMS_REFUSED, MFA_REQUIRED, SESSION_ENDED, Preamble

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Row: TypeAlias = asyncpg.Record

# The server is stopping, starting, full, gone, or too slow: another attempt may succeed.
NO_ANSWER = (
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresConnectionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
)
# What asyncpg raises on a connection that the server has closed, depending on when it notices.
BROKEN = (asyncpg.InterfaceError, asyncpg.InternalClientError)
NOT_DURABLE = {"synchronous_commit": "off"}  # does not wait for the disk
_ACQUIRE_SECONDS = 10.0
# A connection that was not needed for so long is closed, with the 8 to 60 MB that the server holds for it.
_IDLE_SECONDS = 60.0
_END_SECONDS = 5.0


@dataclass(frozen=True)
class Principal:
    """Who makes a request: a user, known by a verified token."""

    user_id: UUID
    session_id: UUID | None
    email: str = ""
    request_id: str = ""
    expires_at: int = 0
    aal: str = ""  # authenticator assurance level: aal1 is one factor, aal2 is two

    @cached_property
    def claims(self) -> str:
        """The JSON that policies read as `request.jwt.claims`."""
        session = str(self.session_id) if self.session_id else None
        claims = {"sub": str(self.user_id), "role": "authenticated", "session_id": session, "email": self.email}
        return orjson.dumps(claims | ({"aal": self.aal} if self.aal else {})).decode()


async def set_codecs(connection: Connection) -> None:
    """Let a connection take and give values as a pool's: JSON encoders do not know asyncpg's own UUID."""
    await connection.set_type_codec(
        "uuid",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: (value if isinstance(value, UUID) else UUID(str(value))).bytes,
        decoder=lambda data: UUID(bytes=data),
    )
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
        )


async def _skip_reset(connection: Connection) -> None:
    # No session state is ever set and claims end with their transaction, so a reset would be a wasted round trip.
    return


async def open_pool(
    dsn: str, *, size: int = 10, refuse_unsafe: bool = True, claims_key: SecretStr | None = None
) -> Pool:
    """Open a pool on `dsn`. Claims are signed with `claims_key` (CLAIMS_SIGNING_KEY); without it none count.

    Raises Misconfigured when the login role is a superuser, bypasses RLS or owns tables,
    Unavailable when no server answers.
    """
    key = claims_key.get_secret_value() if claims_key else ""

    pooled = is_pooled(dsn)

    async def prepare(connection: Connection) -> None:
        async with connection.transaction() if pooled else nullcontext():
            await set_codecs(connection)
            cast(SigningConnection, connection).signer = await read_signer(connection, key) if key else None

    try:
        pool: Pool = await asyncpg.create_pool(
            server_dsn(dsn),
            min_size=1,
            max_size=size,
            connection_class=PooledConnection if pooled else SigningConnection,
            statement_cache_size=0 if pooled else 100,
            init=prepare,
            reset=_skip_reset,
            command_timeout=60,
            max_inactive_connection_lifetime=_IDLE_SECONDS,
            server_settings={"application_name": "arti", "timezone": "UTC", **({} if pooled else TIMEOUTS)},
        )
    except (OSError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer ({type(error).__name__}). Check DATABASE_URL.") from error
    try:
        async with pool.acquire() as leased, leased.transaction():
            connection = cast(Connection, leased)
            if refuse_unsafe:
                await refuse_unsafe_role(connection)
            await refuse_other_clock(connection)
    except Misconfigured:
        await pool.close()
        raise
    return pool


def _signer_of(connection: Connection) -> ClaimsSigner | None:
    return getattr(connection, "signer", None)


def signature_of(connection: Connection, claims: str, *, role: str) -> str:
    """Return the signature of claims that a statement on `connection` sets itself; empty without a key."""
    signer = _signer_of(connection)
    return signer.sign(claims, role=role) if signer else ""


@asynccontextmanager
async def open_transaction(pool: Pool, preamble: Preamble | str | None = None) -> AsyncIterator[Connection]:
    """Open one transaction, which `preamble` begins; commit at the end, roll back on any error."""
    try:
        leased = await pool.acquire(timeout=_ACQUIRE_SECONDS)
    except (OSError, asyncpg.PostgresError) as error:  # also a timeout: no connection is free
        raise connection_lost() from error
    connection = cast(Connection, leased)
    try:
        try:
            begin = preamble or Preamble()
            state = await begin_transaction(connection, begin)
            if state == SESSION_ENDED:
                raise SessionNotFound
            if state == MFA_REQUIRED:
                raise MfaRequired
            if state == CLAIMS_REFUSED:
                connection.terminate()  # the next one compares its clock with the server's anew
                raise claims_refused()
            yield connection
        except BaseException as error:
            lost = is_connection_closed(connection)
            with suppress(Exception):  # the first error is the one to raise; the connection is closed
                await _end_transaction(connection, "rollback")
            if lost and isinstance(error, BROKEN):
                raise connection_lost() from error
            raise
        if is_connection_closed(connection):
            raise connection_lost()
        try:
            await _end_transaction(connection, "commit")
        except BROKEN as error:  # the server closed it just now
            raise connection_lost() from error
    finally:
        await pool.release(leased)


async def begin_transaction(connection: Connection, preamble: Preamble | str) -> str:
    """Begin a transaction. Returns the command tag of the last statement of `preamble`."""
    if getattr(connection, "pooled", False):
        return await begin_pooled(connection, preamble)
    return await connection.execute(preamble if isinstance(preamble, str) else preamble.sql(_signer_of(connection)))


def is_connection_closed(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True


def connection_lost() -> Unavailable:
    return Unavailable("The database does not answer. Try again in a moment.", retry_after_seconds=2)


def claims_refused() -> Unavailable:
    return Unavailable(
        "The database does not accept the signature of this process. If it lasts, CLAIMS_SIGNING_KEY is not the one "
        "that ./arti migrate stored: set that key and start again.",
        retry_after_seconds=2,
    )


async def _end_transaction(connection: Connection, command: str) -> None:
    """Commit or roll back, also when the request is cancelled meanwhile.

    A connection whose state is unknown is closed: the next request must never run in another's transaction.
    """
    ending = asyncio.ensure_future(connection.execute(command))
    loop = asyncio.get_running_loop()
    until = loop.time() + _END_SECONDS
    cancelled = False
    while not ending.done() and loop.time() < until:
        try:
            await asyncio.wait({ending}, timeout=until - loop.time())
        except asyncio.CancelledError:
            cancelled = True
    if (not ending.done() or ending.exception() is not None) and not is_connection_closed(connection):
        connection.terminate()
    if cancelled:
        ending.add_done_callback(lambda done: done.exception())  # retrieved, so that asyncio does not log it
        raise asyncio.CancelledError
    if await ending == "ROLLBACK" and command == "commit":
        raise RuntimeError("a statement had failed and its error was dropped, so nothing was committed")


@asynccontextmanager
async def member_transaction(pool: Pool, principal: Principal, *, read_only: bool = False) -> AsyncIterator[Connection]:
    """Open one transaction as a user; commit at the end, roll back on any error.

    Raises SessionNotFound, MfaRequired.
    """
    preamble = Preamble(role="authenticated", claims=principal.claims, read_only=read_only)
    async with open_transaction(pool, preamble) as connection:
        yield connection


@asynccontextmanager
async def role_transaction(
    pool: Pool, role: str, claims: str, *, read_only: bool = False, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Connection]:
    """Open one transaction with a database role and verified claims (JSON). Only for the gateway's own pools.

    `settings` holds further settings, whose names never come from a caller. Raises SessionNotFound, MfaRequired.
    """
    preamble = Preamble(role=role, claims=claims, read_only=read_only, extra=settings)
    async with open_transaction(pool, preamble) as connection:
        yield connection


@asynccontextmanager
async def anonymous_transaction(pool: Pool) -> AsyncIterator[Connection]:
    """Open one transaction without a principal: it may call a few functions and read no table."""
    async with open_transaction(pool) as connection:
        yield connection


@asynccontextmanager
async def job_transaction(
    pool: Pool, org_id: UUID, *, lease: str = "", durable: bool = True
) -> AsyncIterator[Connection]:
    """Open one transaction as a worker, inside one org. Only for pools that log in as the workers' role.

    With `lease` (`JobRun.lease`) the org's secrets are readable. Unless it is `durable`, a crash may undo it.
    """
    extra = {"app.job_lease": lease} | ({} if durable else NOT_DURABLE)
    async with open_transaction(pool, Preamble(job_org_id=str(org_id), extra=extra)) as connection:
        yield connection


async def fetch_one(connection: Connection, sql: str, *values: Any) -> Row:
    """Run a statement that always returns one row."""
    if (row := await connection.fetchrow(sql, *values)) is None:
        raise LookupError("the statement returned no row")
    return row
