"""A file that a spreadsheet saved again is the same things: no song, playlist or city is stored twice."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from arti.imports.parsers.spotify.playlist_identity import PlaylistIdentity, match_playlist
from arti.imports.types import KnownTrack
from tests.conftest import World
from tests.factories.imports import commit_import, upload_file
from tests.factories.observations import make_artist

PLAYLISTS = [
    ["title", "author", "listeners", "streams", "date_added"],
    ["Radio", "Spotify", "8200", "35729", "n/a"],
    ["Night Rides", "Mira's friends", "40", "1230", "2026-01-25"],
    ["Favourites", "-", "3", "7", "2025-12-31"],
    ["Favourites", "-", "2", "5", "2026-02-14"],
]
SONGS = [
    ["song", "listeners", "streams", "saves", "release_date"],
    ["Night Drive", "12", "1230", "3", "2025-11-17"],
    ["Harbour, Lights", "8", "800", "2", "2024-05-27"],
    ["Harbour, Lights", "7", "700", "1", "2026-01-16"],
]
CITIES = [
    ["country", "city", "count"],
    ["DE", "Berlin", "1200"],
    ["MX", "Puebla", "90"],
    ["MX", "Puebla", "40"],
]
Table = list[list[str]]


def american_days(table: Table) -> Table:
    """Return the table with days as an American spreadsheet writes them, and grouped numbers."""
    return [[_american(cell) for cell in row] for row in table]


def _american(cell: str) -> str:
    if cell[:2] == "20" and cell.count("-") == 2:
        year, month, on = cell.split("-")
        return f"{int(month)}/{int(on)}/{year}"
    return f"{int(cell):,}" if cell.isdigit() else cell


def reversed_rows(table: Table) -> Table:
    return [table[0], *reversed(table[1:])]


def unreadable_days(table: Table) -> Table:
    """Return the table as a spreadsheet exports a column that is too narrow."""
    return [["########" if cell[:2] == "20" and cell.count("-") == 2 else cell for cell in row] for row in table]


def without(column: str) -> Callable[[Table], Table]:
    def cut(table: Table) -> Table:
        index = table[0].index(column)
        return [row[:index] + row[index + 1 :] for row in table]

    return cut


def write(table: Table, delimiter: str = ",") -> bytes:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in table).encode()


async def stored(world: World, org_id: UUID) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    rows = await world.database.as_owner(
        """select s.metric, s.dimension, a.external_id, o.observed_on, o.value from observations o
           join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id where o.org_id = $1 order by 1, 2, 3, 4""",
        org_id,
    )
    placements = await world.database.as_owner(
        """select t.title, t.curator, p.added_on, p.streams from playlist_placements p
           join playlists t on t.org_id = p.org_id and t.id = p.playlist_id where p.org_id = $1 order by 1, 2, 3""",
        org_id,
    )
    return [tuple(row) for row in rows], [tuple(row) for row in placements]


@pytest.mark.parametrize(
    ("table", "name"), [(PLAYLISTS, "playlists-28day.csv"), (SONGS, "songs-28day.csv"), (CITIES, "cities-28day.csv")]
)
@pytest.mark.parametrize(
    "change",
    [american_days, reversed_rows, lambda table: reversed_rows(american_days(table))],
    ids=["days", "rows", "both"],
)
async def test_the_same_things_come_out(
    world: World, table: Table, name: str, change: Callable[[Table], Table]
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answers = {"period": "28day", "period_to": "2026-03-04"}
    for first, second in ((table, change(table)), (change(table), table)):
        [preview] = await upload_file(member, artist, name, write(first))
        await commit_import(member, preview, answers)
        before = await stored(world, member.org_id)
        [again] = await upload_file(member, artist, name, write(second, ";"))
        done = await commit_import(member, again, answers)
        assert done["summary"]["recorded"]["new"] == 0
        assert await stored(world, member.org_id) == before
        assert len(before[1]) == (4 if table is PLAYLISTS else 0)


@pytest.mark.parametrize(
    "change", [unreadable_days, without("author"), without("date_added")], ids=["days", "author", "added"]
)
async def test_a_cell_or_column_that_is_not_there_makes_no_other_playlist(
    world: World, change: Callable[[Table], Table]
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answers = {"period": "28day", "period_to": "2026-03-04"}
    [preview] = await upload_file(member, artist, "playlists-28day.csv", write(PLAYLISTS))
    await commit_import(member, preview, answers)
    before = await stored(world, member.org_id)
    [again] = await upload_file(member, artist, "playlists-28day.csv", write(change(PLAYLISTS)))
    done = await commit_import(member, again, answers)
    after = await stored(world, member.org_id)
    assert after == before
    assert done["summary"]["recorded"]["restated"] == 0


async def test_a_song_whose_day_cannot_be_read_is_the_known_one_or_none(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answers = {"period": "28day", "period_to": "2026-03-04"}
    [preview] = await upload_file(member, artist, "songs-28day.csv", write(SONGS))
    await commit_import(member, preview, answers)
    before = await stored(world, member.org_id)
    [again] = await upload_file(member, artist, "songs-28day.csv", write(unreadable_days(SONGS)))
    done = await commit_import(member, again, answers)
    assert await stored(world, member.org_id) == before
    rejected = [row["reason"] for row in done["row_results"] if row["status"] == "rejected"]
    assert len(rejected) == 2
    assert "several songs are called 'Harbour, Lights'" in rejected[0]


def test_playlists_differ_by_what_is_certain() -> None:
    first, second = date(2025, 12, 31), date(2026, 2, 14)
    known = [
        KnownTrack(PlaylistIdentity("Favourites", "-", first).asset_id, "Favourites", None),
        KnownTrack(PlaylistIdentity("A|B", "x|y", None).asset_id, "A|B", None),
    ]
    other = PlaylistIdentity("Favourites", "-", second)
    assert match_playlist(other, known) == other
    assert match_playlist(PlaylistIdentity("favourites", "-", None), known) == PlaylistIdentity(
        "Favourites", "-", first
    )
    both = [*known, KnownTrack(other.asset_id, "Favourites", None)]
    assert match_playlist(PlaylistIdentity("Favourites", "-", None), both, is_day_unreadable=True) is None
    assert match_playlist(PlaylistIdentity("Favourites", "Ann", None), both).author == "Ann"  # type: ignore[union-attr]
