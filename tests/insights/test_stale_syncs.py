"""Data is not called stale while a sync may be bringing it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core.clock import today
from arti_core.database import job_transaction
from arti_core.jobs import enqueue_job
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.job_runner import run_due_jobs


async def _account(world: World, org_id: UUID, artist_id: UUID, *, succeeded: bool, status: str = "active") -> UUID:
    account_id = uuid4()
    await world.database.as_owner(
        """insert into accounts (org_id, id, artist_id, provider, external_id, display_name, status, last_success_at)
           values ($1, $2, $3, 'youtube', 'UC1', 'Channel', $4, case when $5 then clock.now() end)""",
        *(org_id, account_id, artist_id, status, succeeded),
    )
    return account_id


async def _stale_insights(worker_context: WorkerContext, member: Member) -> list[str]:
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        await enqueue_job(connection, member.org_id, "insights.check_stale", {})
    assert ("insights.check_stale", "done") in await run_due_jobs(worker_context)
    return [item["detector"] for item in (await member.http.get("/api/insights")).json()["items"]]


async def _old_days(world: World, worker_context: WorkerContext, member: Member, *, terms: str = "youtube_api") -> UUID:
    artist_id = await make_artist(world.database, member.org_id)
    observations = daily_observations("consumption.views", today() - timedelta(days=182), [float(n) for n in range(30)])
    await store_observations(
        worker_context, member.org_id, artist_id, observations, provider=Provider.YOUTUBE, terms=terms
    )
    return artist_id


async def test_a_first_sync_at_work_is_not_stale(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await _old_days(world, worker_context, member)
    account_id = await _account(world, member.org_id, artist_id, succeeded=False)
    assert await _stale_insights(worker_context, member) == []
    await world.database.as_owner("update accounts set last_success_at = clock.now() where id = $1", account_id)
    assert await _stale_insights(worker_context, member) == ["stale_data"]


@pytest.mark.parametrize(("hours", "expected"), [(1, []), (30, ["stale_data"])])
async def test_a_running_sync_is_awaited_for_a_day(
    world: World, worker_context: WorkerContext, hours: int, expected: list[str]
) -> None:
    member = await world.member()
    artist_id = await _old_days(world, worker_context, member)
    account_id = await _account(world, member.org_id, artist_id, succeeded=True)
    await world.database.as_owner(
        """insert into sync_runs (org_id, account_id, kind, started_at)
           values ($1, $2, 'nightly', clock.now() - make_interval(hours => $3))""",
        *(member.org_id, account_id, hours),
    )
    assert await _stale_insights(worker_context, member) == expected


@pytest.mark.parametrize(("tried_hours_ago", "expected"), [(200, []), (100, ["stale_data"])])
async def test_a_pause_of_the_installation_is_no_alarm(
    world: World, worker_context: WorkerContext, tried_hours_ago: int, expected: list[str]
) -> None:
    member = await world.member()
    artist_id = await _old_days(world, worker_context, member)
    account_id = await _account(world, member.org_id, artist_id, succeeded=True)
    await world.database.as_owner(
        """update accounts set next_sync_at = clock.now() - interval '150 hours',
             last_success_at = clock.now() - interval '200 hours',
             last_sync_at = clock.now() - make_interval(hours => $2) where id = $1""",
        *(account_id, tried_hours_ago),
    )
    assert await _stale_insights(worker_context, member) == expected


async def test_an_account_that_needs_a_person_is_stale(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await _old_days(world, worker_context, member)
    await _account(world, member.org_id, artist_id, succeeded=False, status="needs_reauth")
    assert await _stale_insights(worker_context, member) == ["stale_data"]


async def test_files_do_not_wait_for_a_sync(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await _old_days(world, worker_context, member, terms="own")
    await _account(world, member.org_id, artist_id, succeeded=False)
    assert await _stale_insights(worker_context, member) == ["stale_data"]
