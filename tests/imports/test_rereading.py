"""An import is read again with a newer parser: the difference is shown before it is stored."""

from dataclasses import replace
from typing import Any

import pytest

from arti.imports.cells.parser_version import PARSER_VERSION
from arti.imports.parsers import registry
from arti.imports.parsers.spotify import audience
from arti.imports.rereading.terminal import RereadFiles, reread_files
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, SourceTable
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti.vocabulary import Role
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction
from arti_core.errors import Invalid
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import commit_import, list_all_rows, undo_import, upload_file
from tests.factories.observations import make_artist

FILE = b"date,listeners,streams\n2026-03-01,5,50\n2026-03-02,6,60\n2026-03-03,7,70\n"
REPORT = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
    "2026-03-02\t2026-01\tSpotify\tMira Sol\tNight Drive\tDEAB12600001\t\t1200\t100\tSong\tDE\t0\t3.5\n"
)


def older_parser(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    """Read as a version did that missed the last row and took a tenth of the streams, and made a value up."""
    parsed = audience.PARSER.parse(table, answers, hints)
    changed = [
        each._replace(value=(each.value or 0) / 10) if each.metric == "consumption.streams" else each
        for each in parsed.observations
        if each.source_row != 3
    ]
    made_up = [each._replace(metric="engagement.saves") for each in changed[:1]]
    parsed.observations[:] = changed + made_up
    return parsed


@pytest.fixture
def old_version(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make the parser of audience timelines the older one until it is undone."""
    older = replace(audience.PARSER, parse=older_parser)
    parsers = tuple(older if parser is audience.PARSER else parser for parser in registry.PARSERS)
    monkeypatch.setattr(registry, "PARSERS", parsers)
    return monkeypatch


async def reread(member: Member, id: str, *, commit: bool = False) -> dict[str, Any]:
    answer = await member.http.post(f"/api/imports/{id}/reread", json={"commit": commit})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_newer_parser_shows_its_difference_first(world: World, old_version: pytest.MonkeyPatch) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", FILE)
    done = await commit_import(member, preview)
    assert done["parser_version"] == PARSER_VERSION
    await world.database.as_owner("update imports set parser_version = 1 where org_id = $1", member.org_id)
    before = await list_all_rows(world, member.org_id)
    old_version.undo()
    shown = await reread(member, done["id"])
    assert {name: shown[name] for name in ("from_version", "to_version", "new", "changed", "gone", "committed")} == {
        "from_version": 1,
        "to_version": PARSER_VERSION,
        "new": 2,
        "changed": 2,
        "gone": 1,
        "committed": False,
    }
    assert [
        (each["change"], each["row"], each["what"], each["before"], each["after"])
        for each in shown["first"]
        if each["row"] in (1, 3)
    ] == [
        ("changed", 1, "consumption.streams", "5", "50"),
        ("gone", 1, "engagement.saves", "5", None),
        ("new", 3, "audience.listeners", None, "7"),
        ("new", 3, "consumption.streams", None, "70"),
    ]
    # Nothing is stored before it is committed.
    assert await list_all_rows(world, member.org_id) == before
    assert (await member.http.get(f"/api/imports/{done['id']}")).json()["parser_version"] == 1
    stored = await reread(member, done["id"], commit=True)
    assert stored == shown | {"committed": True}
    values = [(row[0], str(row[3]), row[4]) for row in await list_all_rows(world, member.org_id)]
    assert ("consumption.streams", "2026-03-03", 70) in values
    assert len(values) == 6
    assert (await member.http.get(f"/api/imports/{done['id']}")).json()["parser_version"] == PARSER_VERSION
    again = await reread(member, done["id"], commit=True)
    assert (again["new"], again["changed"], again["gone"]) == (0, 0, 0)
    await undo_import(member, done["id"])
    assert await list_all_rows(world, member.org_id) == []


async def test_a_report_read_again_is_the_same_lines(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "r.tsv", REPORT.encode())
    done = await commit_import(member, preview)
    # As an older version would have read it.
    await world.database.as_owner(
        "update royalty_lines set amount = 35, country = null where org_id = $1", member.org_id
    )
    shown = await reread(member, done["id"])
    assert (shown["new"], shown["changed"], shown["gone"]) == (0, 1, 0)
    [line] = shown["first"]
    assert (line["before"], line["after"]) == (
        "1200 stream 35 USD DEAB12600001",
        "1200 stream 3.5 USD DEAB12600001",
    )
    await reread(member, done["id"], commit=True)
    [stored] = (await member.http.get("/api/royalties")).json()["items"]
    assert (stored["amount"], stored["country"]) == ("3.5", "DE")


async def test_what_is_not_committed_is_not_read_again(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [preview] = await upload_file(member, artist, "a.csv", FILE)
    answer = await member.http.post(f"/api/imports/{preview['id']}/reread", json={})
    assert answer.status_code == 409
    foreign = await world.member()
    assert (await foreign.http.post(f"/api/imports/{preview['id']}/reread", json={})).status_code == 404


async def test_a_terminal_shows_the_difference_and_stores_it_when_the_answer_is_yes(
    world: World, old_version: pytest.MonkeyPatch
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Mira Sol")
    [preview] = await upload_file(member, artist, "a.csv", FILE)
    await commit_import(member, preview)
    assert await reread_on_terminal(world, member) == (RereadFiles(), [])  # read by the parser of now
    await world.database.as_owner("update imports set parser_version = 1 where org_id = $1", member.org_id)
    before = await list_all_rows(world, member.org_id)
    old_version.undo()
    done, lines = await reread_on_terminal(world, member, answer="no")
    assert done == RereadFiles(differing=1)
    assert (
        lines[1]
        == f"  read with version 1 of the parser, now with {PARSER_VERSION}: 2 values are new, 2 changed, 1 gone."
    )
    assert "    row 1, 2026-03-01 Streams: before 5, now 50." in lines
    assert lines[-1] == "  not stored: what is stored stays."
    assert await list_all_rows(world, member.org_id) == before
    done, lines = await reread_on_terminal(world, member, "a.csv", answer="yes")
    assert (done, lines[-1]) == (RereadFiles(stored=1), "  stored as it is read now.")
    assert await list_all_rows(world, member.org_id) != before
    assert (await reread_on_terminal(world, member, "a.csv"))[0] == RereadFiles(equal=1)
    with pytest.raises(Invalid, match=r"no committed import of a file b\.csv"):
        await reread_on_terminal(world, member, "b.csv")


async def reread_on_terminal(
    world: World, member: Member, *names: str, answer: str | None = None
) -> tuple[RereadFiles, list[str]]:
    lines: list[str] = []

    async def ask(question: FileQuestion, guess: str | None) -> str:
        assert (question.key, guess) == ("store", "no")
        return answer or ""

    pool = await world.database.pool("arti_api")
    principal = Principal(member.user_id, None)
    try:
        async with member_transaction(pool, principal) as connection:
            actor = Actor(connection, member.org_id, principal, Vault(MASTER_KEY))
            files = open_files(world.settings)
            done = await reread_files(actor, files, names, ask=ask if answer else None, print_line=lines.append)
    finally:
        await pool.close()
    return done, lines
