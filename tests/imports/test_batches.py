"""Many files at once over HTTP: each finds its artist, they learn from each other, one request commits them."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.imports.batches import endpoints as batch_endpoints
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.imports import commit_import, count_stored, list_all_rows, make_zip, undo_import, upload_file
from tests.factories.observations import make_artist

FILES = Path(__file__).parent / "files"
CHART, TABLE, TOTALS = ((FILES / f"{name}.csv").read_bytes() for name in ("Chart data", "Table data", "Totals"))
TIMELINE = (FILES / "Mira Sol-audience-timeline.csv").read_bytes()
SONGS = (FILES / "Mira Sol-songs-28day.csv").read_bytes()


def timeline(plays: int) -> bytes:
    return f"date,listeners,streams,followers\n2026-03-01,5,{plays},7\n2026-03-02,6,{plays + 1},8\n".encode()


async def drop(
    member: Member,
    files: list[tuple[str, bytes]],
    *,
    expect: int = 201,
    headers: dict[str, str] | None = None,
    **form: str,
) -> dict[str, Any]:
    answer = await member.http.post(
        "/api/import-batches", data=form, files=[("files", file) for file in files], headers=headers or {}
    )
    assert answer.status_code == expect, answer.text
    batch: dict[str, Any] = answer.json()
    return batch


async def commit(member: Member, batch: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await member.http.post(f"/api/import-batches/{batch['id']}/commit", json=body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def roster(world: World, member: Member, *names: str) -> dict[str, UUID]:
    return {name: await make_artist(world.database, member.org_id, name) for name in names}


def placed(batch: dict[str, Any]) -> dict[str, str]:
    return {item["file_name"].rpartition("/")[2]: item["artist_name"] for item in batch["items"]}


async def test_seven_files_need_one_request_and_one_commit(world: World) -> None:
    member = await world.member()
    await roster(world, member, "Mira Sol")
    batch = await drop(
        member,
        [
            ("Totals.csv", TOTALS),
            ("Table data.csv", TABLE),
            ("Chart data.csv", CHART),
            ("Mira Sol-audience-timeline.csv", TIMELINE),
            ("Mira Sol-songs-28day_20260305_081500.csv", SONGS),
            ("notes.csv", b"who,what\nAda,calls\n"),
            ("empty.csv", b""),
        ],
    )
    by_name = {item["file_name"]: item for item in batch["items"]}
    # The table has the period of the daily chart of the same platform, and not of Spotify's.
    chart = by_name["Chart data.csv"]["summary"]["days"]
    table = {question["key"]: question["default"] for question in by_name["Table data.csv"]["questions"]}
    assert table["period_to"] == chart["last"]
    songs = {
        question["key"]: question["default"]
        for question in by_name["Mira Sol-songs-28day_20260305_081500.csv"]["questions"]
    }
    assert songs == {"period": "28day", "period_to": "2026-03-05"}
    assert [item["file_name"] for item in batch["items"] if item["open"]] == []
    done = await commit(member, batch)
    results = {result["file_name"]: result["result"] for result in done["results"]}
    assert (set(results.values()), len(results), done["left"]) == ({"committed"}, 5, 0)
    stored = await list_all_rows(world, member.org_id)
    assert done["new"] == len(stored) > 24
    refused = {name for name, item in by_name.items() if item["refusal"]} | {one["name"] for one in batch["unplaced"]}
    assert refused == {"notes.csv", "empty.csv"}
    # Once more: nothing is left to commit, and nothing changes.
    assert (await commit(member, batch))["results"] == []
    assert await list_all_rows(world, member.org_id) == stored


async def test_files_sent_one_by_one_store_what_files_sent_together_store(world: World) -> None:
    together, apart = await world.member(), await world.member()
    for member in (together, apart):
        await roster(world, member, "Mira Sol")
    files = [("Table data.csv", TABLE), ("Totals.csv", TOTALS), ("Chart data.csv", CHART)]
    await commit(together, await drop(together, files))
    batch = await drop(apart, files[:1])
    assert [item["open"] for item in batch["items"]] == [["period", "period_to"]]
    for file in files[1:]:
        batch = await drop(apart, [file], batch_id=batch["id"])
    assert [item["open"] for item in batch["items"]] == [[], [], []]
    await commit(apart, batch)

    async def stored(member: Member) -> list[Any]:
        return [row[:6] for row in await list_all_rows(world, member.org_id)]

    assert await stored(apart) == await stored(together) != []


async def test_a_zip_of_many_artists_sorts_itself(world: World) -> None:
    member = await world.member()
    artists = await roster(world, member, "Mira Sol", "Vera Lumen", "Ana", "Ana Bel", "Total")
    await world.database.as_owner(
        "insert into artist_aliases (org_id, artist_id, name) values ($1, $2, 'V. Lümen')",
        *(member.org_id, artists["Vera Lumen"]),
    )
    for artist, title in (("Vera Lumen", "Harbour Light"), ("Vera Lumen", "Low Tide"), ("Mira Sol", "Night Drive")):
        await world.database.as_owner(
            """insert into assets (org_id, artist_id, provider, kind, external_id, title)
               values ($1, $2, 'spotify', 'track', $3, $4)""",
            *(member.org_id, artists[artist], uuid4().hex, title),
        )
    songs = b"song,listeners,streams,saves,release_date\n%s,1,2,3,2025-01-01\n%s,4,5,6,2025-01-01\n"
    packed = make_zip(
        {
            "Mira Sol/audience.csv": timeline(1),  # by its folder
            "Mira Sol/other.csv": timeline(2),
            "v_lumen_2026.csv": timeline(3),  # by an alias in its name
            "Ana Bel-audience-timeline.csv": timeline(4),  # by what Spotify called it; not Ana
            "songs_20260301.csv": songs % (b"Low Tide", b"HARBOUR LIGHT"),  # by its songs
            "Total.csv": timeline(5),  # a file called exactly as an artist
            "Totals of all.csv": timeline(6),  # and one that only has the word
            "Mira Sol/Vera Lumen-audience-timeline.csv": timeline(7),  # folder and file disagree
            "Bo-audience-timeline.csv": timeline(8),  # somebody else's
        }
    )
    batch = await drop(member, [("march.zip", packed)])
    assert placed(batch) == {
        "audience.csv": "Mira Sol",
        "other.csv": "Mira Sol",
        "v_lumen_2026.csv": "Vera Lumen",
        "Ana Bel-audience-timeline.csv": "Ana Bel",
        "songs_20260301.csv": "Vera Lumen",
        "Total.csv": "Total",
    }
    # A zip was put together on purpose: what says nothing itself belongs to its only artist.
    by_zip = await drop(
        member, [("studio.zip", make_zip({"Mira Sol-audience-timeline.csv": TIMELINE, "b.csv": timeline(9)}))]
    )
    assert placed(by_zip) == {"Mira Sol-audience-timeline.csv": "Mira Sol", "b.csv": "Mira Sol"}
    assert len((await drop(member, [("x/Mira Sol.csv", timeline(10)), ("x/b.csv", timeline(11))]))["unplaced"]) == 1
    unplaced = {one["name"].rpartition("/")[2]: one for one in batch["unplaced"]}
    assert unplaced.keys() == {"Totals of all.csv", "Vera Lumen-audience-timeline.csv", "Bo-audience-timeline.csv"}
    assert "Bo, who is not on the roster" in unplaced["Bo-audience-timeline.csv"]["reason"]
    two = unplaced["Vera Lumen-audience-timeline.csv"]
    assert set(two["candidates"]) == {str(artists["Mira Sol"]), str(artists["Vera Lumen"])}
    # Nothing is stored of them; the person says whose they are, and only those are read of the zip.
    names = {one["name"]: str(artists["Ana"]) for one in unplaced.values() if not one["candidates"]}
    again = await drop(member, [("march.zip", packed)], batch_id=batch["id"], placements=json.dumps(names))
    assert (len(again["items"]), again["unplaced"]) == (8, [])
    # The one that names Bo is still questioned.
    assert [item["open"] for item in again["items"] if item["artist_name"] == "Ana"] == [["artist"], []]


async def test_an_open_question_is_left_and_answered_later(world: World) -> None:
    member = await world.member()
    await roster(world, member, "Mira Sol")
    batch = await drop(member, [("Mira Sol-songs.csv", SONGS), ("Mira Sol-audience-timeline.csv", TIMELINE)])
    [songs] = [item for item in batch["items"] if item["open"]]
    assert songs["open"] == ["period", "period_to"]  # no guess but yesterday: nothing speaks for it
    done = await commit(member, batch)
    assert sorted(result["result"] for result in done["results"]) == ["committed", "open"]
    wrong = await commit(member, batch, answers={songs["id"]: {"period": "28day", "period_to": "2999-01-01"}})
    assert [result["result"] for result in wrong["results"]] == ["failed"]
    assert "must be a day like" in wrong["results"][0]["reason"]
    before = await count_stored(world, member.org_id, "consumption.streams", "period=28day")
    assert before[0] == 0
    done = await commit(member, batch, answers={songs["id"]: {"period": "28day", "period_to": "2026-03-04"}})
    assert [result["result"] for result in done["results"]] == ["committed"]
    assert (await count_stored(world, member.org_id, "consumption.streams", "period=28day"))[0] > 0
    shown = (await member.http.get(f"/api/import-batches/{batch['id']}")).json()
    assert [(item["status"], item["questions"]) for item in shown["items"]] == [("committed", [])] * 2


async def test_royalties_of_who_may_not_see_money_hold_up_no_other_file(world: World) -> None:
    manager = await world.member()
    artists = await roster(world, manager, "Mira Sol")
    analyst = await world.member(manager.org_id, Role.ANALYST)
    report = (
        b"Reporting Date,Sale Month,Store,Artist,Title,ISRC,UPC,Quantity,Team Percentage,Song/Album,Country of Sale,"
        b"Songwriter Royalties Withheld,Earnings (USD)\n"
        b"2026-02-01,2026-01,Spotify,Mira Sol,Night Drive,QZAAA2600001,,10,100,Song,US,0,0.03\n"
    )
    files = [("a.csv", timeline(1)), ("DistroKid.csv", report)]
    batch = await drop(analyst, files, artist_id=str(artists["Mira Sol"]))
    assert [(one["name"], one["refused"]) for one in batch["unplaced"]] == [("DistroKid.csv", True)]
    assert "money:write" in batch["unplaced"][0]["reason"]
    assert [result["result"] for result in (await commit(analyst, batch))["results"]] == ["committed"]
    assert (await count_stored(world, manager.org_id, "consumption.streams"))[0] == 2


async def test_the_same_file_again_changes_nothing_and_its_undo_is_exact(world: World) -> None:
    member = await world.member()
    artists = await roster(world, member, "Mira Sol")
    [preview] = await upload_file(member, artists["Mira Sol"], "a.csv", TIMELINE)
    done = await commit_import(member, preview)
    batch = await drop(member, [("Mira Sol-audience-timeline.csv", TIMELINE)])
    assert [(item["id"], item["status"]) for item in batch["items"]] == [(done["id"], "committed")]
    assert (await commit(member, batch))["results"] == []
    await undo_import(member, done["id"])
    assert await list_all_rows(world, member.org_id) == []


async def test_a_script_may_send_its_request_twice(world: World) -> None:
    member = await world.member()
    await roster(world, member, "Mira Sol")
    key = {"Idempotency-Key": "march-2026"}
    first = await drop(member, [("Mira Sol-audience-timeline.csv", TIMELINE)], headers=key)
    assert await drop(member, [("Mira Sol-audience-timeline.csv", TIMELINE)], headers=key) == first
    listed = (await member.http.get("/api/imports")).json()["items"]
    assert [item["id"] for item in listed] == [first["items"][0]["id"]]


async def test_who_sees_one_artist_sorts_among_that_one_only(world: World) -> None:
    admin = await world.member()
    artists = await roster(world, admin, "Mira Sol", "Vera Lumen")
    member = await world.member(admin.org_id, Role.ANALYST)
    await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", member.user_id)
    await world.database.as_owner(
        "insert into member_artists values ($1, $2, $3)", admin.org_id, member.user_id, artists["Mira Sol"]
    )
    files = [("Vera Lumen-audience-timeline.csv", timeline(1)), ("Mira Sol-audience-timeline.csv", timeline(2))]
    batch = await drop(member, files)
    assert placed(batch) == {"Mira Sol-audience-timeline.csv": "Mira Sol"}
    assert [one["candidates"] for one in batch["unplaced"]] == [[]]
    everything = await drop(admin, files)
    # Of a batch of others one sees the artists that one sees.
    seen = (await member.http.get(f"/api/import-batches/{everything['id']}")).json()
    assert placed(seen) == {"Mira Sol-audience-timeline.csv": "Mira Sol"}
    await drop(member, files[:1], artist_id=str(artists["Vera Lumen"]), expect=404)
    done = await commit(member, everything)
    assert [result["file_name"] for result in done["results"]] == ["Mira Sol-audience-timeline.csv"]


async def test_more_files_than_one_request_may_hold_are_refused_in_words(world: World) -> None:
    member = await world.member()
    answer = await member.http.post(
        "/api/import-batches", files=[("files", (f"{n}.csv", b"a,b\n1,2\n")) for n in range(201)]
    )
    assert answer.status_code in (400, 422)
    assert "200" in answer.text


async def test_files_that_are_too_large_together_or_alone_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await world.member()
    monkeypatch.setattr(batch_endpoints, "MAX_BYTES", 1000)
    monkeypatch.setattr(batch_endpoints, "_MOST_BYTES", 1500)
    alone = await drop(member, [("a.csv", b"x" * 1001)], expect=413)
    assert alone["message"] == "a.csv is larger than 0 MB. Import it alone, on its artist."
    together = await drop(member, [("a.csv", b"x" * 900), ("b.csv", b"x" * 900)], expect=413)
    assert together["message"] == "The files have more than 0 MB together. Send fewer at once."
