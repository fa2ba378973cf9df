"""A release in its first 28 days: complete days only, the same age for all, and a pace from the artist's own past."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import change_definition, make_artist
from tests.music.songs import sync, track

STREAMS, PLAYS = "consumption.streams", "consumption.plays"
TODAY = clock.today()


def single(number: int, released_on: date) -> list[AssetRecord]:
    """Return a single with one track, as Spotify lists them."""
    title, details = f"Song {number}", {"album_type": "single", "label": "Night Owl"}
    return [
        AssetRecord(f"a{number}", "album", title, None, released_on, details=details),
        track(f"t{number}", title, on=released_on, isrc=f"QZAR2260{number:04}", details={"album_id": f"a{number}"}),
    ]


def streams(number: int, released_on: date, days: Mapping[int, float]) -> list[Observation]:
    return [
        Observation(STREAMS, released_on + timedelta(days=age - 1), value, asset_external_id=f"t{number}")
        for age, value in days.items()
    ]


async def store_singles(
    member: Member,
    worker_context: WorkerContext,
    artist: UUID,
    singles: Mapping[date, Mapping[int, float]],
) -> dict[str, str]:
    """Store a single with daily streams for each day of release; returns the ids of releases by title."""
    assets: list[AssetRecord] = []
    numbers: list[Observation] = []
    for number, (released_on, days) in enumerate(singles.items(), start=1):
        assets += single(number, released_on)
        numbers += streams(number, released_on, days)
    await sync(worker_context, member.org_id, artist, Provider.SPOTIFY, assets, numbers)
    releases = (await member.http.get("/api/releases")).json()["items"]
    return {release["title"]: release["id"] for release in releases}


async def read_start(member: Member, release: str) -> dict[str, Any]:
    answer = await member.http.get(f"/api/releases/{release}/start")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def whole(value: float) -> dict[int, float]:
    return dict.fromkeys(range(1, 41), value)


async def test_a_release_is_compared_with_earlier_ones_at_the_same_age(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    released = TODAY - timedelta(days=10)
    ids = await store_singles(
        member,
        worker_context,
        moth,
        {
            # Eight complete days are in: two have not been reported yet.
            released: dict.fromkeys(range(1, 9), 200.0),
            TODAY - timedelta(days=80): whole(100.0),
            TODAY - timedelta(days=150): whole(50.0) | {1: 500.0},
            TODAY - timedelta(days=220): whole(100.0) | {28: 1900.0},
        },
    )
    body = await read_start(member, ids["Song 1"])
    assert (body["complete_days"], [artist["name"] for artist in body["release"]["artists"]]) == (10, ["Moth"])
    [spotify] = body["platforms"]
    assert (spotify["metric"], spotify["unit"], spotify["source"]) == (STREAMS, "streams", ["import"])
    assert spotify["known_until"] == str(released + timedelta(days=7))
    ages = {figure["age"]: figure for figure in spotify["ages"]}
    assert [(age, ages[age]["value"], ages[age]["state"]) for age in (1, 3, 7, 14, 28)] == [
        (1, 200.0, "in"),
        (3, 600.0, "in"),
        (7, 1400.0, "in"),
        (14, None, "not_over"),
        (28, None, "not_over"),
    ]
    # The release before, and the median of the three, at the same age.
    assert (ages[7]["previous"], ages[7]["change_percent"], ages[7]["median"], ages[7]["releases"]) == (
        (700.0, 100.0, 700.0, 3)
    )
    assert ages[28]["previous"] == 2800.0
    assert spotify["curve"]["values"][7:9] == [1600.0, None]
    assert [curve["title"] for curve in spotify["earlier"]] == ["Song 2", "Song 3", "Song 4"]
    # Of day 8: 800 became 2800, 850 became 1850, 800 became 4600.
    pace = spotify["pace"]
    assert (pace["from_age"], pace["age"], pace["releases"], pace["likelihood_percent"]) == (8, 28, 3, 50)
    assert (round(pace["low"]), round(pace["high"])) == (3482, 9200)


async def test_a_day_that_is_not_in_yet_or_missing_has_no_value(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    released = TODAY - timedelta(days=30)
    days = {age: 10.0 for age in range(1, 21) if age != 5}
    ids = await store_singles(member, worker_context, moth, {released: days, TODAY - timedelta(days=90): whole(10.0)})
    [spotify] = (await read_start(member, ids["Song 1"]))["platforms"]
    states = {figure["age"]: (figure["value"], figure["state"]) for figure in spotify["ages"]}
    # A day is missing, so what came by then is not known from there on; nothing is 0.
    assert states == {
        1: (10.0, "in"),
        3: (30.0, "in"),
        7: (None, "missing"),
        14: (None, "missing"),
        28: (None, "not_in_yet"),
    }
    assert (spotify["pace"], spotify["pace_note"]) == (None, "Cannot tell from fewer than 100.")


async def test_fewer_than_three_earlier_releases_give_no_pace(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    ids = await store_singles(
        member,
        worker_context,
        moth,
        {
            TODAY - timedelta(days=9): dict.fromkeys(range(1, 9), 200.0),
            TODAY - timedelta(days=80): whole(100.0),
            # Within a week of the one before: one release.
            TODAY - timedelta(days=83): whole(100.0),
            TODAY - timedelta(days=150): whole(100.0),
        },
    )
    [spotify] = (await read_start(member, ids["Song 1"]))["platforms"]
    assert [curve["title"] for curve in spotify["earlier"]] == ["Song 2", "Song 4"]
    assert spotify["pace"] is None
    assert "three earlier releases" in spotify["pace_note"]


async def test_a_running_total_counts_by_its_level_and_not_across_a_definition(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    first, second = TODAY - timedelta(days=100), TODAY - timedelta(days=40)
    tracks = [track(f"s{n}", f"Song {n}", on=day, isrc=f"QZAR2260000{n}") for n, day in enumerate((first, second))]
    numbers = [
        Observation(PLAYS, day + timedelta(days=age - 1), 1000.0 * age, asset_external_id=f"s{n}")
        for n, day in enumerate((first, second))
        for age in range(1, 31)
    ]
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, tracks, numbers)
    songs = (await member.http.get(f"/api/artists/{moth}/recordings")).json()["items"]
    ids = {}
    for song in songs:
        release = {
            "title": song["title"],
            "kind": "single",
            "released_on": song["released_on"],
            "credits": [{"artist_id": str(moth), "name": "Moth", "role": "main"}],
        }
        made = await member.http.post("/api/releases", json=release)
        assert made.status_code == 201, made.text
        ids[song["title"]] = made.json()["id"]
        entry = {"position": 1, "recording_id": song["id"]}
        put = await member.http.put(f"/api/releases/{made.json()['id']}/tracks", json={"tracks": [entry]})
        assert put.status_code == 200, put.text
    [soundcloud] = (await read_start(member, ids["Song 1"]))["platforms"]
    ages = {figure["age"]: figure for figure in soundcloud["ages"]}
    assert (soundcloud["kind"], ages[7]["value"], ages[7]["previous"]) == ("counter", 7000.0, 7000.0)
    assert soundcloud["pace_note"] == "The 28 days are in."
    await change_definition(world.database, second + timedelta(days=9), metric=PLAYS, provider=Provider.SOUNDCLOUD)
    [soundcloud] = (await read_start(member, ids["Song 1"]))["platforms"]
    ages = {figure["age"]: figure for figure in soundcloud["ages"]}
    assert (ages[7]["value"], ages[7]["state"]) == (None, "definition_break")
    assert (ages[14]["value"], ages[14]["previous"]) == (14_000.0, None)


async def test_a_release_without_day_or_numbers_says_why(world: World, worker_context: WorkerContext) -> None:
    member, other = await world.member(), await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    credits = [{"artist_id": str(moth), "name": "Moth", "role": "main"}]
    for released_on, words in ((None, "no day yet"), (str(TODAY + timedelta(days=9)), "Not out yet")):
        body = {"title": "Later", "released_on": released_on, "credits": credits}
        id = (await member.http.post("/api/releases", json=body)).json()["id"]
        start = await read_start(member, id)
        assert start["platforms"] == []
        assert words in start["note"]
        assert (await other.http.get(f"/api/releases/{id}/start")).status_code == 404
    assert (await member.http.get(f"/api/releases/{uuid4()}/start")).status_code == 404
