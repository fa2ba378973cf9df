"""A month far from what a month usually brings, of sources that give one value a month."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.series import DailySeries
from arti.insights.detectors.signal.thresholds import visible_effect
from arti.metrics.growth import growth_percent

_MONTHS: Final = 12
_MIN_MONTHS: Final = 5
_NEWS_MONTHS: Final = 2
_DAYS: Final = (26, 33)  # between two values
_TIMES: Final = 1.5
_Z: Final = 4.0
_LEAST_SPREAD: Final = 0.08
_SEASON: Final = 1.25  # a month that is near the same one a year ago is a season


def is_monthly(series: DailySeries) -> bool:
    """Return whether a series of days has one value a month."""
    known = np.flatnonzero(~np.isnan(series.level()))
    if series.about.is_weekly or len(known) <= _MIN_MONTHS:
        return False
    gaps = np.diff(known)
    return bool(((gaps >= _DAYS[0]) & (gaps <= _DAYS[1])).mean() > 0.8)


def detect_months(series: DailySeries) -> Iterator[Finding]:
    """Yield the latest months that stand out against the twelve before, and against the same month a year ago."""
    about, level = series.about, series.level()
    if about.kind != "flow" or not is_monthly(series):
        return
    known = np.flatnonzero(~np.isnan(level))
    logs = np.log(np.maximum(level[known], 1.0))
    for place in range(max(len(known) - _NEWS_MONTHS, _MIN_MONTHS), len(known)):
        before = logs[max(place - _MONTHS, 0) : place]
        away = float(logs[place] - np.median(before))
        spread = max(1.4826 * float(np.median(np.abs(before - np.median(before)))), _LEAST_SPREAD)
        if abs(away) < np.log(_TIMES) or abs(away) < _Z * spread:
            continue
        if place >= _MONTHS and abs(logs[place] - logs[place - _MONTHS]) < np.log(_SEASON):
            continue
        first, day = series.day(int(known[max(place - _MONTHS, 0)])), series.day(int(known[place]))
        base = Window("median", first, series.day(int(known[place - 1])))
        month, value = Window("last", day, day), float(level[known[place]])
        usual = float(np.median(level[known[max(place - _MONTHS, 0) : place]]))
        percent = growth_percent(value, usual, base_days=len(before))
        if percent is None or abs(value - usual) < visible_effect(about) or percent * away <= 0:
            continue
        past = level[known[max(place - _MONTHS, 0) : place + 1]]
        points = 1.5 * min(abs(away) / float(np.log(_TIMES)), 4.0)

        def number(window: Window) -> Computation:
            return Computation(about.series_id, window)

        yield Finding(
            detector="spike",
            series=series,
            shape="up" if away > 0 else "down",
            key=day.isoformat(),
            happened_on=day,
            period_from=day,
            period_to=day,
            severity=grade(points, about_asset=about.asset_id is not None),
            confidence=confidence_from_z(abs(away) / spread, _Z),
            score=points,
            facts=(
                Fact(
                    "change", "Against the usual for a month", "percent",
                    Computation(about.series_id, month, base, "percent_change"), percent,
                ),
                Fact("value", "In the month", about.unit, number(month), value),
                Fact("usual", "Usual for a month", about.unit, number(base), usual),
                Fact("rank", "Rank among these months", "count", number(Window("rank", first, day)),
                     float(1 + int((past > value).sum()))),
                Fact("days", "Months compared", "months", number(Window("count", first, day)), float(len(past))),
            ),
        )  # fmt: skip
