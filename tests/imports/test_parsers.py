"""Any file: every encoding that people's programs write, and hostile files."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arti.imports import csv_reader, preview
from arti.imports.archive import unpack
from arti.imports.csv_reader import read_table
from arti.imports.preview import provisional, read, recognise_file, summarise
from arti.imports.types import FileRejected, Hints, KnownTrack
from tests.conftest import World
from tests.factories.imports import make_zip, upload_file
from tests.factories.observations import make_artist

FILES = Path(__file__).parent / "files"
HINTS = Hints("file.csv", date(2026, 3, 31))
ROWS = "Date;écoutes;auditeurs;abonnés\n2026-03-01;1 200;40,5;7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    found = recognise_file(ROWS.encode(encoding), HINTS)
    assert found.parser.source == "spotify_for_artists.audience_timeline"
    values = {seen.metric: seen.value for seen in read(found, {}, HINTS).observations}
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
def test_one_table_in_many_dresses(text: str) -> None:
    found = recognise_file(text.encode(), HINTS)
    reading = read(found, {}, HINTS)
    assert {(seen.metric, seen.value) for seen in reading.observations} == {
        ("audience.listeners", 5),
        ("consumption.streams", 50),
    }
    assert all(seen.source_row == 1 for seen in reading.observations)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"hello", "no table"),
        (b"date,listeners\n2026-03-01,\x00", "NUL"),
        (b"date,listeners\n", "no rows"),
        (b"date,listeners\nnever,5\n", "no row of it could be read. Row 1: 'never' is not a day"),
        (b"date,listeners\n2027-03-01,5\n", "lies in the future"),
        (b"date,listeners,listeners\n2026-03-01,5,6\n", "Two columns are called"),
        (b"apples,pears\n1,2\n", "apples, pears"),
        (b"date," + b",".join(b"c%d" % place for place in range(600)) + b"\n", "columns"),
        (b"date,listeners\n" + b"2026-03-01,5\n" * 200_001, "rows"),
        (b"date,listeners\n2026-03-01," + b"9" * 100_001, "longer than"),
        (b"a" * (csv_reader.MAX_BYTES + 1), "larger than 20 MB"),
        (b"Post ID,Account username,Views\n1,a,2\n", "Meta Business Suite"),
        (b"Reporting Date\tSale Month\tStore\tTeam Percentage\n1\t2\t3\t4\n", "DistroKid"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_refusal_names_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRejected, match=reason.replace(".", r"\.")):
        found = recognise_file(content, HINTS)
        read(found, provisional(found.questions), HINTS)


def test_each_row_gets_a_status() -> None:
    rows = ("2026-03-01,5,50", "", "2026-03-02,5", "2026-03-03,x,7", "2026-03-04,-1,-2", "2026-03-01,9,9", "x,1,1")
    found = recognise_file("\n".join(("date,listeners,streams", *rows)).encode(), HINTS)
    reading = read(found, {}, HINTS)
    assert [(result.row, result.status, result.reason) for result in reading.row_results] == [
        (1, "accepted", None),
        (2, "rejected", "an empty line"),
        (3, "rejected", "the row has 2 cells, the header has 3"),
        (4, "warning", "column 2: 'x' is not a number"),
        (5, "rejected", "column 2: -1 is below zero; column 3: -2 is below zero"),
        (6, "rejected", "2026-03-01 stands in row 1 already"),
        (7, "rejected", "'x' is not a day like 2026-05-31"),
    ]
    assert summarise(found, reading)["rejected"] == 5


def test_a_date_table_of_youtube_has_its_total_checked() -> None:
    text = "Date,Views,Watch time (hours)\nTotal,30,1.5\n2026-03-01,10,0.5\n2026-03-02,20,0.5\n"
    reading = read(recognise_file(text.encode(), HINTS), {}, HINTS)
    assert [(check.column, check.matches) for check in reading.totals] == [
        ("Views", True),
        ("Watch time (hours)", False),
    ]


def test_a_formula_in_a_name_stays_a_name() -> None:
    text = 'title,author,listeners,streams,date_added\n"=cmd|calc","@x",5,6,n/a\n'
    found = recognise_file(text.encode(), HINTS)
    answers = {"period": "28day", "period_to": "2026-03-31"}
    assert next(iter(read(found, answers, HINTS).assets.values())).title == "=cmd|calc"


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["date", "streams", "song", "Views", "Content", "Geography", "Total", "2026-03-01", "5", "1,5", "release_date", ""]
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=6), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_or_refused_and_no_row_is_lost(cells: list[list[str]], mark: str) -> None:
    text = "\n".join(mark.join(row) for row in cells)
    try:
        found = recognise_file(text.encode(), HINTS)
        reading = read(found, provisional(found.questions), HINTS)
    except FileRejected:
        return
    assert sorted(result.row for result in reading.row_results) == list(range(1, len(found.table.rows) + 1))
    assert reading.observations


@settings(max_examples=300)
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"PK\x03\x04" + b"\x00" * 40)
@example(b'"' + b"a" * 20)
def test_any_bytes_are_a_table_or_a_refusal(content: bytes) -> None:
    for attempt in (lambda: read_table(content), lambda: unpack(content)):
        with suppress(FileRejected):
            attempt()


async def test_hostile_uploads_are_answered_and_kept(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    bomb = make_zip({"Totals.csv": b"0" * 19_000_000})
    many = make_zip({f"{place}.csv": b"x" for place in range(60)})
    sheet = make_zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    inner = make_zip({"a.csv": make_zip({"b.csv": b"x"})})
    for content, reason in (
        (bomb, "unpacks to far more"),
        (many, "more than 50 files"),
        (sheet, "Excel"),
        (inner, "zip file inside"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\x00\x01\x02\x03" * 20, "NUL"),
    ):
        [refused] = await upload_file(member, artist, "../../etc/\u202epasswd\x01.csv", content)
        assert (refused["status"], reason in refused["refusal"]) == ("refused", True), refused["refusal"]
        assert "\x01" not in refused["file_name"]
        assert refused["row_results"] == []
    kept = await world.database.as_owner(
        "select count(*) from import_files where org_id = $1 and length(content) > 0", member.org_id
    )
    assert kept[0][0] == 6


async def test_too_large_an_upload_is_turned_away_before_it_is_read(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    answer = await member.http.post(
        "/api/imports",
        data={"artist_id": str(artist)},
        files={"file": ("a.csv", b"0" * (csv_reader.MAX_BYTES + 100_000))},
    )
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_zip_whose_directory_lies_is_counted() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (csv_reader.MAX_BYTES + 5))
    lying = packed.getvalue().replace((csv_reader.MAX_BYTES + 5).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(FileRejected, match=r"damaged|far more"):
        unpack(lying)


def test_two_known_songs_of_one_title_stay_apart() -> None:
    tracks = [KnownTrack("a", "Brío", date(2020, 1, 1)), KnownTrack("b", "brio", date(2021, 1, 1))]
    hints = Hints("Brio-timeline.csv", date(2026, 3, 31), tracks=tracks)
    found = recognise_file(b"date,streams\n2026-03-01,5\n", hints)
    assert preview.provisional(found.questions) == {"song": "Brio"}
    reading = read(found, {"song": "Brio"}, hints)
    assert list(reading.assets) == ["Brio|"]
    assert "kept apart" in reading.notes[0]
