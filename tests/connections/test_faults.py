"""A flushed queue or a killed worker during a sync loses nothing and stores nothing twice.

Real worker processes, real Valkey, real PostgreSQL: the result is compared with an undisturbed run.
"""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from redis.asyncio import Redis

from arti.jobs import WorkerContext
from arti.settings import Settings
from arti.vocabulary import Provider
from tests.conftest import Member, World
from tests.connections.conftest import SimulatorControl, connected
from tests.job_runner import run_due_jobs

TIMEOUT_SECONDS = 100
ACCOUNTS = ((Provider.YOUTUBE, "Velvet Harbor"), (Provider.INSTAGRAM, "Mara Quill"), (Provider.SOUNDCLOUD, "Kitefolk"))


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "ARTI_MASTER_KEY": settings.arti_master_key.get_secret_value() or base64.b64encode(bytes(32)).decode(),
        "SIMULATORS_URL": settings.simulators_url,
    }


@asynccontextmanager
async def _worker(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from arti.worker import run; run()"),
        env=_environment(settings),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _until(check: Callable[[], Awaitable[bool]], what: str) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + TIMEOUT_SECONDS
    while not await check():
        assert loop.time() < until, f"waited {TIMEOUT_SECONDS} s for {what}"
        await asyncio.sleep(0.1)


async def _hash_observations(world: World, org_id: UUID) -> str:
    """Return a hash of all observations, independent of runs and times."""
    rows = await world.database.as_owner(
        """select md5(string_agg(row::text, '|' order by row::text)) as hash, count(*) as n from (
             select s.provider, s.metric, a.external_id, s.dimension,
               o.observed_on, o.value, o.null_reason, o.definition
             from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
             left join assets a on a.org_id = s.org_id and a.id = s.asset_id where o.org_id = $1) row""",
        org_id,
    )
    assert rows[0]["n"] > 1000
    return str(rows[0]["hash"])


async def _clean_run(world: World, worker_context: WorkerContext) -> str:
    member = await world.member()
    for provider, name in ACCOUNTS:
        await connected(world, member, provider, name)
    await run_due_jobs(worker_context)
    return await _hash_observations(world, member.org_id)


async def _begin_slowly(world: World, simulator: SimulatorControl) -> Member:
    """Connect accounts whose providers respond slowly, so that a sync takes a while."""
    for provider, _ in ACCOUNTS:
        await simulator.inject_fault(provider, "slow", times=15, seconds=0.4, path="/")
    member = await world.member()
    for provider, name in ACCOUNTS:
        await connected(world, member, provider, name)
    return member


async def _check(world: World, member: Member, clean: str) -> None:
    org_id = member.org_id
    assert await _hash_observations(world, org_id) == clean
    events = await world.database.as_owner(
        "select count(*) as n from events where org_id = $1 and type = 'sync.finished'", org_id
    )
    assert events[0]["n"] == len(ACCOUNTS)
    runs = await world.database.as_owner("select status, finished_at from sync_runs where org_id = $1", org_id)
    assert len(runs) == len(ACCOUNTS)
    assert all(run["status"] in ("succeeded", "partial") and run["finished_at"] for run in runs)
    assert await world.database.as_owner("select 1 from observation_revisions where org_id = $1", org_id) == []


def _all_done(world: World, org_id: UUID) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        left = await world.database.as_owner(
            "select count(*) as n from jobs where org_id = $1 and name = 'connections.sync' and status <> 'done'",
            org_id,
        )
        return bool(left[0]["n"] == 0)

    return check


def _is_running(world: World, org_id: UUID) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        runs = await world.database.as_owner(
            """select count(*) filter (where status = 'running') as running, sum(pages) as pages
               from sync_runs where org_id = $1""",
            org_id,
        )
        return bool(runs[0]["running"] and runs[0]["pages"])

    return check


async def test_flushing_the_queue_loses_nothing(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, redis_url: str
) -> None:
    clean = await _clean_run(world, worker_context)
    member = await _begin_slowly(world, simulator)
    async with Redis.from_url(redis_url) as redis, _worker(world.settings):
        await _until(_is_running(world, member.org_id), "a running sync")
        await redis.flushall()
        await _until(_all_done(world, member.org_id), "the syncs to end")
    await _check(world, member, clean)


async def test_killing_the_worker_loses_nothing_and_stores_nothing_twice(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    clean = await _clean_run(world, worker_context)
    member = await _begin_slowly(world, simulator)
    async with _worker(world.settings) as first:
        await _until(_is_running(world, member.org_id), "a running sync")
        os.kill(first.pid, signal.SIGKILL)
        await first.wait()
    assert not await _all_done(world, member.org_id)()
    async with _worker(world.settings):
        # The lease of the dead worker lasts up to 30 seconds.
        await _until(_all_done(world, member.org_id), "another worker to take over")
    await _check(world, member, clean)
    takeovers = await world.database.as_owner(
        "select max(attempts) as tries from jobs where org_id = $1 and name = 'connections.sync'", member.org_id
    )
    assert takeovers[0]["tries"] >= 2
