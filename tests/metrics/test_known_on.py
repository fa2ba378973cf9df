"""Any read takes a date and gives what was known at its end: before a restatement, an import, its undo."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arti.dimensions.text import write_dimension
from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.observations import backdate, daily_observations, make_artist, store_observations
from tests.music.songs import sync, track

STREAMS, FOLLOWERS = "consumption.streams", "audience.followers"
LAST = clock.today() - timedelta(days=40)
MUNICH, BERLIN, HAMBURG = "2867714", "2950159", "2911298"


async def read(member: Member, artist: UUID, days_ago: int | None) -> dict[str, Any]:
    """Return the streams of the artist by three endpoints, as known so many days ago."""
    known = {} if days_ago is None else {"known_on": str(clock.today() - timedelta(days=days_ago))}
    days = {"from": str(LAST - timedelta(days=3)), "to": str(LAST)}
    chart = await member.http.get(f"/api/artists/{artist}/series", params={"metric": STREAMS} | days | known)
    summary = await member.http.get(f"/api/artists/{artist}/summary", params={"days": "2"} | known)
    assert (chart.status_code, summary.status_code) == (200, 200), chart.text
    [line] = chart.json()["series"] or [{"points": [], "total": None, "series_id": None}]
    rows: dict[str, Any] = {"items": []}
    if line["series_id"]:
        found = await member.http.get("/api/observations", params={"series_id": line["series_id"]} | known)
        rows = found.json()
    return {
        "points": [point["value"] for point in line["points"]],
        "total": line["total"],
        "tile": next((tile["value"] for tile in summary.json()["tiles"] if tile["metric"] == STREAMS), None),
        "rows": [(row["value"], len(row["revisions"])) for row in rows["items"]],
    }


async def test_a_restated_day_is_read_as_it_was_known(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    first = daily_observations(STREAMS, LAST - timedelta(days=1), [1, 2, 3])
    await store_observations(worker_context, member.org_id, artist, first)
    await backdate(world.database, member.org_id, 10)
    await store_observations(worker_context, member.org_id, artist, daily_observations(STREAMS, LAST, [30, 4]))
    await backdate(world.database, member.org_id, 5)
    late = [Observation(STREAMS, LAST, None, null_reason="hidden"), Observation(STREAMS, LAST - timedelta(days=1), 31)]
    await store_observations(worker_context, member.org_id, artist, late)

    nothing: dict[str, Any] = {"points": [], "total": None, "tile": None, "rows": []}
    assert await read(member, artist, 16) == nothing
    before = {"points": [1, 2, 3], "total": 6, "tile": 5, "rows": [(1, 0), (2, 0), (3, 0)]}
    assert await read(member, artist, 15) == before
    assert await read(member, artist, 6) == before
    between = {"points": [1, 2, 30, 4], "total": 37, "tile": 34, "rows": [(1, 0), (2, 0), (30, 1), (4, 0)]}
    assert await read(member, artist, 5) == between
    assert await read(member, artist, 1) == between
    now = {"points": [1, 2, 31, None], "total": 34, "tile": 33, "rows": [(1, 0), (2, 0), (31, 2), (None, 1)]}
    assert await read(member, artist, 0) == now
    assert await read(member, artist, None) == now


async def test_an_undone_import_is_read_as_it_was_known(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    content = f"date,listeners,streams,followers\n{LAST},5,7,9\n".encode()
    [preview] = await upload_file(member, artist, "Mira Sol-audience-timeline.csv", content)
    done = await commit_import(member, preview)
    await backdate(world.database, member.org_id, 10)
    await undo_import(member, done["id"])
    there = {"points": [7], "total": 7, "tile": 7, "rows": [(7, 0)]}
    assert await read(member, artist, 10) == there
    assert await read(member, artist, 1) == there
    assert await read(member, artist, None) == {"points": [], "total": None, "tile": None, "rows": []}
    # What was known before the import was nothing either.
    assert (await read(member, artist, 11))["points"] == []


async def test_assets_and_counters_are_read_as_they_were_known(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    track = [AssetRecord("t1", "track", "Night Drive")]
    await store_observations(
        worker_context, member.org_id, artist, [Observation(STREAMS, LAST, 4, asset_external_id="t1")], track
    )
    levels = daily_observations(FOLLOWERS, LAST, [1000 + 10 * day for day in range(57)])
    await store_observations(worker_context, member.org_id, artist, levels)
    await backdate(world.database, member.org_id, 10)
    await store_observations(
        worker_context, member.org_id, artist, [Observation(STREAMS, LAST, 9, asset_external_id="t1")], track
    )
    await store_observations(worker_context, member.org_id, artist, [Observation(FOLLOWERS, LAST, 1700)])
    url, known = f"/api/artists/{artist}", {"known_on": str(clock.today() - timedelta(days=3))}
    for params, plays, followers in ((known, 4, (1560, 280, 0.0)), ({}, 9, (1700, 420, 50.0))):
        [asset] = (await member.http.get(f"{url}/assets", params=params)).json()["items"]
        assert [value["value"] for value in asset["values"]] == [plays]
        [tile] = (await member.http.get(f"{url}/summary", params=params)).json()["tiles"]
        assert (tile["value"], tile["change"], tile["change_percent"]) == followers


async def test_a_day_that_is_none_is_refused(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    for path in ("series", "summary", "assets"):
        answer = await member.http.get(f"/api/artists/{artist}/{path}", params={"known_on": "soon"})
        assert answer.status_code == 422


def single(number: int, released_on: date) -> list[AssetRecord]:
    """Return a single with its track, as Spotify lists them."""
    details = {"album_type": "single"}
    return [
        AssetRecord(f"a{number}", "album", f"Song {number}", None, released_on, details=details),
        track(f"t{number}", f"Song {number}", on=released_on, details={"album_id": f"a{number}"}),
    ]


def every_number(value: float, last_on: date, released_on: date, places: Sequence[str]) -> list[Observation]:
    """Return streams of an artist and a song, a counter, and cities, all up to `last_on`."""
    count = (last_on - released_on).days + 1
    days = [released_on + timedelta(days=day) for day in range(count)]
    return [
        *daily_observations(STREAMS, last_on, [value] * 70),
        *daily_observations(FOLLOWERS, last_on, [1000 + value * day for day in range(70)]),
        *(Observation(STREAMS, day, value, asset_external_id="t1") for day in days),
        *(
            Observation(
                "audience.listeners", last_on, value, dimension=write_dimension({"city": place, "period": "28day"})
            )
            for place in places
        ),
    ]


async def test_whatever_shows_numbers_shows_them_as_they_were_known(
    world: World, worker_context: WorkerContext
) -> None:
    """What each read answers before a restatement and newer days, it answers afterwards for the day before them."""
    member = await world.member()
    org = member.org_id
    moth, ines = [await make_artist(world.database, org, name) for name in ("Moth", "Ines Vale")]
    released_on = LAST - timedelta(days=20)
    assets = single(1, released_on)
    numbers = every_number(10, LAST, released_on, [MUNICH, BERLIN])
    await sync(worker_context, org, moth, Provider.SPOTIFY, assets, numbers)
    await store_observations(worker_context, org, ines, daily_observations(STREAMS, LAST, [5.0] * 60))
    [song] = (await member.http.get(f"/api/artists/{moth}/recordings")).json()["items"]
    [release] = (await member.http.get("/api/releases", params={"artist_id": str(moth)})).json()["items"]
    campaigns = []
    for metric in (STREAMS, FOLLOWERS):
        goal = {"artist_id": str(moth), "name": metric, "goal_metric": metric, "goal_provider": "spotify"}
        days = {"starts_on": str(LAST - timedelta(days=6)), "ends_on": str(LAST)}
        campaigns.append((await member.http.post("/api/campaigns", json=goal | days)).json()["id"])
    reads: list[tuple[str, dict[str, Any]]] = [
        ("/api/artists", {}),
        (f"/api/artists/{moth}", {}),
        ("/api/home/artists", {"sort": "spotify"}),
        ("/api/home/artists", {"sort": "updated"}),
        ("/api/comparison", {"artist_id": [str(moth), str(ines)], "metric": STREAMS, "provider": "spotify"}),
        ("/api/comparison", {"recording_id": [song["id"]]}),
        ("/api/audience/places", {"artist_id": [str(moth)]}),
        (f"/api/artists/{moth}/breakdowns", {}),
        (
            f"/api/artists/{moth}/breakdown",
            {"metric": "audience.listeners", "provider": "spotify", "dimension": "city"},
        ),
        (f"/api/artists/{moth}/numbers.csv", {"provider": "spotify"}),
        (f"/api/releases/{release['id']}/start", {}),
        *((f"/api/campaigns/{campaign}/result", {}) for campaign in campaigns),
    ]

    async def read(**known: str) -> list[Any]:
        answers = []
        for path, query in reads:
            answer = await member.http.get(path, params=query | known)
            assert answer.status_code == 200, answer.text
            is_json = answer.headers["content-type"].startswith("application/json")
            body = answer.json() if is_json else answer.text
            if isinstance(body, dict):  # how old the release is, and which day was asked for
                body = {name: part for name, part in body.items() if name not in ("complete_days", "known_on")}
            answers.append((path, body))
        return answers

    before = await read()
    await backdate(world.database, org, 3)
    newer = every_number(20, LAST + timedelta(days=5), released_on, [MUNICH, HAMBURG])
    await sync(worker_context, org, moth, Provider.SPOTIFY, assets, newer)
    await store_observations(
        worker_context, org, ines, daily_observations(STREAMS, LAST + timedelta(days=5), [50.0] * 60)
    )
    then, now = await read(known_on=str(clock.today() - timedelta(days=1))), await read()
    for old, as_known, new in zip(before, then, now, strict=True):
        assert as_known == old
        assert new != old, new
