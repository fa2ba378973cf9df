"""Read the words of which periods are made: numbers, units, months, years. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from arti.language.reader_locale import WeekStart

_UNITS: Final = ("weekend", "day", "week", "month", "quarter", "year")
_OLDEST_YEAR: Final = 1990


class DayWords:
    """The words of a question beside those that a language's file knows for days; a taken word is an empty key."""

    def __init__(self, keys: Sequence[str], days: dict[str, Any], today: date, week_start: WeekStart) -> None:
        self._keys, self._days, self._today, self._week_start = [*keys, "", ""], days, today, week_start

    def _named_year(self, at: int, *, is_alone: bool = False) -> tuple[int, int]:
        """Return a year and the place after it; 0 and `at` without one."""
        place = at if is_alone else self._skip(at)
        if place < len(self._keys) and re.fullmatch(r"(?:19|20)\d\d", self._keys[place]):
            year = int(self._keys[place])
            return (year, place + 1) if year >= _OLDEST_YEAR else (0, at)
        return 0, at

    def _latest_year(self, month: int, day: int) -> int:
        """Return the year of the latest such day that has begun."""
        return self._today.year if (month, day) <= (self._today.month, self._today.day) else self._today.year - 1

    def _month_name(self, at: int) -> tuple[int, int]:
        end, number = self._lookup("months", at)
        if not end:
            return 0, at
        if (self._keys[at],) in self._days["unsure_months"]:
            before = (self._keys[at - 1],) if at else ("",)
            after = self._keys[end] if end < len(self._keys) else ""
            # "May" is a verb as well: a word before it or a number beside it makes it a month.
            is_dated = after.isdigit() or before[0].isdigit()
            if before not in self._days["unsure_before"] and not is_dated:
                return 0, at
        return number + 1, end

    def _number(self, at: int) -> int | None:
        if at >= len(self._keys):
            return None
        key = self._keys[at]
        if found := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th|er|eme|e|o|a|\.)?", key):
            return int(found[1])
        word = self._days["numbers"].get((key,))
        return int(word) if word else None

    def _unit(self, at: int) -> tuple[str, int]:
        for name in _UNITS:
            if end := self._word(name, at):
                return name, end
        return "", at

    def _word(self, name: str, at: int) -> int:
        """Return the place after a word of this class at `at`, or 0."""
        return self._lookup(name, at)[0]

    def _lookup(self, name: str, at: int) -> tuple[int, int]:
        table = self._days[name]
        for length in (4, 3, 2, 1):
            keys = tuple(self._keys[at : at + length])
            if len(keys) == length and keys in table:
                return at + length, table[keys] if isinstance(table, dict) else 0
        return 0, 0

    def _filler_before(self, at: int) -> int:
        """Return of how many words the filler before a period is, such as "in the month of"."""
        fits = (n for n in (3, 2, 1) if n <= at and tuple(self._keys[at - n : at]) in self._days["filler"])
        return next(fits, 0)

    def _skip(self, at: int) -> int:
        while end := self._word("filler", at):
            at = end
        return at
