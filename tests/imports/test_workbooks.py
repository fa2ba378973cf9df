"""Spreadsheets as people keep them are read as a person reads them, or something is said."""

from datetime import date

import pytest

from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.readers.archive import unpack
from arti.imports.types import Hints, ParsedFile
from tests.conftest import World
from tests.factories.imports import upload_file
from tests.factories.observations import make_artist
from tests.factories.workbooks import Cell, FormattedCell, make_open_document, make_workbook

HEADER: list[Cell] = ["Sale month", "Store", "Title", "Quantity", "Amount (EUR)"]
Row = list[Cell]


def read(content: bytes, name: str = "a.xlsx") -> ParsedFile:
    [member] = unpack(name, content)
    hints = Hints(name, date(2026, 11, 20))
    recognised = recognise_file(member.content, hints)
    return parse_file(recognised, provisional_answers(recognised.questions), hints)


def lines(parsed: ParsedFile) -> list[tuple[str, str, str]]:
    money = parsed.money
    return [
        (f"{month:%Y-%m}", store, str(amount))
        for month, store, amount in zip(money.month, money.store, money.amount, strict=True)
    ]


def reasons(parsed: ParsedFile) -> dict[int, str | None]:
    return {result.row: result.reason for result in parsed.row_results if result.reason}


def table(content: bytes, name: str = "a.xlsx") -> list[str]:
    [member] = unpack(name, content)
    return member.content.decode().splitlines()


def test_a_cell_that_is_merged_over_rows_is_in_each_of_them() -> None:
    """Lines whose month stood in the row above were rejected, those whose store did were of no store."""
    rows: list[Row] = [
        ["January", None, None, None, None],
        HEADER,
        ["2026-01", "Spotify", "A", 1, 1.5],
        [None, None, "B", 2, 2.5],
        [None, "Deezer", "C", 3, 3.5],
        ["2026-02", "Deezer", "D", 4, FormattedCell(9.5)],
        ["2026-02", "Deezer", "E", 5, None],
    ]
    parsed = read(make_workbook({"S": rows}, merged=["A1:E1", "A3:A5", "B3:B4", "E6:E7"]))
    assert lines(parsed) == [
        ("2026-01", "Spotify", "1.5"),
        ("2026-01", "Spotify", "2.5"),
        ("2026-01", "Deezer", "3.5"),
        ("2026-02", "Deezer", "9.5"),
    ]
    assert reasons(parsed) == {5: "the amount is missing"}  # a number counts once


def test_a_header_of_two_rows_is_read_by_its_lower_one() -> None:
    rows: list[Row] = [["Sale month", "Store", "Title", "Result", None], [None, None, None, *HEADER[3:]]]
    rows.append(["2026-01", "Spotify", "A", 1, 1.5])
    parsed = read(make_workbook({"S": rows}, merged=["A1:A2", "B1:B2", "C1:C2", "D1:E1"]))
    assert lines(parsed) == [("2026-01", "Spotify", "1.5")]


@pytest.mark.parametrize(
    ("form", "shown"),
    [("0%", "12.5%"), ("0.00%;[Red]-0.00%", "12.5%"), ('0.0"%"', "0.1250"), (r"0.0\%", "0.1250"), ("0_%", "0.1250")],
)
def test_a_percent_sign_that_is_only_written_multiplies_nothing(form: str, shown: str) -> None:
    """12.5 in the form 0.0"%" was read as 1250 %."""
    assert table(make_workbook({"S": [["Title", "Share"], ["A", FormattedCell(0.125, form)]]}))[1] == f"A,{shown}"


def test_hours_that_are_kept_as_a_duration_are_no_number_of_seconds() -> None:
    """36:00:00 became 129,600 hours."""
    hours, seconds = FormattedCell(1.5, "[h]:mm:ss"), FormattedCell(0.0025, "h:mm:ss")
    header: Row = ["Date", "Watch time (hours)", "Average view duration", "Views"]
    parsed = read(make_workbook({"S": [header, [date(2026, 1, 1), hours, seconds, 5]]}))
    values = {one.metric: one.value for one in parsed.observations}
    assert values == {"consumption.average_view_seconds": 216, "consumption.views": 5}
    assert reasons(parsed) == {1: "column 2: '36:00:00' is not a number"}


def test_a_text_among_numbers_that_may_be_a_thousand_is_not_read_as_one() -> None:
    """A person writes 1.234 for 1234 where a spreadsheet keeps 2.5; it was stored as 1.234."""
    rows: list[Row] = [HEADER, ["2026-01", "S", "A", 1, "1.234"], ["2026-01", "S", "B", 1, 2.5]]
    parsed = read(make_workbook({"S": [*rows, ["2026-01", "S", "C", 1, 1.234]]}))
    assert lines(parsed) == [("2026-01", "S", "2.5"), ("2026-01", "S", "1.2340")]
    assert reasons(parsed) == {1: "'text: 1.234' is not a number"}


def test_an_amount_of_two_readings_in_a_column_of_both_marks_is_rejected() -> None:
    """Where all other amounts were written plainly it was read as a fraction."""
    text = 'Sale month,Store,Title,Amount (EUR)\n2026-01,S,A,"1.234,56"\n2026-01,S,B,2.5\n2026-01,S,C,1.234\n'
    hints = Hints("a.csv", date(2026, 11, 20))
    parsed = parse_file(recognise_file(f"{text}2026-01,S,D,1234.5670\n".encode(), hints), {}, hints)
    assert lines(parsed) == [("2026-01", "S", "2.5"), ("2026-01", "S", "1234.5670")]
    assert reasons(parsed)[3] == "'1.234' has two readings: 1.234 and 1234"


def test_hidden_rows_are_counted_in_the_name_of_the_table() -> None:
    rows = [HEADER]
    rows += [["2026-01", "S", title, 1, 1.5] for title in "ABCD"]
    [member] = unpack("a.xlsx", make_workbook({"S": rows}, hidden={3, 4}))
    assert (member.name, member.content.count(b"\n")) == ("a.xlsx/S (2 hidden rows)", 5)
    [plain] = unpack("a.xlsx", make_workbook({"S": rows}, hidden={9}))
    assert plain.name == "a.xlsx"


def test_days_errors_and_dates_of_old_macs_are_what_a_person_sees() -> None:
    rows: list[Row] = [
        HEADER,
        [FormattedCell(46023 - 1462, "mmm-yy"), "S", "A", 1, 1.5],
        ["2026-01", "S", "B", 1, FormattedCell("#DIV/0!", kind="e", formula="1/0")],
        ["2026-01", "S", "C", 1, FormattedCell(None, formula="SUM(E2)")],
        ["2026-01", "S", "D", FormattedCell(1200, '0.0,"K"'), FormattedCell(3.5, formula="1+2.5")],
    ]
    parsed = read(make_workbook({"S": rows}, starts_1904=True))
    assert lines(parsed) == [("2026-01", "S", "1.5"), ("2026-01", "S", "3.5")]
    assert parsed.money.quantity[1] == 1200
    assert reasons(parsed) == {2: "'#DIV/0!' is not a number", 3: "'=SUM(E2)' is not a number"}


async def test_a_sheet_with_the_sums_of_another_one_says_so(world: World) -> None:
    """Both were imported from one drop, and each amount counted twice without a word."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    summary: list[Row] = [["Sale month", "Store", "Amount (EUR)"], ["2026-01", "S", 4.0], ["2026-02", "S", 2.5]]
    details: list[Row] = [HEADER, ["2026-01", "S", "A", 1, 1.5], ["2026-01", "S", "B", 1, 2.5]]
    details.append(["2026-02", "S", "B", 1, 2.5])
    other: list[Row] = [*details[:3], ["2026-02", "S", "B", 1, 2.51]]
    content = make_workbook({"Summary": summary, "Details": details, "Other": other})
    previews = await upload_file(member, artist, "a.xlsx", content)
    said = {preview["file_name"]: preview["summary"]["notes"] for preview in previews}
    assert said == {
        "a.xlsx/Summary": [
            "The amounts of each month are those of 'a.xlsx/Details', so they count twice where both are imported."
        ],
        "a.xlsx/Details": [],
        "a.xlsx/Other": [],
    }


def cell(kind: str, value: str, shown: str, more: str = "") -> str:
    number = f' office:value="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{number}{more}><text:p>{shown}</text:p></table:table-cell>'


def row(month: str, amount: str, title: str = "A", more: str = "") -> str:
    month = month if month.startswith("<") else cell("string", "", month)
    return f"<table:table-row{more}>{month}{cell('string', '', title)}{amount}</table:table-row>"


ODS_HEADER = "".join(cell("string", "", name) for name in ("Sale month", "Store", "Amount (EUR)", "Share"))
ODS_HEADER = f"<table:table-row>{ODS_HEADER}</table:table-row>"


def test_an_open_document_says_the_same() -> None:
    """A formula that failed was an amount of 0 in files of older programs; shares in percent were fractions."""
    merged = cell("string", "", "2026-01", ' table:number-rows-spanned="2"')
    percent = cell("percentage", "0.005", "0.5%")
    rows = [
        row(merged, cell("float", "1.5", "1.50") + percent),
        row("<table:covered-table-cell/>", cell("float", "2.5", "2.50") + percent, "B"),
        row("2026-02", cell("float", "0", "#REF!") + percent),
        row("2026-02", cell("string", "", "#DIV/0!", ' calcext:value-type="error"') + percent),
        row("2026-02", '<table:table-cell table:formula="of:=[.X1]"/>' + percent),
        row("2026-03", cell("float", "7", "7") + percent, more=' table:number-rows-repeated="2"'),
    ]
    content = make_open_document(ODS_HEADER + "".join(rows))
    assert table(content, "a.ods") == [
        "Sale month,Store,Amount (EUR),Share",
        "2026-01,A,1.5,0.5%",
        "2026-01,B,2.5,0.5%",
        "2026-02,A,#REF!,0.5%",
        "2026-02,A,#DIV/0!,0.5%",
        "2026-02,A,=[.X1],0.5%",
        "2026-03,A,7,0.5%",
        "2026-03,A,7,0.5%",
    ]
    parsed = read(content, "a.ods")
    assert [amount for _, _, amount in lines(parsed)] == ["1.5", "2.5", "7", "7"]


@pytest.mark.parametrize("kind", ["filter", "collapse"])
def test_hidden_rows_of_an_open_document_are_counted(kind: str) -> None:
    hidden = row("2026-01", cell("float", "9", "9"), more=f' table:visibility="{kind}"')
    empty = f'<table:table-row table:visibility="{kind}"><table:table-cell/></table:table-row>'
    shown = row("2026-01", cell("float", "1", "1"))
    [member] = unpack("a.ods", make_open_document(ODS_HEADER + shown + hidden + empty))
    assert member.name == "a.ods/Sheet1 (1 hidden rows)"
