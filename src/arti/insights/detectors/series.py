"""Daily values with their gaps, as detectors read them. Pure, numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["counter", "flow", "rolling", "ratio"]


ROUNDED_TO = 10  # if all values of two weeks end in a zero, the provider rounds them


@dataclass(frozen=True, slots=True)
class SeriesSubject:
    """What a series counts, of whom, and where it came from."""

    series_id: UUID
    artist_id: UUID
    provider: str
    metric: str
    metric_name: str
    unit: str
    kind: Kind
    higher_is_better: bool = True
    asset_id: UUID | None = None
    asset_key: str = ""
    asset_title: str = ""
    terms: str = "own"
    imported: bool = False
    time_zone: str = "UTC"  # in which the provider counts its days


@dataclass(frozen=True, slots=True)
class DailySeries:
    """One value a day from `start` on; NaN where the day has none (null is not 0).

    `usable_from`: index of the first day that obeys the present definition of the metric. Detectors never look
    across it.
    """

    about: SeriesSubject
    start: date
    values: Floats
    usable_from: int = 0

    def __len__(self) -> int:
        return len(self.values)

    def day(self, index: int) -> date:
        return self.start + timedelta(days=int(index))

    def index(self, day: date) -> int:
        return (day - self.start).days

    def weekdays(self) -> Ints:
        """Return the ISO weekday (1 = Monday) of each day."""
        return (np.arange(len(self.values)) + self.start.weekday()) % 7 + 1

    @property
    def last_day(self) -> date:
        return self.day(len(self.values) - 1)

    @property
    def differenced(self) -> bool:
        return self.about.kind == "counter"

    @property
    def is_coarse(self) -> bool:
        """Whether a counter is rounded, as YouTube rounds subscribers to three digits.

        Its daily gains then show when the last digit changed, not when people came.
        """
        known = self.values[~np.isnan(self.values)]
        return self.differenced and len(known) >= 14 and int(np.gcd.reduce(known.astype(np.int64))) >= ROUNDED_TO

    def flow(self) -> Floats:
        """Return what happened on each day: the values of a flow, the daily gains of a counter.

        A day without a value on it and on the day before has no gain. Days before `usable_from` are NaN.
        """
        flow = self.level()
        if self.differenced:
            flow[1:] = flow[1:] - flow[:-1]
            flow[:1] = np.nan
        return flow

    def level(self) -> Floats:
        """Return the values that obey the present definition."""
        level = self.values.copy()
        level[: self.usable_from] = np.nan
        return level


def build_series(
    about: SeriesSubject,
    days: Sequence[date],
    values: Sequence[float | None],
    definitions: Sequence[int],
    *,
    breaks: Sequence[date] = (),
) -> DailySeries | None:
    """Return the series from its first to its last day with a value; None when there is none.

    `days` in order. `breaks`: days on which the provider changed what it counts, besides those in `definitions`.
    """
    known = [i for i, value in enumerate(values) if value is not None]
    if not known:
        return None
    start, last = days[known[0]], days[known[-1]]
    grid = np.full((last - start).days + 1, np.nan)
    meaning = np.zeros(len(grid), np.int64)
    for i in known:
        at = (days[i] - start).days
        grid[at] = values[i]
        meaning[at] = definitions[i]
    at_known = np.flatnonzero(meaning)
    changes = np.flatnonzero(np.diff(meaning[at_known]))
    usable = int(at_known[changes[-1] + 1]) if len(changes) else 0
    for day in breaks:
        if start < day <= last:
            usable = max(usable, (day - start).days)
    return DailySeries(about, start, grid, usable)


def until(series: DailySeries, day: date) -> DailySeries:
    """Return the series as it was known on `day`, without anything later."""
    return replace(series, values=series.values[: max(series.index(day) + 1, 0)])


def robust_scale(values: Floats) -> float:
    """Return 1.4826 x the median absolute deviation, which estimates the standard deviation without outliers."""
    if len(values) == 0:
        return 0.0
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
