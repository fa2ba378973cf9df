"""Numbers, durations and days as spreadsheets write them; anything else raises with a reason."""

import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.imports.cells.cell_parsers import (
    normalise_name,
    normalise_whitespace,
    parse_number,
    parse_seconds,
)
from arti.imports.cells.day_format import parse_day
from arti.imports.cells.plain_numbers import find_plain_marks, read_all_plain


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0),
        ("1'234.5", 1234.5),
        ("12,34,567", 1_234_567),
        ("-€12.50", -12.5),
        ("12,50 EUR", 12.5),
        ("kr 1 200", 1200),
        ("12,500,000", 12_500_000),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1.234.567", 1_234_567),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1\u202f234,5", 1234.5),
        ("12,5", 12.5),
        ("0,123", 0.123),
        ("1234,567", 1234.567),
        ("(4.10)", -4.1),
        ("-3", -3),
        ("\u22123", -3),
        ("€ 0,0042", 0.0042),
        ("3.16%", 3.16),
        (" 42 ", 42),
        ("", None),
        ("—", None),
        ("n/a", None),
    ],
)
def test_numbers(cell: str, value: float | None) -> None:
    assert parse_number(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["abc", "1,2,3", "1.2.3", "1,23.4,5", "١٢", "1_000", "inf", "0x10", "1e99", "=1+1", "--5", "1,234", "1.234", "(5"],
)
def test_invalid_numbers(cell: str) -> None:
    with pytest.raises(ValueError, match=r"number|large|two readings"):
        parse_number(cell)


@pytest.mark.parametrize(
    ("cell", "seconds"), [("0:03:25", 205), ("13:29", 809), ("1:00:00", 3600), ("90", 90), ("", None)]
)
def test_durations(cell: str, seconds: float | None) -> None:
    assert parse_seconds(cell) == seconds


@pytest.mark.parametrize("cell", ["0:61:00", "1:2:3:4", "a:b", "-1:00"])
def test_invalid_durations(cell: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_seconds(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-05-31", date(2026, 5, 31)),
        ("2026/5/3", date(2026, 5, 3)),
        ("2025-10-01T00:00:00", date(2025, 10, 1)),
        ("Sep 29, 2025", date(2025, 9, 29)),
        ("Jan 01, 2020", date(2020, 1, 1)),
        ("September 3, 2025", date(2025, 9, 3)),
        ("3 May 2026", date(2026, 5, 3)),
        ("20260531", date(2026, 5, 31)),
        ("31.5.2026", date(2026, 5, 31)),
        ("5/31/26", date(2026, 5, 31)),
        ("31-05-2026 17:30", date(2026, 5, 31)),
        ("10-Jan-26", date(2026, 1, 10)),
        ("1. Jan. 2024", date(2024, 1, 1)),
        ("31. März 2026", date(2026, 3, 31)),
        ("1 de jan. de 2024", date(2024, 1, 1)),
        ("1er févr. 2024", date(2024, 2, 1)),
        ("3 ene 2024", date(2024, 1, 3)),
        ("4 maj 2024", date(2024, 5, 4)),
        ("28 апреля 2026", date(2026, 4, 28)),
        ("n/a", None),
    ],
)
def test_days(cell: str, day: date | None) -> None:
    assert parse_day(cell) == day


@pytest.mark.parametrize(
    "cell",
    ["03/04/2026", "2026-13-01", "2026-02-30", "Foo 3, 2026", "Marble 3, 2026", "tomorrow", "45678", "29 December"],
)
def test_invalid_days(cell: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|two readings"):
        parse_day(cell)


@given(st.integers(min_value=0, max_value=10**14))
def test_grouped_number_equals_the_number(number: int) -> None:
    for text in (f"{number}", f"{number:,}".replace(",", "\u00a0")):
        assert parse_number(text) == number
    assert parse_number(f"{number:,}", ".") == number


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_english_and_continental_decimals_agree(number: object) -> None:
    english = f"{number:,.4f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english) == parse_number(continental) == float(str(number))


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_format_of_a_day_is_parsed(day: date) -> None:
    for text in (str(day), f"{day:%b} {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}", f"{day}T01:00:00"):
        assert parse_day(text) == day


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_raises(text: str) -> None:
    for parse in (parse_number, parse_seconds, parse_day):
        with suppress(ValueError):
            value = parse(text)
            assert value is None or isinstance(value, date) or abs(value) <= 1e15


def test_names_are_normalised() -> None:
    assert normalise_whitespace("Av\u00ader\u00adage\u00a0 view\u200b") == "Average view"
    assert normalise_name("Señorita  LEY D") == normalise_name("senorita ley d")


@pytest.mark.parametrize("mark", [".", ","])
def test_a_word_below_many_numbers_costs_no_time(mark: str) -> None:
    """What stands in one column of a file must not be tried in 2^n ways."""
    cells = [f"1{mark}5", *["12"] * 50_000, "Views"]
    begun = time.process_time()
    assert find_plain_marks(cells) is None
    assert read_all_plain(cells, mark) is None
    assert read_all_plain(cells[1:], None) is None
    assert time.process_time() - begun < 2
