"""Playlists: which song was on which from when to when, as far as exports say, and how undo takes it back."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti.music.playlists.kinds import classify_playlist
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.observations import make_artist

HEADER = "title,author,listeners,streams,date_added\n"


async def import_playlists(member: Member, artist: UUID, rows: str, to: str, **more: str) -> dict[str, Any]:
    """Import an export of 28 days that ends on `to`."""
    name = more.pop("name", "playlists.csv")
    [preview] = await upload_file(member, artist, name, (more.pop("header", HEADER) + rows).encode())
    assert preview["status"] == "previewed", preview
    return await commit_import(member, preview, {"period": "28day", "period_to": to} | more)


async def list_placements(member: Member, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await member.http.get(f"{path}/playlists", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def by_title(placements: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    assert len({item["playlist"]["title"] for item in placements}) == len(placements)
    return {item["playlist"]["title"]: item for item in placements}


@pytest.mark.parametrize(
    ("title", "curator", "kind"),
    [
        ("Rock Colombia", "Spotify", "editorial"),
        ("This Is Yotuel", "Spotify", "editorial"),
        ("Release Radar", "Spotify", "algorithmic"),
        ("Your Top Songs 2024", "Spotify", "algorithmic"),
        ("Chill Mix", "Spotify", "algorithmic"),
        ("Release Radar", "Anna", "listener"),
        ("chill", "-", "listener"),
        ("chill", None, "unknown"),
    ],
)
def test_kinds_follow_from_title_and_curator(title: str, curator: str | None, kind: str) -> None:
    assert classify_playlist(title, curator) == kind


async def test_playlists_come_and_go_between_exports(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    fresh = '"Fresh Finds","Spotify",40,90,2026-02-10\n'
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n"Chill","-",3,9,n/a\n', "2026-01-31")
    await import_playlists(
        manager, artist, '"Radio","Spotify",8,60,n/a\n"Mixes","Spotify",2,5,n/a\n' + fresh, "2026-02-28"
    )
    last = await import_playlists(
        manager, artist, '"Radio","Spotify",9,70,n/a\n"Mixes","Spotify",2,4,n/a\n', "2026-03-28"
    )

    found = by_title(await list_placements(manager, f"/api/artists/{artist}"))
    assert set(found) == {"Radio", "Chill", "Mixes", "Fresh Finds"}
    keys = ("start_known", "started_not_before", "started_not_after", "ended", "ended_not_before", "ended_not_after")
    assert {title: tuple(item[key] for key in keys) for title, item in found.items()} == {
        # In every export: there since before the first one ended, and not ended.
        "Radio": ("before", None, "2026-01-31", False, None, None),
        # In the first export only: its last day lies between that one's first day and the next one's.
        "Chill": ("before", None, "2026-01-31", True, "2026-01-04", "2026-01-31"),
        # Not in the first export, in the second: it began between the last days of the two.
        "Mixes": ("between", "2026-02-01", "2026-02-28", False, None, None),
        # The file gives the day.
        "Fresh Finds": ("day", "2026-02-10", "2026-02-10", True, "2026-02-10", "2026-02-28"),
    }
    radio = found["Radio"]
    assert (radio["streams"], radio["listeners"], radio["from_on"], radio["to_on"]) == (
        70,
        9,
        "2026-03-01",
        "2026-03-28",
    )
    assert (radio["import_id"], radio["source_row"], radio["snapshots"]) == (last["id"], 1, 3)
    assert (radio["source"], radio["period"]) == ("spotify_for_artists.playlists", "28day")
    current = await list_placements(manager, f"/api/artists/{artist}", current="true")
    assert set(by_title(current)) == {"Radio", "Mixes"}
    editorial = await list_placements(manager, f"/api/artists/{artist}", kind="editorial")
    assert set(by_title(editorial)) == {"Fresh Finds"}

    detail = (await manager.http.get(f"/api/playlists/{radio['playlist']['id']}")).json()
    assert [(report["to_on"], report["streams"]) for report in detail["reports"]] == [
        ("2026-03-28", 70),
        ("2026-02-28", 60),
        ("2026-01-31", 50),
    ]
    assert [placement["id"] for placement in detail["placements"]] == [radio["id"]]


async def test_placements_are_read_as_they_were_known(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n"Chill","-",3,9,n/a\n', "2026-01-31")
    await world.database.as_owner(
        "update playlist_snapshots set created_at = created_at - interval '2 days' where org_id = $1", manager.org_id
    )
    path = f"/api/artists/{artist}"
    before = await list_placements(manager, path)
    await import_playlists(manager, artist, '"Radio","Spotify",8,60,n/a\n"Mixes","Spotify",2,5,n/a\n', "2026-02-28")
    known = {"known_on": str(today() - timedelta(days=1))}
    assert await list_placements(manager, path, **known) == before
    assert {item["playlist"]["title"] for item in await list_placements(manager, path)} == {"Radio", "Chill", "Mixes"}
    [radio] = [item for item in before if item["playlist"]["title"] == "Radio"]
    url = f"/api/playlists/{radio['playlist']['id']}"
    then, now = (await manager.http.get(url, params=known)).json(), (await manager.http.get(url)).json()
    assert (then["placements"], [report["streams"] for report in then["reports"]]) == ([radio], [50])
    assert [report["streams"] for report in now["reports"]] == [60, 50]
    nothing = {"known_on": str(today() - timedelta(days=3))}
    assert await list_placements(manager, path, **nothing) == []


async def test_a_playlist_that_comes_back_is_a_second_placement(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    radio, mixes = '"Radio","Spotify",8,50,n/a\n', '"Mixes","Spotify",8,50,n/a\n'
    for rows, to in ((radio, "2026-01-31"), (mixes, "2026-02-28"), (radio + mixes, "2026-03-31")):
        await import_playlists(manager, artist, rows, to)
    placements = [
        (item["start_known"], item["ended"], item["started_not_after"])
        for item in await list_placements(manager, f"/api/artists/{artist}")
        if item["playlist"]["title"] == "Radio"
    ]
    assert sorted(placements) == [("before", True, "2026-01-31"), ("between", False, "2026-03-31")]


async def test_exports_of_another_period_end_nothing(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n', "2026-01-31")
    [preview] = await upload_file(manager, artist, "p.csv", (HEADER + '"Mixes","Spotify",8,50,n/a\n').encode())
    await commit_import(manager, preview, {"period": "7day", "period_to": "2026-02-28"})
    assert not any(item["ended"] for item in await list_placements(manager, f"/api/artists/{artist}"))


async def test_undo_takes_exactly_its_part_back(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    path = f"/api/artists/{artist}"
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n"Chill","-",3,9,n/a\n', "2026-01-31")
    before = (await list_placements(manager, path), await rows_of(world))
    second = await import_playlists(
        manager, artist, '"Mixes","Spotify",2,5,n/a\n"Radio","Spotify",1,2,n/a\n', "2026-02-28"
    )
    assert (await list_placements(manager, path), await rows_of(world)) != before
    await undo_import(manager, second["id"])
    assert (await list_placements(manager, path), await rows_of(world)) == before


async def test_an_undone_export_is_read_as_it_was_known(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    path = f"/api/artists/{artist}"
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n"Chill","-",3,9,n/a\n', "2026-01-31")
    second = await import_playlists(
        manager, artist, '"Mixes","Spotify",2,5,n/a\n"Radio","Spotify",1,2,n/a\n', "2026-02-28"
    )
    before = await list_placements(manager, path)
    mixes = f"/api/playlists/{by_title(before)['Mixes']['playlist']['id']}"
    report = (await manager.http.get(mixes)).json()
    await world.database.as_owner(
        "update playlist_snapshots set created_at = created_at - interval '2 days' where org_id = $1", manager.org_id
    )
    await undo_import(manager, second["id"])
    assert set(by_title(await list_placements(manager, path))) == {"Radio", "Chill"}
    assert (await manager.http.get(mixes)).status_code == 404
    known = {"known_on": str(today() - timedelta(days=1))}
    assert await list_placements(manager, path, **known) == before
    assert (await manager.http.get(mixes, params=known)).json() == report
    assert await list_placements(manager, path, known_on=str(today() - timedelta(days=3))) == []


async def test_placements_of_now_are_those_of_the_view(world: World) -> None:
    """The view is not made of the function, so that REST finds the tables that its columns come from."""
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    for rows, to in (
        ('"Radio","Spotify",8,50,n/a\n"Chill","-",3,9,n/a\n', "2026-01-31"),
        ('"Mixes","Spotify",2,5,2026-02-10\n', "2026-02-28"),
        ('"Radio","Spotify",8,50,n/a\n"Mixes","Spotify",2,5,2026-02-10\n', "2026-03-31"),
    ):
        await import_playlists(manager, artist, rows, to)
    view = "select to_jsonb(p) as row from playlist_placements p where p.org_id = $1"
    function = "select to_jsonb(p) as row from private.placements_known($1, $2) p"
    shown = sorted(str(row["row"]) for row in await world.database.as_owner(view, manager.org_id))
    assert len(shown) == 4
    for known_on in (None, today()):
        found = await world.database.as_owner(function, manager.org_id, known_on)
        assert sorted(str(row["row"]) for row in found) == shown
    [bodies] = await world.database.as_owner(
        """select pg_get_viewdef('playlist_placements'::regclass) as of_view,
                  pg_get_function_sqlbody('private.placements_known(uuid, date)'::regprocedure) as of_function"""
    )
    # From the runs on the two are one text, but that one of them names the table of each column.
    of_view, of_function = (
        re.sub(r"\br\.", "", " ".join(body.split()).partition("runs AS (")[2]).partition(" FROM runs r")[0]
        for body in bodies.values()
    )
    assert of_function == of_view != ""


async def rows_of(world: World) -> list[str]:
    rows = await world.database.as_owner(
        """select 'p' || to_jsonb(p)::text as row from playlists p
           union all select 's' || to_jsonb(s)::text from playlist_snapshots s
           union all select 'e' || to_jsonb(e)::text from playlist_entries e
           union all select 'a' || to_jsonb(a)::text from assets a order by 1"""
    )
    return [row["row"] for row in rows]


async def test_a_file_of_one_song_places_that_song(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    recording = await make_song(world, manager.org_id, artist, "Tidelight")
    row = '"Fresh Finds","Spotify",40,90,2026-02-10\n'
    [preview] = await upload_file(manager, artist, "Tidelight-playlists-28day.csv", (HEADER + row).encode())
    [question] = [question for question in preview["questions"] if question["key"] == "song"]
    assert question["default"] == "Tidelight"
    await commit_import(manager, preview, {"period_to": "2026-02-28"})
    [placement] = await list_placements(manager, f"/api/recordings/{recording}")
    assert (placement["song"], placement["recording_id"], placement["added_on"]) == (
        "Tidelight",
        str(recording),
        "2026-02-10",
    )
    # The artist's own list says nothing about this song: it neither starts nor ends what the song's list says.
    await import_playlists(manager, artist, '"Radio","Spotify",8,50,n/a\n', "2026-03-31")
    assert [item["ended"] for item in await list_placements(manager, f"/api/recordings/{recording}")] == [False]
    assert (await manager.http.get("/api/recordings/00000000-0000-4000-8000-000000000000/playlists")).status_code == 404


async def test_a_file_with_songs_places_each(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    recording = await make_song(world, manager.org_id, artist, "Tidelight")
    rows = '"Tidelight","Radio","Spotify",8,50,n/a\n"Ebb","Radio","Spotify",1,2,n/a\n'
    await import_playlists(manager, artist, rows, "2026-01-31", header="song," + HEADER)
    placements = await list_placements(manager, f"/api/artists/{artist}")
    assert {(item["song"], item["streams"], item["recording_id"]) for item in placements} == {
        ("Tidelight", 50, str(recording)),
        ("Ebb", 2, None),
    }
    assert len({item["playlist"]["id"] for item in placements}) == 1


async def make_song(world: World, org: UUID, artist: UUID, title: str) -> UUID:
    rows = await world.database.as_owner(
        "insert into recordings (org_id, title) values ($1, $2) returning id", org, title
    )
    recording: UUID = rows[0]["id"]
    await world.database.as_owner(
        "insert into credits (org_id, recording_id, artist_id, name, role) values ($1, $2, $3, 'x', 'main')",
        org,
        recording,
        artist,
    )
    await world.database.as_owner(
        """insert into assets (org_id, artist_id, provider, kind, external_id, title, recording_id)
           values ($1, $2, 'spotify', 'track', $3, $3, $4)""",
        org,
        artist,
        title,
        recording,
    )
    return recording


async def test_a_person_may_say_what_kind_it_is(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    analyst = await world.member(manager.org_id, Role.ANALYST)
    artist = await make_artist(world.database, manager.org_id)
    done = await import_playlists(manager, artist, '"Chill","-",3,9,n/a\n', "2026-01-31")
    [placement] = await list_placements(manager, f"/api/artists/{artist}")
    path = f"/api/playlists/{placement['playlist']['id']}"
    assert (await analyst.http.patch(path, json={"kind": "editorial"})).status_code == 403
    changed = (await manager.http.patch(path, json={"kind": "editorial"})).json()
    assert (changed["kind"], changed["kind_set_by_hand"]) == ("editorial", True)
    assert set(by_title(await list_placements(manager, f"/api/artists/{artist}", kind="editorial"))) == {"Chill"}
    # What a person said outlives the import, and comes back with the next one.
    await undo_import(manager, done["id"])
    assert await list_placements(manager, f"/api/artists/{artist}") == []
    await import_playlists(manager, artist, '"Chill","-",3,8,n/a\n', "2026-02-28")
    assert set(by_title(await list_placements(manager, f"/api/artists/{artist}", kind="editorial"))) == {"Chill"}
    classified = (await manager.http.patch(path, json={"kind": None})).json()
    assert (classified["kind"], classified["kind_set_by_hand"]) == ("listener", False)
    foreign_member = await world.member()
    assert (await foreign_member.http.get(path)).status_code == 404


async def test_who_sees_some_artists_sees_their_playlists_only(world: World) -> None:
    manager = await world.member(role=Role.MANAGER)
    own, other = [await make_artist(world.database, manager.org_id, name) for name in ("Own", "Other")]
    await import_playlists(manager, own, '"Radio","Spotify",3,9,n/a\n', "2026-01-31")
    await import_playlists(manager, other, '"Radio","Spotify",3,5,n/a\n"Secret","-",3,9,n/a\n', "2026-01-31")
    creator = await world.member(manager.org_id, Role.CREATOR)
    await world.database.as_owner(
        "delete from member_artists where user_id = $1 and artist_id = $2", creator.user_id, other
    )
    [placement] = await list_placements(creator, f"/api/artists/{own}")
    detail = (await creator.http.get(f"/api/playlists/{placement['playlist']['id']}")).json()
    assert [report["streams"] for report in detail["reports"]] == [9]
    secret = by_title(await list_placements(manager, f"/api/artists/{other}"))["Secret"]["playlist"]["id"]
    assert (await creator.http.get(f"/api/playlists/{secret}")).status_code == 404
    assert (await creator.http.get(f"/api/artists/{other}/playlists")).status_code == 404


async def test_a_real_export(world: World, shared: Path) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    content = (shared / "data/exports-spotify-for-artists/la-ramona/playlists.csv").read_bytes()
    [preview] = await upload_file(manager, artist, "playlists.csv", content)
    await commit_import(manager, preview, {"period": "365day", "period_to": "2025-05-31"})
    placements: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 40}
    while True:
        page = (await manager.http.get(f"/api/artists/{artist}/playlists", params=query)).json()
        placements += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len({placement["id"] for placement in placements}) == 98
    first = placements[0]
    assert (first["playlist"]["title"], first["playlist"]["kind"], first["streams"]) == ("Radio", "algorithmic", 35_729)
    editorial = {item["playlist"]["title"] for item in placements if item["playlist"]["kind"] == "editorial"}
    assert editorial == {"Rock Colombia", "This Is Yotuel"}
    assert sum(item["start_known"] == "day" for item in placements) == 98 - 18
