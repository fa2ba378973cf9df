"""How the columns of a file are written: found over the whole file, and the questions where two readings remain."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from arti.imports.cells.cell_parsers import ColumnKind, is_blank, normalise_whitespace
from arti.imports.cells.column_evidence import ColumnEvidence, gather
from arti.imports.cells.day_format import (
    DayFormat,
    earliest_without_year,
    find_day_format,
    has_no_year,
    parse_day,
    read_both_ways,
    read_with_year_first,
)
from arti.imports.cells.number_format import NumberFormat, find_number_format
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, SourceTable

DECIMAL_MARK = "decimal_mark"
MONTH_FIRST = "month_first"
YEAR_FIRST = "year_first"
FIRST_YEAR = "first_year"
SHARES = "shares"
_WHOLE = 1.05
_FEW_DAYS = 2
_DAY = "%-d %B %Y"
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?!\d)")


class ColumnFormats:
    """The formats of a table's columns. `questions` ask for what the file leaves open."""

    def __init__(
        self,
        table: SourceTable,
        kinds: Mapping[int, ColumnKind],
        hints: Hints,
        evidence: ColumnEvidence | None = None,
    ) -> None:
        """`evidence`: what the rows tell, where the table has not all of them."""
        self._table = table
        self._evidence = evidence or gather(table.rows, kinds)
        self._observed = [index for index, kind in kinds.items() if kind is ColumnKind.DAY]
        self._days = find_day_format(
            self._evidence.days,
            observed=self._observed,
            today=hints.today,
        )
        self._numbers: NumberFormat = find_number_format(self._evidence.numbers, kinds, table.delimiter)
        self._two_readings = self._find_two_readings()
        self._may_be_years = self._find_years_or_days()
        self._first_cell: str | None = None
        shares = {index: found for index, found in self._evidence.numbers.items() if found.fraction}
        # Parts of a whole of which each is small, and all of them more than 1, are in percent.
        may_be_fractions = sum(found.sum for found in shares.values()) <= _WHOLE and not any(
            found.is_above_one for found in self._evidence.numbers.values()
        )
        self._shares = {index: found.fraction or "" for index, found in shares.items()} if may_be_fractions else {}
        self.questions: list[FileQuestion] = [
            *self._number_questions(kinds),
            *self._share_questions(),
            *self._month_questions(),
            *self._year_first_questions(),
            *self._year_questions(kinds, hints),
        ]

    @property
    def are_apart(self) -> bool:
        """Whether the days that the rows are about are all a week, or all a month apart."""
        for index in self._observed:
            found = set[date]()
            for cell in self._evidence.days[index]:
                try:
                    day = parse_day(cell, self._days[index])
                except ValueError:
                    continue
                found |= {day} if day else set()
            gaps = {(later - earlier).days for earlier, later in pairwise(sorted(found))}
            is_monthly = gaps <= {28, 29, 30, 31} and len({day.day for day in found}) == 1
            if len(found) > _FEW_DAYS and (gaps == {7} or is_monthly):
                return True
        return False

    @property
    def known(self) -> SourceTable:
        """The table with the formats that the file itself settles."""
        return replace(self._table, marks=self._numbers.marks, day_formats=self._days)

    def apply(self, answers: Answers) -> SourceTable:
        """Return the table with the formats that the file and the answers tell. Raises FileRejected."""
        marks, days = dict(self._numbers.marks), dict(self._days)
        if self._numbers.open:
            open_number = self._numbers.open
            chosen = _choice(answers, DECIMAL_MARK, (open_number.decimal, open_number.grouped))
            mark = open_number.mark(is_decimal=chosen == open_number.decimal)
            marks |= dict.fromkeys(self._numbers.unsettled, mark)
        if self._two_readings:
            _, day_first, month_first = self._two_readings
            chosen = _choice(answers, MONTH_FIRST, (str(day_first), str(month_first)))
            days = {
                index: form
                if form.month_first is not None or form.mixed
                else replace(form, month_first=chosen == str(month_first))
                for index, form in days.items()
            }
        if self._may_be_years:
            _, day_first, year_first = self._may_be_years
            chosen = _choice(answers, YEAR_FIRST, (str(day_first), str(year_first)))
            days = {
                index: replace(form, year_first=chosen == str(year_first)) if form.year_first is None else form
                for index, form in days.items()
            }
        fractions = frozenset[int]()
        if self._shares:
            in_percent, as_fraction = self._share_readings()
            if _choice(answers, SHARES, (in_percent, as_fraction)) == as_fraction:
                fractions = frozenset(self._shares)
        if self._first_cell is not None:
            year = answers.get(FIRST_YEAR, "").strip()
            if not re.fullmatch(r"20\d{2}", year):
                raise FileRejected(f"{FIRST_YEAR} must be a year like 2025.")
            days = self._with_start(days, date(int(year), 1, 1))
        return replace(self._table, marks=marks, day_formats=days, fractions=fractions)

    def _share_readings(self) -> tuple[str, str]:
        """Return what the first share is in percent, and if it is a fraction of 1."""
        share = Decimal(next(iter(self._shares.values())).replace(",", "."))
        return f"{share:f} %", f"{share * 100:f} %"

    def _share_questions(self) -> list[FileQuestion]:
        """Ask of shares that are nowhere above 1: a spreadsheet keeps 12.5 % as 0.125."""
        if not self._shares:
            return []
        index, cell = next(iter(self._shares.items()))
        choices = self._share_readings()
        text = f"Is {cell!r} in the column {self._table.header[index]!r} {choices[0]} or {choices[1]}?"
        return [FileQuestion(SHARES, text, "choice", None, choices)]

    def _with_start(self, days: Mapping[int, DayFormat], start: date) -> dict[int, DayFormat]:
        first = parse_day(self._first_cell or "", DayFormat(start=start))
        return {index: replace(form, start=first) for index, form in days.items()}

    def _number_questions(self, kinds: Mapping[int, ColumnKind]) -> list[FileQuestion]:
        if self._numbers.open is None:
            return []
        number, column = self._numbers.open, self._numbers.unsettled[0]
        text = f"Is {number.cell!r} in the column {self._table.header[column]!r} {number.decimal} or {number.grouped}?"
        guess = number.grouped if kinds[column] is ColumnKind.COUNT else None
        return [FileQuestion(DECIMAL_MARK, text, "choice", guess, (number.decimal, number.grouped))]

    def _find_two_readings(self) -> tuple[int, date, date] | None:
        for index, form in self._days.items():
            if form.month_first is None and not form.mixed:
                for cell in self._evidence.days[index]:
                    two = read_both_ways(cell)
                    if two and two[0] != two[1]:
                        return index, *two
        return None

    def _month_questions(self) -> list[FileQuestion]:
        if self._two_readings is None:
            return []
        index, day_first, month_first = self._two_readings
        cell = next(cell for cell in self._evidence.days[index] if read_both_ways(cell) == (day_first, month_first))
        text = (
            f"Is {normalise_whitespace(cell)!r} in the column {self._table.header[index]!r} "
            f"the {day_first.day} {day_first:%B} or the {month_first.day} {month_first:%B} {month_first.year}?"
        )
        guess = str(month_first if self._runs_by_day(index, month_first=True) else day_first)
        hint = guess if self._runs_by_day(index, month_first=guess == str(month_first)) else None
        return [FileQuestion(MONTH_FIRST, text, "choice", hint, (str(day_first), str(month_first)))]

    def _find_years_or_days(self) -> tuple[str, date, date] | None:
        """Return the first cell that may begin with the day or with the year, and both readings; else None."""
        for index, form in self._days.items():
            for cell in self._evidence.days[index] if form.year_first is None else ():
                if two := read_with_year_first(cell):
                    return cell, *two
        return None

    def _year_first_questions(self) -> list[FileQuestion]:
        if self._may_be_years is None:
            return []
        cell, day_first, year_first = self._may_be_years
        text = f"Is {normalise_whitespace(cell)!r} the {day_first:{_DAY}} or the {year_first:{_DAY}}?"
        return [FileQuestion(YEAR_FIRST, text, "choice", None, (str(day_first), str(year_first)))]

    def _runs_by_day(self, index: int, *, month_first: bool) -> bool:
        """Return whether the days follow each other in one reading: a hint, for monthly reports begin on the first."""
        two = [both[month_first] for cell in self._evidence.days[index] if (both := read_both_ways(cell))]
        return len(two) > 1 and all(abs(later - earlier) <= timedelta(days=1) for earlier, later in pairwise(two))

    def _year_questions(self, kinds: Mapping[int, ColumnKind], hints: Hints) -> list[FileQuestion]:
        """Find the year of days that are written without one, in the file's name or by a question."""
        for index, kind in kinds.items():
            cells = [cell for cell in self._evidence.days.get(index, ()) if not is_blank(cell)]
            if kind is not ColumnKind.DAY or not cells or not has_no_year(cells[0]):
                continue
            self._first_cell = earliest_without_year([cell for cell in cells if has_no_year(cell)])
            for match in _DAY_IN_NAME.finditer(f"{hints.folder}/{hints.file_name}"):
                named = date(int(match[1]), int(match[2]), int(match[3])) if _is_day(match) else None
                if named and parse_day(self._first_cell, DayFormat(start=named)) == named:
                    self._days = self._with_start(self._days, named)
                    self._first_cell = None
                    return []
            years = [str(hints.today.year - back) for back in range(6)]
            guess = next((year for year in years if self._is_over(cells, int(year), hints.today)), years[0])
            text = f"Which year is {normalise_whitespace(self._first_cell)!r} in, the first day of the file?"
            return [FileQuestion(FIRST_YEAR, text, "choice", guess, tuple(years))]
        return []

    def _is_over(self, cells: list[str], year: int, today: date) -> bool:
        try:
            first = parse_day(self._first_cell or "", DayFormat(start=date(year, 1, 1)))
            days = [parse_day(cell, DayFormat(start=first)) for cell in cells if has_no_year(cell)]
        except ValueError:
            return False
        return all(day < today for day in days if day)


def _is_day(match: re.Match[str]) -> bool:
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _choice(answers: Answers, key: str, choices: tuple[str, ...]) -> str:
    chosen = answers.get(key, "").strip()
    if chosen not in choices:
        raise FileRejected(f"{key} must be {' or '.join(choices)}.")
    return chosen
