"""A day far from what it should have brought, or a week far from a usual one.

The residual of a value (see `residuals`) must be large against its usual spread, by itself and beside the artist's
other works: what all of them have in common is one finding of the artist, not one of each work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.series import DailySeries, Floats
from arti.insights.detectors.signal.reliable_flow import reliable_flow
from arti.insights.detectors.signal.residuals import (
    MIN_SAME_WEEKDAY,
    SEASON_WEEKS,
    Residuals,
    day_residuals,
    on_one_calendar,
    spreads_before,
    tail_before,
    week_residuals,
    week_spreads_before,
)
from arti.insights.detectors.signal.thresholds import visible_effect
from arti.metrics.growth import growth_percent


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the detector looks, in values of the series: days, or weeks."""

    looked_at: int  # a run that began earlier is known in part only
    read: int
    news: int
    join: int
    season: int
    baseline: int
    after_run: int  # for so long a run is part of what the next values are compared with
    repeat: int  # a value like that of a run so long ago is the same again
    z: float
    times: float


_DAYS: Final = _Reach(90, 480, 60, 3, 7, 7 * SEASON_WEEKS, 7, 28, 4.0, 1.3)
_WEEKS: Final = _Reach(15, 60, 9, 1, 1, 12, 6, 4, 6.0, 1.6)
# Of a series that nothing is beside: where single days often stray this far, a spike strays further still.
_WILD: Final = 0.2
_TIMES_TAIL: Final = 2.5
_TIMES_ALONE: Final = 1.35
_TIMES_ALIKE: Final = 1.15
_LEAST_PERCENT: Final = 20.0  # of what a text compares with


@dataclass(frozen=True, slots=True)
class _Far:
    """A value that stands out: its index in the series, its z-score, and the value that was expected."""

    at: int
    z: float
    expected: float


def detect_spikes(group: Sequence[DailySeries]) -> Iterator[Finding]:
    """Yield what stands out in series of one metric of one provider and cadence: one of the artist, or all works'.

    Of counters the gains are examined. Neighbouring values are one finding, whose key is its first day.
    """
    counted = [one for one in group if one.about.kind in ("flow", "counter")]
    if not counted:
        return
    flows = [reliable_flow(one) for one in counted]
    reach = _WEEKS if counted[0].about.is_weekly else _DAYS
    rows, shifts = on_one_calendar(counted, flows, days=reach.read)
    found = week_residuals(rows) if counted[0].about.is_weekly else day_residuals(rows)
    for row, (series, flow) in enumerate(zip(counted, flows, strict=True)):
        far = _far_values(series, flow, found, row, int(shifts[row]), reach)
        runs = _runs(far, flow, reach)
        for place, run in enumerate(runs):
            if run[0].at >= len(series) - reach.news:
                is_repeat = any(_is_alike(run, before, flow, reach) for before in runs[:place])
                yield from _make_finding(series, flow, run, reach, is_repeat=is_repeat)


def _far_values(series: DailySeries, flow: Floats, found: Residuals, row: int, shift: int, reach: _Reach) -> list[_Far]:
    """Return the values that stand out, of a row that begins `shift` values before the series."""
    own, beside = found.own[row], found.beside[row]
    first = max(len(series) - reach.looked_at + shift, 0)
    with np.errstate(invalid="ignore"):
        apart = np.abs(np.exp(own[first:]) - 1) * found.usual[row, first:] >= visible_effect(series.about)
        places = first + np.flatnonzero((np.abs(own[first:]) >= np.log(reach.times)) & apart)
    if not len(places):
        return []
    spreads = week_spreads_before if reach is _WEEKS else spreads_before
    counting = 1 / np.sqrt(np.maximum(found.usual[row, places], 1.0))  # small counts scatter by their square root
    scores = own[places] / np.fmax(spreads(own, places), counting)
    relative = beside[places] / np.fmax(spreads(beside, places), counting)
    far = []
    for place, score, relatively in zip(map(int, places), map(float, scores), map(float, relative), strict=True):
        if abs(score) < reach.z:
            continue
        if np.isnan(relatively):
            tail = tail_before(own, place) if reach is _DAYS else 0.0
            strayed = _TIMES_TAIL * tail if tail >= _WILD else 0.0
            if abs(own[place]) < max(float(np.log(_TIMES_ALONE)), strayed):
                continue
        elif score * relatively <= 0 or abs(relatively) < reach.z:
            continue
        least = score if np.isnan(relatively) else min(score, relatively, key=abs)
        far.append(_Far(place - shift, least, float(found.usual[row, place])))
    return far


def _runs(far: list[_Far], flow: Floats, reach: _Reach) -> list[list[_Far]]:
    """Return the runs of neighbouring values in one direction, without the return from a run to what was usual."""
    runs: list[list[_Far]] = []
    for one in far:
        if runs and one.at - runs[-1][-1].at <= reach.join and one.z * runs[-1][-1].z > 0:
            runs[-1].append(one)
        elif not any(_is_return(one, run, flow, reach) for run in runs[-2:]):
            runs.append([one])
    return runs


def _is_return(one: _Far, run: list[_Far], flow: Floats, reach: _Reach) -> bool:
    if one.z * run[0].z > 0 or one.at - run[-1].at > reach.after_run:
        return False
    return bool(abs(np.log(max(flow[one.at], 1.0) / max(run[0].expected, 1.0))) < np.log(reach.times))


def _top(run: list[_Far]) -> _Far:
    return max(run, key=lambda one: abs(one.z))


def _is_alike(run: list[_Far], before: list[_Far], flow: Floats, reach: _Reach) -> bool:
    """Return whether a run came as far as one of the weeks before, in the same direction."""
    if run[0].z * before[0].z <= 0 or run[0].at - before[-1].at > reach.repeat:
        return False
    now, then = (max(flow[_top(each).at], 1.0) for each in (run, before))
    return bool(abs(np.log(now / then)) < np.log(_TIMES_ALIKE))


def _make_finding(
    series: DailySeries, flow: Floats, run: list[_Far], reach: _Reach, *, is_repeat: bool
) -> Iterator[Finding]:
    """Yield the finding of a run of days; none when the usual value is too small for a percentage."""
    top = _top(run)
    about, at, day = series.about, top.at, series.day(top.at)
    value = float(flow[at])
    on_day = Window("last", series.first_day(at), day)

    def number(window: Window) -> Computation:
        return Computation(about.series_id, window, differenced=series.differenced)

    base = _base(series, top, reach)
    if base is None:
        return
    from_at, window, usual, base_days = base
    percent = growth_percent(value, usual, base_days=base_days)
    if percent is None or percent * top.z <= 0 or abs(percent) < _LEAST_PERCENT:
        return
    known = series.flow()
    past = known[from_at : at + 1]
    period = "weeks" if about.is_weekly else "days"
    compared = Computation(about.series_id, on_day, window, "percent_change", series.differenced)
    ranked = Window("rank", window.from_on, day)
    usual_of = "a week" if about.is_weekly else "that weekday" if window.weekday else "the days before"
    facts = (
        Fact("change", f"Against the usual for {usual_of}", "percent", compared, percent),
        Fact("value", "In the week" if about.is_weekly else "On the day", about.unit, number(on_day), value),
        Fact("usual", f"Usual for {usual_of}", about.unit, number(window), usual),
        Fact("rank", f"Rank among these {period}", "count", number(ranked), float(1 + int(np.nansum(past > value)))),
        Fact(
            "days",
            f"{period.capitalize()} compared",
            period,
            number(Window("count", window.from_on, day)),
            float((~np.isnan(past)).sum()),
        ),
    )
    points = 1.5 * min(abs(float(np.log(max(value, 1.0) / max(top.expected, 1.0)))) / np.log(1.6), 4.0)
    points *= min(float(np.sqrt(abs(top.z) / reach.z)), 2.0)
    yield Finding(
        detector="spike",
        series=series,
        shape="up" if top.z > 0 else "down",
        key=series.day(run[0].at).isoformat(),
        happened_on=day,
        period_from=series.first_day(run[0].at),
        period_to=series.day(run[-1].at),
        severity=grade(points, about_asset=about.asset_id is not None),
        confidence=confidence_from_z(abs(top.z), reach.z),
        score=points,
        facts=facts,
        is_repeat=is_repeat,
    )


def _base(series: DailySeries, top: _Far, reach: _Reach) -> tuple[int, Window, float, int] | None:
    """Return what a text compares the value with: (first index, window, its median, how many values it has).

    The same weekday of eight weeks; the days just before where the level has moved since.
    """
    flow, at, about = series.flow(), top.at, series.about
    from_at = max(at - reach.baseline, 0, series.usable_from + series.differenced)
    first, last = series.first_day(from_at), series.day(at - 1)
    if about.is_weekly:
        past = flow[from_at:at]
        known = past[~np.isnan(past)]
        return (from_at, Window("median", first, last), float(np.median(known)), len(known)) if len(known) else None
    weekday = series.day(at).isoweekday()
    same = flow[from_at:at][(np.arange(from_at, at) - at) % 7 == 0]
    same = same[~np.isnan(same)]
    if len(same) >= MIN_SAME_WEEKDAY:
        usual = float(np.median(same))
        if abs(np.log(max(usual, 1.0) / max(top.expected, 1.0))) < np.log(reach.times) / 2:
            return from_at, Window("median", first, last, weekday), usual, len(same)
    from_at = max(at - 7, from_at)
    near = flow[from_at:at]
    near = near[~np.isnan(near)]
    if not len(near):
        return None
    return from_at, Window("median", series.first_day(from_at), last), float(np.median(near)), len(near)
