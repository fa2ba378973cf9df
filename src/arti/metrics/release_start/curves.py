"""The cumulated number of a release, day by day from its release on. Pure.

Only complete days count. A day that one of its items lacks is unknown from there on, and never 0; an item that was not
out yet has brought nothing. What was counted under another definition than today's is not compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.metrics.release_start.ages import AGES, LAST_AGE, window_at
from arti.metrics.release_start.schemas import AgeFigure, AgeState

# An item that came out longer before belongs to its own release; one that came after the last age brought nothing.
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a platform that is counted: its values by day from its release on."""

    series_id: UUID
    recording_id: UUID
    released_on: date
    values: Mapping[date, float]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one platform says of one release. `finished_on`: the last day that is over there."""

    released_on: date
    is_counter: bool
    items: Sequence[Item]
    finished_on: date
    known_until: date | None
    changed_on: date | None = None

    def at(self, age: int) -> AgeFigure:
        """Return what the release had brought after `age` complete days, or why that is not known."""
        last = self.released_on + timedelta(days=age - 1)
        state = self._state(last)
        value = None if state else self._sum(age)
        if state is None:
            state = "missing" if value is None else "in"
        return AgeFigure(age=age, on=last, value=value, state=state)

    def _state(self, last: date) -> AgeState | None:
        if last > self.finished_on:
            return "not_over"
        if self.known_until is None or last > self.known_until:
            return "not_in_yet"
        first = last if self.is_counter else self.released_on
        return "definition_break" if self.changed_on is not None and first < self.changed_on else None

    def _sum(self, age: int) -> float | None:
        total = 0.0
        for item in self.items:
            own_age = age - (item.released_on - self.released_on).days
            if own_age < 1:
                continue
            window = window_at(item.released_on, own_age, is_counter=self.is_counter)
            first = max(window.first, self.released_on)
            days = [item.values.get(first + _DAY * offset) for offset in range((window.last - first).days + 1)]
            known = [value for value in days if value is not None]
            if len(known) < len(days):
                return None
            total += sum(known)
        return total if self.items else None

    def list_values(self) -> list[float | None]:
        """Return the number after each of the days 1 to 28."""
        return [self.at(age).value for age in range(1, LAST_AGE + 1)]

    def list_ages(self) -> list[AgeFigure]:
        return [self.at(age) for age in AGES]
