"""Daily or weekly values with their gaps, as detectors read them. Pure, numpy only."""

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
    provider_name: str = ""  # of an own source
    time_zone: str = "UTC"  # in which the provider counts its days
    changed_on: date | None = None  # the latest day since which the provider counts the metric differently
    unbroken_metric: str = ""  # the artist's metric that goes on with the meaning from before
    unbroken_name: str = ""
    released_on: date | None = None  # of a work
    interval_days: int = 1  # how many days a value covers, up to its own: 1, or 7 of a weekly source

    @property
    def is_weekly(self) -> bool:
        return self.interval_days > 1


@dataclass(frozen=True, slots=True)
class DailySeries:
    """One value a day from `start` on; NaN where the day has none (null is not 0).

    Of a weekly source one value a week, on the day on which it ends: where detectors say days, these are its weeks.

    `usable_from`: index of the first day that obeys the present definition of the metric. Detectors never look
    across it. `gains`: of a counter, what it gained on each day, as private.daily_gains defines it; else None.
    """

    about: SeriesSubject
    start: date
    values: Floats
    usable_from: int = 0
    gains: Floats | None = None

    def __len__(self) -> int:
        return len(self.values)

    def day(self, index: int) -> date:
        return self.start + timedelta(days=int(index) * self.about.interval_days)

    def first_day(self, index: int) -> date:
        """Return the first day that a value covers; its last is `day`."""
        return self.day(index) - timedelta(days=self.about.interval_days - 1)

    def index(self, day: date) -> int:
        return (day - self.start).days // self.about.interval_days

    def weekdays(self) -> Ints:
        """Return the ISO weekday (1 = Monday) of each day; weeks end on the same."""
        return (np.arange(len(self.values)) * self.about.interval_days + self.start.weekday()) % 7 + 1

    @property
    def last_day(self) -> date:
        return self.day(len(self.values) - 1)

    @property
    def differenced(self) -> bool:
        return self.about.kind == "counter"

    @property
    def rounded_to(self) -> int:
        """Return the step of a counter that is rounded, as YouTube rounds subscribers; 1 if it is not."""
        known = self.values[~np.isnan(self.values)]
        step = int(np.gcd.reduce(known.astype(np.int64))) if self.differenced and len(known) >= 14 else 1
        return step if step >= ROUNDED_TO else 1

    @property
    def is_coarse(self) -> bool:
        """Whether daily gains show when the last digit of a rounded counter changed, not when people came."""
        return self.rounded_to > 1

    def flow(self) -> Floats:
        """Return what happened on each day: the values of a flow, the daily gains of a counter.

        Days before `usable_from` are NaN.
        """
        if self.gains is None:
            return self.level()
        flow = self.gains.copy()
        flow[: self.usable_from] = np.nan
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
    gains: Sequence[float | None] = (),
    breaks: Sequence[date] = (),
) -> DailySeries | None:
    """Return the series from its first to its last day with a value; None when there is none.

    `days` in order. `gains`: of a counter, one for each day. `breaks`: days on which the provider changed what it
    counts, besides those in `definitions`. Weeks that ended on another weekday than the latest are left out with
    everything before them: they are not the same weeks.
    """
    known = [i for i, value in enumerate(values) if value is not None]
    if not known:
        return None
    last, step = days[known[-1]], about.interval_days
    off_phase = [i for i in known if (last - days[i]).days % step]
    known = [i for i in known if not off_phase or i > off_phase[-1]]
    start = days[known[0]]
    grid = np.full((last - start).days // step + 1, np.nan)
    meaning = np.zeros(len(grid), np.int64)
    for i in known:
        at = (days[i] - start).days // step
        grid[at] = values[i]
        meaning[at] = definitions[i]
    at_known = np.flatnonzero(meaning)
    changes = np.flatnonzero(np.diff(meaning[at_known]))
    usable = int(at_known[changes[-1] + 1]) if len(changes) else 0
    for day in breaks:
        if start < day <= last:
            usable = max(usable, -(-(day - start).days // step))
    gained = None
    if about.kind == "counter":
        gained = np.full(len(grid), np.nan)
        for i in known:
            gain = gains[i]
            gained[(days[i] - start).days // step] = np.nan if gain is None else gain
    return DailySeries(about, start, grid, usable, gained)


def until(series: DailySeries, day: date) -> DailySeries:
    """Return the series as it was known on `day`, without anything later."""
    end = max(series.index(day) + 1, 0)
    return replace(series, values=series.values[:end], gains=None if series.gains is None else series.gains[:end])


def robust_scale(values: Floats) -> float:
    """Return 1.4826 x the median absolute deviation, which estimates the standard deviation without outliers."""
    if len(values) == 0:
        return 0.0
    return float(1.4826 * np.median(np.abs(values - np.median(values))))
