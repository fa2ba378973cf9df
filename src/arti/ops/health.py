"""Health checks of each part of the platform, cached for a moment and bounded in time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import uuid4

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from arti import MIGRATIONS
from arti.orgs.authorization import ApiContext
from arti.orgs.isolation import probe_isolation
from arti_core.clock import now
from arti_core.database import Principal, anonymous_transaction, member_transaction
from arti_core.errors import ArtiError
from arti_core.migrations import Migration, list_migrations

_TIMEOUT_SECONDS = 2.0
_STALE_WORK_SECONDS = 60


class ServiceState(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class _CheckFailed(Exception):
    """A part answers, but is not healthy."""

    def __init__(self, detail: str, state: ServiceState = ServiceState.DOWN) -> None:
        super().__init__(detail)
        self.state = state


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The state of one part at its last check. `detail` is for people who are signed in."""

    name: str
    state: ServiceState
    detail: str | None
    latency_ms: float
    checked_at: datetime
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `needed`: without it the API cannot serve. `fresh_seconds`: how long a result is reused."""

    name: str
    run: Callable[[ApiContext], Awaitable[None]]
    needed: bool
    fresh_seconds: float = 1.0


class Health:
    """The checks of one process, with the last result of each."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._results: dict[str, tuple[float, CheckResult]] = {}
        self._locks = {part.name: asyncio.Lock() for part in PARTS}

    async def check_all(self, *, needed_only: bool) -> list[CheckResult]:
        """Return a result for each part, running again the checks whose last result is too old."""
        return await asyncio.gather(*(self._check(part) for part in PARTS if part.needed or not needed_only))

    async def _check(self, part: Check) -> CheckResult:
        async with self._locks[part.name]:
            checked_at, last = self._results.get(part.name, (0.0, None))
            if last and time.monotonic() - checked_at < part.fresh_seconds:
                return last
            started = time.perf_counter()
            state, detail = ServiceState.OK, None
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    await part.run(self._context)
            except _CheckFailed as failure:
                state, detail = failure.state, str(failure)
            except TimeoutError:
                state, detail = ServiceState.DOWN, f"No answer within {_TIMEOUT_SECONDS:.0f} s."
            except ArtiError as error:
                state, detail = ServiceState.DOWN, error.message
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError) as error:
                state, detail = ServiceState.DOWN, f"Does not answer ({type(error).__name__})."
            success = now() if state is ServiceState.OK else (last.last_success_at if last else None)
            latency = round((time.perf_counter() - started) * 1000, 1)
            result = CheckResult(part.name, state, detail, latency, now(), success)
            self._results[part.name] = (time.monotonic(), result)
            return result


@cache
def _files() -> list[Migration]:
    """Return the migrations that this program came with."""
    return list_migrations(MIGRATIONS)


async def _database(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        await connection.fetchval("select 1")


async def _migrations(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        rows = await connection.fetch("select version, checksum from private.applied_migrations()")
    applied = {row["version"]: row["checksum"] for row in rows}
    files = _files()
    missing = [migration.name for migration in files if migration.version not in applied]
    if missing:
        raise _CheckFailed(f"Not applied yet: {', '.join(missing)}. Run ./arti up, or supabase db push.")
    # Supabase's CLI keeps no checksum; then the version must do.
    changed = [file.name for file in files if applied[file.version] not in (None, file.checksum)]
    if changed:
        raise _CheckFailed(f"Changed after they were applied: {', '.join(changed)}. Put the old text back.")
    unknown = sorted(applied.keys() - {file.version for file in files})
    if unknown:
        raise _CheckFailed("The database is newer than this program. Update ARTi.", ServiceState.DEGRADED)


async def _redis(context: ApiContext) -> None:
    url = context.settings.redis_url.get_secret_value()
    async with redis.from_url(url, socket_timeout=1.5, socket_connect_timeout=1.5) as client:
        await client.ping()


async def _keys(context: ApiContext) -> None:
    if not await context.tokens.find_keys():
        raise _CheckFailed("No public keys of the sign-in service are known. Check SUPABASE_URL.")


async def _isolation(context: ApiContext) -> None:
    # With the claims of a user who is in no org: every row is foreign.
    async with member_transaction(context.pool, Principal(uuid4(), None)) as connection:
        report = await probe_isolation(connection)
    if not report.passed:
        raise _CheckFailed("The database does not keep orgs apart. See GET /auth/test-isolation.")


async def _sign_in(context: ApiContext) -> None:
    await _gateway(context, "/auth/v1/health")


async def _rest(context: ApiContext) -> None:
    # A table that is in no schema: the answer needs the schema cache, and carries nothing.
    await _gateway(context, "/rest/v1/arti_health")


async def _realtime(context: ApiContext) -> None:
    # No messages: the service refuses that, and nothing is broadcast.
    await _gateway(context, "/realtime/v1/api/broadcast", body={"messages": []})


async def _gateway(context: ApiContext, path: str, *, body: object = None) -> None:
    headers = {"apikey": context.settings.supabase_publishable_key}
    url = f"{context.settings.supabase_url}{path}"
    method = "GET" if body is None else "POST"
    answer = await context.http_client.call(method, url, headers=headers, json=body, timeout_seconds=1.5)
    if answer.status >= 500:
        raise _CheckFailed(f"Answers {answer.status}.")


async def _workers(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        waiting = await connection.fetchval("select private.oldest_due_seconds()")
    if waiting is not None and waiting > _STALE_WORK_SECONDS:
        raise _CheckFailed(f"Work has been waiting for {waiting:.0f} s. Are workers running?", ServiceState.DEGRADED)


PARTS: Final = (
    Check("database", _database, needed=True),
    Check("migrations", _migrations, needed=True),
    Check("redis", _redis, needed=True),
    Check("keys", _keys, needed=True),
    Check("isolation", _isolation, needed=True, fresh_seconds=5.0),
    Check("sign-in", _sign_in, needed=False, fresh_seconds=5.0),
    Check("rest", _rest, needed=False, fresh_seconds=5.0),
    Check("realtime", _realtime, needed=False, fresh_seconds=5.0),
    Check("workers", _workers, needed=False, fresh_seconds=5.0),
)
