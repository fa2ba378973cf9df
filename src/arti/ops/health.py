"""Health checks of each part of the platform, cached for a moment and bounded in time."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final
from uuid import uuid4

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from arti import MIGRATIONS
from arti.connections.health import probe
from arti.ops import store
from arti.ops.backup_health import describe_backup_problem
from arti.orgs.authorization import ApiContext
from arti.vocabulary import Provider
from arti_core.clock import now
from arti_core.database import Connection, Principal, anonymous_transaction, member_transaction
from arti_core.errors import ArtiError
from arti_core.migrations import Migration, list_migrations
from arti_core.worker_heartbeats import SILENT_SECONDS, list_silences

_STALE_WORK_SECONDS = 60
_KNOWN_SECONDS = 30.0


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
    """One check. `needed`: without it the API cannot serve. `fresh_seconds`: how long a result is reused.

    `asks_database`: not run while the database does not answer, since it could only wait for it in turn.
    """

    name: str
    run: Callable[[ApiContext], Coroutine[Any, Any, None]]
    needed: bool
    fresh_seconds: float = 1.0
    asks_database: bool = False
    timeout_seconds: float = 2.0


class Health:
    """The checks of one process, with the last result of each."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._results: dict[str, tuple[float, CheckResult]] = {}
        self._locks = {part.name: asyncio.Lock() for part in PARTS}

    async def check_all(self, *, needed_only: bool) -> list[CheckResult]:
        """Return a result for each part, running again the checks whose last result is too old."""
        database = await self._check(_DATABASE)
        has_database = database.state is ServiceState.OK
        others = [part for part in PARTS if part is not _DATABASE and (part.needed or not needed_only)]
        return [database, *await asyncio.gather(*(self._check(part, has_database=has_database) for part in others))]

    def list_known(self) -> list[CheckResult]:
        """Return the last result of each part that is not needed, unless it is old. Checks nothing."""
        found = (self._results.get(part.name) for part in PARTS if not part.needed)
        return [known[1] for known in found if known and time.monotonic() - known[0] < _KNOWN_SECONDS]

    async def _check(self, part: Check, *, has_database: bool = True) -> CheckResult:
        async with self._locks[part.name]:
            checked_at, last = self._results.get(part.name, (0.0, None))
            if last and time.monotonic() - checked_at < part.fresh_seconds:
                return last
            started = time.perf_counter()
            state, detail = ServiceState.OK, None
            try:
                if part.asks_database and not has_database:
                    raise _CheckFailed("Not checked: the database does not answer.")
                await _run_in_time(part.run(self._context), part.timeout_seconds)
            except _CheckFailed as failure:
                state, detail = failure.state, str(failure)
            except TimeoutError:
                state, detail = ServiceState.DOWN, f"No answer within {part.timeout_seconds:.1f} s."
            except ArtiError as error:
                state, detail = ServiceState.DOWN, error.message
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, RedisError) as error:
                state, detail = ServiceState.DOWN, f"Does not answer ({type(error).__name__})."
            success = now() if state is ServiceState.OK else (last.last_success_at if last else None)
            latency = round((time.perf_counter() - started) * 1000, 1)
            result = CheckResult(part.name, state, detail, latency, now(), success)
            self._results[part.name] = (time.monotonic(), result)
            return result


async def _run_in_time(check: Coroutine[Any, Any, None], seconds: float) -> None:
    """Run a check. Raises TimeoutError after `seconds`, however long the check takes to end after that.

    A transaction on a server that is frozen waits for its rollback.
    """
    task = asyncio.create_task(check)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # retrieved, so not logged
        raise TimeoutError
    task.result()


@cache
def _migration_files() -> list[Migration]:
    """Return the migrations that this program came with."""
    return list_migrations(MIGRATIONS)


async def _database(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        await connection.fetchval("select 1")


async def _applied(connection: Connection) -> dict[str, str | None]:
    """Return the checksum of each applied migration, by version."""
    rows = await connection.fetch("select version, checksum from private.applied_migrations()")
    return {row["version"]: row["checksum"] for row in rows}


def _has_unknown(applied: Mapping[str, str | None]) -> bool:
    return bool(applied.keys() - {file.version for file in _migration_files()})


async def _migrations(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        applied = await _applied(connection)
    files = _migration_files()
    missing = [migration.name for migration in files if migration.version not in applied]
    if missing:
        raise _CheckFailed(f"Not applied yet: {', '.join(missing)}. Run ./arti up, or supabase db push.")
    # Supabase's CLI keeps no checksum; then the version must do.
    changed = [file.name for file in files if applied[file.version] not in (None, file.checksum)]
    if changed:
        raise _CheckFailed(f"Changed after they were applied: {', '.join(changed)}. Put the old text back.")
    if _has_unknown(applied):
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
        report = (await context.isolation.check(connection)).report
    if report.passed:
        return
    reached = report.foreign_rows_visible + report.foreign_writes_accepted
    if not (reached or report.open_policies or report.unprotected_tables):
        # During an update: what the newer migrations add stands in no list of this program.
        async with anonymous_transaction(context.pool) as connection:
            is_newer = _has_unknown(await _applied(connection))
        if is_newer:
            raise _CheckFailed("The database is newer than this program's lists. Update ARTi.", ServiceState.DEGRADED)
    # Names are for the operator only: they are logged, and ./arti isolation prints them.
    raise _CheckFailed("The database does not keep orgs apart. The operator runs ./arti isolation to see why.")


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
        silences = await list_silences(connection)
    silent = [silence for silence in silences if silence > SILENT_SECONDS]
    if silent:
        raise _CheckFailed(
            f"{len(silent)} of {len(silences)} workers have not reported for {max(silent):.0f} s: stopped or frozen. "
            "Start them again; see ./arti logs worker.",
            ServiceState.DEGRADED,
        )
    if not silences:
        raise _CheckFailed("No worker is running. Start one: ./arti up.", ServiceState.DEGRADED)
    if waiting is not None and waiting > _STALE_WORK_SECONDS:
        raise _CheckFailed(f"Work has been waiting for {waiting:.0f} s. Are workers running?", ServiceState.DEGRADED)


async def _providers(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        used = await store.list_used_providers(connection)
    probes = await asyncio.gather(*(probe(context.http_client, context.settings, Provider(name)) for name in used))
    silent = [name for name, last in zip(used, probes, strict=True) if not last.reachable]
    if silent:
        raise _CheckFailed(f"No answer from {', '.join(silent)}. Accounts there are not synced.", ServiceState.DEGRADED)


async def _backups(context: ApiContext) -> None:
    place = context.settings.arti_backup_url
    if place == "off" and context.settings.is_production:
        raise _CheckFailed("No backups are made: ARTI_BACKUP_URL is off.", ServiceState.DEGRADED)
    if place in ("off", "external"):
        return
    async with anonymous_transaction(context.pool) as connection:
        state = await store.read_backup_state(connection)
    problem = describe_backup_problem(dict(state), now())
    if problem is not None:
        raise _CheckFailed(problem, ServiceState.DEGRADED)


async def _files(context: ApiContext) -> None:
    async with anonymous_transaction(context.pool) as connection:
        count = await store.count_file_problems(connection)
    if count:
        raise _CheckFailed(
            f"{count} {'file has' if count == 1 else 'files have'} lost or changed bytes. Check the place of "
            "ARTI_FILES_URL, or bring them back from a backup; see ./arti files check.",
            ServiceState.DEGRADED,
        )


# A second old at most, and a second to answer: a database that hangs shows within two.
_DATABASE: Final = Check("database", _database, needed=True, timeout_seconds=0.9)
PARTS: Final = (
    _DATABASE,
    Check("migrations", _migrations, needed=True, asks_database=True),
    Check("redis", _redis, needed=False),
    Check("keys", _keys, needed=True),
    Check("isolation", _isolation, needed=True, fresh_seconds=5.0, asks_database=True, timeout_seconds=5.0),
    Check("sign-in", _sign_in, needed=False, fresh_seconds=5.0),
    Check("rest", _rest, needed=False, fresh_seconds=5.0),
    Check("realtime", _realtime, needed=False, fresh_seconds=5.0),
    Check("workers", _workers, needed=False, fresh_seconds=5.0, asks_database=True),
    Check("providers", _providers, needed=False, fresh_seconds=5.0, asks_database=True, timeout_seconds=7.0),
    Check("files", _files, needed=False, fresh_seconds=5.0, asks_database=True),
    Check("backups", _backups, needed=False, fresh_seconds=5.0, asks_database=True),
)
