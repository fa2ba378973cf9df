"""How far each value stands from what was usual, in logs: of one series, and beside the artist's other works."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arti.insights.detectors.series import DailySeries, Floats

# Eight of each weekday: enough for a median, short enough to follow a season of the year. The level is that of the
# last seven days, so that growth and decay are no residual.
SEASON_WEEKS: Final = 8
_LEVEL_DAYS: Final = 7
MIN_SAME_WEEKDAY: Final = 4
_MIN_LEVEL_DAYS: Final = 4
SPREAD_DAYS: Final = 56
_MIN_SPREAD_DAYS: Final = 28
_USUAL_SPREAD_DAYS: Final = 365
_USUAL_SPREAD_SHARE: Final = 0.8  # a calm month does not make the next ordinary day a spike
_TAIL_DAYS: Final = 182
_TAIL: Final = 0.95
LEAST_SPREAD: Final = 0.01
LEAST_WEEK_SPREAD: Final = 0.05
_WEEKS: Final = 12
_MIN_WEEKS: Final = 8
MIN_PEERS: Final = 3


@dataclass(frozen=True, slots=True)
class Residuals:
    """Residuals of series on one calendar, one row a series.

    `own`: log of the value less its usual. `beside`: `own` less the median of the other rows that day; NaN where fewer
    than MIN_PEERS others have one. `usual`: the expected value itself.
    """

    own: Floats
    beside: Floats
    usual: Floats


def median_of_rows(values: Floats, least: int) -> Floats:
    """Return the median of the last axis without NaN; NaN where fewer than `least` values are known."""
    ordered = np.sort(values, axis=-1)
    known = (~np.isnan(ordered)).sum(axis=-1)
    at = np.maximum(np.stack(((known - 1) // 2, known // 2), axis=-1), 0)
    middle = np.take_along_axis(ordered, at, axis=-1).mean(axis=-1)
    return np.where(known >= least, middle, np.nan)


def day_residuals(flows: Floats) -> Residuals:
    """Return the residuals of daily values, one row a series, each row on the same days."""
    logs = np.log(np.maximum(flows, 1.0))
    rows, days = logs.shape
    # How far each day is from the week around it, and the median of that over the eight same weekdays before.
    around = median_of_rows(_windows(np.pad(logs, ((0, 0), (3, 3)), constant_values=np.nan), 7), _MIN_LEVEL_DAYS)
    off_week = np.concatenate((np.full((rows, 7 * SEASON_WEEKS), np.nan), logs - around), axis=1)
    before = np.stack([off_week[:, 7 * back : 7 * back + days] for back in range(SEASON_WEEKS)], axis=-1)
    season = median_of_rows(before, MIN_SAME_WEEKDAY)
    # The level is that of the last seven days without their weekday.
    calm = np.concatenate((np.full((rows, _LEVEL_DAYS), np.nan), logs - season), axis=1)
    level = median_of_rows(_windows(calm, _LEVEL_DAYS)[:, :-1], _MIN_LEVEL_DAYS)
    return _beside_peers(logs, season + level)


def week_residuals(flows: Floats) -> Residuals:
    """Return the residuals of weekly or monthly values against the median of the twelve before."""
    logs = np.log(np.maximum(flows, 1.0))
    padded = np.concatenate((np.full((len(logs), _WEEKS), np.nan), logs), axis=1)
    before = _windows(padded, _WEEKS)[:, :-1]
    return _beside_peers(logs, median_of_rows(before, _MIN_WEEKS))


def _windows(rows: Floats, length: int) -> Floats:
    return np.lib.stride_tricks.sliding_window_view(rows, length, axis=1)


def _beside_peers(logs: Floats, expected: Floats) -> Residuals:
    own = logs - expected
    if len(own) <= MIN_PEERS:
        return Residuals(own, np.full_like(own, np.nan), np.exp(expected))
    return Residuals(own, own - median_of_others(own), np.exp(expected))


def median_of_others(rows: Floats) -> Floats:
    """Return for each value the median of the other rows in its column; NaN beside fewer than MIN_PEERS."""
    order = np.argsort(rows, axis=0)
    ordered = np.take_along_axis(rows, order, axis=0)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(len(rows))[:, None], axis=0)
    others = (~np.isnan(rows)).sum(axis=0)[None, :] - ~np.isnan(rows)

    def other(position: NDArray[np.int64]) -> Floats:
        skipped = np.maximum(position, 0) + (position >= place)
        return np.take_along_axis(ordered, np.minimum(skipped, len(rows) - 1), axis=0)

    return np.where(others >= MIN_PEERS, (other((others - 1) // 2) + other(others // 2)) / 2, np.nan)


def spreads_before(residuals: Floats, places: NDArray[np.int64]) -> Floats:
    """Return the robust spread of the daily residuals of a row before each place; NaN when too few are known.

    Never far below its usual size of a year.
    """
    sizes = np.concatenate((np.full(SPREAD_DAYS, np.nan), np.abs(residuals)))
    windows = np.lib.stride_tricks.sliding_window_view(sizes, SPREAD_DAYS)  # windows[t]: the days before t
    spread = 1.4826 * median_of_rows(windows[places], _MIN_SPREAD_DAYS)
    grid = np.arange(len(residuals) - 1, 0, -SPREAD_DAYS // 2)
    earlier = 1.4826 * median_of_rows(windows[grid], _MIN_SPREAD_DAYS)
    of_year = (grid < places[:, None]) & (grid >= places[:, None] - _USUAL_SPREAD_DAYS)
    usual = median_of_rows(np.where(of_year, earlier, np.nan), 1)
    return np.where(np.isnan(spread), np.nan, np.fmax(np.fmax(spread, _USUAL_SPREAD_SHARE * usual), LEAST_SPREAD))


def week_spreads_before(residuals: Floats, places: NDArray[np.int64]) -> Floats:
    """Return the robust spread of the weekly residuals of a row before each place; NaN when too few are known."""
    sizes = np.concatenate((np.full(4 * _WEEKS, np.nan), np.abs(residuals)))
    windows = np.lib.stride_tricks.sliding_window_view(sizes, 4 * _WEEKS)
    spread = 1.4826 * median_of_rows(windows[places], 1)
    return np.fmax(np.nan_to_num(spread), LEAST_WEEK_SPREAD)


def tail_before(residuals: Floats, at: int) -> float:
    """Return the size that one residual in twenty reached in the half year before."""
    found = residuals[max(at - _TAIL_DAYS, 0) : at]
    found = np.abs(found[~np.isnan(found)])
    return float(np.quantile(found, _TAIL)) if len(found) else 0.0


def on_one_calendar(
    group: Sequence[DailySeries], flows: Sequence[Floats], *, days: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the last `days` values of each series as rows that end on the same day, and each row's shift.

    The shift is what an index of the row is larger by than the index of the series.
    """
    step = group[0].about.interval_days
    last = max(one.last_day for one in group)
    length = min(max(len(one) + (last - one.last_day).days // step for one in group), days)
    rows, shifts = np.full((len(group), length), np.nan), np.zeros(len(group), np.int64)
    for row, (one, flow) in enumerate(zip(group, flows, strict=True)):
        end = length - (last - one.last_day).days // step
        shifts[row] = end - len(flow)
        if end > 0:
            taken = flow[max(len(flow) - end, 0) :]
            rows[row, end - len(taken) : end] = taken
    return rows, shifts
