"""Large files are read, committed and undone by jobs: with the same result as small ones, in bounded memory."""

import csv
import gzip
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.imports.cli import ImportResult
from arti.imports.large import report, text_rows, unpacking
from arti.imports.large.repeats import RepeatFinder, TooManyRepeats
from arti.imports.large.text_rows import TextTable, find_encoding
from arti.imports.parsers.royalties.formats import FORMATS, MONTH_OF_STATEMENT
from arti.imports.types import FileRejected
from arti.jobs import WorkerContext
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.imports import commit_import, list_all_rows, make_zip, undo_import, upload_file
from tests.factories.observations import make_artist
from tests.imports.test_cli import run as run_cli
from tests.imports.test_large_files import chart
from tests.job_runner import run_due_jobs

HEADER = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
)


def report_lines(count: int, *, first: int = 0) -> str:
    """Return rows of a report: every seventh as the one before, every eleventh rejected, some negative."""
    rows = []
    for number in range(first, first + count):
        said = number - 1 if number % 7 == 6 else number
        amount = "" if number % 11 == 10 else f"{'-' if said % 5 == 4 else ''}{said}.{said % 997:09}"
        artist, country = "Mira Sol" if said % 2 else "Other Act", "OU" if said % 3 else "DE"
        cells = ["2026-03-02", f"2026-{1 + said % 2:02}", "Spotify", artist, f"Song {said % 50}", "", "", str(said)]
        rows.append("\t".join([*cells, "100", "Song", country, "0", amount]))
    return HEADER + "\n".join(rows) + "\n"


REPORT = report_lines(3000)


@pytest.fixture(autouse=True)
def _few_bytes_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SMALL_BYTES", 4000)
    monkeypatch.setattr(report, "BLOCK_LINES", 500)


async def stored_lines(world: World, org_id: UUID) -> list[tuple[Any, ...]]:
    rows = await world.database.as_owner(
        """select source_row, line_key, month, store, country, quantity, amount, currency, title, artist_id
           from royalty_lines where org_id = $1 order by source_row, line_key""",
        org_id,
    )
    return [tuple(row) for row in rows]


async def get(member: Member, preview: dict[str, Any]) -> dict[str, Any]:
    answer = await member.http.get(f"/api/imports/{preview['id']}")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


@asynccontextmanager
async def small(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(unpacking, "SMALL_BYTES", 20 * 1024 * 1024)
        yield


async def test_a_large_report_is_stored_as_a_small_one(
    world: World, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_job, at_once = await world.member(), await world.member()
    artists = [await make_artist(world.database, member.org_id) for member in (by_job, at_once)]
    async with small(monkeypatch):
        [expected] = await upload_file(at_once, artists[1], "report.tsv", REPORT.encode())
        committed = await commit_import(at_once, expected)
    [reading] = await upload_file(by_job, artists[0], "report.tsv", REPORT.encode())
    assert (reading["status"], reading["row_results"], reading["summary"]["rows"]) == ("reading", [], 0)
    assert reading["progress"] == {"done": 0, "total": len(REPORT), "problem": None}
    assert ("imports.read", "done") in await run_due_jobs(worker_context)
    preview = await get(by_job, reading)
    for name in ("status", "source", "source_title", "questions", "money", "summary", "row_results", "options"):
        assert preview[name] == expected[name], name
    rejected = await by_job.http.get(f"/api/imports/{preview['id']}/rows", params={"status": "rejected", "limit": 100})
    same = await at_once.http.get(f"/api/imports/{expected['id']}/rows", params={"status": "rejected", "limit": 100})
    assert rejected.json()["items"] == same.json()["items"]
    assert len(rejected.json()["items"]) == 100
    committing = await commit_import(by_job, preview)
    assert (committing["status"], committing["progress"]["total"]) == ("committing", preview["summary"]["money_lines"])
    assert (await commit_import(by_job, preview))["status"] == "committing"  # asked twice
    assert ("imports.commit", "done") in await run_due_jobs(worker_context)
    done = await get(by_job, preview)
    assert (done["status"], done["summary"]) == ("committed", committed["summary"])
    by_jobs, in_requests = await stored_lines(world, by_job.org_id), await stored_lines(world, at_once.org_id)
    # The key holds the id of the artist, which differs between the orgs.
    assert [row[:1] + row[2:-1] for row in by_jobs] == [row[:1] + row[2:-1] for row in in_requests]
    assert [row[-1] is not None for row in by_jobs] == [row[-1] is not None for row in in_requests]
    assert sum(row[6] for row in by_jobs) == Decimal(expected["money"][0]["amount"])
    assert any(key.endswith(":2") for _, key, *_ in by_jobs)
    assert len({row[1] for row in by_jobs}) == len(by_jobs) == preview["summary"]["money_lines"]
    # The same file again is the import that is there.
    [again] = await upload_file(by_job, artists[0], "again.tsv", REPORT.encode())
    assert again["id"] == done["id"]


async def test_an_undo_gives_the_lines_to_the_report_that_holds_them_too(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)

    async def imported(text: str, name: str) -> dict[str, Any]:
        [preview] = await upload_file(member, artist, name, text.encode())
        await run_due_jobs(worker_context)
        await commit_import(member, preview)
        await run_due_jobs(worker_context)
        return await get(member, preview)

    first = await imported(report_lines(1000), "first.tsv")
    before = await stored_lines(world, member.org_id)
    second = await imported(report_lines(1500), "second.tsv")
    third = len(await stored_lines(world, member.org_id))
    assert second["summary"]["recorded"]["unchanged"] == len(before)
    assert (await undo_import(member, first["id"]))["status"] == "undoing"
    assert ("imports.undo", "done") in await run_due_jobs(worker_context)
    assert (await get(member, first))["status"] == "undone"
    assert len(await stored_lines(world, member.org_id)) == third
    await undo_import(member, second["id"])
    await run_due_jobs(worker_context)
    assert await stored_lines(world, member.org_id) == []


async def test_answers_are_needed_and_used(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    header = "Royalty ID,Asset ISRC,Reported Royalty,Sale Start Date,Territory,DSP,Quantity\n"
    rows = "".join(f'r{n},,"{1 + n % 9},{100 + n % 800}",2026-01-01,DE,Spotify,{n}\n' for n in range(400))
    [preview] = await upload_file(member, artist, "cargo.csv", (header + rows).encode())
    await run_due_jobs(worker_context)
    preview = await get(member, preview)
    assert preview["refusal"] is None
    assert [question["key"] for question in preview["questions"]] == ["currency", "decimal_mark"]
    refused = await member.http.post(f"/api/imports/{preview['id']}/commit", json={"options": {"currency": "EUR"}})
    assert (refused.status_code, "decimal_mark" in refused.text) == (422, True)
    wrong = {"currency": "euros", "decimal_mark": preview["questions"][1]["choices"][0]}
    await commit_import(member, preview, wrong)
    await run_due_jobs(worker_context)
    failed = await get(member, preview)
    assert (failed["status"], failed["progress"]["problem"]) == ("previewed", "currency must be a code like EUR.")
    await commit_import(member, preview, wrong | {"currency": "EUR"})
    await run_due_jobs(worker_context)
    assert (await get(member, preview))["status"] == "committed"
    amounts = [row[6] for row in await stored_lines(world, member.org_id)]
    assert amounts == [Decimal(f"{1 + n % 9}.{100 + n % 800}") for n in range(400)]


async def test_a_large_export_of_a_platform_is_read_by_a_job_too(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    days = 3000 - (date(2005, 1, 1) - date(2000, 1, 1)).days  # nothing is read of before 2005
    [preview] = await upload_file(member, artist, "Chart data.csv", chart(3000))
    await run_due_jobs(worker_context)
    preview = await get(member, preview)
    assert (preview["status"], preview["summary"]["accepted"], len(preview["row_results"])) == ("previewed", days, 100)
    await commit_import(member, preview)
    await run_due_jobs(worker_context)
    assert (await get(member, preview))["status"] == "committed"
    assert len(await list_all_rows(world, member.org_id)) == days
    await undo_import(member, preview["id"])
    await run_due_jobs(worker_context)
    assert await list_all_rows(world, member.org_id) == []


@pytest.mark.parametrize("packed", ["zip", "gz", "zip with gz"])
async def test_packed_files_are_unpacked_to_disk(packed: str, world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    content = REPORT.encode()
    name, upload, inner = {
        "zip": ("reports.zip", make_zip({"a/report.tsv": content}), "reports.zip/a/report.tsv"),
        "gz": ("report.tsv.gz", gzip.compress(content), "report.tsv"),
        "zip with gz": ("reports.zip", make_zip({"r.tsv.gz": gzip.compress(content)}), "reports.zip/r.tsv"),
    }[packed]
    [preview] = await upload_file(member, artist, name, upload)
    assert (preview["file_name"], preview["status"], preview["byte_size"]) == (inner, "reading", len(content))
    await run_due_jobs(worker_context)
    assert (await get(member, preview))["summary"]["rows"] == 3000


async def test_of_a_zip_small_files_answer_at_once_and_every_member_is_accounted_for(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    files = {
        "small.tsv": report_lines(3).encode(),
        "report.tsv": REPORT.encode(),
        "scan.pdf": b"%PDF-1.7" + b"x" * 5000,
        "bomb.csv": b"0" * 25_000_000,
    }
    previews = await upload_file(member, artist, "all.zip", make_zip(files))
    assert [preview["status"] for preview in previews] == ["previewed", "reading", "refused", "refused"]
    assert [preview["refusal"] for preview in previews[2:]] == [
        "This is a PDF, and was left out.",
        "The packed files are far larger than an export can be.",
    ]
    await run_due_jobs(worker_context)
    assert [item["status"] for item in (await member.http.get("/api/imports")).json()["items"]].count("previewed") == 2


async def test_a_refused_file_says_why_and_can_be_deleted_with_what_was_staged(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    [unknown] = await upload_file(member, artist, "a.csv", b"colour,size\n" + b"red,1\n" * 2000)
    [read] = await upload_file(member, artist, "report.tsv", REPORT.encode())
    await run_due_jobs(worker_context)
    refused = await get(member, unknown)
    assert refused["status"] == "refused"
    assert refused["refusal"].startswith("ARTi does not recognise a file with the columns colour, size.")
    for preview in (unknown, read):
        assert (await member.http.delete(f"/api/imports/{preview['id']}")).status_code == 204
    assert await world.database.as_owner("select from files where org_id = $1", member.org_id) == []
    assert await world.database.as_owner("select from import_stages where org_id = $1", member.org_id) == []


async def test_a_job_may_do_what_its_member_may(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    artist = await make_artist(world.database, admin.org_id)
    manager = await world.member(admin.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set money_access = false where user_id = $1", manager.user_id)
    [denied] = await upload_file(manager, artist, "report.tsv", REPORT.encode())
    listed = await world.member(admin.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", listed.user_id)
    await world.database.as_owner(
        "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3)",
        admin.org_id,
        listed.user_id,
        artist,
    )
    [own] = await upload_file(listed, artist, "own.tsv", report_lines(600).encode())
    await run_due_jobs(worker_context)
    assert (await get(manager, denied))["refusal"] == "An admin has denied you money:write. Ask an admin of the org."
    await commit_import(listed, await get(listed, own))
    await run_due_jobs(worker_context)
    failed = await get(listed, own)
    assert failed["status"] == "previewed"
    assert failed["progress"]["problem"].startswith(
        "Row 1 is of an artist who is not on your list, or of no known song."
    )
    assert await stored_lines(world, admin.org_id) == []
    # Who may not see amounts sees nothing of what is staged.
    assert (await manager.http.get(f"/api/imports/{own['id']}/rows")).status_code == 404
    assert own["id"] not in (await manager.http.get("/api/imports")).text
    outsider = await world.member()
    assert (await outsider.http.get(f"/api/imports/{own['id']}/rows")).status_code == 404


async def test_a_terminal_takes_the_same_path(world: World, tmp_path: Path) -> None:
    member = await world.member()
    path = tmp_path / "report.tsv"
    path.write_text(REPORT)
    result, printed = await run_cli(world, member, path)
    assert result == ImportResult(committed=1, refused=0, open=0)
    assert "recorded 2,728 of 2,728 lines" in printed
    lines = await stored_lines(world, member.org_id)
    assert f"imported: {len(lines):,} new" in printed
    result, printed = await run_cli(world, member, path)
    assert (result.committed, "already imported" in printed) == (1, True)
    assert await stored_lines(world, member.org_id) == lines


def table_of(text: bytes) -> TextTable:
    return TextTable(io.BytesIO(text))


def rows_of(text: bytes) -> list[list[str]]:
    return [row for rows in table_of(text).batches() for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_those_of_the_whole_text(encoding: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_rows, "_CHUNK_BYTES", 1000)
    lines = ["A report", "", "Title;Café;Note"] + [f'née {n};{n},5;"two{end}lines {n}"' for n in range(900)] + ["", ""]
    text = end.join(lines)
    read = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert rows_of(text.encode(encoding)) == [row for row in read if len(row) == 3][1:]


def test_blank_rows_inside_stay_and_those_at_the_end_go() -> None:
    assert rows_of(b"a,b\n1,2\n\n3,4\n\n\n") == [["1", "2"], [], ["3", "4"]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a,b\n" + b"1,2\n" * 1000 + b'3,"' + b"x,y\n" * 50_000, "a quote is not closed"),
        (b"a,b\n" + b"1,2\n" * 1000 + b"x" * 5_000_000, "A line is longer than 4,194,304 characters"),
        (b"a,b\n" + b"1,2\n" * 1000 + b"," * 2000 + b"\n", "more than 500 columns"),
        (b"a,b\n" + b"1,2\n" * 300_000 + b"3,\x00\n", "NUL bytes"),
        (b"a,b\n1,2\n" + b"\n" * 200_000 + b"3,4\n", "blank lines one after the other"),
        (b'a,b\n1,2\n3,4\n5,"6\n7,8\n9,1\n"\n' + b"1,2\n" * 600, "does not close"),
        (b"", "The file is empty"),
        (b"\x89PNG" + b"0" * 5000, "an image"),
    ],
)
def test_hostile_texts_are_refused(text: bytes, reason: str) -> None:
    with pytest.raises(FileRejected, match=reason):
        rows_of(text)


def test_an_encoding_is_found_wherever_its_accents_stand() -> None:
    plain = b"a,b\n" + b"1,2\n" * 400_000
    assert find_encoding(io.BytesIO(plain + "é,1\n".encode())) == "utf-8-sig"
    assert find_encoding(io.BytesIO(plain + "né,1\n".encode("cp1252"))) == "cp1252"
    assert find_encoding(io.BytesIO(plain + "né,1\n".encode("mac_roman"))) == "mac_roman"


def test_repeats_are_found_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    finder = RepeatFinder()
    finder.add(("a", str(number)) for number in range(100_000))
    assert len(finder.repeated) < 100
    finder.add([("a", "5"), ("b", "5")])
    assert hash(("a", "5")) in finder.repeated
    monkeypatch.setattr("arti.imports.large.repeats._MOST", 1000)
    with pytest.raises(TooManyRepeats):
        finder.add(("a", str(number)) for number in range(2000))


async def test_a_large_statement_without_months_gets_the_answered_one(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    form = next(form for form in FORMATS if MONTH_OF_STATEMENT in form.months)
    names = [*form.required, *form.titles, *form.quantity, form.amount[0].replace("(*)", "(usd)")]
    names = [name for name in dict.fromkeys(names) if name != MONTH_OF_STATEMENT]
    rows = [",".join("7" if name in form.quantity else f"{n}.5" for name in names) for n in range(1, 900)]
    content = "\n".join([",".join(names), *rows]).encode()
    [preview] = await upload_file(member, artist, "statement.csv", content)
    await run_due_jobs(worker_context)
    preview = await get(member, preview)
    assert (preview["status"], preview["refusal"]) == ("previewed", None)
    answers = {question["key"]: question["default"] or "EUR" for question in preview["questions"]}
    await commit_import(member, preview, answers | {"month": "2026-05"})
    await run_due_jobs(worker_context)
    assert (await get(member, preview))["status"] == "committed"
    lines = await stored_lines(world, member.org_id)
    assert (len(lines), {row[2] for row in lines}) == (899, {date(2026, 5, 1)})


@given(
    rows=st.lists(
        st.lists(st.sampled_from(["a", "1.5", "", " x", 'say "hi"', '"q"', "two\nlines", "é", "-"]), max_size=5),
        max_size=60,
    ),
    delimiter=st.sampled_from([",", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
)
def test_rows_are_divided_as_by_csv(rows: list[list[str]], delimiter: str, end: str, *, quoted: bool) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else 0)
    plain = [["first", "second", "third"], *[[str(number), "b", "c"] for number in range(60)]]
    writer.writerows(plain[:1] + plain[1:30] + rows + plain[30:])
    text = written.getvalue()
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))[1:]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(text_rows, "_CHUNK_BYTES", 90)
        read = rows_of(text.encode())
    # A blank row is blank however many blank cells it has.
    assert [row if any(row) else [] for row in read] == [row if any(row) else [] for row in expected]


async def test_a_large_file_of_a_batch_is_reviewed_and_committed_with_the_others(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    header = "Royalty ID,Asset ISRC,Reported Royalty,Sale Start Date,Territory,DSP,Quantity\n"
    without_currency = header + "".join(f"r{n},,{n}.5,2026-01-01,DE,Spotify,{n}\n" for n in range(400))

    async def post(name: str, text: str, batch: str) -> dict[str, Any]:
        answer = await member.http.post(
            "/api/imports",
            data={"artist_id": str(artist), "batch": batch},
            files={"file": (name, text.encode())},
        )
        assert answer.status_code == (422 if batch == "none" else 201), answer.text
        return dict(answer.json())

    await post("a.csv", without_currency, "none")
    batch_id = (await post("a.csv", without_currency, "new"))["batch_id"]
    assert (await post("b.tsv", REPORT, batch_id))["batch_id"] == batch_id
    path = f"/api/import-batches/{batch_id}"
    items = (await member.http.get(path)).json()["items"]
    assert [(item["status"], item["open"]) for item in items] == [("reading", [])] * 2
    assert all(item["progress"]["total"] for item in items)
    await run_due_jobs(worker_context)
    asks, ready = (await member.http.get(path)).json()["items"]
    assert [question["key"] for question in asks["questions"]] == asks["open"] == ["currency"]
    assert ready["open"] == []
    # A small file that comes to the batch later leaves the large ones alone.
    small = [("files", ("c.csv", b"date,listeners,streams\n2026-01-01,5,50\n"))]
    later = await member.http.post(
        "/api/import-batches", data={"batch_id": batch_id, "artist_id": str(artist)}, files=small
    )
    assert [item["file_name"] for item in later.json()["items"]] == ["c.csv", "a.csv", "b.tsv"]
    answer = await member.http.post(f"{path}/commit", json={"answers": {}})
    assert [each["result"] for each in answer.json()["results"]] == ["committed", "open", "committing"]
    answers = {asks["id"]: {"currency": "EUR"}}
    answer = await member.http.post(f"{path}/commit", json={"answers": answers})
    assert [each["result"] for each in answer.json()["results"]] == ["committing"]
    await run_due_jobs(worker_context)
    items = (await member.http.get(path)).json()["items"]
    assert [item["status"] for item in items] == ["committed"] * 3


@pytest.mark.parametrize("quoted", [False, True])
def test_a_large_text_that_ends_within_a_row_names_the_line(quoted: bool) -> None:
    """The row was rejected for its number of cells, without a word that the file may be cut off."""
    text = REPORT.replace("Song 7\t", '"Song\n7"\t') if quoted else REPORT
    lines = text.count("\n")
    for end, line in (("2026-03-02\t2026-01\tSpo", lines + 1), ("", None)):
        table = TextTable(io.BytesIO((text + end).encode()))
        assert sum(map(len, table.batches())) > 2000
        assert table.cut_line == line
