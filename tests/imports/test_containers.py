"""Zips, workbooks, gzip files and files with several tables: every part of an upload is accounted for."""

import gzip
import io
import zipfile
from datetime import date

import pytest

from arti.imports.preview import parse_file, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.readers.workbooks.sheets import read_sheets
from arti.imports.types import FileRejected, Hints
from tests.conftest import World
from tests.factories.imports import commit_import, count_stored, make_zip, upload_file
from tests.factories.observations import make_artist
from tests.factories.workbooks import Cell, make_workbook

TIMELINE = b"date,listeners,streams\n2026-01-01,5,50\n"


def test_every_member_of_a_zip_is_accounted_for() -> None:
    packed = make_zip(
        {
            "Spotify/a.csv": TIMELINE,
            "Spotify/contract.pdf": b"%PDF-1.7",
            "notes.docx": make_zip({"word/document.xml": b"x"}),
            "old.zip": make_zip({"b.csv": TIMELINE}),
            "cover.jpg": b"\xff\xd8\xff\xe0",
            "data.json": b"{}",
            "TikTok/Viewers.xlsx": make_workbook({"Sheet1": [["Date", "Total Viewers"], ["28 August", 5]]}),
            "__MACOSX/._a.csv": b"x",
            ".DS_Store": b"x",
        }
    )
    zipped = "This is a zip file inside a zip file. Unpack it, and upload its files."
    assert [(member.name, member.refusal) for member in unpack("export.zip", packed)] == [
        ("export.zip/Spotify/a.csv", None),
        ("export.zip/Spotify/contract.pdf", "This is a PDF, and was left out."),
        ("export.zip/notes.docx", zipped),
        ("export.zip/old.zip", zipped),
        ("export.zip/cover.jpg", "This is an image, and was left out."),
        ("export.zip/data.json", "This is no table, and was left out."),
        ("export.zip/TikTok/Viewers.xlsx", None),
    ]


def test_a_gzip_file_is_unpacked() -> None:
    [member] = unpack("a.csv.gz", gzip.compress(TIMELINE))
    assert (member.name, member.content) == ("a.csv", TIMELINE)
    with pytest.raises(FileRejected, match="damaged"):
        unpack("a.csv.gz", gzip.compress(TIMELINE)[:-9])


def test_a_sheet_keeps_numbers_and_days() -> None:
    rows: list[list[Cell]] = [["date", "hours", "views", "title"], [date(2026, 1, 2), 30.625, 1500, '=1+1, "quoted"']]
    [member] = unpack("a.xlsx", make_workbook({"Data": rows, "Empty": []}))
    assert member.content.decode() == 'date,hours,views,title\n2026-01-02,30.6250,1500,"=1+1, ""quoted"""\n'
    several = unpack("a.xlsx", make_workbook({"One": rows, "Two": rows}))
    assert [member.name for member in several] == ["a.xlsx/One", "a.xlsx/Two"]


def test_a_sheet_with_cells_far_apart_is_refused_before_it_is_read() -> None:
    huge = make_zip(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/worksheets/sheet1.xml": b'<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576">'
            b'<c r="XFD1048576"/></row></sheetData></worksheet>',
        }
    )
    with pytest.raises(FileRejected, match="1,048,576 rows and 16,384 columns"):
        unpack("a.xlsx", huge)


META = (
    'sep=,\n"Follows"\n"Date","Primary"\n"2026-01-01T00:00:00","7"\n"2026-01-02T00:00:00","9"\n\n'
    '"Instagram follows"\n"Date","Primary"\n"2026-01-01T00:00:00","3"\n"2026-01-02T00:00:00","4"\n\n'
)


async def test_tables_one_under_the_other_are_imports_of_their_own(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    facebook, instagram = await upload_file(member, artist, "Follows.csv", META.encode("utf-16"))
    assert [preview["file_name"] for preview in (facebook, instagram)] == [
        "Follows.csv/Follows",
        "Follows.csv/Instagram follows",
    ]
    assert [[question["key"] for question in one["questions"]] for one in (facebook, instagram)] == [["network"], []]
    await commit_import(member, instagram)
    assert await count_stored(world, member.org_id, "audience.followers_gained", "") == (2, 7)
    done = await commit_import(member, facebook, {"network": "Facebook"})
    assert done["provider"] == "facebook"
    assert await count_stored(world, member.org_id, "audience.followers_gained", "") == (4, 23)
    answer = await member.http.get(f"/api/artists/{artist}/series", params={"provider": "facebook"})
    assert answer.status_code == 200


def test_days_of_tiktok_without_a_year() -> None:
    header = ["Date", "Video Views", "Profile Views", "Likes", "Comments", "Shares"]
    rows: list[list[Cell]] = [[*header], ["31 December", 240, 6, 12, -1, 2], ["1 January", 305, 8, 21, 3, "undefined"]]
    [member] = unpack("Overview_2025-12-31_1767225600_mira.xlsx", make_workbook({"Overview": rows}))
    hints = Hints(member.name, date(2026, 11, 20))
    recognised = recognise_file(member.content, hints)
    assert (recognised.parser.source, recognised.questions) == ("tiktok_studio.overview", [])
    read = {(one.metric, str(one.observed_on)): one.value for one in parse_file(recognised, {}, hints).observations}
    assert read["consumption.views", "2025-12-31"] == 240
    assert read["consumption.views", "2026-01-01"] == 305
    assert read["engagement.comments", "2025-12-31"] == -1
    assert read["engagement.shares", "2026-01-01"] is None


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("Date,Followers,Difference in followers from previous day", "tiktok_studio.followers"),
        ("Datum,Videoaufrufe,Profilaufrufe,Gefällt mir", "tiktok_studio.overview"),
        ("Date,Total Viewers,New Viewers,Returning Viewers", "tiktok_studio.viewers"),
    ],
)
def test_exports_of_tiktok_are_known(header: str, source: str) -> None:
    cells = ",".join("5" for _ in header.split(",")[1:])
    recognised = recognise_file(f"{header}\n3. Januar,{cells}\n".encode(), Hints("a.csv", date(2026, 11, 20)))
    assert (recognised.parser.source, [one.key for one in recognised.questions]) == (source, ["first_year"])


def test_cells_of_a_workbook_without_a_value_are_named_and_percents_are_percents() -> None:
    content = make_workbook({"A": [["Age", "Women", "Men"], ["18-24", 0.055, 0.1], ["25-34", 0.4, 0.445]]})
    sheet = read_part(content, "xl/worksheets/sheet1.xml").replace(b'<c r="B', b'<c s="2" r="B')
    sheet = sheet.replace(b'<c r="C2"><v>0.1</v></c>', b'<c r="C2"><f>B2*2</f></c>')
    sheet = sheet.replace(b'<c r="C3"><v>0.445</v></c>', b'<c r="C3" t="e"><v>#REF!</v></c>')
    styles = read_part(content, "xl/styles.xml").replace(b"</cellXfs>", b'<xf numFmtId="10"/></cellXfs>')
    [(_, table)] = read_sheets(with_parts(content, {"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles}))
    assert table.decode().splitlines() == ["Age,Women,Men", "18-24,5.5%,=B2*2", "25-34,40%,#REF!"]


def test_a_hidden_sheet_is_named_so() -> None:
    content = make_workbook({"A": [["a", "b"], ["1", "2"]], "B": [["a", "b"], ["1", "2"]]})
    workbook = read_part(content, "xl/workbook.xml").replace(b'name="B"', b'name="B" state="hidden"')
    sheets = read_sheets(with_parts(content, {"xl/workbook.xml": workbook}))
    assert [name for name, _ in sheets] == ["A", "B (hidden)"]


def read_part(content: bytes, path: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(path)


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a workbook with other parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for path in source.namelist():
            archive.writestr(path, parts.get(path, source.read(path)))
    return target.getvalue()
