"""Exports that hold the same days: the newer one by its own date stays, whatever the order; undo is exact."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import orjson
import pytest

from arti.imports.overlaps.own_date import find_named_moment
from tests.conftest import Member, World
from tests.factories.imports import commit_import, list_all_rows, undo_import, upload_file
from tests.factories.observations import make_artist

START = date(2026, 3, 1)


def timeline(first: int, last: int, value: int) -> bytes:
    """Return an audience timeline of days of March 2026, each with a value of this file."""
    rows = (f"{START + timedelta(days=day - 1)},{value + day % 3},{value * 10}" for day in range(first, last + 1))
    return ("date,listeners,streams\n" + "\n".join(rows) + "\n").encode()


async def values(world: World, org_id: UUID) -> dict[tuple[Any, ...], Any]:
    """Return the stored values by metric, dimension, asset and day."""
    return {tuple(row[:4]): row[4] for row in await list_all_rows(world, org_id)}


async def commit(member: Member, artist: UUID, name: str, content: bytes) -> dict[str, Any]:
    [preview] = await upload_file(member, artist, name, content)
    return await commit_import(member, preview)


async def test_the_newer_export_wins_by_its_own_date(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await commit(member, artist, "new.csv", timeline(3, 8, 7))
    newest = await values(world, member.org_id)
    done = await commit(member, artist, "old.csv", timeline(1, 5, 2))
    assert done["summary"]["recorded"] == {"new": 4, "restated": 0, "unchanged": 0}
    assert done["summary"]["kept"] == 6
    both = await values(world, member.org_id)
    assert {key: both[key] for key in newest} == newest
    assert len(both) == 16


async def test_the_date_in_the_name_decides_between_exports_of_the_same_last_day(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await commit(member, artist, "a_20260310_120000.csv", timeline(1, 5, 7))
    stored = await values(world, member.org_id)
    done = await commit(member, artist, "a_20260310_110000.csv", timeline(1, 5, 2))
    assert done["summary"]["kept"] == 10
    assert await values(world, member.org_id) == stored
    # Only where nothing in the files decides, the upload does.
    await commit(member, artist, "b.csv", timeline(1, 5, 3))
    assert await values(world, member.org_id) != stored


async def test_a_value_that_a_newer_export_confirms_stays(world: World) -> None:
    """The first source of an unchanged value is the older export; a third one between the two does not win."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await commit(member, artist, "oldest.csv", b"date,streams,listeners\n2026-03-01,5,1\n")
    await commit(member, artist, "newest.csv", b"date,streams,listeners\n2026-03-01,5,1\n2026-03-09,5,1\n")
    await commit(member, artist, "between.csv", b"date,streams,listeners\n2026-03-01,6,1\n2026-03-05,6,1\n")
    streams = {str(key[3]): value for key, value in (await values(world, member.org_id)).items() if "streams" in key[0]}
    assert streams == {"2026-03-01": 5, "2026-03-05": 6, "2026-03-09": 5}


@pytest.mark.parametrize(
    "spans",
    [
        ((1, 9, 10), (3, 6, 20), (5, 12, 30)),  # first day, last day, value: one inside of another
        ((1, 6, 10), (2, 7, 10), (3, 8, 10)),  # the same values
        ((5, 9, 10), (1, 5, 20), (4, 6, 30)),
    ],
)
async def test_the_order_of_files_never_changes_the_result(
    world: World, spans: tuple[tuple[int, int, int], ...]
) -> None:
    """All orders of three overlapping files, with an undo of each in between, give the same values."""
    member = await world.member()
    files = {f"{index}.csv": timeline(*span) for index, span in enumerate(spans)}

    def expect(names: Iterable[str]) -> dict[tuple[str, date], float]:
        expected: dict[tuple[str, date], float] = {}
        for first, last, value in sorted((spans[int(name[0])] for name in names), key=lambda span: span[1]):
            for day in range(first, last + 1):
                on = START + timedelta(days=day - 1)
                expected |= {("audience.listeners", on): value + day % 3, ("consumption.streams", on): value * 10}
        return expected

    for number, order in enumerate(permutations(files)):
        artist = await make_artist(world.database, member.org_id, f"Artist {number}")
        ids = {}
        for name in order:
            ids[name] = (await commit(member, artist, name, files[name]))["id"]
        assert await values_of(world, member.org_id, artist) == expect(files)
        for name in order:
            await undo_import(member, ids[name])
            assert await values_of(world, member.org_id, artist) == expect(files.keys() - {name})
            await commit(member, artist, name, files[name])
            assert await values_of(world, member.org_id, artist) == expect(files)


async def values_of(world: World, org_id: UUID, artist: UUID) -> dict[tuple[str, date], float]:
    rows = await world.database.as_owner(
        """select s.metric, o.observed_on, o.value from observations o
           join series s on s.org_id = o.org_id and s.id = o.series_id where o.org_id = $1 and s.artist_id = $2""",
        *(org_id, artist),
    )
    return {(row["metric"], row["observed_on"]): row["value"] for row in rows}


async def read_overlap(member: Member, preview: dict[str, Any], **options: str) -> dict[str, Any]:
    params = {"options": orjson.dumps(options).decode()} if options else {}
    answer = await member.http.get(f"/api/imports/{preview['id']}/overlap", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_preview_names_the_days_that_differ_and_which_value_stays(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    first = await commit(
        member, artist, "a.csv", b"date,streams,saves\n2026-03-01,10,1\n2026-03-02,20,1\n2026-03-05,50,1\n"
    )
    [older] = await upload_file(member, artist, "b.csv", b"date,listeners,streams\n2026-03-01,1,11\n2026-03-02,1,20\n")
    overlap = await read_overlap(member, older)
    assert {name: overlap[name] for name in ("new", "same", "replaced", "kept")} == {
        "new": 2,
        "same": 1,
        "replaced": 0,
        "kept": 1,
    }
    [other] = overlap["imports"]
    assert (other["import_id"], other["file_name"], other["days"]) == (first["id"], "a.csv", 1)
    assert other["reason"] == "This file ends on 2026-03-02, the other on 2026-03-05, so the stored values stay."
    assert [(each["observed_on"], each["stored"], each["in_file"], each["stays"]) for each in overlap["differing"]] == [
        ("2026-03-01", 10, 11, "stored")
    ]
    [newer] = await upload_file(member, artist, "c.csv", b"date,listeners,streams\n2026-03-01,1,11\n2026-03-06,1,60\n")
    overlap = await read_overlap(member, newer)
    assert [(each["observed_on"], each["stays"]) for each in overlap["differing"]] == [("2026-03-01", "file")]
    # What was announced comes true.
    await commit_import(member, newer)
    assert (await read_overlap(member, newer))["imports"] == []
    stored = {key[3]: value for key, value in (await values(world, member.org_id)).items() if "streams" in key[0]}
    assert stored[START] == 11
    foreign = await world.member()
    assert (await foreign.http.get(f"/api/imports/{older['id']}/overlap")).status_code == 404


async def test_the_overlap_follows_the_answers(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    songs = "song,listeners,streams,saves,release_date\nNight Drive,{},30,1,2025-11-07\n"
    [one] = await upload_file(member, artist, "songs-28day.csv", songs.format(5).encode())
    await commit_import(member, one, {"period_to": "2026-03-04"})
    [two] = await upload_file(member, artist, "songs-28day.csv", songs.format(6).encode())
    assert (await read_overlap(member, two, period_to="2026-03-05"))["new"] == 3
    overlap = await read_overlap(member, two, period_to="2026-03-04")
    assert [(each["title"], each["stays"]) for each in overlap["differing"]] == [("Night Drive", "file")]
    assert "uploaded later stays" in overlap["imports"][0]["reason"]
    wrong = await member.http.get(f"/api/imports/{two['id']}/overlap", params={"options": "[]"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "options")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("Night Drive-timeline_20260304_081500.csv", "2026-03-04T08:15:00+00:00"),
        ("Content 2026-03-01_2026-03-02 Mira Sol/Totals.csv", "2026-03-02T00:00:00+00:00"),
        ("export 2026.03.04.csv", "2026-03-04T00:00:00+00:00"),
        ("songs-28day.csv", None),
        ("20269999.csv", None),
        ("420260304.csv", None),
    ],
)
def test_the_date_in_a_name(name: str, moment: str | None) -> None:
    found = find_named_moment(name)
    assert (found and found.isoformat()) == moment
