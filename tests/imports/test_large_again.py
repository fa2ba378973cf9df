"""Large exports of a platform: what of them is stored already is shown, and they are read again on a terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti.imports import stored_files
from arti.imports.cells.parser_version import PARSER_VERSION
from arti.imports.cli import ImportResult, import_files
from arti.imports.large import report, unpacking
from arti.imports.rereading.terminal import reread_files
from arti.jobs import WorkerContext
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import commit_import, count_stored, undo_import, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_large_imports import REPORT, get, report_lines, stored_lines
from tests.job_runner import run_due_jobs


def timeline(streams: int) -> bytes:
    """Return an export of 280 days."""
    rows = "".join(f"2025-{1 + at // 28:02}-{1 + at % 28:02},5,{streams}\n" for at in range(280))
    return f"date,listeners,streams\n{rows}".encode()


@pytest.fixture(autouse=True)
def _few_bytes_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SMALL_BYTES", 2000)
    monkeypatch.setattr(report, "BLOCK_LINES", 500)


@asynccontextmanager
async def open_actor(world: World, member: Member) -> AsyncIterator[Actor]:
    pool = await open_pool(
        world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    try:
        async with member_transaction(pool, Principal(member.user_id, None)) as connection:
            yield Actor(connection, member.org_id, Principal(member.user_id, None), Vault(MASTER_KEY))
    finally:
        await pool.close()


async def test_the_overlap_of_a_large_export_is_shown_and_a_report_has_none(
    world: World, worker_context: WorkerContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [first] = await upload_file(member, artist, "a.csv", timeline(7))
    await run_due_jobs(worker_context)
    await commit_import(member, first)
    await run_due_jobs(worker_context)
    [second] = await upload_file(member, artist, "b.csv", timeline(8))
    await run_due_jobs(worker_context)
    overlap = (await member.http.get(f"/api/imports/{second['id']}/overlap")).json()
    assert (overlap["replaced"], overlap["same"], overlap["imports"][0]["file_name"]) == (280, 280, "a.csv")
    path, printed = tmp_path / "c.csv", list[str]()
    path.write_bytes(timeline(9))
    async with open_actor(world, member) as actor:
        result = await import_files(
            actor,
            open_files(world.settings),
            paths=[path],
            artist="Mira Sol",
            answers={"replace": "no"},
            print_line=printed.append,
        )
    assert result == ImportResult(committed=0, refused=0, open=1)
    assert any("280 values differ from what is stored" in line for line in printed)
    # A report of money may have a gigabyte: it is not read for that.
    [money] = await upload_file(member, artist, "report.tsv", REPORT.encode())
    await run_due_jobs(worker_context)
    monkeypatch.setattr(stored_files, "_read_file", None)
    empty = await member.http.get(f"/api/imports/{money['id']}/overlap")
    assert (empty.status_code, empty.json()["imports"]) == (200, [])


async def test_large_files_are_read_again_on_a_terminal(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    export = await import_by_jobs(member, artist, worker_context, "a.csv", timeline(7))
    money = await import_by_jobs(member, artist, worker_context, "report.tsv", REPORT.encode())
    await read_by_an_older_parser(world, member, money["id"])
    printed: list[str] = []
    async with open_actor(world, member) as actor:
        files = open_files(world.settings)
        done = await reread_files(actor, files, [], store_all=True, print_line=printed.append)
        named = await reread_files(actor, files, ["report.tsv"], store_all=True, print_line=printed.append)
    assert (done.equal, done.stored, done.failed, named.equal) == (1, 1, 0, 1), printed
    versions = f"read with version 1 of the parser, now with {PARSER_VERSION}"
    assert f"  {versions}: 11 values are new, 30 changed, 1 gone." in printed
    assert await count_stored(world, member.org_id, "consumption.streams") == (280, 1960)
    for id in (export["id"], money["id"]):
        await undo_import(member, id)
        await run_due_jobs(worker_context)
    assert await stored_lines(world, member.org_id) == []


async def import_by_jobs(
    member: Member, artist: UUID, worker_context: WorkerContext, name: str, content: bytes
) -> dict[str, Any]:
    [preview] = await upload_file(member, artist, name, content)
    await run_due_jobs(worker_context)
    await commit_import(member, preview)
    await run_due_jobs(worker_context)
    done = await get(member, preview)
    assert done["status"] == "committed"
    return done


async def read_by_an_older_parser(world: World, member: Member, import_id: str) -> None:
    """Change what is stored to what a version read that missed rows, took others for ten times as much, made one up.

    30 lines are of another amount, 10 are missing, one is made up; of the first ten only the keys differ, as if a row
    above had said the same.
    """
    of_import = "statement_id in (select id from royalty_statements where import_id = $1)"
    rows = await world.database.as_owner(
        f"select source_row from royalty_lines where {of_import} order by 1", import_id
    )
    numbers = [row["source_row"] for row in rows]
    for change, chosen in (
        ("update royalty_lines set line_key = line_key || ':9'", numbers[:10]),
        ("update royalty_lines set amount = amount * 10 + 1, line_key = 'sha256:' || id", numbers[100:120]),
        ("update royalty_lines set store = 'Another', line_key = 'sha256:' || id", numbers[200:210]),
        ("delete from royalty_lines", numbers[300:310]),
        ("update royalty_lines set source_row = 1000000, line_key = 'sha256:' || id", numbers[-1:]),
    ):
        await world.database.as_owner(f"{change} where {of_import} and source_row = any ($2)", UUID(import_id), chosen)
    await world.database.as_owner("update imports set parser_version = 1 where org_id = $1", member.org_id)


async def reread(member: Member, worker_context: WorkerContext, id: str, *, commit: bool = False) -> dict[str, Any]:
    answer = await member.http.post(f"/api/imports/{id}/reread", json={"commit": commit})
    assert (answer.status_code, answer.json()["state"]) == (200, "running"), answer.text
    assert ("imports.reread", "done") in await run_due_jobs(worker_context)
    read: dict[str, Any] = (await member.http.get(f"/api/imports/{id}/reread")).json()
    return read


async def test_a_large_report_read_again_shows_its_difference_before_it_is_stored(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    done = await import_by_jobs(member, artist, worker_context, "report.tsv", REPORT.encode())
    assert (await member.http.get(f"/api/imports/{done['id']}/reread")).status_code == 404
    expected = await stored_lines(world, member.org_id)
    await read_by_an_older_parser(world, member, done["id"])
    before = await stored_lines(world, member.org_id)
    shown = await reread(member, worker_context, done["id"])
    assert {name: shown[name] for name in ("from_version", "to_version", "new", "changed", "gone", "committed")} == {
        "from_version": 1,
        "to_version": PARSER_VERSION,
        "new": 11,
        "changed": 30,
        "gone": 1,
        "committed": False,
    }
    assert (shown["state"], len(shown["first"]), shown["first"][-1]["row"]) == ("done", 42, 1000000)
    changed = [each for each in shown["first"] if each["change"] == "changed"]
    assert changed[0]["before"] != changed[0]["after"]
    assert (changed[-1]["before"], changed[-1]["after"]) == ("Another", "Spotify")
    assert await stored_lines(world, member.org_id) == before
    assert (await get(member, done))["parser_version"] == 1
    stored = await reread(member, worker_context, done["id"], commit=True)
    assert stored == shown | {"committed": True, "progress": stored["progress"]}
    assert await stored_lines(world, member.org_id) == expected
    again = await get(member, done)
    assert (again["parser_version"], again["summary"]) == (PARSER_VERSION, done["summary"])
    same = await reread(member, worker_context, done["id"], commit=True)
    assert (same["new"], same["changed"], same["gone"]) == (0, 0, 0)
    await undo_import(member, done["id"])
    await run_due_jobs(worker_context)
    assert await stored_lines(world, member.org_id) == []


@pytest.mark.parametrize("size", ["large", "small"])
async def test_lines_of_two_reports_stay_with_one_whichever_is_read_again_or_undone(
    size: str, world: World, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a line that the first report holds only since it was read again, the second one's undo left none."""
    if size == "small":
        monkeypatch.setattr(unpacking, "SMALL_BYTES", 20 * 1024 * 1024)
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    first = await import_by_jobs(member, artist, worker_context, "first.tsv", report_lines(600).encode())
    expected = [row[1:] for row in await stored_lines(world, member.org_id)]
    await read_by_an_older_parser(world, member, first["id"])
    second = await import_by_jobs(member, artist, worker_context, "second.tsv", report_lines(900).encode())
    await member.http.post(f"/api/imports/{first['id']}/reread", json={"commit": True})
    await run_due_jobs(worker_context)
    both = sorted(row[1:] for row in await stored_lines(world, member.org_id))
    await undo_import(member, second["id"])
    await run_due_jobs(worker_context)
    assert sorted(row[1:] for row in await stored_lines(world, member.org_id)) == sorted(expected)
    await import_by_jobs(member, artist, worker_context, "third.tsv", report_lines(900).encode() + b"\n")
    assert sorted(row[1:] for row in await stored_lines(world, member.org_id)) == both
    await undo_import(member, first["id"])
    await run_due_jobs(worker_context)
    assert sorted(row[1:] for row in await stored_lines(world, member.org_id)) == both


async def test_a_large_export_of_a_platform_is_read_again_by_a_job(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    done = await import_by_jobs(member, artist, worker_context, "a.csv", timeline(7))
    await world.database.as_owner("update imports set parser_version = 1 where org_id = $1", member.org_id)
    found = await reread(member, worker_context, done["id"], commit=True)
    assert (found["state"], found["new"], found["changed"], found["gone"]) == ("done", 0, 0, 0)
    assert (await get(member, done))["parser_version"] == PARSER_VERSION
    await world.database.as_owner("update imports set file_id = null where org_id = $1", member.org_id)
    failed = await reread(member, worker_context, done["id"])
    assert (failed["state"], "was deleted" in failed["problem"]) == ("failed", True)
