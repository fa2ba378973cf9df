"""Two to six artists or songs side by side: the same days, one meaning a column, no growth across a definition."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import change_definition, daily_observations, make_artist, store_observations
from tests.music.songs import list_songs, sync, track

LAST = clock.today() - timedelta(days=2)
STREAMS, LISTENERS, PLAYS = "consumption.streams", "audience.monthly_listeners", "consumption.plays"


async def compare(member: Member, **query: Any) -> dict[str, Any]:
    answer = await member.http.get("/api/comparison", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def figures(body: dict[str, Any], metric: str) -> list[dict[str, Any]]:
    [column] = [column for column in body["columns"] if column["metric"] == metric]
    found: list[dict[str, Any]] = column["figures"]
    return found


async def test_artists_are_compared_over_the_days_that_all_have(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth, ines = [await make_artist(world.database, member.org_id, name) for name in ("Moth", "Ines Vale")]
    # The file of one ends three days later; its last days are not held against the other.
    for artist, last, value in ((moth, LAST, 100.0), (ines, LAST - timedelta(days=3), 50.0)):
        numbers = [
            *daily_observations(STREAMS, last, [value] * 40 + [2 * value] * 28),
            *daily_observations(LISTENERS, last, [10 * value] * 60),
        ]
        await store_observations(worker_context, member.org_id, artist, numbers)
    common = LAST - timedelta(days=3)
    ids = [str(moth), str(ines)]
    body = await compare(member, artist_id=ids, metric=STREAMS, provider="spotify")
    assert [subject["name"] for subject in body["subjects"]] == ["Moth", "Ines Vale"]
    chosen = body["columns"][0]
    assert (chosen["metric"], chosen["basis"], chosen["unit"]) == (STREAMS, "sum", "streams")
    first = common - timedelta(days=27)
    assert chosen["period"] == {"from": str(first), "to": str(common), "days": 28}
    assert chosen["previous_period"]["to"] == str(first - timedelta(days=1))
    of_moth, of_ines = figures(body, STREAMS)
    # Of Moth 25 days of 200 and 3 of 100; of Ines 28 of 100.
    assert (of_moth["value"], of_moth["previous"], of_moth["change_percent"]) == (5300.0, 2800.0, 89.3)
    assert (of_ines["value"], of_ines["previous"], of_ines["change_percent"]) == (2800.0, 1400.0, 100.0)
    assert of_moth["source"] == ["import"]
    assert of_moth["as_of"] == str(common)
    assert [figure["value"] for figure in figures(body, LISTENERS)] == [1000.0, 500.0]
    line = body["lines"][1]
    assert len(line["points"]) == len(line["previous"]) == 28
    assert line["points"][-1] == {"on": str(common), "value": 100.0}
    assert line["previous"][-1]["value"] == 50.0
    # Two artists are no roster to have a rank in.
    assert of_moth["rank"] is None
    assert "three artists" in chosen["rank_note"]


async def test_a_running_total_is_compared_by_its_gain_and_null_is_not_zero(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    moth, ines, nilo = [await make_artist(world.database, member.org_id, name) for name in ("Moth", "Ines", "Nilo")]
    levels: list[float | None] = [1_000_000 + 10.0 * day for day in range(70)]
    holed: list[float | None] = [5_000 + 20.0 * day for day in range(70)]
    holed[60] = None
    for artist, values in ((moth, levels), (ines, holed)):
        numbers = daily_observations(PLAYS, LAST, values)
        await store_observations(
            worker_context, member.org_id, artist, numbers, provider=Provider.SOUNDCLOUD, terms="soundcloud_api"
        )
    body = await compare(member, artist_id=[str(moth), str(ines), str(nilo)])
    chosen = body["columns"][0]
    assert (chosen["metric"], chosen["basis"], chosen["subjects"]) == (PLAYS, "gain", 2)
    of_moth, of_ines = chosen["figures"]  # none of Nilo, who has no such number: nothing is 0
    assert (of_moth["value"], of_moth["level"], of_moth["change_percent"]) == (280.0, 1_000_690.0, 0.0)
    assert (of_ines["value"], of_ines["change_percent"]) == (560.0, 0.0)
    days = [point["value"] for point in body["lines"][1]["points"]]
    # The day without a level has no gain, nor has the day after it.
    assert days.count(None) == 2
    assert set(days) - {None} == {20.0}
    assert {point["value"] for point in body["lines"][2]["points"]} == {None}


async def test_growth_and_lines_stop_at_a_change_of_definition(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth, ines = [await make_artist(world.database, member.org_id, name) for name in ("Moth", "Ines")]
    for artist in (moth, ines):
        values: list[float | None] = [1000.0 * day for day in range(70)]
        await store_observations(
            worker_context,
            member.org_id,
            artist,
            daily_observations(PLAYS, LAST, values),
            provider=Provider.SOUNDCLOUD,
            terms="soundcloud_api",
        )
    broken = LAST - timedelta(days=5)
    await change_definition(world.database, broken, metric=PLAYS, provider=Provider.SOUNDCLOUD)
    body = await compare(member, artist_id=[str(moth), str(ines)])
    of_moth = body["columns"][0]["figures"][0]
    assert (of_moth["value"], of_moth["change_percent"], of_moth["change_note"]) == (None, None, "definition_break")
    assert of_moth["breaks"][0]["on"] == str(broken)
    points = {point["on"]: point["value"] for point in body["lines"][0]["points"]}
    assert points[str(broken)] is None
    assert points[str(broken + timedelta(days=1))] == 1000.0


async def test_ranks_in_the_roster_are_made_of_what_the_terms_allow(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artists = [await make_artist(world.database, member.org_id, f"Artist {n}") for n in range(4)]
    for n, artist in enumerate(artists):
        await store_observations(
            worker_context, member.org_id, artist, daily_observations(STREAMS, LAST, [100.0 * (n + 1)] * 60)
        )
        views = daily_observations("consumption.views", LAST, [100.0] * 60)
        await store_observations(
            worker_context, member.org_id, artist, views, provider=Provider.YOUTUBE, terms="youtube_api"
        )
    ids = [str(artist) for artist in artists[:2]]
    body = await compare(member, artist_id=ids, metric=STREAMS, provider="spotify")
    assert [figure["rank"] for figure in figures(body, STREAMS)] == [
        {"rank": 4, "of": 4, "percentile": None},
        {"rank": 3, "of": 4, "percentile": None},
    ]
    body = await compare(member, artist_id=ids, metric="consumption.views", provider="youtube")
    assert [figure["rank"] for figure in figures(body, "consumption.views")] == [None, None]
    assert "terms of YouTube" in body["columns"][0]["rank_note"]


async def test_songs_are_compared_by_all_their_items_each_once(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    old = date(2022, 5, 6)
    tracks = [track("t1", "Halo", on=old, isrc="QZAR22600001"), track("t2", "Ember", on=old, isrc="QZAR22600002")]

    def streams(asset: str, value: float) -> list[Observation]:
        days = (LAST - timedelta(days=back) for back in range(60))
        return [Observation(STREAMS, day, value, asset_external_id=asset) for day in days]

    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, tracks, [*streams("t1", 10), *streams("t2", 30)])
    songs = {song["title"]: song["id"] for song in await list_songs(member, moth)}
    body = await compare(member, recording_id=[songs["Halo"], songs["Ember"]])
    assert [(subject["kind"], subject["artist_ids"]) for subject in body["subjects"]] == [("song", [str(moth)])] * 2
    halo, ember = figures(body, STREAMS)
    assert (halo["value"], halo["previous"], halo["change_percent"]) == (280.0, 280.0, 0.0)
    assert (ember["value"], ember["source"]) == (840.0, ["import"])
    assert {point["value"] for point in body["lines"][0]["points"]} == {10.0}


async def test_what_cannot_be_compared_is_refused_in_words(world: World, worker_context: WorkerContext) -> None:
    member, other = await world.member(), await world.member()
    moth = str(await make_artist(world.database, member.org_id, "Moth"))
    for caller, query, status in (
        (member, {}, 422),
        (member, {"artist_id": [moth], "recording_id": [str(uuid4())]}, 422),
        (member, {"artist_id": [moth, str(uuid4())]}, 404),
        (other, {"artist_id": [moth]}, 404),
        (member, {"artist_id": [moth], "metric": "no.such", "provider": "spotify"}, 422),
        (member, {"artist_id": [str(uuid4()) for _ in range(7)]}, 422),
    ):
        answer = await caller.http.get("/api/comparison", params=query)
        assert answer.status_code == status, (query, answer.text)
    # Nothing stored is no error: there is nothing to compare.
    body = await compare(member, artist_id=[moth])
    assert (body["columns"], body["options"]) == ([], [])
