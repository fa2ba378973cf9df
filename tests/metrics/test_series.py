"""The series endpoint and the summary: aggregation, growth, gaps and permissions."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.metrics.schemas import SeriesResponse
from arti.metrics.series.store import SeriesQuery, read_artist_series
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from arti_core.database import Principal, open_pool
from arti_core.single_statements import SingleStatements
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations

YESTERDAY = clock.today() - timedelta(days=1)  # the last day that is over


async def read_series(member: Member, artist: UUID, **query: Any) -> Any:
    answer = await member.http.get(f"/api/artists/{artist}/series", params=query)
    assert answer.status_code == 200, answer.text
    SeriesResponse.model_validate(answer.json())
    return answer.json()


async def read_tiles(member: Member, artist: UUID, days: int = 28) -> dict[str, Any]:
    answer = await member.http.get(f"/api/artists/{artist}/summary", params={"days": days})
    assert answer.status_code == 200, answer.text
    return {tile["metric"]: tile for tile in answer.json()["tiles"]}


async def test_series_has_gaps_nulls_and_revisions(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    last = date(2026, 3, 10)
    observations = daily_observations("consumption.streams", last, [5, 6, None, None, 7, 8])
    observations[-1] = Observation("consumption.streams", last, None, null_reason='not reported "yet"')
    await store_observations(worker_context, member.org_id, artist, observations)
    await store_observations(
        worker_context, member.org_id, artist, [Observation("consumption.streams", last - timedelta(days=1), 9)]
    )
    answer = await read_series(member, artist, metric="consumption.streams", to="2026-03-12", **{"from": "2026-03-06"})
    [series] = answer["series"]
    assert series["points"] == [
        {"on": "2026-03-06", "value": 6},
        {"on": "2026-03-09", "value": 9, "revised": True},
        {"on": "2026-03-10", "value": None, "null_reason": 'not reported "yet"', "state": 'not reported "yet"'},
    ]
    assert series["gaps"] == [{"from": "2026-03-07", "to": "2026-03-08"}]
    assert (series["unit"], series["source"], series["total"], series["as_of"]) == (
        "streams",
        ["import"],
        15,
        "2026-03-09",
    )
    assert (answer["from"], answer["to"], answer["bucket"]) == ("2026-03-06", "2026-03-12", "day")


async def test_gap_from_before_the_period_begins_with_the_period(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        daily_observations("consumption.streams", date(2026, 3, 10), [5, None, None, 6]),
    )
    [series] = (await read_series(member, artist, **{"from": "2026-03-09"}))["series"]
    assert series["gaps"] == [{"from": "2026-03-09", "to": "2026-03-09"}]


@pytest.mark.parametrize(
    ("metric", "week", "month"),
    [
        ("consumption.streams", [("2026-02-23", 30), ("2026-03-02", 210)], [("2026-02-01", 30), ("2026-03-01", 210)]),
        ("audience.followers", [("2026-02-23", 30), ("2026-03-02", 30)], [("2026-02-01", 30), ("2026-03-01", 30)]),
        ("audience.listeners", [("2026-02-23", 30), ("2026-03-02", 30)], [("2026-02-01", 30), ("2026-03-01", 30)]),
        ("reach.unique", [("2026-02-23", None), ("2026-03-02", None)], [("2026-02-01", None), ("2026-03-01", None)]),
    ],
)
async def test_buckets_sum_only_flows(
    world: World, worker_context: WorkerContext, metric: str, week: list[Any], month: list[Any]
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    # 28 February 2026 is a Saturday; 1 March has no value; 2 to 8 March is a whole week.
    await store_observations(
        worker_context, member.org_id, artist, daily_observations(metric, date(2026, 3, 8), [30, None, *[30] * 7])
    )
    for bucket, expected in (("week", week), ("month", month)):
        [series] = (await read_series(member, artist, metric=metric, bucket=bucket))["series"]
        assert [(point["on"], point["value"]) for point in series["points"]] == expected
        assert all((point["value"] is None) == ("null_reason" in point) for point in series["points"])


async def test_weeks_begin_on_the_day_of_the_readers_choice(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    # 8 March 2026 is a Sunday.
    await store_observations(
        worker_context, member.org_id, artist, daily_observations("consumption.streams", date(2026, 3, 9), [1] * 9)
    )
    for week_start, expected in (
        ("monday", [("2026-02-23", 1), ("2026-03-02", 7), ("2026-03-09", 1)]),
        ("sunday", [("2026-03-01", 7), ("2026-03-08", 2)]),
        ("saturday", [("2026-02-28", 6), ("2026-03-07", 3)]),
    ):
        [series] = (await read_series(member, artist, bucket="week", week_start=week_start))["series"]
        assert [(point["on"], point["value"]) for point in series["points"]] == expected


async def test_growth_compares_as_many_days_as_have_values(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        daily_observations("consumption.streams", date(2026, 3, 10), [100] * 5 + [150] * 5),
    )
    # Five of the seven requested days have values; they are compared with the five days before.
    [series] = (await read_series(member, artist, **{"from": "2026-03-06", "to": "2026-03-12"}))["series"]
    assert (series["total"], series["previous_total"], series["change_percent"]) == (750, 500, 50.0)
    await store_observations(
        worker_context, member.org_id, artist, [Observation("consumption.streams", date(2026, 3, 11), 150)]
    )
    [series] = (await read_series(member, artist, **{"from": "2026-03-06", "to": "2026-03-12"}))["series"]
    assert (series["change_percent"], series["change_note"]) == (None, "days_missing")


async def test_growth_stops_at_a_change_of_definition(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    views = daily_observations("consumption.views", date(2025, 4, 10), [1000] * 20)
    await store_observations(
        worker_context, member.org_id, artist, views, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    await store_observations(worker_context, member.org_id, artist, views)
    answer = await read_series(member, artist, **{"from": "2025-04-04", "to": "2025-04-10"})
    spotify, youtube = answer["series"]
    assert (youtube["provider"], youtube["change_percent"], youtube["change_note"]) == (
        "youtube",
        None,
        "definition_break",
    )
    assert (youtube["previous_total"], youtube["source"]) == (7000, ["sync"])
    assert (spotify["change_percent"], spotify["change_note"], spotify["breaks"]) == (0.0, None, [])
    answer = await read_series(member, artist, provider="youtube", **{"from": "2025-03-25", "to": "2025-04-10"})
    assert [item["on"] for item in answer["series"][0]["breaks"]] == ["2025-03-31"]
    summary = (await member.http.get(f"/api/artists/{artist}/summary", params={"days": 7})).json()
    by_provider = {tile["provider"]: tile for tile in summary["tiles"]}
    assert (by_provider["spotify"]["change"], by_provider["youtube"]["change"]) == (0, None)
    assert by_provider["youtube"]["definition_break"]["on"] == "2025-03-31"


async def test_series_of_api_and_import_are_not_summed(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        daily_observations("consumption.views", YESTERDAY, [10] * 5),
        provider=Provider.YOUTUBE,
    )
    older = daily_observations("consumption.views", YESTERDAY - timedelta(days=1), [99] * 5)
    await store_observations(
        worker_context, member.org_id, artist, older, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    [series] = (await read_series(member, artist))["series"]
    assert (series["total"], series["source"]) == (50, ["import"])


async def test_summary_tiles(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context,
        member.org_id,
        artist,
        [
            *daily_observations("consumption.streams", YESTERDAY, [100] * 28 + [125] * 28),
            *daily_observations("audience.followers", YESTERDAY, [*range(0, 57 * 5, 5), *range(290, 850, 20)]),
            *daily_observations("audience.listeners", YESTERDAY, [40] * 56),
            *daily_observations("audience.monthly_listeners", YESTERDAY - timedelta(days=40), [500] * 56),
            *daily_observations("reach.unique", YESTERDAY, [7] * 56),
            *daily_observations("engagement.saves", YESTERDAY, [2] * 28 + [3] * 28),
            Observation("discovery.ctr", YESTERDAY, None, null_reason="not reported"),
        ],
    )
    tiles_by_metric = await read_tiles(member, artist)
    fields = ("value", "previous", "change", "change_percent", "basis", "change_note")
    assert {metric: tuple(tile[name] for name in fields) for metric, tile in tiles_by_metric.items()} == {
        "consumption.streams": (3500, 2800, 700, 25.0, "sum", None),
        # It is judged by its gains: 550 after 140.
        "audience.followers": (830, 280, 550, 292.9, "last", None),
        "audience.listeners": (40, 40, 0, None, "mean", "small_base"),
        "audience.monthly_listeners": (500, 500, 0, 0.0, "last", None),
        "reach.unique": (7, None, None, None, "day", None),
        "engagement.saves": (84, 56, 28, None, "sum", "small_base"),
        "discovery.ctr": (None, None, None, None, "day", None),
    }
    assert tiles_by_metric["discovery.ctr"]["null_reason"] == "not reported"
    stale = tiles_by_metric["audience.monthly_listeners"]
    assert (stale["stale"], stale["age_days"], stale["period"]["to"]) == (True, 41, str(YESTERDAY - timedelta(days=40)))
    assert not tiles_by_metric["consumption.streams"]["stale"]
    assert tiles_by_metric["consumption.streams"]["spark"] == [125] * 28


async def test_series_of_an_asset(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    track = AssetRecord("t1", "track", "Night Drive")
    observations = [Observation("consumption.streams", YESTERDAY, 4, asset_external_id="t1")]
    await store_observations(worker_context, member.org_id, artist, observations, [track])
    [asset] = (await member.http.get(f"/api/artists/{artist}/assets")).json()["items"]
    [series] = (await read_series(member, artist, asset_id=asset["id"]))["series"]
    assert series["points"] == [{"on": str(YESTERDAY), "value": 4}]
    assert (await read_series(member, artist))["series"] == []
    assert (await member.http.get(f"/api/artists/{artist}/series?asset_id={uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"metric": "no.such"}, "metric"),
        ({"provider": "myspace"}, "provider"),
        ({"bucket": "hour"}, "bucket"),
        ({"bucket": "week", "week_start": "friday"}, "week_start"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "from"),
        ({"to": "9999-01-01"}, "to"),
    ],
)
async def test_invalid_parameter_names_its_field(world: World, query: dict[str, str], field: str) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answer = await member.http.get(f"/api/artists/{artist}/series", params=query)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_foreign_and_unknown_artists_have_the_same_404(world: World, worker_context: WorkerContext) -> None:
    member, foreign_member = await world.member(), await world.member()
    foreign = await make_artist(world.database, foreign_member.org_id)
    await store_observations(
        worker_context, foreign_member.org_id, foreign, daily_observations("consumption.streams", YESTERDAY, [5])
    )
    answers = [
        await member.http.get(f"/api/artists/{foreign}/series"),
        await member.http.get(f"/api/artists/{uuid4()}/series"),
        await member.http.get("/api/artists/nonsense/series"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["message"] for answer in answers}) == 1
    outsider = world.client(member.token, foreign_member.org_id)
    assert (await outsider.get(f"/api/artists/{foreign}/series")).status_code == 404
    assert (await world.anonymous.get(f"/api/artists/{foreign}/series")).status_code == 401
    forged = world.client(member.token + "x", member.org_id)
    assert (await forged.get(f"/api/artists/{foreign}/series")).status_code == 401


async def test_series_of_a_platform_without_read_permission_are_hidden(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context, member.org_id, artist, daily_observations("consumption.streams", YESTERDAY, [5])
    )
    assert len((await read_series(member, artist))["series"]) == 1
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        member.org_id,
        member.user_id,
    )
    assert (await read_series(member, artist))["series"] == []


async def test_claims_are_reset_after_the_query(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        worker_context, member.org_id, artist, daily_observations("consumption.streams", YESTERDAY, [5])
    )
    pool = await open_pool(
        world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    try:
        query, statements = SeriesQuery(None, None, None, None, None, "day"), SingleStatements(pool, 1)
        role, body = await read_artist_series(statements, Principal(member.user_id, None), member.org_id, artist, query)
        assert (role, body is not None) == (Role.ADMIN, True)
        await statements.close()
        state = await pool.fetchrow("select current_user, current_setting('request.jwt.claims', true) as claims")
        assert state is not None
        assert (state["current_user"], state["claims"]) == ("arti_api", "")
    finally:
        await pool.close()


async def test_an_ended_session_reads_no_series(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    path = f"/api/artists/{artist}/series"
    assert (await member.http.get(path)).status_code == 200
    await world.database.as_owner("delete from auth.sessions where user_id = $1", member.user_id)
    answer = await member.http.get(path)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


async def test_series_are_read_whatever_is_announced_of_their_metric(
    world: World, worker_context: WorkerContext
) -> None:
    """A change whose day nobody has named yet is no break."""
    members = [await world.member()]
    members.append(await world.member(members[0].org_id, Role.CREATOR))
    artist = await make_artist(world.database, members[0].org_id)
    await world.database.as_owner(
        "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3) on conflict do nothing",
        *(members[1].org_id, members[1].user_id, artist),
    )
    defined = await world.database.as_owner(
        "select distinct provider::text, metric, since_on is null as is_open from metric_definitions"
    )
    assert any(row["is_open"] for row in defined)
    for row in defined:
        observations = daily_observations(row["metric"], YESTERDAY, [1.0] * 3)
        await store_observations(
            worker_context, members[0].org_id, artist, observations, provider=Provider(row["provider"])
        )
    for member in members:
        for query in ({}, {"from": "2020-01-01", "to": YESTERDAY.isoformat()}):
            read = (await read_series(member, artist, **query))["series"]
            assert {(one["provider"], one["metric"]) for one in read} >= {
                (row["provider"], row["metric"]) for row in defined if row["is_open"]
            }
            assert all(change["on"] for one in read for change in one["breaks"])
