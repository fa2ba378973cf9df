"""What a sync stores when a number is hidden, refused, below zero, rounded or late: a state, never 0."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arti.jobs import WorkerContext
from arti.providers.instagram import connector as instagram_connector
from arti.vocabulary import Provider
from arti_core import clock
from provider_simulators import instagram, soundcloud
from provider_simulators.world import account_name, releases
from tests.conftest import Member, World
from tests.connections.conftest import SimulatorControl, connect, connected, run_syncs, sync_now

PACIFIC = "America/Los_Angeles"


async def _values(world: World, org_id: UUID, metric: str) -> dict[tuple[str, Any], tuple[float | None, str | None]]:
    """Return (value, state) by (asset's external id, day)."""
    rows = await world.database.as_owner(
        """select coalesce(a.external_id, '') as asset, o.observed_on, o.value,
             coalesce(o.null_reason, o.state) as state
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           where o.org_id = $1 and s.metric = $2 and s.dimension = ''""",
        org_id,
        metric,
    )
    return {(row["asset"], row["observed_on"]): (row["value"], row["state"]) for row in rows}


async def _series_rows(member: Member, account: dict[str, Any], metric: str) -> list[dict[str, Any]]:
    """Return what the API tells of the rows behind the artist's series of a metric."""
    answer = await member.http.get(f"/api/artists/{account['artist_id']}/series", params={"metric": metric})
    [series] = answer.json()["series"]
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = {"series_id": series["series_id"], "limit": 100} | ({"cursor": cursor} if cursor else {})
        body = (await member.http.get("/api/observations", params=page)).json()
        rows, cursor = [*rows, *body["items"]], body["next_cursor"]
    return rows


async def forget_counters_of_today(world: World) -> None:
    """Make the last sync one of yesterday: the next one reads the counters of the last night again."""
    await world.database.as_owner("update accounts set last_success_at = last_success_at - interval '1 day'")


async def test_a_hidden_counter_makes_the_accounts_total_unknown(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD, "Kitefolk")
    await run_syncs(world, worker_context, member.org_id)
    last = clock.today() - timedelta(days=1)  # the day whose end the counters show
    before = await _values(world, member.org_id, "consumption.plays")
    tracks = sum(value or 0 for (asset, _), (value, _) in before.items() if asset)
    assert before["", last] == (tracks, None)
    hidden = soundcloud.track_urn(account_name("Kitefolk"), 1)
    await simulator.set_page_size(2)
    await simulator.inject_fault(Provider.SOUNDCLOUD, "hidden_counters", name=hidden)
    await forget_counters_of_today(world)
    await sync_now(world, worker_context, member, account)
    after = await _values(world, member.org_id, "consumption.plays")
    assert after["", last] == (None, "hidden")
    assert after[hidden, last] == (None, "hidden")
    others = {key: value for key, value in after.items() if key[0] not in ("", hidden)}
    assert others == {key: value for key, value in before.items() if key[0] not in ("", hidden)}
    [row] = await _series_rows(member, account, "consumption.plays")
    assert row["null_reason"] == "The account's owner hides this number."
    assert row["revisions"][0]["value"] == tracks  # restated: what was known before is kept


async def test_all_hidden_is_not_zero(world: World, worker_context: WorkerContext, simulator: SimulatorControl) -> None:
    member = await world.member()
    await connected(world, member, Provider.SOUNDCLOUD)
    await simulator.inject_fault(Provider.SOUNDCLOUD, "hidden_counters")
    await run_syncs(world, worker_context, member.org_id)
    assert set((await _values(world, member.org_id, "consumption.plays")).values()) == {(None, "hidden")}


def _artist_with_a_fresh_reel_and_a_story() -> str:
    """Return a name under which the simulator has both on this day, whichever it is."""
    today = clock.today_in(PACIFIC)
    for number in range(1000):
        account = account_name(f"Artist {number}")
        newest = releases(account, today)[-1]
        fresh = today - newest.released_on <= timedelta(days=28) and newest.index % 2 and not newest.hidden
        if fresh and instagram.story_id(account, today - timedelta(days=1)):
            return f"Artist {number}"
    raise AssertionError("no artist has both")


async def test_a_metric_that_instagram_refuses_takes_no_other_with_it(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.INSTAGRAM, _artist_with_a_fresh_reel_and_a_story())
    await simulator.inject_fault(Provider.INSTAGRAM, "refused_metric", name="shares", path="REELS")
    await simulator.inject_fault(Provider.INSTAGRAM, "refused_metric", name="saves", path="account")
    assert await run_syncs(world, worker_context, member.org_id) == ["done"]
    posts = (await member.http.get(f"/api/artists/{account['artist_id']}/assets", params={"limit": 100})).json()
    kinds = {post["external_id"]: post["kind"] for post in posts["items"]}
    assert set(kinds.values()) == {"post", "reel", "story"}
    [story] = [id for id, kind in kinds.items() if kind == "story"]
    views, shares, saved = [
        await _values(world, member.org_id, metric)
        for metric in ("consumption.views_total", "engagement.shares_total", "engagement.saves_total")
    ]
    last = clock.today_in(PACIFIC) - timedelta(days=1)
    assert {shares[id, day][1] for id, day in shares if kinds[id] == "reel"} == {"unsupported"}
    assert all(views[id, day][0] is not None for id, day in shares if shares[id, day][1] == "unsupported")
    assert (shares[story, last][1], saved[story, last]) == (None, (None, "unsupported"))  # no story is saved
    saves, likes = [await _values(world, member.org_id, f"engagement.{name}") for name in ("saves", "likes")]
    assert set(saves.values()) == {(None, "unsupported")}
    assert sum(value is not None for value, _ in likes.values()) > 300
    rows = await _series_rows(member, account, "engagement.saves")
    assert rows[-1]["null_reason"] == "The provider does not count this here."
    # It is remembered: the next sync does not ask for it, and so is refused nothing.
    through = "select cursor ->> 'through' as day from accounts where id = $1"
    [at] = await world.database.as_owner(through, account["id"])
    before = await simulator.calls()
    await sync_now(world, worker_context, member, account)
    after = await simulator.calls()
    path = next(key for key in after if key.endswith("/insights") and "/v26.0/17841" in key)
    # Reach once, followers by each of four breakdowns, then the totals and the follows of the days that are read again:
    # three before the newest that had a value, which is not always the last.
    read_again = (last - date.fromisoformat(at["day"])).days + 1 + instagram_connector.RESTATED_DAYS
    assert after[path] - before[path] == 1 + 4 + 2 * read_again


async def test_a_negative_day_is_kept(world: World, worker_context: WorkerContext, simulator: SimulatorControl) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    day = clock.today_in(PACIFIC) - timedelta(days=5)
    await simulator.inject_fault(Provider.YOUTUBE, "negative_day", name=day.isoformat())
    await run_syncs(world, worker_context, member.org_id)
    values = await _values(world, member.org_id, "consumption.views")
    assert values["", day] == (-17, "negative")
    [row] = [row for row in await _series_rows(member, account, "consumption.views") if row["value"] == -17]
    assert row["remark"].startswith("Below zero")


async def test_a_day_that_youtube_has_not_published_is_late(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    today = clock.today_in(PACIFIC)
    account = await connected(world, member, Provider.YOUTUBE)
    await simulator.set_day((today - timedelta(days=1)).isoformat())
    await run_syncs(world, worker_context, member.org_id)
    late = today - timedelta(days=1)
    await simulator.set_day(today.isoformat())
    run = await sync_now(world, worker_context, member, account)
    values = await _values(world, member.org_id, "consumption.views")
    assert values["", late] == (None, "late")
    assert ("", today) not in values  # an unfinished day is no value
    assert all(gap["to"] < late.isoformat() for gap in run["gaps"])  # late is no gap
    rows = await _series_rows(member, account, "consumption.views")
    assert rows[-1]["null_reason"] == "The provider has not published this day yet."


async def test_subscribers_are_marked_as_rounded_or_hidden(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    await run_syncs(world, worker_context, member.org_id)
    [row] = await _series_rows(member, account, "audience.followers")
    assert (row["value"] >= 1000, row["state"]) == (True, "rounded")
    await simulator.inject_fault(Provider.YOUTUBE, "hidden_counters")
    await forget_counters_of_today(world)
    await sync_now(world, worker_context, member, account)
    [row] = await _series_rows(member, account, "audience.followers")
    assert (row["value"], row["state"]) == (None, "hidden")


async def test_a_song_has_the_same_code_and_length_on_two_platforms(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SPOTIFY, "Kitefolk")
    await connect(world, member, Provider.SOUNDCLOUD, UUID(account["artist_id"]), "Kitefolk")
    await run_syncs(world, worker_context, member.org_id)
    rows = await world.database.as_owner(
        """select isrc, array_agg(provider order by provider) as providers, count(distinct duration_ms) as lengths
           from assets where org_id = $1 and kind = 'track' group by isrc""",
        member.org_id,
    )
    assert len(rows) > 10
    assert all((row["providers"], row["lengths"]) == (["soundcloud", "spotify"], 1) for row in rows)
    [albums] = await world.database.as_owner(
        """select count(*) as all, count(distinct upc) as upcs, count(details ->> 'image_url') as covers,
             count(*) filter (where credits -> 0 ->> 'name' = 'Kitefolk') as credited
           from assets where org_id = $1 and kind = 'album'""",
        member.org_id,
    )
    assert len(set(albums.values())) == 1
