"""What a sync does when all is well, and when the provider is not."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.connections.gaps import merge_gaps
from arti.connections.sync import begin_sync, fresh_token, next_night
from arti.jobs import JobRun, WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.clock import now
from arti_core.jobs import run_job
from provider_simulators.providers import SimulatedProvider
from provider_simulators.world import ARTIST_NAMES, account_name, timeline
from tests.conftest import Member, World
from tests.connections.conftest import SimulatorControl, connect, connected, run_syncs, sync_now
from tests.factories.observations import store_observations
from tests.job_runner import run_due_jobs


async def _observations(world: World, org_id: UUID) -> list[tuple[Any, ...]]:
    rows = await world.database.as_owner(
        """select s.provider::text, s.metric, coalesce(a.external_id, ''), s.dimension, o.observed_on, o.value,
             o.null_reason, o.definition
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           where o.org_id = $1 order by 1, 2, 3, 4, 5""",
        org_id,
    )
    return [tuple(row) for row in rows]


async def _account(member: Member, account: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await member.http.get(f"/api/accounts/{account['id']}")).json()
    return found


async def _events(world: World, org_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    rows = await world.database.as_owner(
        "select type, payload from events where org_id = $1 order by created_at, type", org_id
    )
    return [(row["type"], row["payload"]) for row in rows]


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_second_sync_changes_nothing(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member()
    account = await connected(world, member, provider)
    await run_syncs(world, worker_context, member.org_id)
    before = await _observations(world, member.org_id)
    run = await sync_now(world, worker_context, member, account)
    assert (run["observations_new"], run["observations_restated"]) == (0, 0)
    assert await _observations(world, member.org_id) == before


async def test_counters_are_the_levels_at_the_end_of_the_last_day(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    """The present day is not over, so it has no value; its counters are not read twice for the day before either."""
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD, "Kitefolk")
    await run_syncs(world, worker_context, member.org_id)
    days = "select distinct observed_on from observations o where o.org_id = $1"
    last = clock.today() - timedelta(days=1)
    assert [row["observed_on"] for row in await world.database.as_owner(days, member.org_id)] == [last]
    history = timeline(SimulatedProvider.SOUNDCLOUD, account_name("Kitefolk"), clock.today())
    tiles = (await member.http.get(f"/api/artists/{account['artist_id']}/summary")).json()["tiles"]
    [followers] = [tile for tile in tiles if tile["metric"] == "audience.followers"]
    assert (followers["value"], followers["as_of"]) == (int(history.followers[history.index(last)]), str(last))

    read_later = [Observation("audience.followers", last, 1)]  # of the same night, as any writer may store it
    artist_id = UUID(account["artist_id"])
    await store_observations(
        worker_context, member.org_id, artist_id, read_later, provider=Provider.SOUNDCLOUD, terms="soundcloud_api"
    )
    await sync_now(world, worker_context, member, account)
    tiles = (await member.http.get(f"/api/artists/{account['artist_id']}/summary")).json()["tiles"]
    assert [tile["value"] for tile in tiles if tile["metric"] == "audience.followers"] == [1], "it was read again"


async def test_page_size_does_not_change_the_result(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    whole, paged = await world.member(), await world.member()
    for member, size in ((whole, 0), (paged, 4)):
        await simulator.set_page_size(size)
        for provider, name in zip(Provider, ARTIST_NAMES, strict=False):
            await connected(world, member, provider, name)
            await run_syncs(world, worker_context, member.org_id)
    assert await _observations(world, whole.org_id) == await _observations(world, paged.org_id)
    calls = await simulator.calls()
    assert calls["soundcloud api.soundcloud.com/me/tracks"] >= 8


async def test_restated_days_keep_their_revisions(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    today = now().date()
    await simulator.set_day((today - timedelta(days=4)).isoformat())
    account = await connected(world, member, Provider.YOUTUBE)
    await run_syncs(world, worker_context, member.org_id)
    early = {row[1:5]: row[5] for row in await _observations(world, member.org_id) if row[6] != "late"}
    await simulator.set_day(today.isoformat())
    run = await sync_now(world, worker_context, member, account)
    late = {row[1:5]: row[5] for row in await _observations(world, member.org_id)}
    changed = {key for key in early if early[key] != late[key]}
    flows = {key for key in changed if key[:3] == ("consumption.views", "", "") and early[key] is not None}
    assert 4 <= len(flows) <= 7
    assert min(key[3] for key in flows) >= today - timedelta(days=13)
    assert run["observations_restated"] == len(changed)
    revisions = await world.database.as_owner(
        "select value from observation_revisions where org_id = $1", member.org_id
    )
    assert len(revisions) == len(changed)
    assert Counter(row["value"] for row in revisions) == Counter(early[key] for key in changed)


async def test_an_expired_access_token_is_refreshed_once(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    paths = {Provider.SPOTIFY: "s", Provider.INSTAGRAM: "/insights", Provider.YOUTUBE: "s", Provider.SOUNDCLOUD: "/me"}
    for provider, path in paths.items():
        member = await world.member()
        await connected(world, member, provider)
        await simulator.inject_fault(provider, "expired", times=1, path=path)
        before = await simulator.calls()
        assert await run_syncs(world, worker_context, member.org_id) == ["done"]
        after = await simulator.calls()
        endings = ("api/token", "oauth/token", "com/token", "refresh_access_token")
        token = next(key for key in after if key.startswith(provider) and key.endswith(endings))
        assert after[token] - before.get(token, 0) == 1
        state = (await member.http.get("/api/accounts")).json()["items"][0]
        assert (state["status"], state["last_error_class"]) == ("active", None)


async def test_a_single_use_refresh_token_survives_two_refreshes(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await run_syncs(world, worker_context, member.org_id)
    for _ in range(2):
        await simulator.inject_fault(Provider.SOUNDCLOUD, "expired", times=1, path="/me")
        assert (await sync_now(world, worker_context, member, account))["status"] == "succeeded"


async def test_tokens_of_a_restored_database_are_renewed_before_they_are_used(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await run_syncs(world, worker_context, member.org_id)
    key = "soundcloud secure.soundcloud.com/oauth/token"
    restored = "update accounts set tokens_restored_at = clock.now() where org_id = $1 returning id"
    await world.database.as_owner(restored, member.org_id)
    before = (await simulator.calls())[key]
    assert (await sync_now(world, worker_context, member, account))["status"] == "succeeded"
    assert (await simulator.calls())[key] == before + 1
    assert (await sync_now(world, worker_context, member, account))["status"] == "succeeded"
    assert (await simulator.calls())[key] == before + 1  # once


async def test_a_restored_token_that_was_spent_since_needs_a_person(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await run_syncs(world, worker_context, member.org_id)
    select = "select sealed from private.vault where org_id = $1 and kind = 'account'"
    old = (await world.database.as_owner(select, member.org_id))[0]["sealed"]
    await simulator.inject_fault(Provider.SOUNDCLOUD, "expired", times=1, path="/me")
    assert (await sync_now(world, worker_context, member, account))["status"] == "succeeded"
    await world.database.as_owner(
        "update private.vault set sealed = $2 where org_id = $1 and kind = 'account'", member.org_id, old
    )
    await world.database.as_owner(
        "update accounts set tokens_restored_at = clock.now() where org_id = $1", member.org_id
    )
    before = await simulator.calls()
    run = await sync_now(world, worker_context, member, account)
    assert (run["status"], run["error_class"]) == ("failed", "reauth_required")
    assert (await _account(member, account))["status"] == "needs_reauth"
    assert {name for name, calls in (await simulator.calls()).items() if calls != before.get(name, 0)} == {
        "soundcloud secure.soundcloud.com/oauth/token"
    }


async def test_concurrent_refreshes_call_the_provider_once(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    fresh: list[str] = []

    async def many(job: JobRun) -> None:
        sync = await begin_sync(job, UUID(account["id"]), "manual")
        dead = await fresh_token(sync)
        fresh.extend(await asyncio.gather(*(fresh_token(sync, rejected_token=dead) for _ in range(12))))

    before = await simulator.calls()
    jobs = await world.database.as_owner("select id from jobs where org_id = $1", member.org_id)
    assert await run_job(worker_context, {"connections.sync": many}, member.org_id, jobs[0]["id"]) == "done"
    after = await simulator.calls()
    key = "soundcloud secure.soundcloud.com/oauth/token"
    assert after[key] - before[key] == 1
    assert len(set(fresh)) == 1
    assert len(fresh) == 12


@pytest.mark.parametrize("sealed_as", ["account", "connection"])  # the latter before the table was renamed
async def test_a_token_is_refreshed_before_it_expires(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, sealed_as: str
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.INSTAGRAM)
    sealed = await world.database.as_owner("select sealed from private.vault where org_id = $1", member.org_id)
    row = {"owner_id": member.org_id, "ref": account["id"]}
    secret = worker_context.vault.open(sealed[0]["sealed"], kind="account", **row)
    assert isinstance(secret, dict)
    old = secret["access_token"]
    soon = (now() + timedelta(days=10)).isoformat()
    resealed = worker_context.vault.seal({**secret, "expires_at": soon}, kind=sealed_as, **row)
    await world.database.as_owner("update private.vault set sealed = $1 where org_id = $2", resealed, member.org_id)
    await run_syncs(world, worker_context, member.org_id)
    sealed = await world.database.as_owner("select sealed from private.vault where org_id = $1", member.org_id)
    fresh = worker_context.vault.open(sealed[0]["sealed"], kind="account", **row)
    assert isinstance(fresh, dict)
    assert fresh["access_token"] != old
    assert (await _account(member, account))["consent_expires_at"] > (now() + timedelta(days=50)).isoformat()


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_revoked_authorization_needs_a_person(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member()
    account = await connected(world, member, provider, "Odessa Lane")
    await run_syncs(world, worker_context, member.org_id)
    await simulator.revoke(provider, "Odessa Lane")
    run = await sync_now(world, worker_context, member, account)
    assert (run["status"], run["error_class"]) == ("failed", "reauth_required")
    state = await _account(member, account)
    assert state["status"] == "needs_reauth"
    assert "again" in state["last_error_message"]
    events = await _events(world, member.org_id)
    assert [type for type, _ in events] == ["sync.finished", "account.needs_reauth", "sync.failed"]
    assert events[1][1]["account_id"] == account["id"]
    assert (await member.http.post(f"/api/accounts/{account['id']}/sync")).status_code == 409
    back = await connect(world, member, provider, UUID(account["artist_id"]), "Odessa Lane")
    assert "connected=" in back
    again = await _account(member, account)
    assert (again["status"], again["last_error_class"]) == ("active", None)


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_rate_limited_sync_is_retried_later(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member()
    account = await connected(world, member, provider)
    await simulator.inject_fault(provider, "rate_limited", times=1, seconds=120)
    assert await run_syncs(world, worker_context, member.org_id) == ["queued"]
    job = await world.database.as_owner(
        "select attempts, extract(epoch from run_at - clock.now()) as wait from jobs where org_id = $1", member.org_id
    )
    assert job[0]["attempts"] == 0
    assert 50 < job[0]["wait"] < 125
    state = await _account(member, account)
    assert (state["status"], state["last_error_class"]) == ("active", "rate_limited")
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    assert (await _account(member, account))["last_error_class"] is None
    runs = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert [run["status"] in ("succeeded", "partial") for run in runs] == [True]  # the same run was continued


async def test_an_interrupted_sync_resumes_after_its_last_page(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "server_error", times=1, path="/reports")
    assert await run_syncs(world, worker_context, member.org_id) == ["queued"]
    before = await simulator.calls()
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    after = await simulator.calls()
    for path in ("channels", "playlistItems", "videos"):
        key = f"youtube www.googleapis.com/youtube/v3/{path}"
        assert after[key] == before[key]


async def test_an_exhausted_quota_delays_the_sync_until_the_reset(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "quota")
    assert await run_syncs(world, worker_context, member.org_id) == ["queued"]
    assert (await _account(member, account))["last_error_class"] == "quota_exhausted"
    job = await world.database.as_owner("select run_at from jobs where org_id = $1", member.org_id)
    assert now() < job[0]["run_at"] < now() + timedelta(hours=26)


async def test_an_outage_ends_in_a_failed_run(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await simulator.inject_fault(Provider.SOUNDCLOUD, "html", times=100)
    outcomes = [await run_syncs(world, worker_context, member.org_id) for _ in range(5)]
    assert outcomes == [["queued"]] * 4 + [["dead"]]
    state = await _account(member, account)
    assert (state["status"], state["last_error_class"]) == ("active", "transient")  # still authorized
    assert state["next_sync_at"] > now().isoformat()
    assert [type for type, _ in await _events(world, member.org_id)] == ["sync.failed"]


async def test_a_blocked_app_is_reported_and_not_retried(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SPOTIFY)
    await simulator.inject_fault(Provider.SPOTIFY, "plan")
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    state = await _account(member, account)
    assert (state["status"], state["last_error_class"]) == ("active", "plan_blocked")
    assert "Premium" in state["last_error_message"]


async def test_a_broken_contract_stores_nothing(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "changed", times=9, path="/playlistItems")
    # The first attempt stored the channel; three more without any progress end the run.
    outcomes = [await run_syncs(world, worker_context, member.org_id) for _ in range(4)]
    assert outcomes == [["queued"]] * 3 + [["done"]]
    state = await _account(member, account)
    assert (state["status"], state["last_error_class"]) == ("active", "contract_broken")
    assert {row[2] for row in await _observations(world, member.org_id)} == {""}  # no video's numbers


async def test_disconnecting_stops_a_running_sync(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "server_error", times=1, path="/reports")
    await run_syncs(world, worker_context, member.org_id)
    await member.http.delete(f"/api/accounts/{account['id']}")
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    days = await world.database.as_owner(
        "select 1 from series where org_id = $1 and metric = 'consumption.views'", member.org_id
    )
    assert days == []


async def test_due_accounts_are_synced(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    due = await connected(world, member, Provider.SOUNDCLOUD, "Kitefolk")
    later = await connected(world, member, Provider.SOUNDCLOUD, "Mara Quill")
    await run_syncs(world, worker_context, member.org_id)
    await world.database.as_owner("update accounts set next_sync_at = clock.now() where id = $1", UUID(due["id"]))
    await world.database.as_owner(
        "insert into jobs (org_id, id, name) values ($1, $2, 'connections.sync_due')", member.org_id, uuid4()
    )
    await run_due_jobs(worker_context)
    runs = (await member.http.get(f"/api/accounts/{due['id']}/runs")).json()["items"]
    assert [run["kind"] for run in runs] == ["nightly", "backfill"]
    assert len((await member.http.get(f"/api/accounts/{later['id']}/runs")).json()["items"]) == 1


def test_nightly_syncs_are_spread_over_the_night() -> None:
    at = now()
    nights = {next_night(uuid4(), at) for _ in range(50)}
    assert len(nights) > 20
    assert all(timedelta(hours=6) <= night - at <= timedelta(hours=33) for night in nights)


def test_adjacent_gaps_are_merged() -> None:
    day = now().date().replace(day=10)

    def missing(offset: int) -> Observation:
        return Observation("consumption.views", day + timedelta(days=offset), None, "not_reported")

    first = merge_gaps([], [missing(0), missing(2)])
    assert [(gap["from"], gap["to"]) for gap in first] == [
        (day.isoformat(), day.isoformat()),
        ((day + timedelta(days=2)).isoformat(), (day + timedelta(days=2)).isoformat()),
    ]
    hidden = Observation("consumption.views", day, None, "hidden")
    joined = merge_gaps(first, [missing(1), hidden])
    assert [(gap["from"], gap["to"]) for gap in joined] == [(day.isoformat(), (day + timedelta(days=2)).isoformat())]
