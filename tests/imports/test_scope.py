"""Exports of a label's team cover that label's tracks only: they are never one series with the artist's."""

from typing import Any

from tests.conftest import Member, World
from tests.factories.imports import commit_import, list_all_rows, undo_import, upload_file
from tests.factories.observations import make_artist

ALL = b"date,listeners,streams\n2026-03-01,50,500\n2026-03-02,60,600\n"
OF_LABEL = b"date,listeners,streams\n2026-03-01,5,40\n2026-03-02,6,41\n2026-03-03,6,42\n"
SONGS = b"song,listeners,streams,saves,release_date\nNight Drive,5,30,1,2025-11-07\n"


def scope_of(preview: dict[str, Any]) -> str | None:
    return next((question["default"] for question in preview["questions"] if question["key"] == "scope"), None)


async def read_streams(member: Member, artist: object) -> dict[str, Any]:
    query = {"metric": "consumption.streams", "from": "2026-03-01", "to": "2026-03-10"}
    answer = await member.http.get(f"/api/artists/{artist}/series", params=query)
    [series] = answer.json()["series"]
    return dict(series)


async def test_the_two_scopes_are_two_series(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [first] = await upload_file(member, artist, "a.csv", ALL)
    assert scope_of(first) == "artist"
    await commit_import(member, first)
    before = await list_all_rows(world, member.org_id)
    [label] = await upload_file(member, artist, "b.csv", OF_LABEL)
    done = await commit_import(member, label, {"scope": "label"})
    # Nothing of the artist's is restated, although the label's file is newer and holds the same days.
    assert done["summary"]["recorded"] == {"new": 6, "restated": 0, "unchanged": 0}
    assert done["options"]["scope"] == "label"
    rows = await world.database.as_owner(
        "select terms, count(*) as series from series where org_id = $1 group by 1 order by 1", member.org_id
    )
    assert [tuple(row) for row in rows] == [("own", 2), ("own_label", 2)]
    # The page shows the newest one, and says what it covers.
    shown = await read_streams(member, artist)
    assert (shown["total"], shown["source"]) == (123, ["label_import"])
    tiles = (await member.http.get(f"/api/artists/{artist}/summary")).json()["tiles"]
    assert {tile["source"] for tile in tiles} == {"label_import"}
    await undo_import(member, label["id"])
    assert await list_all_rows(world, member.org_id) == before
    shown = await read_streams(member, artist)
    assert (shown["total"], shown["source"]) == (1100, ["import"])


async def test_the_answer_is_remembered(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [first] = await upload_file(member, artist, "a.csv", OF_LABEL)
    await commit_import(member, first, {"scope": "label"})
    [again] = await upload_file(member, artist, "a.csv", OF_LABEL)
    assert again["id"] == first["id"]  # the same file is known, although its scope could be said anew
    other_artist = await make_artist(world.database, member.org_id, "Other Act")
    [second] = await upload_file(member, other_artist, "b.csv", ALL)
    assert scope_of(second) == "label"
    await commit_import(member, second, {"scope": "artist"})
    [third] = await upload_file(member, artist, "c.csv", ALL)
    assert scope_of(third) == "label"  # what was said of this artist comes first
    foreign = await world.member()
    [other] = await upload_file(foreign, await make_artist(world.database, foreign.org_id), "a.csv", ALL)
    assert scope_of(other) == "artist"


async def test_numbers_of_a_song_have_no_scope(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [songs] = await upload_file(member, artist, "s-28day.csv", SONGS)
    assert scope_of(songs) is None


async def test_a_wrong_scope_is_refused(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", ALL)
    answer = await member.http.post(f"/api/imports/{preview['id']}/commit", json={"options": {"scope": "both"}})
    assert (answer.status_code, answer.json()["field"]) == (422, "options")
    assert "artist" in answer.json()["message"]


async def test_the_label_is_named_where_a_release_has_one(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    release = {"title": "Night Drive EP", "label": "Night Owl Records", "credits": [{"artist_id": str(artist)}]}
    answer = await member.http.post("/api/releases", json=release)
    assert answer.status_code == 201, answer.text
    [preview] = await upload_file(member, artist, "a.csv", ALL)
    [question] = [each for each in preview["questions"] if each["key"] == "scope"]
    assert question["choices"] == ["artist", "label: Night Owl Records", "label"]
    done = await commit_import(member, preview, {"scope": "label: Night Owl Records"})
    assert done["options"]["scope"] == "label: Night Owl Records"
    rows = await world.database.as_owner("select distinct terms from series where org_id = $1", member.org_id)
    assert [row["terms"] for row in rows] == ["own_label"]
    [second] = await upload_file(member, artist, "b.csv", ALL.replace(b"2026-03", b"2026-02"))
    assert scope_of(second) == "label: Night Owl Records"
