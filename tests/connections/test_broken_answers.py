"""One broken answer of a provider is no reason to end a sync until the next night, nor to call a person."""

from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core.clock import now
from provider_simulators.world import account_name, releases
from tests.conftest import World
from tests.connections.conftest import SimulatorControl, connected, run_syncs

# A path of each provider's second page, so that something is stored before it breaks.
SECOND_PAGE = {
    Provider.SPOTIFY: "/albums",
    Provider.INSTAGRAM: "/media",
    Provider.YOUTUBE: "/playlistItems",
    Provider.SOUNDCLOUD: "/me/tracks",
}


async def _stored(world: World, org_id: UUID) -> list[tuple[object, ...]]:
    rows = await world.database.as_owner(
        """select s.metric, coalesce(a.external_id, '') as asset, s.dimension, o.observed_on, o.value, o.null_reason
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           where o.org_id = $1 order by 1, 2, 3, 4""",
        org_id,
    )
    assets = await world.database.as_owner(
        "select external_id from assets where org_id = $1 order by external_id", org_id
    )
    return [tuple(row) for row in (*rows, *assets)]


@pytest.mark.parametrize("kind", ["garbage", "empty", "html", "changed"])
@pytest.mark.parametrize("provider", list(Provider))
async def test_the_sync_goes_on_after_one_broken_answer(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider, kind: str
) -> None:
    clean, broken = await world.member(), await world.member()
    await connected(world, clean, provider)
    assert await run_syncs(world, worker_context, clean.org_id) == ["done"]
    account = await connected(world, broken, provider)
    await simulator.inject_fault(provider, kind, times=1, path=SECOND_PAGE[provider])
    assert await run_syncs(world, worker_context, broken.org_id) == ["queued"]
    [run] = (await broken.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert run["status"] == "running"
    state = (await broken.http.get(f"/api/accounts/{account['id']}")).json()
    expected = "contract_broken" if kind == "changed" else "transient"
    assert (state["status"], state["last_error_class"]) == ("active", expected)
    assert await run_syncs(world, worker_context, broken.org_id) == ["done"]
    assert await _stored(world, broken.org_id) == await _stored(world, clean.org_id)
    [run] = (await broken.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert run["status"] in ("succeeded", "partial")
    events = await world.database.as_owner("select type from events where org_id = $1", broken.org_id)
    assert [event["type"] for event in events] == ["sync.finished"]


async def test_attempts_that_were_lost_here_are_no_broken_answers(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    """A worker that was killed, or a database that was gone, leaves a provider its three answers."""
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await world.database.as_owner("update jobs set attempts = 3 where name = 'connections.sync'")
    await simulator.inject_fault(Provider.SOUNDCLOUD, "changed", times=2, path="/me/tracks")
    outcomes = [await run_syncs(world, worker_context, member.org_id) for _ in range(3)]
    assert outcomes == [["queued"], ["queued"], ["done"]]
    [run] = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert run["status"] in ("succeeded", "partial")


async def test_attempts_count_only_without_progress(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    await connected(world, member, Provider.SOUNDCLOUD)
    tracks = len(releases(account_name("Velvet Harbor"), now().date()))  # the later the day, the more of them
    await simulator.set_page_size(-(-tracks // 9))
    outcomes = []
    for _ in range(12):
        # Of each attempt the first page is right and the second cut off.
        await simulator.inject_fault(Provider.SOUNDCLOUD, "slow", times=1, path="/me/tracks")
        await simulator.inject_fault(Provider.SOUNDCLOUD, "garbage", times=1, path="/me/tracks")
        outcomes += await run_syncs(world, worker_context, member.org_id)
        if outcomes[-1] != "queued":
            break
    assert outcomes[-1] == "done"
    assert len(outcomes) > 6


async def test_a_second_rejection_after_a_renewal_is_tried_again(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "expired", times=2, path="/reports")
    assert await run_syncs(world, worker_context, member.org_id) == ["queued"]
    assert (await member.http.get(f"/api/accounts/{account['id']}")).json()["status"] == "active"
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    state = (await member.http.get(f"/api/accounts/{account['id']}")).json()
    assert (state["status"], state["last_error_class"]) == ("active", None)


async def test_rejections_that_do_not_end_need_a_person(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.inject_fault(Provider.YOUTUBE, "expired", times=100, path="/channels")
    outcomes = [await run_syncs(world, worker_context, member.org_id) for _ in range(3)]
    assert outcomes == [["queued"], ["queued"], ["done"]]
    state = (await member.http.get(f"/api/accounts/{account['id']}")).json()
    assert (state["status"], state["last_error_class"]) == ("needs_reauth", "token_expired")
    assert state["next_sync_at"] > now().isoformat()
