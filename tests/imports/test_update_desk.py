"""The update desk over HTTP: what is due of which artist, and how long fifty artists take."""

import os
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from arti_core import clock
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_batches import commit, drop, timeline

FILES = Path(__file__).parent / "files"
SPOTIFY_ID, CHANNEL = "4Z8W4fKeB5YxbusRsdQVPb", "UC_x5XG1OV2P6uZZ5FSM9Ttw"


async def desk(member: Member, **query: Any) -> dict[str, dict[str, Any]]:
    answer = await member.http.get("/api/update-desk", params=query)
    assert answer.status_code == 200, answer.text
    return {
        artist["name"]: {export["export"]: export for export in artist["exports"]} for artist in answer.json()["items"]
    }


async def test_an_export_is_due_a_week_after_it_came_and_the_drop_ticks_it_off(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    for provider, id in (("spotify", SPOTIFY_ID), ("youtube", CHANNEL)):
        await world.database.as_owner(
            "insert into artist_external_ids (org_id, artist_id, provider, external_id) values ($1, $2, $3, $4)",
            *(member.org_id, artist, provider, id),
        )
    exports = (await desk(member))["Mira Sol"]
    assert list(exports) == ["spotify.audience", "spotify.songs", "spotify.playlists", "youtube.analytics"]
    assert {export["is_due"] for export in exports.values()} == {True}
    assert exports["spotify.songs"]["link"] == f"https://artists.spotify.com/c/artist/{SPOTIFY_ID}/music/songs"
    assert exports["youtube.analytics"]["link"].startswith(f"https://studio.youtube.com/channel/{CHANNEL}/")

    batch = await drop(member, [("Mira Sol-audience-timeline.csv", timeline(1))])
    audience = (await desk(member))["Mira Sol"]["spotify.audience"]
    assert (audience["is_due"], audience["waiting"], audience["imported_at"]) == (True, 1, None)
    await commit(member, batch)
    audience = (await desk(member))["Mira Sol"]["spotify.audience"]
    today = clock.today()
    assert (audience["is_due"], audience["waiting"], audience["last_day"]) == (False, 0, "2026-03-02")
    assert audience["due_on"] == str(today + timedelta(days=7))
    await world.database.as_owner("update imports set committed_at = committed_at - interval '7 days'")
    assert (await desk(member))["Mira Sol"]["spotify.audience"]["due_on"] == str(today)
    await undo_import(member, batch["items"][0]["id"])
    assert (await desk(member))["Mira Sol"]["spotify.audience"]["imported_at"] is None


async def test_an_org_says_how_often(world: World) -> None:
    member, other = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    [preview] = await upload_file(member, artist, "a.csv", timeline(1))
    await commit_import(member, preview)

    async def put(export: str, days: int | None, expect: int = 204) -> None:
        answer = await member.http.put(f"/api/update-desk/cadences/{export}", json={"every_days": days})
        assert answer.status_code == expect, answer.text

    await put("spotify.audience", 14)
    await put("spotify.songs", None)
    await put("nothing.known", 7, 404)
    await put("spotify.audience", 0, 422)
    exports = (await desk(member))["Mira Sol"]
    assert list(exports) == ["spotify.audience", "spotify.playlists"]
    assert exports["spotify.audience"]["due_on"] == str(clock.today() + timedelta(days=14))
    listed = {one["export"]: one for one in (await member.http.get("/api/update-desk/cadences")).json()}
    assert (listed["spotify.audience"]["every_days"], listed["spotify.audience"]["usual_days"]) == (14, 7)
    assert listed["royalties"]["every_days"] == 30
    foreign = (await other.http.get("/api/update-desk/cadences")).json()
    assert all(one["every_days"] == one["usual_days"] for one in foreign)


async def test_an_id_that_is_no_id_stands_in_no_address(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    await world.database.as_owner(
        "insert into artist_external_ids (org_id, artist_id, provider, external_id) values ($1, $2, 'spotify', $3)",
        *(member.org_id, artist, "x/../../evil?a="),
    )
    assert (await desk(member))["Mira Sol"]["spotify.songs"]["link"] == "https://artists.spotify.com/"


def _files_of(artist: str, index: int) -> list[tuple[str, bytes]]:
    """Return what somebody downloads of one artist in a week: two years of audience, songs, videos by day."""
    first = date(2024, 3, 1)
    days = [first + timedelta(days=n) for n in range(730)]
    audience = "date,listeners,monthly listeners,streams,playlist adds,saves,followers\n" + "".join(
        f"{day},{100 + n % 50},{2000 + n},{300 + (n * index) % 70},3,5,{1500 + n}\n" for n, day in enumerate(days)
    )
    songs = "song,listeners,streams,saves,release_date\n" + "".join(
        f'"{artist} song {n}",{n + 10},{n + 900},{n},2024-05-17\n' for n in range(40)
    )
    videos = "Date,Content,Video title,Video publish time,Duration,Views\n" + "".join(
        f'{day},vid{index:04}{n:04},{artist} video {n},"Nov 7, 2023",212,{n * 7 + 5}\n'
        for day in days[-28:]
        for n in range(20)
    )
    return [
        (f"{artist}-audience-timeline.csv", audience.encode()),
        (f"{artist}-songs-28day_20260305_081500.csv", songs.encode()),
        (f"{artist}/Chart data.csv", videos.encode()),
    ]


@pytest.mark.timeout(600)
async def test_a_week_of_many_artists_is_one_drop_and_one_click(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """bench/desk asks for fifty artists, whose files are committed within five minutes."""
    member = await world.member()
    number = int(os.environ.get("ARTI_DESK_ARTISTS", "6"))
    names = [f"Artist {index:02}" for index in range(number)]
    for name in names:
        await make_artist(world.database, member.org_id, name)
    files = [file for index, name in enumerate(names) for file in _files_of(name, index)]
    member.http.timeout = 120
    began = time.monotonic()
    batch: dict[str, Any] = {}
    for at in range(0, len(files), 20):  # as the page divides a drop
        batch = await drop(member, files[at : at + 20], **({"batch_id": batch["id"]} if batch else {}))
        assert batch["unplaced"] == []
    read = time.monotonic() - began
    assert len(batch["items"]) == 3 * number
    assert all(item["file_name"].startswith(item["artist_name"]) for item in batch["items"])
    results, requests, left = [], 0, 1
    while left:
        done = await commit(member, batch)
        results += done["results"]
        left, requests = done["left"], requests + 1
    seconds = time.monotonic() - began
    assert [result["file_name"] for result in results if result["result"] != "committed"] == []
    assert len(results) == 3 * number
    exports = await desk(member)
    assert all(
        not one["spotify.audience"]["is_due"] and not one["youtube.analytics"]["is_due"] for one in exports.values()
    )
    with capsys.disabled():
        print(
            f"\n{number} artists x 3 files: 1 drop, 1 click; read in {read:.1f} s, "
            f"committed in {seconds - read:.1f} s ({requests} requests), {seconds:.1f} s in all"
        )
    assert seconds < 6 * number
