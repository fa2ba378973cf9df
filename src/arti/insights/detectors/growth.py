"""Four weeks against the four before, when the difference is real and is not how the artist grows anyway.

Of a work, days and new levels are reported; its months are those of its artist.
"""

from collections.abc import Iterator

import numpy as np

from arti.insights.computations import Aggregate, Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.level_shift import is_of_window
from arti.insights.detectors.series import DailySeries, Floats, robust_scale
from arti.insights.detectors.signal.reliable_flow import reliable_flow
from arti.insights.detectors.signal.steps import STEP_OVER_LINE
from arti.insights.detectors.signal.thresholds import minimum_effect
from arti.metrics.growth import growth_percent

DAYS = 28
MIN_KNOWN = 26
FLOW_PERCENT, ROLLING_PERCENT = 25.0, 20.0
T = 3.0
# A change is news if the four weeks before, and the same weeks a year ago, changed by less than this share of it.
SHARE_BEFORE = 0.6
# And it is larger than what the artist's months usually bring, once so many of them are known.
TIMES_USUAL, MIN_MONTHS = 5.0, 4
YEAR_DAYS = 364  # whole weeks
_WEEK = 7
_MIN_SIDE = 2


def detect_growth(series: DailySeries) -> Iterator[Finding]:
    """Yield the change of the last 28 days against the 28 before.

    Flows compare sums (daily means where a day is missing), running totals what they gained, in the same way. Rolling
    figures compare their last values: people of overlapping windows are never summed.
    """
    size = DAYS // series.about.interval_days
    about = series.about
    if about.asset_id is not None or about.kind == "ratio" or len(series) - series.usable_from < 2 * size + 1:
        return
    if about.kind == "rolling":
        if not is_of_window(series):
            return  # people of one day, or of a period that is not known, are never compared across weeks
        level = series.level()
        if not _is_news(series, level, size):
            return
        noise = robust_scale(np.diff(level[~np.isnan(level)][-3 * size :]))
        yield from _of_level(series, float(level[-1]), float(level[-size - 1]), T * noise)
    else:
        flow = series.flow()
        known = reliable_flow(series)
        if _is_news(series, known, size) and not _is_one_step(series, known[-2 * size :]):
            yield from _of_flow(series, flow[-size:], flow[-2 * size : -size])


def _is_news(series: DailySeries, values: Floats, size: int) -> bool:
    """Return whether four weeks changed more than the four before, and than the same ones a year ago."""
    change = _log_change(values, size)
    year = YEAR_DAYS // series.about.interval_days
    usual = [_log_change(values[:-back], size) for back in (size, year - 1, year, year + 1) if len(values) > back]
    step = size // 4
    ends = range(len(values) - size, max(2 * size, len(values) - year), -step)
    months = [abs(month) for end in ends if not np.isnan(month := _log_change(values[:end], size))]
    if len(months) >= MIN_MONTHS and abs(change) < TIMES_USUAL * float(np.median(months)):
        return False
    return all(np.isnan(before) or before * np.sign(change) < SHARE_BEFORE * abs(change) for before in usual)


def _is_one_step(series: DailySeries, values: Floats) -> bool:
    """Return whether one day changed the values and they stayed so: a day and a new level, which are told as that."""
    if series.about.is_weekly or series.is_coarse:
        return False  # four weeks are all that is told of some of these
    logs = np.log(np.maximum(values[~np.isnan(values)], 1.0))
    if len(logs) < _WEEK:
        return False  # months, or too few days to know a step from their week
    for weekday in range(_WEEK):
        logs[weekday::_WEEK] -= np.median(logs[weekday::_WEEK])
    logs -= logs.mean()
    total = float(logs @ logs)
    cuts = np.arange(_MIN_SIDE, len(logs) - _MIN_SIDE + 1)
    if not len(cuts):
        return False
    sums = np.concatenate(([0.0], np.cumsum(logs)))
    by_step = sums[cuts] ** 2 * len(logs) / (cuts * (len(logs) - cuts))
    # Against a line that is level and then bends, wherever that explains most.
    ramps = np.maximum(np.arange(len(logs)) - np.arange(len(logs) - _MIN_SIDE)[:, None], 0.0)
    ramps -= ramps.mean(axis=1, keepdims=True)
    by_bend = (ramps @ logs) ** 2 / (ramps**2).sum(axis=1)
    return total - float(by_step.max()) <= STEP_OVER_LINE * (total - float(by_bend.max()))


def _log_change(values: Floats, size: int) -> float:
    now, was = values[-size:], values[-2 * size : -size]
    if len(was) < size or min((~np.isnan(now)).mean(), (~np.isnan(was)).mean()) < 0.5:
        return float("nan")
    return float(np.log(max(np.nanmedian(now), 1.0) / max(np.nanmedian(was), 1.0)))


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
    size = DAYS // about.interval_days
    period = "weeks" if about.is_weekly else "days"
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
