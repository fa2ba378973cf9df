"""Large exports of a platform: what of them is stored already is shown, and they are read again on a terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from arti.imports import stored_files
from arti.imports.cli import ImportResult, import_files
from arti.imports.large import report, unpacking
from arti.imports.rereading.terminal import reread_files
from arti.jobs import WorkerContext
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import commit_import, count_stored, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_large_imports import REPORT
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


async def test_a_large_export_is_read_again_on_a_terminal(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [export] = await upload_file(member, artist, "a.csv", timeline(7))
    [money] = await upload_file(member, artist, "report.tsv", REPORT.encode())
    await run_due_jobs(worker_context)
    for preview in (export, money):
        await commit_import(member, preview)
    await run_due_jobs(worker_context)
    await world.database.as_owner("update imports set parser_version = 1 where org_id = $1", member.org_id)
    refused = await member.http.post(f"/api/imports/{export['id']}/reread", json={"commit": False})
    assert (refused.status_code, "./arti import --reread" in refused.json()["message"]) == (409, True)
    printed: list[str] = []
    async with open_actor(world, member) as actor:
        files = open_files(world.settings)
        done = await reread_files(actor, files, [], store_all=True, print_line=printed.append)
        named = await reread_files(actor, files, ["report.tsv"], store_all=True, print_line=printed.append)
    assert (done.equal, done.failed, named.failed) == (1, 0, 1), printed
    assert "Undo the import" in printed[-1]
    assert await count_stored(world, member.org_id, "consumption.streams") == (280, 1960)
