"""The work of one org, however much it is, does not stand before that of another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

import pytest

import arti.worker
from arti.jobs import JobRun, WorkerContext
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import Row
from arti_core.jobs import list_due_jobs, run_job
from arti_core.outbox import list_pending_events
from arti_core.queue import open_queue, register_slots
from tests.conftest import World

FLOOD = 12_000


async def insert_jobs(world: World, org_id: UUID, number: int, *, name: str = "test.job", age_seconds: int = 0) -> None:
    await world.database.as_owner(
        """insert into jobs (org_id, name, run_at)
           select $1, $2, clock.now() - make_interval(secs => $4) from generate_series(1, $3)""",
        *(org_id, name, number, age_seconds),
    )


async def due(worker_context: WorkerContext, *, total_slots: int = 12, org_slots: int = 6) -> list[Row]:
    async with cross_tenant_transaction(worker_context.pool) as connection:
        return await list_due_jobs(connection, total_slots=total_slots, org_slots=org_slots)


async def test_orgs_take_turns(world: World, worker_context: WorkerContext) -> None:
    busy, other, third = [await world.org() for _ in range(3)]
    await insert_jobs(world, busy, FLOOD, age_seconds=60)
    await insert_jobs(world, other, 3, age_seconds=1)
    await insert_jobs(world, third, 1)
    orgs = [job["org_id"] for job in await due(worker_context)]
    assert orgs[:3] == [busy, other, third]
    assert Counter(orgs) == {busy: 6, other: 3, third: 1}


async def test_an_org_gets_a_slot_for_each_that_it_gives_back(world: World, worker_context: WorkerContext) -> None:
    busy, other = [await world.org() for _ in range(2)]
    await insert_jobs(world, busy, 50, age_seconds=60)
    first = await due(worker_context)
    assert len(first) == 6
    assert await due(worker_context) == []

    async def handler(job: JobRun) -> None:
        # A job that runs holds its slot, so that long ones do not take those of others.
        assert await due(worker_context) == []

    assert await run_job(worker_context, {"test.job": handler}, busy, first[0]["id"]) == "done"
    assert len(await due(worker_context)) == 1
    await insert_jobs(world, other, 1)
    assert [job["org_id"] for job in await due(worker_context)] == [other]


async def test_no_more_is_dispatched_than_there_are_slots(world: World, worker_context: WorkerContext) -> None:
    orgs = [await world.org() for _ in range(5)]
    for org_id in orgs:
        await insert_jobs(world, org_id, 6)
    dispatched = await due(worker_context)
    assert len(dispatched) == 12
    assert set(Counter(job["org_id"] for job in dispatched).values()) == {2, 3}
    assert await due(worker_context) == []


async def test_lost_wakeups_and_lost_workers_give_their_slots_back(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    await insert_jobs(world, org_id, 20)
    ids = [job["id"] for job in await due(worker_context)]
    await world.database.as_owner(
        """update jobs set status = 'running', lease_token = gen_random_uuid(),
             lease_until = clock.now() - interval '1 s' where id = any ($1)""",
        ids[:3],
    )
    await world.database.as_owner(
        "update jobs set dispatched_at = clock.now() - interval '31 s' where id = any ($1)", ids[3:]
    )
    assert len(await due(worker_context)) == 6


async def test_events_of_all_orgs_take_turns(world: World, worker_context: WorkerContext) -> None:
    busy, other = [await world.org() for _ in range(2)]
    for org_id, number, age in ((busy, 500, 60), (other, 2, 0)):
        await world.database.as_owner(
            """insert into events (org_id, type, payload, created_at)
               select $1, 'test.event', '{}', clock.now() - make_interval(secs => $3) from generate_series(1, $2)""",
            *(org_id, number, age),
        )
    async with cross_tenant_transaction(worker_context.pool) as connection:
        pending = await list_pending_events(connection, 100, of_each_org=10)
    assert [event["org_id"] for event in pending[:4]] == [busy, other, busy, other]
    assert len(pending) == 12


@asynccontextmanager
async def running_worker(world: World, *, concurrency: int) -> AsyncIterator[None]:
    working = asyncio.create_task(arti.worker.serve(world.settings, concurrency=concurrency))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def test_long_jobs_of_one_org_leave_slots_for_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, other = [await world.org() for _ in range(2)]
    running, most = 0, 0
    full, release, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def block(job: JobRun) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            full.set()
        await release.wait()
        running -= 1

    async def finish(job: JobRun) -> None:
        finished.set()

    monkeypatch.setattr(arti.worker, "HANDLERS", {"test.block": block, "test.finish": finish})
    monkeypatch.setattr(arti.worker, "SCHEDULES", {})
    await insert_jobs(world, busy, 1000, name="test.block", age_seconds=60)
    async with running_worker(world, concurrency=4):
        await asyncio.wait_for(full.wait(), 60)
        await insert_jobs(world, other, 1, name="test.finish")
        await asyncio.wait_for(finished.wait(), 60)
        assert (running, most) == (2, 2)
        release.set()


async def test_slots_of_all_workers_count(redis_url: str) -> None:
    queue = open_queue(redis_url, name=f"test-{uuid4().hex}")
    await queue.client.delete("arti:slots")
    first, second = uuid4(), uuid4()
    assert await register_slots(queue, first, 8) == 8
    assert await register_slots(queue, second, 4) == 12
    assert await register_slots(queue, first, 8) == 12
    await queue.client.zadd("arti:slots", {f"{second}:4": 0})
    assert await register_slots(queue, first, 8) == 8
    await queue.close()
