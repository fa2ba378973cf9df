"""Everything that runs in a fault run, and everything that can be done to it."""

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2 as httpx
import jwt
import orjson
from redis.asyncio import Redis

from arti.settings import Settings
from arti_core import clock
from local_stack.postgres import SUPERUSER
from supabase_local.keys.signing_keys import LocalKeys, make_keys
from tests.clock import move_database
from tests.conftest import World
from tests.connections.conftest import SimulatorControl
from tests.forked_processes import ForkedProcesses
from tests.stores import PostgresServer, ValkeyServer, free_port

TIMEOUT_SECONDS = 600 if os.environ.get("ARTI_TEST_LONG") else 60  # long runs are left the time that nobody needs
TICK_SECONDS = 0.1
_END_LEASES: Final = "update jobs set lease_until = clock.now() - interval '1 second' where status = 'running'"
# The message of all that arrives within ten minutes of a first sync: nobody waits for it here.
_GATHERS: Final = """(name = 'automation.deliver' and exists (select from deliveries d where d.org_id = jobs.org_id
  and d.id::text = jobs.args ->> 'delivery_id' and d.status = 'pending' and d.period_until is not null))"""
_FULL_DISK: Final = """
  create function public.refuse_write() returns trigger language plpgsql as $$
  begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
  end $$;
  create trigger refuse_write before insert or update on public.observation_months
    for each statement execute function public.refuse_write();"""
_LOST: Final = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)
_SERVICES: Final = ("api", "gateway", "worker")


@dataclass
class FaultStack:
    """The services of the runs as processes of their own, started again when they end, as ./arti up does."""

    world: World
    simulator: SimulatorControl
    postgres: PostgresServer
    valkey: ValkeyServer
    keys: LocalKeys
    processes: ForkedProcesses = field(default_factory=lambda: ForkedProcesses(*_SERVICES))
    ports: dict[str, int] = field(default_factory=lambda: {"api": free_port(), "gateway": free_port()})
    running: dict[str, int] = field(default_factory=dict)
    _owner: "asyncpg.Connection[asyncpg.Record] | None" = None

    def start(self, name: str) -> None:
        self.running[name] = self.processes.start(name, self._environment())

    def kill(self, *names: str) -> None:
        for name in names:
            self.processes.kill(self.running[name])

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    async def close(self) -> None:
        self.processes.end()
        if self._owner is not None:
            await self._owner.close()

    async def cause(self, fault: str, org_ids: Sequence[UUID]) -> None:
        """Let something of the stack fail, and let it come back."""
        match fault:
            case "kill_worker" | "kill_api" | "kill_gateway":
                self.kill(fault.removeprefix("kill_"))
                await self._end_leases()
            case "kill_postgres":
                await self.postgres.kill()
                await self._end_leases()  # of jobs whose result could not be recorded
            case "stop_postgres":
                await self.postgres.stop_immediately()
                await self._end_leases()
            case "kill_valkey":
                await asyncio.to_thread(self.valkey.kill)
            case "flush_valkey":
                async with Redis.from_url(self.valkey.url) as redis:
                    await redis.flushall()
            case "everything":
                self.kill(*_SERVICES)
                await asyncio.to_thread(self.valkey.kill)
                await self.postgres.kill()
                await self._end_leases()
            case "connections":
                await self.fetch("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'arti_%'")
            case "freeze_worker":
                frozen = self.running["worker"]
                os.kill(frozen, signal.SIGSTOP)
                self.start("worker")
                await self._end_leases()
                await self.until(lambda: self._have_started(org_ids), "another worker to take over")
                os.kill(frozen, signal.SIGCONT)
            case "full_disk":
                await self.world.database.run_script(_FULL_DISK)
                await self.until(lambda: self._have_met_full_disk(org_ids), "a write to the full disk")
                await self.world.database.run_script("drop function public.refuse_write() cascade")
            case "clock_jump":
                owner = self.world.database.dsn(SUPERUSER)
                await move_database(owner, clock.ahead() + timedelta(seconds=300))
                await asyncio.sleep(TICK_SECONDS)
                await move_database(owner, clock.ahead() + timedelta(milliseconds=1))
            case "stale_check":
                for org_id in org_ids:
                    await self.fetch("insert into jobs (org_id, name) values ($1, 'insights.check_stale')", org_id)
            case _:
                raise ValueError(fault)

    async def until(self, check: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait for `check`; meanwhile start again what has ended."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + TIMEOUT_SECONDS
        while True:
            for name, pid in self.running.items():
                if not self.processes.is_running(pid):
                    self.start(name)
            with suppress(*_LOST):
                if await check():
                    return
            assert loop.time() < latest, f"waited {TIMEOUT_SECONDS} s for {what}"
            await asyncio.sleep(TICK_SECONDS)

    async def have_pages(self, org_ids: Sequence[UUID], pages: int) -> bool:
        """Return whether a run has stored so many pages, or is at its end."""
        await self._hurry(org_ids)
        return await self._is(
            "select bool_or(pages >= $2 or status <> 'running') from sync_runs where org_id = any($1)", org_ids, pages
        )

    async def is_quiet(self, org_ids: Sequence[UUID]) -> bool:
        """Return whether nothing is left to do in the orgs."""
        await self._hurry(org_ids)
        return await self._is(
            f"""select not exists (select from jobs where org_id = any($1) and status in ('queued', 'running')
                                    and not {_GATHERS})
                 and not exists (select from events where org_id = any($1) and dispatched_at is null)
                 and (select count(distinct org_id) from sync_runs where org_id = any($1)) = cardinality($1)""",
            org_ids,
        )

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Run a statement as the owner, on a connection that is kept."""
        if self._owner is None or self._owner.is_closed():
            self._owner = await asyncpg.connect(self.world.database.dsn(SUPERUSER))
        return await self._owner.fetch(sql, *values)

    async def _end_leases(self) -> None:
        await self.until(lambda: self._is_done(_END_LEASES), "PostgreSQL")

    async def _is_done(self, sql: str) -> bool:
        await self.fetch(sql)
        return True

    async def _have_started(self, org_ids: Sequence[UUID]) -> bool:
        """Return whether each sync is done, or held by a lease that is not over."""
        await self._hurry(org_ids)
        return await self._is(
            """select bool_and(status = 'done' or lease_until > clock.now()) from jobs
               where org_id = any($1) and name = 'connections.sync'""",
            org_ids,
        )

    async def _have_met_full_disk(self, org_ids: Sequence[UUID]) -> bool:
        return await self._is(
            """select bool_and(last_error is not null or status = 'done') from jobs
               where org_id = any($1) and name = 'connections.sync'""",
            org_ids,
        )

    async def _hurry(self, org_ids: Sequence[UUID]) -> None:
        """Let what waits for its next attempt or a lost wake-up be due now."""
        await self.fetch(
            f"""update jobs set run_at = clock.now(), dispatched_at = null
               where org_id = any($1) and status = 'queued' and not {_GATHERS}
                 and (run_at > clock.now() or dispatched_at < clock.now() - interval '3 seconds')""",
            org_ids,
        )

    async def _is(self, sql: str, *values: object) -> bool:
        return bool((await self.fetch(sql, *values))[0][0])

    def _environment(self) -> dict[str, str]:
        settings: Settings = self.world.settings
        private = jwt.algorithms.ECAlgorithm.to_jwk(self.world.signing_key, as_dict=True)
        names = (
            "database_url",
            "worker_database_url",
            "auth_database_url",
            "rest_database_url",
            "service_database_url",
            "realtime_database_url",
            "redis_url",
            "claims_signing_key",
        )
        return {
            **{name.upper(): getattr(settings, name).get_secret_value() for name in names},
            "ARTI_MASTER_KEY": settings.arti_master_key.get_secret_value() or base64.b64encode(bytes(32)).decode(),
            "ARTI_WEBHOOK_SECRET": settings.arti_webhook_secret.get_secret_value(),
            "SIMULATORS_URL": settings.simulators_url,
            "SUPABASE_JWKS": settings.supabase_jwks,
            "JWT_KEYS": orjson.dumps(
                [{**private, "kid": "test", "alg": "ES256", "use": "sig", "key_ops": ["sign", "verify"]}]
            ).decode(),
            "SUPABASE_PUBLISHABLE_KEY": self.keys.publishable_key,
            "SUPABASE_SECRET_KEY": self.keys.secret_key,
            "ARTI_API_PORT": str(self.ports["api"]),
            "ARTI_GATEWAY_PORT": str(self.ports["gateway"]),
        }


@asynccontextmanager
async def open_stack(
    world: World, simulator: SimulatorControl, postgres: PostgresServer, valkey: ValkeyServer
) -> AsyncIterator[FaultStack]:
    """Start the services; end all of them afterwards."""
    stack = FaultStack(world, simulator, postgres, valkey, make_keys())
    for name in _SERVICES:
        stack.start(name)
    try:
        yield stack
    finally:
        await stack.close()


class PatientClient:
    """A client that repeats a request until it is answered: while a service is down, or says that it cannot now."""

    def __init__(self, stack: FaultStack, service: str, headers: dict[str, str]) -> None:
        self._http = httpx.AsyncClient(base_url=stack.url(service), headers=headers, trust_env=False, timeout=20)

    async def __aenter__(self) -> "PatientClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request, as often as it takes; a POST has one Idempotency-Key for all attempts."""
        headers = {"Idempotency-Key": str(uuid4()), **more.pop("headers", {})}
        loop = asyncio.get_running_loop()
        latest = loop.time() + TIMEOUT_SECONDS
        while True:
            try:
                answer = await self._http.request(method, path, headers=headers, **more)
                if answer.status_code not in (409, 503):
                    return answer
                problem = f"{answer.status_code} {answer.text}"
            except httpx.TransportError as error:
                problem = repr(error)
            assert loop.time() < latest, f"no answer to {method} {path}: {problem}"
            await asyncio.sleep(TICK_SECONDS)
