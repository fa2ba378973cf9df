"""In which month a line of a report was sold; of a period of several months it is the first, and that is said."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from arti.imports.cells.cell_parsers import normalise_whitespace
from arti.imports.cells.day_format import ANY_FORMAT, DayFormat, parse_day
from arti.imports.parsers.royalties.cell_cache import CellCache, first_of
from arti.imports.parsers.royalties.columns import StatementColumns
from arti.imports.types import SourceTable

# 2026-03, 202603, 2026M3.
_MONTH = re.compile(r"((?:19|20)\d{2})[-./ mM]?(0?[1-9]|1[0-2])(?!\d)")
_MONTH_FIRST = re.compile(r"(0?[1-9]|1[0-2])[-./]((?:19|20)\d{2})")
_QUARTER = re.compile(r"(?:([1-4])[QT]|[QT]([1-4]))[- ]?((?:19|20)\d{2})", re.IGNORECASE)
_QUARTER_LAST = re.compile(r"((?:19|20)\d{2})[- ]?(?:([1-4])[QT]|[QT]([1-4]))", re.IGNORECASE)
# Between the two ends of a period.
_DIVIDER = re.compile(
    r"\s*[-\u2013\u2014/~]\s*|\s+(?:to|till|until|through|bis|au|\u00e0|a|al|at\u00e9|ate)\s+", re.IGNORECASE
)
_NAME_OF_MONTH = re.compile(r"[^\W\d]{3,}\.?")
_NAMED_MONTH = re.compile(r"[^\W\d]{3,}\.?,?[- ](?:19|20)\d{2}")
# What a spreadsheet makes of 2026-01: Jan-26, in Brazil jan/26.
_SHORT_MONTH = re.compile(r"([^\W\d]{3,})\.?[-/ '](\d{2})")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:[.,]0+)?")
_BARE_MONTH = re.compile(r"(0?[1-9]|1[0-2])(?:[.,]0+)?")
_WITHOUT_YEAR = re.compile(r"[^\W\d]{3,}\.?|[1-4][QT]|[QT][1-4]")
_FIRST_MONTH, _LAST_MONTH = date(1990, 1, 1), date(2200, 12, 1)
# The column with the other end of a period, by the name of the one that says the month.
_OTHER_ENDS: Final = {"sale start date": "sale end date", "performance end date": "performance start date"}
_MOST_SPANS: Final = 100

Columns = Sequence[Sequence[str]]
Period = tuple[date, date]


class MonthColumns:
    """The columns of a report that may say the month of a line: the first that is filled counts."""

    def __init__(self, table: SourceTable, columns: StatementColumns, today: date) -> None:
        forms = [table.day_formats.get(index) for index in columns.months]
        self._places, self._years = columns.months, columns.years
        ends = [_OTHER_ENDS.get(table.names[index]) for index in columns.months]
        self._ends = [table.names.index(name) if name in table.names else None for name in ends]
        self._months = [CellCache(partial(read_past_month, form=form, today=today)) for form in forms]
        self._spans = [CellCache(partial(_find_span, form=form)) for form in forms]
        self.caches = (*self._months, *self._spans)

    def read(self, cells: Columns, length: int) -> list[date | None]:
        """Return the month of each row."""
        found = [cache.column(self._texts(cells, at)) for cache, at in zip(self._months, self._places, strict=True)]
        return first_of(found, length)

    def count_spans(
        self, cells: Columns, months: Sequence[date], left_out: Collection[int], found: Counter[str]
    ) -> None:
        """Count the lines of more than one month, by what their cells say."""
        texts = [self._texts(cells, at) for at in self._places]
        said = [cache.column(each) for cache, each in zip(self._spans, texts, strict=True)]
        spans = first_of(said, len(months))
        for each, end, cache in zip(texts, self._ends, self._months, strict=True):
            if end is None:
                continue
            others = cache.column(cells[end])
            spans = [
                span or (f"{text.strip()} \u2013 {cells[end][place].strip()}" if other and other != month else span)
                for place, (span, text, other, month) in enumerate(zip(spans, each, others, months, strict=True))
            ]
        if any(spans):
            for place, span in enumerate(spans):
                if span and place not in left_out:
                    found[span if span in found or len(found) < _MOST_SPANS else next(iter(found))] += 1

    def _texts(self, cells: Columns, index: int) -> Sequence[str]:
        """Return the cells of a column of months, with the years of another one where they have none."""
        return cells[index] if self._years is None else list(map(join_year, cells[index], cells[self._years]))


def describe_spans(spans: Mapping[str, int]) -> list[str]:
    """Return the note that lines are of more than one month."""
    if not spans:
        return []
    example, lines = next(iter(spans))[:60], sum(spans.values())
    return [f"Periods of more than one month, like {example} ({lines:,} lines): each is stored in its first month."]


def read_month(cell: str, form: DayFormat | None) -> date | None:
    """Return the first day of the month in a cell, of a period that of its first month; None where there is none."""
    period = _read_period(cell, form)
    return period and period[0]


def read_past_month(cell: str, form: DayFormat | None, today: date) -> date | None:
    """Return the month in a cell, or None where there is none that has begun."""
    month = read_month(cell, form)
    return month if month is None or month <= today else None


def join_year(month: str, year: str) -> str:
    """Return a month that is written without its year, 3 or March or Q1, with the year of another column."""
    text, of_year = normalise_whitespace(month), _YEAR.fullmatch(year.strip())
    if of_year is None or not text:
        return month
    if number := _BARE_MONTH.fullmatch(text):
        return f"{of_year[1]}-{int(number[1]):02}"
    return f"{text} {of_year[1]}" if _WITHOUT_YEAR.fullmatch(text) else month


def _find_span(cell: str, form: DayFormat | None) -> str | None:
    """Return what a cell says that is more than one month; an empty text for one month, None where there is none."""
    period = _read_period(cell, form)
    return period and (normalise_whitespace(cell) if period[0] != period[1] else "")


def _read_period(cell: str, form: DayFormat | None) -> Period | None:
    """Return the first and the last month in a cell."""
    text = normalise_whitespace(cell)
    period = _find_range(text, form) or _find_one(text, form) or _find_beginning(text)
    return period if period and period[0] >= _FIRST_MONTH and period[1] <= _LAST_MONTH else None


def _find_range(text: str, form: DayFormat | None) -> Period | None:
    """Return the months of a cell with two ends: "Jan 2026 - Mar 2026", "2026-01-01 to 2026-03-31", "Jan-Mar 2026"."""
    for divider in _DIVIDER.finditer(text):
        first, last = text[: divider.start()], _find_one(text[divider.end() :], form)
        if last is None or last[0] < _FIRST_MONTH:
            continue
        begun = _find_one(f"{first} {last[0].year}" if _NAME_OF_MONTH.fullmatch(first) else first, form)
        if begun and _FIRST_MONTH <= begun[0] <= last[0]:
            return begun[0], last[1]
    return None


def _find_one(text: str, form: DayFormat | None) -> Period | None:
    """Return the month of a text that says one month, day or quarter, and nothing else."""
    if month := _MONTH.fullmatch(text):
        return _one(date(int(month[1]), int(month[2]), 1))
    if month := _MONTH_FIRST.fullmatch(text):
        return _one(date(int(month[2]), int(month[1]), 1))
    if quarter := _QUARTER.fullmatch(text):
        return _quarter(quarter[3], quarter[1] or quarter[2])
    if quarter := _QUARTER_LAST.fullmatch(text):
        return _quarter(quarter[1], quarter[2] or quarter[3])
    if short := _SHORT_MONTH.fullmatch(text):
        text = f"{short[1]} 20{short[2]}"
    try:
        day = parse_day(f"1 {text}" if _NAMED_MONTH.fullmatch(text) else text, form or ANY_FORMAT)
    except ValueError:
        return None
    return None if day is None else _one(day.replace(day=1))


def _find_beginning(text: str) -> Period | None:
    """Return the month with which a text begins, and behind which are words: "2026-03 (final)"."""
    month = _MONTH.match(text)
    if month is None or any(map(str.isdigit, text[month.end() :])):
        return None
    return _one(date(int(month[1]), int(month[2]), 1))


def _one(month: date) -> Period:
    return month, month


def _quarter(year: str, number: str) -> Period:
    last = 3 * int(number)
    return date(int(year), last - 2, 1), date(int(year), last, 1)
