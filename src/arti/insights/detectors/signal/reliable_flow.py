"""What happened on each day, without the values that say something about the reporting instead."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from arti.insights.detectors.series import DailySeries, Floats

LATE_VALUES: Final = 3  # zeros at the end are late data for so long, and a missing value may be booked so late
_USUAL_VALUES: Final = 28
_MIN_VALUES: Final = 7
_SHARE_OF_LEVEL: Final = 0.002
_TIMES_USUAL: Final = 3.0
_TIMES_BOOKED: Final = 1.5


@dataclass(frozen=True, slots=True)
class Correction:
    """A value at `at` by which the provider took back what it had counted, as `gain` < 0."""

    at: int
    gain: float
    usual: float


def reliable_flow(series: DailySeries) -> Floats:
    """Return the flow of a series with NaN for late zeros, corrections, and values booked on a later day."""
    flow = series.flow().copy()
    for correction in find_corrections(series):
        flow[correction.at] = np.nan
    for at in _glitches(series):
        flow[at : at + 2] = np.nan
    _remove_late_zeros(flow)
    _remove_late_bookings(flow)
    return flow


def find_corrections(series: DailySeries) -> list[Correction]:
    """Return the days on which a running total fell far more than a usual day changes it, and did not come back."""
    if series.gains is None:
        return []
    glitches = set(_glitches(series))
    return [
        Correction(at, float(series.gains[at]), usual)
        for at, usual in _large_falls(series)
        if at not in glitches and (at == 0 or at - 1 not in glitches)
    ]


def _large_falls(series: DailySeries) -> list[tuple[int, float]]:
    gains = series.flow()
    falls = []
    for at in np.flatnonzero(gains < 0):
        before = gains[max(at - _USUAL_VALUES, 0) : at]
        before = before[~np.isnan(before)]
        if len(before) < _MIN_VALUES:
            continue
        usual = float(np.median(np.abs(before)))
        least = max(_TIMES_USUAL * usual, _SHARE_OF_LEVEL * float(series.values[at - 1]))
        if -gains[at] > least:
            falls.append((int(at), usual))
    return falls


def _glitches(series: DailySeries) -> list[int]:
    """Return the days of a running total that was back the next day: a faulty answer, not a change."""
    if series.gains is None:
        return []
    gains = series.flow()
    return [
        at
        for at, usual in _large_falls(series)
        if at + 1 < len(gains)
        and gains[at + 1] > _TIMES_USUAL * usual
        and abs(gains[at] + gains[at + 1]) <= max(_TIMES_USUAL * 2 * usual, -0.05 * gains[at])
    ]


def _remove_late_zeros(flow: Floats) -> None:
    """Leave out zeros at the end of a series that has none: the provider has not counted these days yet."""
    end = len(flow)
    while end > 0 and flow[end - 1] == 0:
        end -= 1
    zeros = len(flow) - end
    before = flow[max(end - _USUAL_VALUES, 0) : end]
    if 0 < zeros <= LATE_VALUES and len(before) >= _MIN_VALUES and float((before > 0).mean()) > 0.9:
        flow[end:] = np.nan


def _remove_late_bookings(flow: Floats) -> None:
    """Leave out a value that also holds what was missing on the days before it, and these days."""
    empty = np.isnan(flow) | (flow == 0)
    for at in 1 + np.flatnonzero(empty[:-1] & ~empty[1:]):
        first = at - 1
        while first > 0 and at - first < LATE_VALUES and (np.isnan(flow[first - 1]) or flow[first - 1] == 0):
            first -= 1
        before = flow[max(first - 7, 0) : first]
        before = before[~np.isnan(before)]
        if len(before) < 4 or (usual := float(np.median(before))) <= 0:
            continue
        missing = at - first
        booked = flow[at] / usual
        # More than its own day, and no more than all of them together.
        if _TIMES_BOOKED <= booked <= (missing + 1) * _TIMES_BOOKED:
            flow[first : at + 1] = np.nan
