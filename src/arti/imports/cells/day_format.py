"""Days as exports and spreadsheets write them, in six languages, and which part is the month.

03/04/2026 has two readings. A cell with a part above 12 settles it, for its column and then for the file; a dot puts
the day first; no reading puts a row into the future. Otherwise the user is asked. Pure; a ValueError's text is the
reason.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from arti.imports.cells.cell_parsers import is_blank, normalise_name, normalise_whitespace

# No day is written longer; a longer text is never kept in the cache.
_LONGEST = 100
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(20\d{2}|19\d{2})(0[1-9]|1[0-2])([0-3]\d)")
_NUMERIC = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})[-/.] ?(\d{4}|\d{2})(?:,? \d{1,2}:\d{2}.*)?")
_TIME = re.compile(
    r",?[ T]\d{1,2}[:.]\d{2}(?::\d{2})?( ?[ap]\.?m\.?)?( ?[A-Z]{3,4}([+-]\d{4}( \([^()]*\))?)?)?$", re.IGNORECASE
)
# Midnight in Berlin or Athens, as a program in UTC writes it.
_MIDNIGHT_EAST_OF_UTC = re.compile(r"\d{4}-\d\d-\d\d[T ]2[123]:00(?::00(?:\.0+)?)?Z")
_SERIAL = re.compile(r"([2-7]\d{4})(?:[.,]\d+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
_MONTH_WORDS = (
    "january januar enero janeiro janvier januari января jan janv ene",
    "february februar febrero fevereiro fevrier februari февраля feb fev fevr",
    "march marz marzo marco mars марта mar mrz",
    "april abril avril апреля apr abr avr",
    "may mai mayo maio maj мая",
    "june juni junio junho juin июня jun",
    "july juli julio julho juillet июля jul juil",
    "august agosto aout augusti августа aug ago",
    "september septiembre setiembre setembro septembre сентября sep sept set",
    "october oktober octubre outubro octobre октября oct okt out",
    "november noviembre novembro novembre ноября nov",
    "december dezember diciembre dezembro decembre декабря dec dez dic",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
    "lunes martes miercoles jueves viernes sabado domingo lun mie jue vie sab dom "
    "segunda terca quarta quinta sexta feira seg ter qua qui sex "
    "lundi mardi mercredi jeudi vendredi samedi dimanche mer jeu ven sam dim "
    "mandag tisdag onsdag torsdag fredag lordag sondag man tis ons tor tors fre lor son"
)
_IGNORED = frozenset({"de", "del", "of", "the", "den", "г", "г.", *_WEEKDAYS.split()})
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class DayFormat:
    """How a column writes days. `month_first`: None while it is not known; `start`: the first day, where no year is.

    `mixed`: some cells have the month first and some the day, so that no answer is right for the others;
    `year_first`: 26-01-31; `month_last`: 2026-31-01; `next_day`: midnights that are written in UTC, on the day before.
    """

    month_first: bool | None = None
    serial: bool = False
    start: date | None = None
    mixed: bool = False
    year_first: bool = False
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


@lru_cache(maxsize=8192)
def _parse_day(text: str, form: DayFormat) -> date | None:
    if is_blank(text):
        return None
    cell = normalise_whitespace(text).removeprefix("'")  # by which a spreadsheet keeps a cell as it is
    try:
        day = _read(cell, form)
    except ValueError:
        raise ValueError(f"{cell[:40]!r} is not a day of the calendar") from None
    if day is None:
        two = read_both_ways(cell)
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
        return date(_full_year(numeric[1]), int(numeric[3]), int(numeric[4]))
    if numeric:
        month_first = _is_month_first(numeric)
        month_first = form.month_first if month_first is None else month_first
        if month_first is None:
            two = read_both_ways(cell)
            return two[0] if two and two[0] == two[1] else None
        return _numeric_day(numeric, month_first=month_first)
    if form.serial and (serial := _SERIAL.fullmatch(cell)):
        return _SERIAL_EPOCH + timedelta(days=int(serial[1]))
    parts = _read_words(cell)
    if parts is None:
        return None
    year, month, number = parts
    return date(year, month, number) if year else form.start and _first_on_or_after(form.start, month, number)


def looks_like_a_day(cell: str) -> bool:
    """Return whether a cell is written like a day, whatever the order of its parts; a bare number is not."""
    text = normalise_whitespace(cell)
    return bool(_ISO.fullmatch(text) or _COMPACT.fullmatch(text) or _NUMERIC.fullmatch(text) or _read_words(text))


def looks_like_a_serial(cell: str) -> bool:
    """Return whether a cell may be a spreadsheet's number of a day."""
    return bool(_SERIAL.fullmatch(normalise_whitespace(cell)))


def _read_words(cell: str) -> tuple[int | None, int, int] | None:
    """Return (year or None, month, day) of a day in words, or None."""
    words = [word for word in _WORD.findall(normalise_name(_TIME.sub("", cell))) if word not in _IGNORED]
    named = [word for word in words if word in _MONTHS]
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    # "1er mars", "2nd May": an ordinal ends in letters.
    others = [word for word in words if word not in named and word not in numbers and word not in _ORDINALS]
    if len(named) != 1 or others or not 1 <= len(numbers) <= 2:
        return None
    month = _MONTHS[named[0]]
    if len(numbers) == 1:
        return (None, month, int(numbers[0])) if len(numbers[0]) < 3 else None
    first, second = numbers
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _full_year(year), month, int(day)


_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "o", "a"})


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _numeric_day(match: re.Match[str], *, month_first: bool) -> date:
    month, day = (match[1], match[3]) if month_first else (match[3], match[1])
    return date(_full_year(match[4]), int(month), int(day))


def _is_month_first(match: re.Match[str]) -> bool | None:
    if match[2] == "." or int(match[1]) > 12:
        return False
    return True if int(match[3]) > 12 else None


def read_both_ways(cell: str) -> tuple[date, date] | None:
    """Return the day in a cell with the day first and with the month first, where both are days; else None."""
    match = _NUMERIC.fullmatch(normalise_whitespace(cell))
    if match is None:
        return None
    try:
        return _numeric_day(match, month_first=False), _numeric_day(match, month_first=True)
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
    parts = None if is_blank(cell) or _NUMERIC.fullmatch(cell) else _read_words(normalise_whitespace(cell))
    return parts is not None and parts[0] is None


def earliest_without_year(cells: Sequence[str]) -> str:
    """Return the cell of the earliest day of a column without years: the last if the days run backwards."""
    days = [date(2000, *parts[1:]).toordinal() for cell in cells if (parts := _read_words(normalise_whitespace(cell)))]
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
            text = normalise_whitespace(cell)
            if is_blank(text):
                continue
            filled += 1
            serials += bool(_SERIAL.fullmatch(text))
            midnights += bool(_MIDNIGHT_EAST_OF_UTC.fullmatch(text))
            match = _NUMERIC.fullmatch(text)
            years.add(text, match)
            month_first = _is_month_first(match) if match else None
            if month_first is not None:
                votes[month_first] += 1
            elif match and (two := read_both_ways(text)):
                both.append(two)
        form = DayFormat(
            serial=bool(filled) and serials == filled,
            year_first=years.are_first(today),
            month_last=years.month_is_last,
            next_day=index in observed and 1 < midnights == filled,
        )
        if form.year_first:
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
    orders = {form.month_first for form in formats.values() if form.month_first is not None and not form.year_first}
    if len(orders) == 1:
        order = orders.pop()
        formats = {
            index: form if form.month_first is not None or form.mixed else replace(form, month_first=order)
            for index, form in formats.items()
        }
    return formats


class _YearPlaces:
    """What the cells of a column tell of the place of their years: 26-01-31, 2026-31-01."""

    def __init__(self) -> None:
        self._may_be_first = True
        self._firsts, self._lasts = set[str](), set[str]()
        self._late = self._early = False

    def add(self, cell: str, numeric: re.Match[str] | None) -> None:
        if iso := _ISO.fullmatch(cell):
            self._late |= int(iso[2]) > 12 >= int(iso[3])
            self._early |= int(iso[3]) > 12
        if numeric is None or numeric[2] == "." or len(numeric[1]) != 2 or len(numeric[4]) != 2:
            self._may_be_first = False
        elif self._may_be_first:
            self._may_be_first = int(numeric[3]) <= 12 and 1 <= int(numeric[4]) <= 31
            self._firsts.add(numeric[1])
            self._lasts.add(numeric[4])

    def are_first(self, today: date) -> bool:
        """Return whether years of two digits come first: they change less from row to row than days do."""
        return self._may_be_first and len(self._firsts) < len(self._lasts) and max(self._firsts) <= f"{today:%y}"

    @property
    def month_is_last(self) -> bool:
        return self._late and not self._early
