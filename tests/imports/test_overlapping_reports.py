"""Royalty reports that overlap count their common lines once, whoever each was dropped on and in whatever order."""

import itertools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from arti.imports.large import report, unpacking
from arti.jobs import WorkerContext
from tests.conftest import Member, World
from tests.factories.imports import commit_import, undo_import, upload_file
from tests.factories.observations import make_artist
from tests.job_runner import run_due_jobs

HEADER = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
)
ACTS = ("Mira Sol", "Other Act", "Of nobody")


def make_report(months: Sequence[int], acts: Sequence[str] = ACTS) -> bytes:
    """Return a report in which each act has the same lines, one of them twice."""
    rows = [
        f"2026-05-02\t2026-0{month}\t{store}\t{act}\tIntro\t\t\t1\t100\tSong\tDE\t0\t0.0{month}\n"
        for month, act, store in itertools.product(months, acts, ("Spotify", "Spotify", "Deezer"))
    ]
    return (HEADER + "".join(rows)).encode()


QUARTER, MONTH = make_report([1, 2, 3]), make_report([2])


async def stored(world: World, org_id: UUID) -> list[tuple[Any, ...]]:
    """Return what is stored, without whose report brought it."""
    rows = await world.database.as_owner(
        """select l.month, l.store, a.name, l.title, l.quantity, l.amount, count(*) from royalty_lines l
           left join artists a on a.org_id = l.org_id and a.id = l.artist_id
           where l.org_id = $1 group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3 nulls last""",
        org_id,
    )
    return [tuple(row) for row in rows]


async def bring(member: Member, context: WorkerContext, artist: UUID, content: bytes) -> str:
    """Import a file for an artist. Returns the import's id."""
    [preview] = await upload_file(member, artist, "report.tsv", content)
    await run_due_jobs(context)
    await commit_import(member, preview)
    await run_due_jobs(context)
    assert (await member.http.get(f"/api/imports/{preview['id']}")).json()["status"] == "committed"
    id: str = preview["id"]
    return id


async def undo(member: Member, context: WorkerContext, id: str) -> None:
    await undo_import(member, id)
    await run_due_jobs(context)


@pytest.mark.parametrize("size", ["large", "small"])
async def test_common_lines_count_once_whoever_a_report_is_dropped_on(
    size: str, world: World, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    if size == "large":
        monkeypatch.setattr(unpacking, "SMALL_BYTES", 200)
        monkeypatch.setattr(report, "BLOCK_LINES", 7)
    member = await world.member()
    mira, other = [await make_artist(world.database, member.org_id, name=name) for name in ACTS[:2]]
    whole = await bring(member, worker_context, mira, QUARTER)
    expected = await stored(world, member.org_id)
    assert [(row[2], row[6]) for row in expected[:6]] == [
        (act, times) for times in (1, 2) for act in ("Mira Sol", "Other Act", None)
    ]
    await undo(member, worker_context, whole)
    month = await bring(member, worker_context, mira, MONTH)
    of_month = await stored(world, member.org_id)
    await undo(member, worker_context, month)
    for first, second in (((mira, QUARTER), (other, MONTH)), ((other, MONTH), (mira, QUARTER))):
        ids = [await bring(member, worker_context, *each) for each in (first, second)]
        assert await stored(world, member.org_id) == expected
        await undo(member, worker_context, ids[0])
        assert await stored(world, member.org_id) == (of_month if second[1] == MONTH else expected)
        await undo(member, worker_context, ids[1])
        assert await stored(world, member.org_id) == []


async def test_what_only_another_artist_has_is_another_line(world: World, worker_context: WorkerContext) -> None:
    """Two acts have a song of one name without codes; the file of the second one lost its lines to the first."""
    member = await world.member()
    artists = [await make_artist(world.database, member.org_id, name=name) for name in ACTS[:2]]
    for artist in (artists[0], artists[0]), (artists[1], artists[0]):
        ids = [
            await bring(member, worker_context, on, make_report([2], [act]))
            for on, act in zip(artist, ACTS, strict=False)
        ]
        assert {(row[2], row[6]) for row in await stored(world, member.org_id)} == {
            (act, times) for act in ACTS[:2] for times in (1, 2)
        }
        for id in ids:
            await undo(member, worker_context, id)


@pytest.mark.parametrize("is_read_again_first", [False, True])
@pytest.mark.parametrize("size", ["large", "small"])
async def test_lines_that_an_older_version_stored_count_once_too(
    size: str,
    world: World,
    worker_context: WorkerContext,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_read_again_first: bool,
) -> None:
    """It knew a line by whose report it was in, and not by the name of its artist."""
    if size == "large":
        monkeypatch.setattr(unpacking, "SMALL_BYTES", 200)
    member = await world.member()
    mira, other = [await make_artist(world.database, member.org_id, name=name) for name in ACTS[:2]]
    whole = await bring(member, worker_context, mira, QUARTER)
    expected = await stored(world, member.org_id)
    await world.database.as_owner(
        """update royalty_lines l set line_key = 'sha256:' || encode(sha256(said), 'hex') || ':' || times from (
             select id, said, row_number() over (partition by said order by source_row) as times from (
               select id, source_row, convert_to(concat_ws(chr(31), 'amount=' || trim_scale(amount),
                 'artist_id=' || coalesce(case when artist_id = $2 then artist_id::text end, ''), 'country=DE',
                 'currency=USD', 'isrc=', 'month=' || month, 'quantity=1', 'recording_id=', 'release_id=',
                 'store=' || store, 'title=Intro', 'type=' || type, 'upc='), 'UTF8') as said
               from royalty_lines where org_id = $1) each) k
           where l.org_id = $1 and k.id = l.id""",
        member.org_id,
        mira,
    )
    await world.database.as_owner("update imports set parser_version = 8 where org_id = $1", member.org_id)
    month = await bring(member, worker_context, other, MONTH)
    assert await stored(world, member.org_id) == expected
    for id in [whole] if is_read_again_first else [month, whole]:
        await member.http.post(f"/api/imports/{id}/reread", json={"commit": True})
        await run_due_jobs(worker_context)
        assert await stored(world, member.org_id) == expected
    await undo(member, worker_context, whole)
    assert {(row[0].month, row[6]) for row in await stored(world, member.org_id)} == {(2, 1), (2, 2)}
    await undo(member, worker_context, month)
    assert await stored(world, member.org_id) == []
