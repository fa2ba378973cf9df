"""Read months, and the parts of one that have names: its middle, its third week, its first half. Pure."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Final

from arti.insights.ask.reading.day_words import DayWords
from arti.insights.ask.reading.periods import month_end

RANKS: Final = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days that words name. `unit`: of "last month" the month; `month`: its number, of a day in it as well."""

    first: date
    last: date
    end: int
    unit: str = ""
    year_named: bool = True
    month: int = 0


class MonthParts(DayWords, ABC):
    """The readers of months; which month "last month" is, the reader of periods knows."""

    @abstractmethod
    def _relative(self, at: int) -> NamedDays | None:
        """Read "last month" or "this year"."""

    def _part_of_month(self, at: int) -> NamedDays | None:
        """Read "mid November": the first ten days, the ten after them, or the rest."""
        for name, first, last in (("early_in", 1, 10), ("middle_of", 11, 20), ("late_in", 21, 31)):
            end = self._word(name, at)
            month = self._month(self._skip(end)) if end else None
            if month is not None and (month.first.year, month.first.month) == (month.last.year, month.last.month):
                return self._days_of(month, first, last)
        return self._counted_part_of_month(at)

    def _counted_part_of_month(self, at: int) -> NamedDays | None:
        """Read "the third week of October", its days 15 to 21, "the last week of it", and "the first half of it"."""
        rank, end = next(((rank, end) for rank, name in enumerate(RANKS, 1) if (end := self._word(name, at))), (0, at))
        is_last = not rank and (end := self._word("last", at)) > 0
        if not rank and not is_last:
            unit, end = self._unit(at)
            number = self._number(end) if unit == "week" else None
            return self._week_of(self._month_after(end + 1), number or 0) if number else None
        week, month = self._part_in_one_word("week", end)
        if week or (week := self._word("week", end)):
            return self._week_of(month or self._month_after(week), rank)
        half, month = self._part_in_one_word("half", end)
        if not half and (half := self._word("half", end) or self._word("half_month", end)):
            month = self._month_after(half)
        if not half or not 1 <= rank <= 2:
            return None
        return self._days_of(month, *((1, 15) if rank == 1 else (16, 31))) if month else None

    def _part_in_one_word(self, unit: str, at: int) -> tuple[int, NamedDays | None]:
        """Return the place after a word such as "Oktoberwoche" and its month; 0 and None without one."""
        for word, *more in self._days[unit]:
            name = self._keys[at].removesuffix(word)
            if not more and name != self._keys[at] and (number := self._days["months"].get((name,))) is not None:
                return at + 1, self._named_month(number + 1, at + 1)
        return 0, None

    def _month_after(self, at: int) -> NamedDays | None:
        begin = self._skip(at)
        if month := self._month(begin):
            return month
        relative = self._relative(begin)
        return relative if relative and relative.unit == "month" else None

    def _week_of(self, month: NamedDays | None, rank: int) -> NamedDays | None:
        """Return seven days of a month, the last ones for rank 0."""
        if month is None or not 0 <= rank <= 4:
            return None
        last = month_end(month.first).day
        return self._days_of(month, 7 * rank - 6 if rank else last - 6, 7 * rank if rank else last)

    def _days_of(self, month: NamedDays, first: int, last: int) -> NamedDays:
        begin = month.first.replace(day=first)
        finish = month.first.replace(day=min(last, month_end(month.first).day))
        return NamedDays(begin, finish, month.end, year_named=month.year_named, month=month.month)

    def _month(self, at: int) -> NamedDays | None:
        month, end = self._month_name(at)
        return self._named_month(month, end) if month else None

    def _named_month(self, month: int, end: int) -> NamedDays:
        year, end = self._named_year(end)
        if not year and (of := self._relative(self._skip(end))) and of.unit == "year":
            year, end = of.first.year, of.end
        first = date(year or self._latest_year(month, 1), month, 1)
        return NamedDays(first, month_end(first), end, year_named=bool(year), month=month)

    def _past_month(self, month: NamedDays) -> NamedDays:
        """Return the latest month of this name that is over."""
        if month.last < self._today:
            return month
        first = month.first.replace(year=month.first.year - 1)
        return NamedDays(first, month_end(first), month.end, month=month.month)
