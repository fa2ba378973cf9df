"""A day far from what that weekday usually brings, or a week far from a usual one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.series import DailySeries, Floats, Ints, robust_scale
from arti.insights.detectors.thresholds import minimum_effect
from arti.metrics.growth import growth_percent


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a detector looks, in values of the series: days, or weeks."""

    season: int  # a value is compared with every so manyth before it
    baseline: int
    min_same: int
    min_baseline: int
    news: int
    join: int


# Eight of each weekday: enough for a median, short enough to follow growth.
_DAYS: Final = _Reach(season=7, baseline=56, min_same=4, min_baseline=28, news=60, join=3)
_WEEKS: Final = _Reach(season=1, baseline=12, min_same=8, min_baseline=8, news=9, join=1)
Z = 6.0
TIMES_UP, TIMES_DOWN = 1.6, 0.5


def detect_spikes(series: DailySeries) -> Iterator[Finding]:
    """Yield days that stand out by a robust z-score, by a factor, and by more than the noise of small numbers.

    Of counters the daily gain is examined. Neighbouring days are one finding, represented by the strongest.
    """
    if series.about.kind not in ("flow", "counter"):
        return
    reach = _reach(series)
    flow = series.flow()
    first = max(len(flow) - reach.news, series.usable_from + reach.min_baseline)
    weekdays = series.weekdays()
    run: list[tuple[float, int, float]] = []
    for at, usual in _candidates(flow, first, minimum_effect(series.about), reach):
        z = _z(flow, weekdays, at, usual, reach)
        if abs(z) < Z:
            continue
        if run and (at - run[-1][1] > reach.join or (z > 0) != (run[-1][0] > 0)):
            yield from _make_finding(series, flow, weekdays, run)
            run = []
        run.append((z, at, usual))
    if run:
        yield from _make_finding(series, flow, weekdays, run)


def _reach(series: DailySeries) -> _Reach:
    return _WEEKS if series.about.is_weekly else _DAYS


def _candidates(flow: Floats, first: int, threshold: float, reach: _Reach) -> list[tuple[int, float]]:
    """Return (index, usual value) of the days that are far enough from the median of their weekday."""
    days = np.arange(first, len(flow))
    before = days[:, None] - np.arange(reach.season, reach.baseline + 1, reach.season)
    same = np.where(before >= 0, flow[np.maximum(before, 0)], np.nan)
    has_baseline = (~np.isnan(same)).sum(axis=1) >= reach.min_same
    has_baseline &= ~np.isnan(flow[first:])
    usual = np.nanmedian(same[has_baseline], axis=1)
    value = flow[first:][has_baseline]
    far = (usual > 0) & ((value >= TIMES_UP * usual) | (value <= TIMES_DOWN * usual))
    far &= np.abs(value - usual) >= threshold
    return [(int(at), float(middle)) for at, middle in zip(days[has_baseline][far], usual[far], strict=True)]


def _z(flow: Floats, weekdays: Ints, at: int, usual: float, reach: _Reach) -> float:
    """Return the robust z-score of a day against its usual value; 0 when too few days are known."""
    window = slice(max(at - reach.baseline, 0), at)
    known = ~np.isnan(flow[window])
    past, past_weekdays = flow[window][known], weekdays[window][known]
    if len(past) < reach.min_baseline:
        return 0.0
    residuals = past.copy()
    for weekday in np.unique(past_weekdays):
        of_day = past_weekdays == weekday
        residuals[of_day] -= np.median(past[of_day])
    # Small counts scatter by their square root, and no series is quieter than a twentieth of itself.
    scale = max(robust_scale(residuals), float(np.sqrt(usual)), 0.05 * usual)
    return float(flow[at] - usual) / scale


def _make_finding(
    series: DailySeries, flow: Floats, weekdays: Ints, run: list[tuple[float, int, float]]
) -> Iterator[Finding]:
    """Yield the finding of a run of days; none when the usual value is too small for a percentage."""
    z, at, usual = max(run, key=lambda day: abs(day[0]))
    about, day = series.about, series.day(at)
    base_at = max(at - _reach(series).baseline, 0, series.usable_from + series.differenced)
    base_from, base_to = series.first_day(base_at), series.day(at - 1)
    on_day = Window("last", series.first_day(at), day)
    same_weekday = Window("median", base_from, base_to, None if about.is_weekly else int(weekdays[at]))
    usual_of, period = ("a week", "weeks") if about.is_weekly else ("that weekday", "days")

    def number(window: Window) -> Computation:
        return Computation(about.series_id, window, differenced=series.differenced)

    compared = Computation(about.series_id, on_day, same_weekday, "percent_change", series.differenced)
    value = float(flow[at])
    past = flow[base_at : at + 1]
    base_days = int((~np.isnan(flow[base_at:at][weekdays[base_at:at] == weekdays[at]])).sum())
    percent = growth_percent(value, usual, base_days=base_days)
    if percent is None:
        return
    rank = 1 + int(np.nansum(past > value))
    facts = [
        Fact("change", f"Against the usual for {usual_of}", "percent", compared, percent),
        Fact("value", "In the week" if about.is_weekly else "On the day", about.unit, number(on_day), value),
        Fact("usual", f"Usual for {usual_of}", about.unit, number(same_weekday), usual),
        Fact("rank", f"Rank among these {period}", "count", number(Window("rank", base_from, day)), float(rank)),
        Fact(
            "days",
            f"{period.capitalize()} compared",
            period,
            number(Window("count", base_from, day)),
            float((~np.isnan(past)).sum()),
        ),
    ]
    strength = float(np.sqrt(abs(z) / Z))
    points = strength * (value / usual / TIMES_UP if z > 0 else 1.5)
    yield Finding(
        detector="spike",
        series=series,
        shape="up" if z > 0 else "down",
        key=day.isoformat(),
        happened_on=day,
        period_from=series.first_day(min(found[1] for found in run)),
        period_to=series.day(max(found[1] for found in run)),
        severity=grade(1.5 * points, about_asset=about.asset_id is not None),
        confidence=confidence_from_z(abs(z), Z),
        score=1.5 * points,
        facts=tuple(facts),
    )
