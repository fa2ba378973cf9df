"""Four weeks against the four before, when the difference is real."""

from collections.abc import Iterator

import numpy as np

from arti.insights.computations import Aggregate, Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries, Floats
from arti.insights.detectors.thresholds import minimum_effect
from arti.metrics.growth import growth_percent

DAYS = 28
MIN_KNOWN = 26
FLOW_PERCENT, ROLLING_PERCENT, COUNTER_PERCENT = 20.0, 15.0, 5.0
T = 3.0


def detect_growth(series: DailySeries) -> Iterator[Finding]:
    """Yield the change of the last 28 days against the 28 before.

    Flows compare sums (daily means where a day is missing), rolling figures and running totals their last values:
    people of overlapping windows are never summed.
    """
    if series.about.kind == "ratio" or len(series) - series.usable_from < 2 * DAYS + 1:
        return
    level = series.level()
    now, was = level[-DAYS:], level[-2 * DAYS : -DAYS]
    if series.about.kind == "flow":
        yield from _of_flow(series, now, was)
    else:
        yield from _of_level(series, float(now[-1]), float(was[-1]))


def _of_flow(series: DailySeries, now: Floats, was: Floats) -> Iterator[Finding]:
    known = int(min((~np.isnan(now)).sum(), (~np.isnan(was)).sum()))
    if known < MIN_KNOWN:
        return
    complete = known == DAYS
    of: Aggregate = "sum" if complete else "mean"
    read = np.nansum if complete else np.nanmean
    value, base = float(read(now)), float(read(was))
    percent = growth_percent(value, base, base_days=1 if complete else known)
    if percent is None:
        return
    difference = abs(value - base) * (1 if complete else DAYS)
    if abs(percent) < FLOW_PERCENT or difference < 7 * minimum_effect(series.about):
        return
    weeks = [np.nanmean(part.reshape(4, 7), axis=1) for part in (now, was)]
    error = float(np.sqrt(sum(np.var(week, ddof=1) / 4 for week in weeks)))
    if abs(float(np.mean(weeks[0]) - np.mean(weeks[1]))) < T * error:
        return
    yield _finding(series, of, value, base, percent, DAYS, FLOW_PERCENT)


def _of_level(series: DailySeries, value: float, base: float) -> Iterator[Finding]:
    if np.isnan(value) or np.isnan(base):
        return
    least = COUNTER_PERCENT if series.about.kind == "counter" else ROLLING_PERCENT
    percent = growth_percent(value, base)
    if percent is not None and abs(percent) >= least and abs(value - base) >= 3 * minimum_effect(series.about):
        yield _finding(series, "last", value, base, percent, 1, least)


def _finding(
    series: DailySeries, of: Aggregate, value: float, base: float, percent: float, window_days: int, least: float
) -> Finding:
    about, last = series.about, len(series) - 1
    current = Window(of, series.day(last - window_days + 1), series.last_day)
    before = Window(of, series.day(last - DAYS - window_days + 1), series.day(last - DAYS))
    points = min(abs(percent) / least, 6.0)
    return Finding(
        detector="growth",
        series=series,
        shape=("up" if percent > 0 else "down") + ("_mean" if of == "mean" else "_level" if of == "last" else ""),
        key=series.last_day.isoformat(),
        happened_on=series.last_day,
        period_from=series.day(last - DAYS + 1),
        period_to=series.last_day,
        severity=grade(0.7 * points, about_asset=about.asset_id is not None),
        confidence=0.9,
        score=0.7 * points,
        facts=(
            Fact(
                "change",
                "Against the four weeks before",
                "percent",
                Computation(about.series_id, current, before, "percent_change"),
                percent,
                1,
            ),
            Fact("value", "Last four weeks", about.unit, Computation(about.series_id, current), value),
            Fact("previous", "Four weeks before", about.unit, Computation(about.series_id, before), base),
        ),
    )
