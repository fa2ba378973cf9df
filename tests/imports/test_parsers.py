"""Parsing of any file: encodings, delimiters, malformed and hostile files."""

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arti.imports import preview
from arti.imports.preview import build_summary, parse_file, provisional_answers, recognise_file
from arti.imports.readers import csv_reader
from arti.imports.readers.archive import unpack
from arti.imports.readers.csv_reader import read_table
from arti.imports.types import FileRejected, Hints, Known, KnownTrack
from tests.conftest import World
from tests.factories.imports import make_zip, upload_file
from tests.factories.observations import make_artist

FILES = Path(__file__).parent / "files"
HINTS = Hints("file.csv", date(2026, 3, 31))
ROWS = "Date;écoutes;auditeurs;abonnés\n2026-03-01;1 200;40,5;7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_common_encoding_is_read(encoding: str) -> None:
    recognised = recognise_file(ROWS.encode(encoding), HINTS)
    assert recognised.parser.source == "spotify_for_artists.audience_timeline"
    values = {observation.metric: observation.value for observation in parse_file(recognised, {}, HINTS).observations}
    assert values == {"consumption.streams": 1200, "audience.listeners": 40.5, "audience.followers": 7}


@pytest.mark.parametrize(
    "text",
    [
        "date,listeners,streams\n2026-03-01,5,50\n",
        "sep=;\ndate;listeners;streams\n2026-03-01;5;50\n",
        "date\tlisteners\tstreams\r\n2026-03-01\t5\t50\r\n",
        "Mira Sol\n\nSTREAMS,Date,Listeners\n50,2026-03-01,5\n",
        '"date,listeners,streams"\n"2026-03-01,5,50"\n',
        "date,lis\u00adteners\u200b,\u00a0streams\n2026-03-01,5,50\n",
        "date,listeners,streams,,\n2026-03-01,5,50,,\n\n\n",
    ],
)
def test_table_in_different_formats(text: str) -> None:
    recognised = recognise_file(text.encode(), HINTS)
    parsed = parse_file(recognised, {}, HINTS)
    assert {(observation.metric, observation.value) for observation in parsed.observations} == {
        ("audience.listeners", 5),
        ("consumption.streams", 50),
    }
    assert all(observation.source_row == 1 for observation in parsed.observations)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n", "an image"),
        (b"hello", "no table"),
        (b"date,listeners\n2026-03-01,\x00", "NUL"),
        (b"date,listeners\n", "no rows"),
        (b"date,listeners\nnever,5\n", "none of its rows could be read. Row 1: 'never' is not a day"),
        (b"date,listeners\n2027-03-01,5\n", "is in the future"),
        (b"date,listeners,listeners\n2026-03-01,5,6\n", "Two columns are called"),
        (b"apples,pears\n1,2\n", "apples, pears"),
        (b"date," + b",".join(b"c%d" % index for index in range(600)) + b"\n", "columns"),
        (b"date,listeners\n" + b"2026-03-01,5\n" * 200_001, "rows"),
        (b"date,listeners\n2026-03-01," + b"9" * 100_001, "longer than"),
        (b"a" * (csv_reader.MAX_BYTES + 1), "larger than 20 MB"),
        (b"Views\nReels,Photos,Links\n1,2,3\n", "Meta Business Suite"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_refusal_names_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRejected, match=reason.replace(".", r"\.")):
        recognised = recognise_file(content, HINTS)
        parse_file(recognised, provisional_answers(recognised.questions), HINTS)


def test_each_row_has_a_status() -> None:
    rows = ("2026-03-01,5,50", "", "2026-03-02,5", "2026-03-03,x,7", "2026-03-04,-1,-2", "2026-03-01,9,9", "x,1,1")
    recognised = recognise_file("\n".join(("date,listeners,streams", *rows)).encode(), HINTS)
    parsed = parse_file(recognised, {}, HINTS)
    assert [(result.row, result.status, result.reason) for result in parsed.row_results] == [
        (1, "accepted", None),
        (2, "rejected", "the row is empty"),
        (3, "rejected", "the row has 2 cells, the header has 3"),
        (4, "warning", "column 2: 'x' is not a number"),
        (5, "warning", "column 2: -1 is below zero; column 3: -2 is below zero, and kept"),
        (6, "rejected", "2026-03-01 is already in row 1"),
        (7, "rejected", "'x' is not a day like 2026-05-31"),
    ]
    assert build_summary(recognised, parsed)["rejected"] == 4


def test_total_row_of_a_youtube_date_table_is_checked() -> None:
    text = "Date,Views,Watch time (hours)\nTotal,30,1.5\n2026-03-01,10,0.5\n2026-03-02,20,0.5\n"
    parsed = parse_file(recognise_file(text.encode(), HINTS), {}, HINTS)
    assert [(check.column, check.matches) for check in parsed.totals] == [
        ("Views", True),
        ("Watch time (hours)", False),
    ]


def test_formula_in_a_title_stays_text() -> None:
    text = 'title,author,listeners,streams,date_added\n"=cmd|calc","@x",5,6,n/a\n'
    recognised = recognise_file(text.encode(), HINTS)
    answers = {"period": "28day", "period_to": "2026-03-30"}
    assert next(iter(parse_file(recognised, answers, HINTS).assets.values())).title == "=cmd|calc"


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["date", "streams", "song", "Views", "Content", "Geography", "Total", "2026-03-01", "5", "1,5", "release_date", ""]
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=6), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_any_table_is_parsed_or_refused_and_each_row_has_a_result(cells: list[list[str]], delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in cells)
    try:
        recognised = recognise_file(text.encode(), HINTS)
        parsed = parse_file(recognised, provisional_answers(recognised.questions), HINTS)
    except FileRejected:
        return
    assert sorted(result.row for result in parsed.row_results) == list(range(1, len(recognised.table.rows) + 1))
    assert parsed.observations


@settings(max_examples=300)
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"PK\x03\x04" + b"\x00" * 40)
@example(b'"' + b"a" * 20)
def test_any_bytes_are_parsed_or_refused(content: bytes) -> None:
    for attempt in (lambda: read_table(content), lambda: unpack("a", content)):
        with suppress(FileRejected):
            attempt()


async def test_hostile_uploads_are_refused_and_stored(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    bomb = make_zip({"Totals.csv": b"0" * 19_000_000})
    many = make_zip({f"{number}.csv": b"x" for number in range(260)})
    sheet = make_zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    inner = make_zip({"a.csv": make_zip({"b.csv": b"x"})})
    for content, reason in (
        (bomb, "far larger than"),
        (many, "more than 200 files"),
        (sheet, "damaged"),
        (inner, "zip file inside"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\x00\x01\x02\x03" * 20, "NUL"),
    ):
        [refused] = await upload_file(member, artist, "../../etc/\u202epasswd\x01.csv", content)
        assert (refused["status"], reason in refused["refusal"]) == ("refused", True), refused["refusal"]
        assert "\x01" not in refused["file_name"]
        assert refused["row_results"] == []
    stored = await world.database.as_owner(
        "select count(distinct file_id) from private.file_pieces where org_id = $1", member.org_id
    )
    assert stored[0][0] == 4, "of the bomb, and of a member that was left out, nothing is kept"


async def test_too_large_upload_is_rejected_by_its_content_length(
    world: World, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = api.state.context.settings.model_copy(update={"arti_upload_max_bytes": csv_reader.MAX_BYTES})
    monkeypatch.setattr(api.state, "context", replace(api.state.context, settings=settings))
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answer = await member.http.post(
        "/api/imports",
        data={"artist_id": str(artist)},
        files={"file": ("a.csv", b"0" * (csv_reader.MAX_BYTES + 100_000))},
    )
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_zip_with_a_wrong_size_in_its_directory_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (csv_reader.MAX_BYTES + 5))
    packed_wrong = packed.getvalue().replace(
        (csv_reader.MAX_BYTES + 5).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    with pytest.raises(FileRejected, match=r"damaged|far larger"):
        unpack("a.zip", packed_wrong)


def test_song_with_an_ambiguous_title_is_stored_separately() -> None:
    tracks = [KnownTrack("a", "Brío", date(2020, 1, 1)), KnownTrack("b", "brio", date(2021, 1, 1))]
    hints = Hints("Brio-timeline.csv", date(2026, 3, 31), known=Known(tracks=tracks))
    recognised = recognise_file(b"date,streams\n2026-03-01,5\n", hints)
    assert preview.provisional_answers(recognised.questions) == {"song": "Brio"}
    parsed = parse_file(recognised, {"song": "Brio"}, hints)
    assert list(parsed.assets) == ["Brio|"]
    assert "separate song" in parsed.notes[0]


@pytest.mark.parametrize(("time_zone", "day"), [("UTC", date(2026, 3, 2)), ("America/Los_Angeles", date(2026, 3, 1))])
def test_the_present_day_is_that_of_the_source_when_the_file_was_read(time_zone: str, day: date) -> None:
    """A day that was not over when the file was committed is left out when it is read again, years later."""
    hints = Hints("file.csv", date(2029, 1, 1), read_at=datetime(2026, 3, 2, 7, 30, tzinfo=UTC))
    assert hints.in_zone(time_zone).today == day
