"""Days as exports and spreadsheets write them, in six languages, and which part is the month.

03/04/2026 has two readings. A cell with a part above 12 settles it, for its column and then for the file; a dot puts
the day first; no reading puts a row into the future. Otherwise the user is asked. Pure; a ValueError's text is the
reason.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from arti.imports.cells.cell_parsers import is_blank, normalise_whitespace
from arti.imports.cells.day_words import full_year, read_words, split_weekday
from arti_core.text_cache import cache_of_files

# No day is written longer; a longer text is never kept in the cache.
_LONGEST = 100
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(20\d{2}|19\d{2})(0[1-9]|1[0-2])([0-3]\d)")
_NUMERIC = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})[-/.] ?(\d{4}|\d{2})(?:,? \d{1,2}:\d{2}.*)?")
# Midnight in Berlin or Athens, as a program in UTC writes it.
_MIDNIGHT_EAST_OF_UTC = re.compile(r"\d{4}-\d\d-\d\d[T ]2[123]:00(?::00(?:\.0+)?)?Z")
_SERIAL = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?")
# No platform counted before.
_FIRST_OBSERVED = date(2005, 1, 1)
_SERIAL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DayFormat:
    """How a column writes days. `month_first`: None while it is not known; `start`: the first day, where no year is.

    `mixed`: some cells have the month first and some the day, so that no answer is right for the others;
    `year_first`: 26-01-31; None where 26.01.31 may have the day or the year first; `month_last`: 2026-31-01;
    `next_day`: midnights that are written in UTC, on the day before.
    """

    month_first: bool | None = None
    serial: bool = False
    start: date | None = None
    mixed: bool = False
    year_first: bool | None = False
    month_last: bool = False
    next_day: bool = False


ANY_FORMAT = DayFormat()


def parse_day(text: str, form: DayFormat = ANY_FORMAT) -> date | None:
    """Return the day in a cell, or None when it is blank. Raises ValueError, in words.

    Accepts 2026-05-31 (with or without a time), 20260531, "May 31, 2026", "31. Mai 2026", "1 de jan. de 2024",
    31-May-26; 31.05.2026 and 05/31/2026 where the parts or `form` tell the month; a spreadsheet's number of a day where
    `form` says so; "29 December" where `form` has a start.
    """
    cell = text if len(text) < _LONGEST else normalise_whitespace(text)
    if len(cell) > _LONGEST:
        raise ValueError(f"{cell[:40]!r} is not a day like 2026-05-31")
    return _parse_day(cell, form)


@cache_of_files(maxsize=8192)
def _parse_day(text: str, form: DayFormat) -> date | None:
    if is_blank(text):
        return None
    weekday, cell = split_weekday(text)
    try:
        day = _read(cell, form)
    except ValueError:
        raise ValueError(f"{cell[:40]!r} is not a day of the calendar") from None
    if day and weekday not in (None, day.weekday()):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a day of the calendar")
    if day is None:
        two = read_with_year_first(cell) if form.year_first is None else read_both_ways(cell)
        if two:
            raise ValueError(f"{cell[:40]!r} has two readings: {two[0]} and {two[1]}")
        raise ValueError(f"{cell[:40]!r} is not a day like 2026-05-31")
    return day


def _read(cell: str, form: DayFormat) -> date | None:
    match = _ISO.fullmatch(cell) or _COMPACT.fullmatch(cell)
    if match:
        month, number = (match[3], match[2]) if form.month_last else (match[2], match[3])
        return date(int(match[1]), int(month), int(number)) + timedelta(days=form.next_day)
    numeric = _NUMERIC.fullmatch(cell)
    if numeric and form.year_first:
        return _year_first_day(numeric)
    if numeric and form.year_first is None:
        return None
    if numeric:
        month_first = _is_month_first(numeric)
        month_first = form.month_first if month_first is None else month_first
        if month_first is None:
            two = read_both_ways(cell)
            return two[0] if two and two[0] == two[1] else None
        return _numeric_day(numeric, month_first=month_first)
    if form.serial and (serial := _SERIAL.fullmatch(cell)):
        return _SERIAL_EPOCH + timedelta(days=int(serial[1]))
    parts = read_words(cell)
    if parts is None:
        return None
    year, month, number = parts
    return date(year, month, number) if year else form.start and _first_on_or_after(form.start, month, number)


def looks_like_a_day(cell: str) -> bool:
    """Return whether a cell is written like a day, whatever the order of its parts; a bare number is not."""
    _, text = split_weekday(cell)
    return bool(_ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _NUMERIC.fullmatch(text) or read_words(text))


def looks_like_a_serial(cell: str) -> bool:
    """Return whether a cell may be a spreadsheet's number of a day."""
    return bool(_SERIAL.fullmatch(normalise_whitespace(cell)))


def _numeric_day(match: re.Match[str], *, month_first: bool) -> date:
    month, day = (match[1], match[3]) if month_first else (match[3], match[1])
    return date(full_year(match[4]), int(month), int(day))


def _year_first_day(match: re.Match[str]) -> date:
    return date(full_year(match[1]), int(match[3]), int(match[4]))


def _is_month_first(match: re.Match[str]) -> bool | None:
    if match[2] == "." or int(match[1]) > 12:
        return False
    return True if int(match[3]) > 12 else None


def read_both_ways(cell: str) -> tuple[date, date] | None:
    """Return the day in a cell with the day first and with the month first, where both are days; else None."""
    match = _NUMERIC.fullmatch(split_weekday(cell)[1])
    if match is None:
        return None
    try:
        return _numeric_day(match, month_first=False), _numeric_day(match, month_first=True)
    except ValueError:
        return None


def read_with_year_first(cell: str) -> tuple[date, date] | None:
    """Return the day in a cell with the day first and with the year first, where both are days; else None."""
    match = _NUMERIC.fullmatch(split_weekday(cell)[1])
    if match is None:
        return None
    try:
        return _numeric_day(match, month_first=False), _year_first_day(match)
    except ValueError:
        return None


def _first_on_or_after(start: date, month: int, number: int) -> date:
    for year in range(start.year, start.year + 9):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= start:
            return day
    raise ValueError("no such day")


def has_no_year(cell: str) -> bool:
    """Return whether a cell is a day without a year."""
    parts = None if is_blank(cell) or _NUMERIC.fullmatch(cell) else read_words(normalise_whitespace(cell))
    return parts is not None and parts[0] is None


def earliest_without_year(cells: Sequence[str]) -> str:
    """Return the cell of the earliest day of a column without years: the last if the days run backwards."""
    days = [date(2000, *parts[1:]).toordinal() for cell in cells if (parts := read_words(normalise_whitespace(cell)))]
    # A step of more than half a year is one back over the new year.
    backwards = sum((later - earlier) % 366 > 183 for earlier, later in pairwise(days)) > (len(days) - 1) / 2
    return cells[-1] if backwards else cells[0]


def find_day_format(
    columns: Mapping[int, Iterable[str]], *, observed: Iterable[int], today: date
) -> dict[int, DayFormat]:
    """Return how each column of days is written; a column whose order stays open has `month_first` None.

    `observed`: the columns whose days are over, so that a reading in the future is wrong.
    """
    formats: dict[int, DayFormat] = {}
    for index, cells in columns.items():
        votes = {True: 0, False: 0}
        serials = filled = midnights = 0
        both: list[tuple[date, date]] = []
        years = _YearPlaces()
        for cell in dict.fromkeys(cells):
            weekday, text = split_weekday(cell)
            if is_blank(text):
                continue
            filled += 1
            serials += bool(_SERIAL.fullmatch(text))
            midnights += bool(_MIDNIGHT_EAST_OF_UTC.fullmatch(text))
            match = _NUMERIC.fullmatch(text)
            years.add(text, match)
            month_first = _is_month_first(match) if match else None
            if month_first is None and weekday is not None and (two := read_both_ways(text)):
                fitting = {first for first in (False, True) if two[first].weekday() == weekday}
                month_first = fitting.pop() if len(fitting) == 1 else None
            if month_first is not None:
                votes[month_first] += 1
            elif match and (two := read_both_ways(text)):
                both.append(two)
        form = DayFormat(
            serial=bool(filled) and serials == filled,
            year_first=years.are_first(today, observed=index in observed),
            month_last=years.month_is_last,
            next_day=index in observed and 1 < midnights == filled,
        )
        if form.year_first is not False:
            form = replace(form, month_first=False)
        elif all(votes.values()):
            form = replace(form, mixed=True)
        elif any(votes.values()):
            form = replace(form, month_first=votes[True] > votes[False])
        elif both and index in observed:
            possible = [first for first in (False, True) if all(two[first] < today for two in both)]
            if len(possible) == 1:
                form = replace(form, month_first=possible[0])
        formats[index] = form
    orders = {
        form.month_first for form in formats.values() if form.month_first is not None and form.year_first is False
    }
    if len(orders) == 1:
        order = orders.pop()
        formats = {
            index: form if form.month_first is not None or form.mixed else replace(form, month_first=order)
            for index, form in formats.items()
        }
    return formats


class _YearPlaces:
    """What the cells of a column tell of the place of their years: 26-01-31, 26.01.31, 2026-31-01."""

    def __init__(self) -> None:
        self._may_be_first = True
        self._cells: list[re.Match[str]] = []
        self._late = self._early = False

    def add(self, cell: str, numeric: re.Match[str] | None) -> None:
        if iso := _ISO.fullmatch(cell):
            self._late |= int(iso[2]) > 12 >= int(iso[3])
            self._early |= int(iso[3]) > 12
        if numeric is None or len(numeric[1]) != 2 or len(numeric[4]) != 2:
            self._may_be_first = False
        elif self._may_be_first:
            self._may_be_first = int(numeric[3]) <= 12 and 1 <= int(numeric[4]) <= 31
            self._cells.append(numeric)

    def are_first(self, today: date, *, observed: bool) -> bool | None:
        """Return whether years of two digits come first; None where each cell is a day in another reading too.

        Years change less from row to row than days do. `observed`: the days are over, and not before the platforms.
        """
        firsts, lasts = {match[1] for match in self._cells}, {match[4] for match in self._cells}
        # A first part that is 01 throughout is the first day of months.
        if not self._may_be_first or len(firsts) > len(lasts) or firsts <= {"01"}:
            return False
        first = _FIRST_OBSERVED if observed else date.min
        last = today if observed or today == date.max else today + timedelta(days=366)
        by_year = [_try(_year_first_day, match) for match in self._cells]
        if not all(day and first <= day <= last for day in by_year):
            return False
        by_day = [_try(partial(_numeric_day, month_first=False), match) for match in self._cells]
        by_month = [_try(partial(_numeric_day, month_first=True), match) for match in self._cells]
        if len(firsts) == len(lasts):
            return observed and all(day is not None and day < first for day in by_day)
        dotted = any(match[2] == "." for match in self._cells)
        fits = any(
            all(day and first <= day <= last for day in days) for days in (by_day, *([] if dotted else [by_month]))
        )
        return None if fits else True

    @property
    def month_is_last(self) -> bool:
        return self._late and not self._early


def _try(read: Callable[[re.Match[str]], date], match: re.Match[str]) -> date | None:
    try:
        return read(match)
    except ValueError:
        return None
