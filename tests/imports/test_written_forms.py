"""Days, months and texts as people and programs write them around the plain form."""

from datetime import date
from io import BytesIO

import pytest

from arti.imports.cells.day_format import find_day_format, parse_day
from arti.imports.large.text_rows import TextTable
from arti.imports.preview import parse_file, provisional_answers, recognise_file
from arti.imports.types import FileRejected, Hints, ParsedFile

TODAY = date(2026, 11, 20)
HINTS = Hints("file.csv", TODAY)


def read(text: str) -> ParsedFile:
    recognised = recognise_file(text.encode(), HINTS)
    return parse_file(recognised, provisional_answers(recognised.questions), HINTS)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("So., 01.03.2026", "2026-03-01"),
        ("Sonntag, den 01.03.2026", "2026-03-01"),
        ("Do 05.03.2026", "2026-03-05"),
        ("Sun, 03/01/2026", "2026-03-01"),
        ("01/03/2026 (Sunday)", "2026-03-01"),
        ("dim. 01/03/2026", "2026-03-01"),
        ("mar. 03/03/2026", "2026-03-03"),
        ("domingo, 01/03/2026", "2026-03-01"),
        ("mié, 04/03/2026", "2026-03-04"),
        ("segunda-feira, 02/03/2026", "2026-03-02"),
        ("sáb., 07/03/2026", "2026-03-07"),
        ("sön 2026-03-01", "2026-03-01"),
        ("20260301.0", "2026-03-01"),
        ("Mar 31 2026", "2026-03-31"),
        ("Mar 3, 2026", "2026-03-03"),
    ],
)
def test_a_weekday_beside_a_day_shows_its_order(cell: str, day: str) -> None:
    form = find_day_format({0: [cell]}, observed=[0], today=TODAY)[0]
    assert str(parse_day(cell, form)) == day


@pytest.mark.parametrize("cell", ["Mo., 01.03.2026", "Mon 2026-03-01", "Xy 01.03.2026", "20261301.0"])
def test_a_day_that_its_weekday_denies_is_none(cell: str) -> None:
    form = find_day_format({0: [cell]}, observed=[0], today=TODAY)[0]
    with pytest.raises(ValueError, match="is not a day"):
        parse_day(cell, form)


def test_weekdays_settle_days_with_two_readings_for_their_column() -> None:
    rows = "\n".join(f"{cell},10,1.5" for cell in ("Sun 01/03/2026", "Mon 02/03/2026", "03/03/2026"))
    parsed = read(f"Date,Views,Watch time (hours)\n{rows}\n")
    assert {str(one.observed_on) for one in parsed.observations} == {"2026-03-01", "2026-03-02", "2026-03-03"}


def test_a_guard_of_a_text_is_none_of_it() -> None:
    text = 'Date,Views,Watch time (hours)\n="2026-03-01",="1,234",="1.5"\n"=""2026-03-02""","=""1,235""",2.5\n'
    assert [one.value for one in read(text).observations] == [1234, 1.5, 1235, 2.5]
    table = TextTable(BytesIO(text.encode()))
    assert [row for rows in table.batches() for row in rows] == [
        ["2026-03-01", "1,234", "1.5"],
        ["2026-03-02", "1,235", "2.5"],
    ]
    said = 'Date,Views,Title\n2026-03-01,10,"a ""="" b"\n2026-03-01,10,x="y"\n'
    assert [cells[2] for cells in recognise_rows(said)] == ['a "=" b', 'x="y"']


def recognise_rows(text: str) -> list[list[str]]:
    return [row for rows in TextTable(BytesIO(text.encode())).batches() for row in rows]


@pytest.mark.parametrize(
    ("names", "cells", "month"),
    [
        ("Year,Month", "2026,3", "2026-03"),
        ("Month,Year", "March,2026", "2026-03"),
        ("Jahr,Monat", "2026.0,3.0", "2026-03"),
        ("Año,Mes", "2026,marzo", "2026-03"),
        ("Ano,Mês", "2026,março", "2026-03"),
        ("Année,Mois", "2026,févr.", "2026-02"),
        ("År,Månad", "2026,maj", "2026-05"),
        ("Year,Quarter", "2026,Q2", "2026-04"),
        ("Year,Month", "2025,2026-03", "2026-03"),
    ],
)
def test_a_month_and_its_year_in_two_columns_are_one(names: str, cells: str, month: str) -> None:
    parsed = read(f"{names},Store,Title,Amount (EUR)\n{cells},Spotify,A,1.5\n")
    assert [f"{day:%Y-%m}" for day in parsed.money.month] == [month]


@pytest.mark.parametrize("cells", ["2026,13", ",3", "26,3", "x,March"])
def test_a_month_without_a_year_is_none(cells: str) -> None:
    with pytest.raises(FileRejected, match="the month of the sale is missing"):
        read(f"Year,Month,Store,Title,Amount (EUR)\n{cells},Spotify,A,1.5\n")


def test_a_code_that_was_taken_for_a_number_is_read() -> None:
    parsed = read("Sale month,Store,Title,UPC,Amount (EUR)\n2026-03,Spotify,A,111111111111.0,1.5\n")
    assert parsed.money.upc == ["111111111111"]


def test_a_share_is_no_count() -> None:
    parsed = read("Date,Views,Watch time (hours)\n2026-03-01,10%,1.5\n2026-03-02,20,2%\n")
    assert [(one.metric, one.value) for one in parsed.observations] == [
        ("consumption.watch_hours", 1.5),
        ("consumption.views", 20),
    ]
    assert [result.reason for result in parsed.row_results if result.reason] == [
        "column 2: '10%' is a share in percent",
        "column 3: '2%' is a share in percent",
    ]


@pytest.mark.parametrize(
    ("days", "is_open"),
    [
        (["2026-03-02", "2026-03-09", "2026-03-16"], True),
        (["2026-03-01", "2026-02-01", "2026-01-01", "2025-12-01"], True),
        (["2026-03-31", "2026-02-28", "2026-01-31"], False),
        (["2026-03-02", "2026-03-09", "2026-03-17"], False),
        (["2026-03-02", "2026-03-09"], False),
        (["2026-03-02", "2026-03-03", "2026-03-04"], False),
    ],
)
def test_sums_of_weeks_and_months_are_not_taken_for_days(days: list[str], *, is_open: bool) -> None:
    text = "Date,Views,Watch time (hours)\n" + "".join(f"{day},70,1.5\n" for day in days)
    recognised = recognise_file(text.encode(), HINTS)
    assert [question.key for question in recognised.questions] == (["cadence"] if is_open else [])
    assert len(read(text).observations) == 2 * len(days)  # as a preview shows it, and as a day when that is said
    if is_open:
        with pytest.raises(FileRejected, match="Export them by day"):
            parse_file(recognised, {"cadence": "all days up to the next"}, HINTS)
