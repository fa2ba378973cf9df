"""A change of trend of people in a moving window: the slope of four weeks differs from that of the eight before.

Of what comes in each day and of running totals, which are judged by their gains, new levels are reported.
"""

from collections.abc import Iterator

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.level_shift import is_of_window
from arti.insights.detectors.series import DailySeries, Floats
from arti.insights.detectors.signal.thresholds import minimum_effect

RECENT_DAYS, EARLIER_DAYS = 28, 56  # whole weeks, so that weekdays do not tilt a line
MIN_KNOWN = 0.8
T = 6.0
SHARE_OF_LEVEL = 0.2  # of a figure of people, over the four recent weeks


def detect_trend_change(series: DailySeries) -> Iterator[Finding]:
    """Yield the change of pace at the end of a daily series, if it is beyond noise and large enough to matter.

    A weekly one has too few values: of it a new level and growth are reported.
    """
    about = series.about
    if about.asset_id is not None or about.is_weekly or not is_of_window(series):
        return
    if len(series) - series.usable_from < RECENT_DAYS + EARLIER_DAYS:
        return
    values = series.level()
    turn = len(series) - RECENT_DAYS
    earlier, recent = values[turn - EARLIER_DAYS : turn], values[turn:]
    if min((~np.isnan(part)).mean() for part in (earlier, recent)) < MIN_KNOWN:
        return
    (before, error_before), (after, error_after) = _slope(earlier), _slope(recent)
    t = abs(after - before) / max(float(np.hypot(error_before, error_after)), 1e-9)
    if t < T or abs(after - before) < minimum_effect(about):
        return
    centre = float(np.nanmedian(values[turn - EARLIER_DAYS :]))
    share = abs(after - before) * RECENT_DAYS / 7 / max(centre, 1e-9)
    if share < SHARE_OF_LEVEL:
        return
    points = share / SHARE_OF_LEVEL
    window_after = Window("slope", series.day(turn), series.last_day)
    window_before = Window("slope", series.day(turn - EARLIER_DAYS), series.day(turn - 1))
    unit = f"{about.unit} a week"
    rounding = 0 if min(abs(after), abs(before)) >= 10 else 1

    def pace(slot: str, label: str, window: Window, value: float) -> Fact:
        return Fact(slot, label, unit, Computation(about.series_id, window), value, rounding)

    bend = Computation(about.series_id, window_after, window_before, "change")
    yield Finding(
        detector="trend_change",
        series=series,
        shape=_shape(before, after),
        key=series.day(turn).isoformat(),
        happened_on=series.day(turn),
        period_from=window_before.from_on,
        period_to=series.last_day,
        severity=grade(min(points, 3), about_asset=about.asset_id is not None),
        confidence=confidence_from_z(t, T),
        score=min(points, 3) + min(t / T, 2),
        facts=(
            pace("pace_after", "Pace of the last four weeks", window_after, after),
            pace("pace_before", "Pace of the eight weeks before", window_before, before),
            Fact("pace_change", "Change of pace", unit, bend, after - before, rounding),
        ),
    )


def _slope(values: Floats) -> tuple[float, float]:
    """Return the slope of the least-squares line a week, and its standard error with neighbouring days alike."""
    known = ~np.isnan(values)
    days = np.arange(len(values), dtype=np.float64)[known]
    found = values[known]
    slope, start = np.polyfit(days, found, 1)
    rest = found - slope * days - start
    variance = float(rest @ rest) / max(len(found) - 2, 1) / float(np.sum((days - days.mean()) ** 2))
    return 7 * float(slope), 7 * float(np.sqrt(variance * _inflation(rest)))


def _inflation(rest: Floats) -> float:
    """Return by how much days that resemble their neighbours widen the variance of a mean or a slope."""
    spread = float(rest @ rest)
    alike = float(rest[1:] @ rest[:-1]) / spread if spread > 0 else 0.0
    alike = min(max(alike, 0.0), 0.9)
    return (1 + alike) / (1 - alike)


def _shape(before: float, after: float) -> str:
    if after >= 0:
        if before < 0:
            return "turned_up"
        return "faster" if after > before else "slower"
    if before >= 0:
        return "turned_down"
    return "falling_slower" if after > before else "falling_faster"
