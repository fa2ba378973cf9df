"""A large file that is dropped without an artist: each of its tables finds its own, or waits for a person."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti.imports.cli import ImportResult, import_large, is_large
from arti.imports.large import report, unpacking
from arti.imports.types import FileQuestion
from arti.jobs import WorkerContext
from arti.orgs.authorization import Actor
from arti.settings import open_files
from arti_core.crypto import Vault
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import MASTER_KEY, Member, World
from tests.factories.imports import make_zip, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_large_imports import HEADER, report_lines
from tests.job_runner import run_due_jobs

OF_MIRA = HEADER + "".join(
    f"2026-03-02\t2026-01\tSpotify\tMira Sol\tSong {at}\t\t\t{at}\t100\tSong\tDE\t0\t{at}.5\n" for at in range(300)
)
OF_MANY = report_lines(300)
OF_UNKNOWN = OF_MANY.replace("Mira Sol", "Act One").replace("Other Act", "Act Two")


@pytest.fixture(autouse=True)
def _few_bytes_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SMALL_BYTES", 4000)
    monkeypatch.setattr(report, "BLOCK_LINES", 500)


async def make_two(world: World, member: Member) -> tuple[UUID, UUID]:
    mira = await make_artist(world.database, member.org_id, "Mira Sol")
    return mira, await make_artist(world.database, member.org_id, "Other Act")


async def post(member: Member, name: str, content: bytes, status: int = 201, **fields: str) -> dict[str, Any]:
    answer = await member.http.post("/api/imports", data=fields, files={"file": (name, content)})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_large_report_finds_its_artist_by_its_name(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    mira, _ = await make_two(world, member)
    sent = await post(member, "Mira Sol/report.tsv", OF_MANY.encode())
    assert (sent["unplaced"], [one["status"] for one in sent["imports"]]) == ([], ["reading"])
    await run_due_jobs(worker_context)
    path = f"/api/import-batches/{sent['batch_id']}"
    [item] = (await member.http.get(path)).json()["items"]
    assert (item["artist_id"], item["status"]) == (str(mira), "previewed")
    assert item["placed_by"] == "the folder is called Mira Sol"
    answer = await member.http.post(f"{path}/commit", json={"answers": {}})
    assert [each["result"] for each in answer.json()["results"]] == ["committing"]
    await run_due_jobs(worker_context)
    assert [each["status"] for each in (await member.http.get(path)).json()["items"]] == ["committed"]


async def test_of_a_zip_what_found_no_artist_waits_and_is_placed_alone(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    mira, other = await make_two(world, member)
    archive = make_zip(
        {
            "Mira Sol/a.tsv": OF_MIRA.encode(),
            "b.tsv": OF_UNKNOWN.encode(),
            "Other Act/c.csv": b"date,listeners,streams\n2026-01-01,5,50\n",
            "notes.pdf": b"%PDF-1.4",
        }
    )
    sent = await post(member, "week.zip", archive)
    assert [(one["file_name"], one["status"]) for one in sent["imports"]] == [
        ("week.zip/Mira Sol/a.tsv", "reading"),
        ("week.zip/Other Act/c.csv", "previewed"),
    ]
    assert [(one["name"], one["refused"]) for one in sent["unplaced"]] == [
        ("week.zip/b.tsv", False),
        ("week.zip/notes.pdf", True),
    ]
    assert sent["unplaced"][0]["title"] == "DistroKid, earnings"
    batch = sent["batch_id"]
    again = await post(member, "week.zip", archive, batch=batch, placements=f'{{"week.zip/b.tsv": "{mira}"}}')
    assert [one["file_name"] for one in again["imports"]] == ["week.zip/b.tsv"]
    await run_due_jobs(worker_context)
    items = (await member.http.get(f"/api/import-batches/{batch}")).json()["items"]
    assert {(item["file_name"], item["artist_id"], item["placed_by"]) for item in items} == {
        ("week.zip/Mira Sol/a.tsv", str(mira), "the folder is called Mira Sol"),
        ("week.zip/b.tsv", str(mira), "chosen"),
        ("week.zip/Other Act/c.csv", str(other), "the folder is called Other Act"),
    }
    wrong = await post(member, "week.zip", archive, 422, batch=batch, placements=f'{{"d.tsv": "{mira}"}}')
    assert wrong["field"] == "placements"
    # An artist of somebody else is unknown.
    foreign = await make_artist(world.database, (await world.member()).org_id)
    await post(member, "week.zip", archive, 404, batch=batch, placements=f'{{"week.zip/b.tsv": "{foreign}"}}')


@pytest.mark.parametrize("is_large", [True, False])
async def test_a_report_of_many_artists_asks_for_none_and_gives_each_its_lines(
    world: World, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch, *, is_large: bool
) -> None:
    member = await world.member()
    mira, other = await make_two(world, member)
    if is_large:
        sent = await post(member, "report.tsv", OF_MANY.encode())
        await run_due_jobs(worker_context)
        batch_id = sent["batch_id"]
    else:
        monkeypatch.setattr(unpacking, "SMALL_BYTES", 10_000_000)
        files = {"files": ("report.tsv", OF_MANY.encode())}
        sent = (await member.http.post("/api/import-batches", files=files)).json()
        batch_id = sent["id"]
    assert sent["unplaced"] == []
    path = f"/api/import-batches/{batch_id}"
    [item] = (await member.http.get(path)).json()["items"]
    assert (item["placed_by"], item["open"]) == ("each line goes to the artist that it names", [])
    await member.http.post(f"{path}/commit", json={"answers": {}})
    await run_due_jobs(worker_context)
    rows = await world.database.as_owner(
        "select artist_id, count(*) as lines from royalty_lines where org_id = $1 group by 1", member.org_id
    )
    named = [line.split("\t")[3] for line in OF_MANY.splitlines()[1:] if line.split("\t")[-1]]
    assert {row["artist_id"]: row["lines"] for row in rows} == {
        mira: named.count("Mira Sol"),
        other: named.count("Other Act"),
    }
    # The same report with another artist would count its lines twice.
    if not is_large:
        [again] = await upload_file(
            member, other if item["artist_id"] == str(mira) else mira, "again.tsv", OF_MANY.encode()
        )
        answer = await member.http.post(f"/api/imports/{again['id']}/commit", json={"options": {}})
        assert (answer.status_code, "imported already" in answer.json()["message"]) == (409, True)


async def test_a_small_file_without_an_artist_goes_to_the_batches(world: World) -> None:
    member = await world.member()
    refused = await post(member, "a.csv", b"date,listeners,streams\n2026-01-01,5,50\n", 422)
    assert refused["field"] == "artist_id"
    assert "POST /api/import-batches" in refused["message"]


async def test_a_terminal_finds_the_artist_of_a_large_file_or_asks(world: World, tmp_path: Path) -> None:
    member = await world.member()
    await make_two(world, member)
    questions: list[str] = []

    async def answer(question: FileQuestion, guess: str | None) -> str:
        questions.append(question.text)
        return "Other Act" if question.key == "artist" else guess or ""

    async def run(name: str, text: str, ask: Any) -> tuple[ImportResult, str]:
        path, printed = tmp_path / name, list[str]()
        path.write_text(text)
        assert is_large(path)
        pool = await open_pool(
            world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
        )
        try:
            async with member_transaction(pool, Principal(member.user_id, None)) as connection:
                actor = Actor(connection, member.org_id, Principal(member.user_id, None), Vault(MASTER_KEY))
                files = open_files(world.settings)
                result = await import_large(actor, files, path, name, answers={}, ask=ask, print_line=printed.append)
        finally:
            await pool.close()
        return result, "\n".join(printed)

    result, printed = await run("Mira Sol.tsv", OF_MIRA, None)
    assert (result, "Mira Sol: Mira Sol.tsv (the name of the file)" in printed) == (ImportResult(1, 0, 0), True)
    result, printed = await run("report.tsv", OF_UNKNOWN, None)
    assert (result, "--artist" in printed) == (ImportResult(0, 0, 1, unplaced=1), True)
    result, _ = await run("report.tsv", OF_UNKNOWN, answer)
    assert (result.committed, len(questions)) == (1, 1)
