"""Stored days as the rows and columns that an estimate reads. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from arti.campaigns.lift.estimate import MAX_MISSING_BEFORE
from arti.campaigns.lift.synthetic_control import Floats

HISTORY_ROWS: Final = 112
_SHORTER: Final = (84, 56, 42)
MAX_NOT_POSITIVE: Final = 0.1  # of the days before; a per cent of next to nothing means nothing


@dataclass(frozen=True, slots=True)
class Rows:
    """The days on which rows end: `history` before the campaign, `window` within it, each of `interval_days`."""

    history: tuple[date, ...]
    window: tuple[date, ...]
    interval_days: int = 1

    @property
    def days(self) -> tuple[date, ...]:
        return self.history + self.window

    @property
    def first_on(self) -> date:
        """The first day of the window."""
        return self.window[0] - timedelta(days=self.interval_days - 1)


@dataclass(frozen=True, slots=True)
class PanelColumn:
    """The values (of a counter: gains) of one series by day, with the definition that each follows."""

    values: Mapping[date, float]
    definitions: Mapping[date, int]


def find_rows(starts_on: date, ends_on: date, *, interval_days: int, a_row_end: date) -> Rows | None:
    """Return the rows of a campaign's days and those before; None without a whole one. `a_row_end`: of any."""
    step = timedelta(days=interval_days)
    last = ends_on - (ends_on - a_row_end) % step
    length = (last - starts_on + timedelta(days=1)) // step
    if length < 1:
        return None
    before = starts_on - timedelta(days=1)
    newest_before = before - (before - a_row_end) % step
    history = tuple(newest_before - step * back for back in range(HISTORY_ROWS - 1, -1, -1))
    return Rows(history, tuple(last - step * back for back in range(length - 1, -1, -1)), interval_days)


def build_column(days: Sequence[date], values: Sequence[float | None], definitions: Sequence[int]) -> PanelColumn:
    known = [(day, value, version) for day, value, version in zip(days, values, definitions, strict=True)]
    return PanelColumn(
        {day: value for day, value, _ in known if value is not None}, {day: version for day, _, version in known}
    )


def cut_history(rows: Rows, target: PanelColumn) -> Rows:
    """Return the rows since the target has values in one definition; those of the window stay."""
    history = rows.history
    while history and history[0] not in target.values:
        history = history[1:]
    versions = [target.definitions.get(day) for day in history]
    for at in range(len(history) - 1, 0, -1):
        if versions[at] is not None and any(version not in (None, versions[at]) for version in versions[:at]):
            older = max(index for index in range(at) if versions[index] not in (None, versions[at]))
            history = history[older + 1 :]
            break
    return Rows(history, rows.window, rows.interval_days)


def shorten_history(rows: Rows, donors: Sequence[PanelColumn], *, wanted: int) -> Rows:
    """Return the rows with as long a past as `wanted` donors have, or as the most have: new songs have no long one.

    What is looked at is whether there are values, never which.
    """
    fitting = {
        length: sum(
            sum(day in donor.values for day in rows.history[-length:]) >= (1 - MAX_MISSING_BEFORE) * length
            for donor in donors
        )
        for length in (len(rows.history), *_SHORTER)
        if length <= len(rows.history)
    }
    length = max(fitting, key=lambda each: (min(fitting[each], wanted), each), default=0)
    return Rows(rows.history[-length:] if length else (), rows.window, rows.interval_days)


def find_break(rows: Rows, target: PanelColumn) -> date | None:
    """Return the first day of the window that is counted otherwise than the days before it."""
    before = [version for day in rows.history if (version := target.definitions.get(day)) is not None]
    if not before:
        return None
    return next((day for day in rows.window if target.definitions.get(day, before[-1]) != before[-1]), None)


def to_counts(rows: Rows, column: PanelColumn) -> Floats:
    """Return the counts above 0 of the rows, NaN where there is none."""
    found = np.array([column.values.get(day, np.nan) for day in rows.days], dtype=np.float64)
    return np.where(found > 0, found, np.nan)


def count_not_positive(rows: Rows, column: PanelColumn) -> tuple[int, int]:
    """Return how many rows before and how many within the window are known and not above 0."""
    before = sum(column.values.get(day, 1.0) <= 0 for day in rows.history)
    return before, sum(column.values.get(day, 1.0) <= 0 for day in rows.window)


def is_comparable(rows: Rows, column: PanelColumn) -> bool:
    """Return whether a donor is counted in one way in all rows."""
    return len({version for day in rows.days if (version := column.definitions.get(day)) is not None}) <= 1
