"""Own sources count songs and releases too, breakdowns take a song, and detectors read own metrics like any other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.insights import run_detection, weekly_series, with_spike
from tests.factories.observations import make_artist
from tests.job_runner import run_due_jobs
from tests.music.songs import ISRC, RELEASED, list_songs, sync, track

YESTERDAY = today() - timedelta(days=1)


async def define(member: Member) -> str:
    """Define tickets and their source. Returns where values are sent."""
    metric = {"name": "Tickets", "unit": "tickets", "kind": "flow"}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201
    assert (await member.http.post("/api/sources", json={"name": "Box office"})).status_code == 201
    return "/api/sources/own.box_office/observations"


def value(artist: UUID, number: float, *, days_ago: int = 1, **more: Any) -> dict[str, Any]:
    day = str(today() - timedelta(days=days_ago))
    return {"metric": "own.tickets", "artist_id": str(artist), "on": day, "value": number} | more


async def test_a_value_of_a_song_or_release_counts_for_it(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.MANAGER)
    moth = await make_artist(world.database, member.org_id, "Moth")
    ines = await make_artist(world.database, member.org_id, "Ines Vale")
    album = AssetRecord("a1", "album", "Night Shift", None, RELEASED)
    songs = [track("s1", "Halo", isrc=ISRC, details={"album_id": "a1"})]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [album, *songs])
    [halo] = await list_songs(member, moth)
    [release] = (await member.http.get("/api/releases", params={"artist_id": str(moth)})).json()["items"]
    path = await define(member)
    body = {
        "observations": [
            value(moth, 5, recording_id=halo["id"]),
            value(moth, 7, release_id=release["id"]),
            value(moth, 100),
        ]
    }
    for new, unchanged in ((3, 0), (0, 3)):
        answer = await member.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["new"], answer.json()["unchanged"]) == (new, unchanged)
    [song] = await list_songs(member, moth)
    assert {asset["provider"] for asset in song["assets"]} == {"spotify", "own.box_office"}
    query = {"scope": "recording", "id": halo["id"], "metric": "own.tickets"}
    days = {"from": str(YESTERDAY), "to": str(YESTERDAY)}
    rolled = (await member.http.get("/api/rollups", params=query | days)).json()
    assert [(entry["provider"], entry["value"]) for entry in rolled["platforms"]] == [("own.box_office", 5)]
    for wrong, status in (
        (value(ines, 5, recording_id=halo["id"]), 422),  # she is not credited on it
        (value(moth, 5, recording_id=halo["id"], release_id=release["id"]), 422),
        (value(moth, 5, recording_id=release["id"]), 404),
    ):
        assert (await member.http.post(path, json={"observations": [wrong]})).status_code == status
    other = await world.member()
    assert (await other.http.post(path, json=body)).status_code == 404


async def test_a_breakdown_takes_a_song(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")

    def views(video: str) -> list[Observation]:
        return [
            Observation("consumption.views", YESTERDAY, 10.0 * number, asset_external_id=video, dimension=dimension)
            for number, dimension in ((3, ""), (2, "country=DE"), (1, "country=FR"))
        ]

    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
    video = track("y1", "Moth – Halo (Official Video)", kind="video", seconds=190)
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video], views("y1"))
    [halo] = await list_songs(member, moth)
    assert len(halo["assets"]) == 2
    query = {"metric": "consumption.views", "provider": "youtube", "dimension": "country", "recording_id": halo["id"]}
    path = f"/api/artists/{moth}/breakdown"
    body = (await member.http.get(path, params=query)).json()
    assert [(part["name"], part["amount"]) for part in body["parts"]] == [("Germany", 20), ("France", 10)]
    listed = await member.http.get(f"{path}s", params={"recording_id": halo["id"]})
    assert [(item["metric"], item["dimension"]) for item in listed.json()["items"]] == [
        ("consumption.views", "country")
    ]
    elsewhere = await member.http.get(path, params=query | {"provider": "spotify"})
    assert (elsewhere.status_code, elsewhere.json()["parts"]) == (200, [])
    # Of two items the audiences may overlap: nothing is added, and the answer says what to ask for.
    second = track("y2", "Moth – Halo (Official Audio)", kind="video", seconds=180)
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video, second], views("y2"))
    [halo] = await list_songs(member, moth)
    refused = await member.http.get(path, params=query)
    assert (refused.status_code, refused.json()["field"]) == (422, "recording_id")
    assert "asset_id" in refused.json()["message"]
    both = await member.http.get(path, params=query | {"asset_id": halo["assets"][0]["id"]})
    assert both.status_code == 422
    other = await world.member()
    assert (await other.http.get(path, params=query)).status_code == 404


async def test_detectors_read_own_metrics(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    path = await define(member)
    numbers = with_spike(weekly_series(120))
    values = [value(artist, number, days_ago=len(numbers) - at) for at, number in enumerate(numbers)]
    assert (await member.http.post(path, json={"observations": values})).status_code == 200
    await run_due_jobs(worker_context)
    await run_detection(worker_context, member.org_id, artist)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    assert (insight["detector"], insight["metric"], insight["provider"]) == ("spike", "own.tickets", "own.box_office")
    assert "Box office" in insight["title"] + insight["body"]


@pytest.mark.parametrize(
    ("dimension", "value", "shown"),
    [
        ("country", "DE", "Germany"),
        ("city", "Munich, Germany", "Munich"),
        ("city", "München, Deutschland", "Munich"),
        ("age", "18-24", "18–24"),
        ("gender", "female", "Female"),
        ("traffic_source", "search", "Search"),
        ("device", "mobile", "Mobile phone"),
        ("subscription", "subscribed", "Subscribed or following"),
        ("content_type", "reel", "Reels"),
        ("store", "Bandcamp", "Bandcamp"),
    ],
)
async def test_an_own_source_counts_by_every_dimension(world: World, dimension: str, value: str, shown: str) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    path = await define(member)
    day = {"metric": "own.tickets", "artist_id": str(artist), "on": str(YESTERDAY)}
    values = [day | {"value": 8}, day | {"value": 5, "dimension": {dimension: value}}]
    sent = await member.http.post(path, json={"observations": values})
    assert (sent.status_code, sent.json()["new"]) == (200, 2), sent.text
    query = {"metric": "own.tickets", "provider": "own.box_office", "dimension": dimension}
    body = (await member.http.get(f"/api/artists/{artist}/breakdown", params=query)).json()
    assert [(part["name"], part["amount"]) for part in body["parts"]] == [(shown, 5)]
    assert body["rule"]["absent"]
