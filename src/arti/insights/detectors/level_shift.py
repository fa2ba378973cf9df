"""A lasting change of the daily or weekly level."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, confidence_from_z, grade
from arti.insights.detectors.pelt import change_points
from arti.insights.detectors.series import DailySeries, Floats, Ints, robust_scale
from arti.insights.detectors.thresholds import minimum_effect
from arti.metrics.growth import growth_percent


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the detector looks, in values of the series: days, or weeks."""

    look_back: int
    news: int
    min_after: int
    min_before: int
    compared: int
    season: int  # means hold each weekday equally often


# A new level of days is reported after two whole weeks, one of weeks after four: fewer are a spike, or chance.
_DAYS: Final = _Reach(look_back=182, news=60, min_after=14, min_before=28, compared=56, season=7)
_WEEKS: Final = _Reach(look_back=52, news=9, min_after=4, min_before=8, compared=12, season=1)
TIMES_UP, TIMES_DOWN = 1.25, 0.8
Z = 3.0
# A step must fit clearly better than a straight line, so that growth is no shift.
STEP_OVER_LINE = 0.8


def detect_level_shift(series: DailySeries) -> Iterator[Finding]:
    """Yield the latest lasting change of the daily level, if there is one."""
    if series.about.kind not in ("flow", "rolling"):
        return
    reach = _WEEKS if series.about.is_weekly else _DAYS
    values = series.level()[-reach.look_back :]
    offset = len(series) - len(values)
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < reach.min_before + reach.min_after:
        return
    calm = _remove_outliers(values[known], series.weekdays()[offset:][known])
    noise = max(robust_scale(np.diff(calm)) / np.sqrt(2), 0.02 * float(np.median(np.abs(calm))), 1e-9)
    # Days resemble their neighbours, so noise alone makes more steps than independent days would: a strict penalty.
    cuts = change_points(calm / noise, penalty=12 * float(np.log(len(calm))), min_size=reach.min_after)
    for cut in reversed(cuts):
        if cut == len(calm) - reach.min_after:
            continue  # the latest possible day: the true one may be later, so wait
        at = int(known[cut]) + offset
        if at < len(series) - reach.news:
            return
        earlier = [before for before in cuts if before < cut]
        begins = int(known[earlier[-1]]) + offset if earlier else int(known[0]) + offset
        if found := _finding(series, begins, at, reach):
            yield found
            return


def _remove_outliers(values: Floats, weekdays: Ints) -> Floats:
    """Return the values without their weekly season and without single outliers."""
    centre = float(np.median(values))
    calm = values.copy()
    for weekday in range(1, 8):
        of_day = weekdays == weekday
        if of_day.sum() >= 3 and centre > 0:
            usual = float(np.median(values[of_day]))
            calm[of_day] *= centre / usual if usual > 0 else 1.0
    padded = np.pad(calm, 3, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 7), axis=1)
    reach = 4 * max(robust_scale(calm - around), 1e-9)
    return np.clip(calm, around - reach, around + reach)


def _finding(series: DailySeries, begins: int, at: int, reach: _Reach) -> Finding | None:
    # Whole weeks on both sides, so that the means hold each weekday equally often.
    after_days = min((len(series) - at) // reach.season * reach.season, reach.compared)
    before_days = min((at - begins) // reach.season * reach.season, reach.compared)
    if after_days < reach.min_after or before_days < reach.min_before:
        return None
    level = series.level()
    before, after = level[at - before_days : at], level[at : at + after_days]
    if np.isnan(before).mean() > 0.2 or np.isnan(after).mean() > 0.2:
        return None
    was, now = float(np.nanmean(before)), float(np.nanmean(after))
    spread = max(robust_scale(before[~np.isnan(before)]), 0.02 * abs(was), 1e-9)
    z = abs(now - was) / spread
    percent = growth_percent(now, was, base_days=int((~np.isnan(before)).sum()))
    if percent is None or TIMES_DOWN < now / was < TIMES_UP or z < Z or abs(now - was) < minimum_effect(series.about):
        return None
    if not _is_step(np.concatenate((before, after)), before_days):
        return None
    about = series.about
    window_before = Window("mean", series.first_day(at - before_days), series.day(at - 1))
    window_after = Window("mean", series.first_day(at), series.day(at + after_days - 1))
    compared = Computation(about.series_id, window_after, window_before, "percent_change")
    mean_of, period = ("weekly", "weeks") if about.is_weekly else ("daily", "days")
    points = max(now / was, was / max(now, 1e-9)) / TIMES_UP
    return Finding(
        detector="level_shift",
        series=series,
        shape="up" if now > was else "down",
        key=window_after.from_on.isoformat(),
        happened_on=window_after.from_on,
        period_from=window_after.from_on,
        period_to=window_after.to_on,
        severity=grade(2 * points, about_asset=about.asset_id is not None),
        confidence=confidence_from_z(z, Z),
        score=2 * points + min(z / Z, 3),
        facts=(
            Fact("change", f"Change of the {mean_of} mean", "percent", compared, percent),
            Fact(
                "after",
                f"{mean_of.capitalize()} mean since",
                about.unit,
                Computation(about.series_id, window_after),
                now,
            ),
            Fact(
                "days",
                f"{period.capitalize()} with data since",
                period,
                Computation(about.series_id, Window("count", window_after.from_on, series.last_day)),
                float((~np.isnan(level[at:])).sum()),
            ),
            Fact(
                "before",
                f"{mean_of.capitalize()} mean before",
                about.unit,
                Computation(about.series_id, window_before),
                was,
            ),
        ),
    )


def _is_step(values: Floats, at: int) -> bool:
    """Return whether two means fit the values clearly better than one straight line."""
    known = ~np.isnan(values)
    days = np.arange(len(values), dtype=np.float64)
    line = np.polyfit(days[known], values[known], 1)
    line_error = float(np.sum((values[known] - np.polyval(line, days[known])) ** 2))
    step_error = sum(float(np.nansum((part - np.nanmean(part)) ** 2)) for part in (values[:at], values[at:]))
    return step_error <= STEP_OVER_LINE * line_error
