"""Read which days a question means. Pure: the words of a language come from its file, the grammar is one for all."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from arti.insights.ask.reading.month_parts import RANKS, MonthParts, NamedDays
from arti.insights.ask.reading.periods import (
    DAY,
    MAX_DAYS,
    QuestionPeriod,
    add_months,
    calendar_period,
    month_end,
    safe_date,
    units_before,
)

BEFORE = "before"


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period and the words that name it.

    `unit`: of "last month" the month; BEFORE of "the 14 days before", which are those before another period.
    """

    period: QuestionPeriod
    at: int
    end: int
    unit: str = ""


class PeriodReader(MonthParts):
    """Finds periods in the words of a question. `today` is the present day where the days are counted."""

    def find(self) -> list[FoundPeriod]:
        """Return the periods in the order of the question. A taken word is an empty key."""
        found: list[FoundPeriod] = []
        at = 0
        while at < len(self._keys):
            period = self._period(at) if self._keys[at] else None
            if period is None:
                at += 1
                continue
            while words := self._filler_before(period.at):
                period = replace(period, at=period.at - words)
            found.append(period)
            at = period.end
        return found

    def _period(self, at: int) -> FoundPeriod | None:
        if (end := self._word("since", at)) and (atom := self._atom(self._skip(end))):
            return FoundPeriod(QuestionPeriod(atom.first, max(atom.first, self._today)), at, atom.end)
        if (end := self._word("after", at)) and (atom := self._atom(self._skip(end))):
            first = atom.last + timedelta(days=1)
            return FoundPeriod(QuestionPeriod(first, max(first, self._today)), at, atom.end)
        start = self._word("from", at)
        for begin in dict.fromkeys((self._skip(start) if start else at, at)):
            if found := self._range(begin, at):
                return found
        atom = self._atom(at)
        return FoundPeriod(QuestionPeriod(atom.first, atom.last), at, atom.end, atom.unit) if atom else None

    def _range(self, begin: int, at: int) -> FoundPeriod | None:
        """Read "3 to 9 May 2026", "March to May 2026" or two days."""
        has_from = begin > at
        day = self._number(begin)
        if day is not None and (to := self._word("to", begin + 1)):
            last = self._day_of_month(self._skip(to))
            if last is not None and 0 < day <= last.first.day:
                return FoundPeriod(QuestionPeriod(last.first.replace(day=day), last.last), at, last.end)
        first = self._atom(begin)
        to = self._word("to", first.end) if first else 0
        if not first or not to or (not has_from and self._keys[to - 1] in _joins(self._days)):
            return None  # "in May and June" are two periods
        last = self._atom(self._skip(to))
        if last is None:
            return None
        start = first.first
        if not first.year_named and last.year_named:
            start = safe_date(last.last.year - (first.first.month > last.last.month), start.month, start.day) or start
        elif not first.year_named and start > last.last:
            start = safe_date(start.year - 1, start.month, start.day) or start
        if start > last.last:
            return None
        return FoundPeriod(QuestionPeriod(start, last.last), at, last.end)

    def _atom(self, at: int) -> NamedDays | None:
        if at >= len(self._keys) or not self._keys[at]:
            return None
        readers: tuple[Callable[[int], NamedDays | None], ...] = (
            self._written_date, self._part_of_month, self._near_day, self._calendar_week, self._quarter, self._relative,
            self._day_of_month, self._month, self._weekday, self._weekend, self._year,
        )  # fmt: skip
        return next((atom for read in readers if (atom := read(at)) is not None), None)

    def _written_date(self, at: int) -> NamedDays | None:
        key = self._keys[at]
        day = None
        if re.fullmatch(r"\d{4}-\d\d-\d\d", key):
            day = safe_date(*map(int, key.split("-")))
        elif found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)?", key):
            month, number = int(found[2]), int(found[1])
            year = int(found[3]) if found[3] else self._latest_year(month, number)
            day = safe_date(year + 2000 if year < 100 else year, month, number)
        elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", key):
            one, other, year = int(found[1]), int(found[2]), int(found[3])
            # 3/11 is another day in America and in Europe; 13/11 and 11/13 are not.
            day = safe_date(year, other, one) if one > 12 or one == other else None
            day = day or (safe_date(year, one, other) if other > 12 else None)
        return NamedDays(day, day, at + 1) if day else None

    def _near_day(self, at: int) -> NamedDays | None:
        for name, ago in (("day_before_yesterday", 2), ("yesterday", 1), ("today", 0)):
            if end := self._word(name, at):
                day = self._today - timedelta(days=ago)
                return NamedDays(day, day, end, "day")
        return None

    def _relative(self, at: int) -> NamedDays | None:
        """Read "last month", "mes pasado", "the last 7 days", "les 7 derniers jours", "3 days ago"."""
        if end := self._word("ago", at) if self._days["ago_first"] else 0:
            count = self._number(end)
            if count is not None and self._unit(end + 1) == ("day", end + 2):
                return self._ago(count, end + 2)
        count = self._number(at)
        if count is not None:
            unit, end = self._unit(at + 1)
            if unit == "day" and not self._days["ago_first"] and (after := self._word("ago", end)):
                return self._ago(count, after)
            if unit and (after := self._word("last", end)):
                return self._rolling(count, unit, after)
            if unit and (after := self._word("before_it", end)) and (rolling := self._rolling(count, unit, after)):
                return replace(rolling, unit=BEFORE)
            if (middle := self._word("last", at + 1)) and (found := self._unit(middle))[0]:
                return self._rolling(count, found[0], found[1])
            return None
        if middle := self._word("last", at):
            if (count := self._number(middle)) is not None:
                unit, end = self._unit(middle + 1)
                return self._rolling(count, unit, end) if unit and count else None
            if day := self._weekday(middle):
                return day
            if (month := self._month(middle)) and not month.year_named:
                return self._past_month(month)
            unit, end = self._unit(middle)
            return self._calendar(unit, end, last=True) if unit and not self._is_plural(middle) else None
        if middle := self._word("this", at):
            unit, end = self._unit(middle)
            if unit and not self._word("last", end):
                return self._calendar(unit, end, last=False)
            return self._calendar(unit, self._word("last", end), last=True) if unit else None
        if previous := self._days["previous_units"].get((self._keys[at],)):
            return self._calendar(previous, at + 1, last=True)
        unit, end = self._unit(at)
        after = self._word("last", end) or self._word("before_it", end) if unit else 0
        if after and self._relative(end):
            return None  # "the best day last month": the unit is no part of the period
        if after and not self._is_plural(at):
            return self._calendar(unit, after, last=True)
        return None

    def _ago(self, count: int, end: int) -> NamedDays | None:
        day = self._today - timedelta(days=min(count, MAX_DAYS))
        return NamedDays(day, day, end, "day") if count else None

    def _rolling(self, count: int, unit: str, end: int) -> NamedDays | None:
        if unit == "weekend" or count < 1:
            return None
        return NamedDays(units_before(self._today, count, unit), self._today - DAY, end)

    def _is_plural(self, at: int) -> bool:
        """Return whether a unit is one of several: "the last days" are no days that can be counted."""
        key = self._keys[at]
        singular = {"mois", "mes", "tages", "monats", "jahres", "quartals", "wochenendes"}
        return key not in singular and (key.endswith(("s", "tage", "tagen", "wochen", "monate", "monaten", "jahre")))

    def _calendar(self, unit: str, end: int, *, last: bool) -> NamedDays:
        period = calendar_period(unit, self._today, last=last, week_start=self._week_start)
        return NamedDays(period.from_on, period.to_on, end, unit)

    def _calendar_week(self, at: int) -> NamedDays | None:
        end = self._word("calendar_week", at)
        number = self._number(end) if end else None
        if number is None or not 1 <= number <= 53:
            return None
        year, after = self._named_year(end + 1)
        try:
            monday = date.fromisocalendar(year or self._today.year, number, 1)
            if not year and monday > self._today:
                monday = date.fromisocalendar(self._today.year - 1, number, 1)
        except ValueError:
            return None
        return NamedDays(monday, monday + timedelta(days=6), after)

    def _quarter(self, at: int) -> NamedDays | None:
        number, end, months = 0, at + 1, 3
        if found := re.fullmatch(r"[qt]([1-4])|([1-4])[qt]|([hs])([12])", self._keys[at]):
            number = int(found[1] or found[2] or found[4])
            months = 6 if found[3] else 3
        else:
            for rank, name in enumerate(RANKS, 1):
                if not (after := self._word(name, at)):
                    continue
                unit, after_unit = self._unit(after)
                if unit == "quarter":
                    number, end = rank, after_unit
                elif rank <= 2 and (half := self._word("half", after)):
                    number, end, months = rank, half, 6
        if not number:
            return None
        year, after = self._named_year(end)
        if not year and (year_of := self._relative(self._skip(end))) and year_of.unit == "year":
            year, after = year_of.first.year, year_of.end
        month = (number - 1) * months + 1
        first = date(year or self._latest_year(month, 1), month, 1)
        return NamedDays(first, month_end(add_months(first, months - 1)), after, year_named=bool(year))

    def _day_of_month(self, at: int) -> NamedDays | None:
        """Read "3 May 2026", "3rd of May", "May 3", "3 de mayo de 2026"."""
        number, end = self._number(at), at + 1
        month, end = self._month_name(self._skip(end)) if number is not None else (0, end)
        if number is None:
            month, end = self._month_name(at)
            number = self._number(end) if month else None
            if number is None or not month or (self._keys[end].isdigit() and len(self._keys[end]) == 4):
                return None
            end += 1
        if not month or not 1 <= number <= 31:
            return None
        year, end = self._named_year(end)
        day = safe_date(year or self._latest_year(month, number), month, number)
        return NamedDays(day, day, end, year_named=bool(year), month=month) if day else None

    def _weekday(self, at: int) -> NamedDays | None:
        end, number = self._lookup("weekdays", at)
        if not end:
            return None
        # The latest one that is over: on a Monday, "since monday" is since that of the week before.
        day = self._today - timedelta(days=(self._today.weekday() - number - 1) % 7 + 1)
        after = self._word("last", end) or end
        return NamedDays(day, day, after)

    def _weekend(self, at: int) -> NamedDays | None:
        """Read "over the weekend", which is the latest one; "each weekend" and that of a named day are not."""
        end = self._word("weekend", at)
        if not end or self._is_plural(at) or not self._filler_before(at):
            return None
        return None if self._atom(self._skip(end)) else self._calendar("weekend", end, last=False)

    def _year(self, at: int) -> NamedDays | None:
        year, end = self._named_year(at, is_alone=True)
        return NamedDays(date(year, 1, 1), date(year, 12, 31), end, "") if year else None


def _joins(days: dict[str, Any]) -> set[str]:
    """Return the words that join two periods as well as they end one: "and"."""
    return {keys[0] for keys in days["to"] if keys[0] in ("and", "und", "y", "et", "e")}
