"""Four weeks against the four before, when the difference is real."""

from collections.abc import Iterator

import numpy as np

from arti.insights.computations import Aggregate, Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries, Floats, robust_scale
from arti.insights.detectors.thresholds import minimum_effect
from arti.metrics.growth import growth_percent

DAYS = 28
MIN_KNOWN = 26
FLOW_PERCENT, ROLLING_PERCENT = 20.0, 15.0
T = 3.0


def detect_growth(series: DailySeries) -> Iterator[Finding]:
    """Yield the change of the last 28 days against the 28 before.

    Flows compare sums (daily means where a day is missing), running totals what they gained, in the same way. Rolling
    figures compare their last values: people of overlapping windows are never summed.
    """
    size = DAYS // series.about.interval_days
    if series.about.kind == "ratio" or len(series) - series.usable_from < 2 * size + 1:
        return
    if series.about.kind == "rolling":
        level = series.level()
        noise = robust_scale(np.diff(level[~np.isnan(level)][-3 * size :]))
        yield from _of_level(series, float(level[-1]), float(level[-size - 1]), T * noise)
    else:
        flow = series.flow()
        yield from _of_flow(series, flow[-size:], flow[-2 * size : -size])


def _of_flow(series: DailySeries, now: Floats, was: Floats) -> Iterator[Finding]:
    known = int(min((~np.isnan(now)).sum(), (~np.isnan(was)).sum()))
    if known < len(now) * MIN_KNOWN / DAYS:
        return
    complete = known == len(now)
    of: Aggregate = "sum" if complete else "mean"
    read = np.nansum if complete else np.nanmean
    value, base = float(read(now)), float(read(was))
    percent = growth_percent(value, base, base_days=1 if complete else known)
    if percent is None or value < 0:
        return
    difference = abs(value - base) * (1 if complete else len(now))
    # Of a rounded counter each of the three levels that are compared may be a step too low.
    least = max(len(now) / 4 * minimum_effect(series.about), 2 * series.rounded_to if series.is_coarse else 0)
    if abs(percent) < FLOW_PERCENT or difference < least:
        return
    weeks = [np.nanmean(part.reshape(4, -1), axis=1) for part in (now, was)]
    error = float(np.sqrt(sum(np.var(week, ddof=1) / 4 for week in weeks)))
    if abs(float(np.mean(weeks[0]) - np.mean(weeks[1]))) < T * error:
        return
    yield _finding(series, of, value, base, percent, len(now), FLOW_PERCENT)


def _of_level(series: DailySeries, value: float, base: float, noise: float) -> Iterator[Finding]:
    if np.isnan(value) or np.isnan(base):
        return
    percent = growth_percent(value, base)
    least = max(3 * minimum_effect(series.about), noise)
    if percent is not None and abs(percent) >= ROLLING_PERCENT and abs(value - base) >= least:
        yield _finding(series, "last", value, base, percent, 1, ROLLING_PERCENT)


def _finding(
    series: DailySeries, of: Aggregate, value: float, base: float, percent: float, window_days: int, least: float
) -> Finding:
    about, last = series.about, len(series) - 1
    size, period = DAYS // about.interval_days, "weeks" if about.is_weekly else "days"
    current = Window(of, series.first_day(last - window_days + 1), series.last_day)
    before = Window(of, series.first_day(last - size - window_days + 1), series.day(last - size))
    points = min(abs(percent) / least, 6.0)
    gained = series.differenced

    def number(window: Window) -> Computation:
        return Computation(about.series_id, window, differenced=gained)

    compared = Computation(about.series_id, current, before, "percent_change", gained)
    counted = float((~np.isnan(series.flow()[-window_days:])).sum())
    days = Fact(
        "days",
        f"{period.capitalize()} with a gain",
        period,
        number(Window("count", current.from_on, current.to_on)),
        counted,
    )
    basis = {"sum": "_gain" if gained else "", "mean": "_gain_mean" if gained else "_mean", "last": "_level"}[of]
    return Finding(
        detector="growth",
        series=series,
        shape=("up" if percent > 0 else "down") + basis,
        key=series.last_day.isoformat(),
        happened_on=series.last_day,
        period_from=series.first_day(last - size + 1),
        period_to=series.last_day,
        severity=grade(0.7 * points, about_asset=about.asset_id is not None),
        confidence=0.9,
        score=0.7 * points,
        facts=(
            Fact("change", "Against the four weeks before", "percent", compared, percent, 1),
            Fact(
                "value", f"{'Gained in the last' if gained else 'Last'} four weeks", about.unit, number(current), value
            ),
            Fact(
                "previous",
                f"{'Gained in the four weeks' if gained else 'Four weeks'} before",
                about.unit,
                number(before),
                base,
            ),
            *([days] if gained else []),
        ),
    )
