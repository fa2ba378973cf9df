"""A round number reached for the first time in the stored history.

Of an artist 1, 2 and 5 times a power of ten; of a work, which has many, powers of ten from a hundred thousand.
"""

from collections.abc import Iterator

import numpy as np

from arti.insights.computations import Computation, Fact, Window, round_number_below
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries

NEWS_DAYS = 60
MIN_DAYS_BEFORE = 7
MAX_JUMP_DAYS = 14  # after a longer gap the day is not known
SMALLEST_AUDIENCE, SMALLEST_TOTAL, SMALLEST_OF_WORK = 1_000.0, 10_000.0, 100_000.0


def detect_milestone(series: DailySeries) -> Iterator[Finding]:
    """Yield the highest of 1, 2 and 5 times a power of ten that a running total or a monthly figure has now reached."""
    about = series.about
    is_audience = about.metric.startswith("audience.") and about.unit == "people"
    counts = about.kind == "counter" and not about.metric.startswith("catalogue.")
    if not counts and not (is_audience and about.metric == "audience.monthly_listeners"):
        return
    values, step = series.level(), about.interval_days
    known = np.flatnonzero(~np.isnan(values))
    if len(known) <= MIN_DAYS_BEFORE:
        return
    level = round_number_below(float(np.nanmax(values)))
    if level is None or level < (SMALLEST_AUDIENCE if is_audience else SMALLEST_TOTAL):
        return
    if about.asset_id is not None and (level < SMALLEST_OF_WORK or not f"{level:.0f}".startswith("1")):
        return
    order = int(np.argmax(values[known] >= level))
    at = int(known[order])
    if (
        order < MIN_DAYS_BEFORE
        or at < len(values) - NEWS_DAYS // step
        or (at - known[order - 1]) * step > MAX_JUMP_DAYS
    ):
        return
    if round_number_below(float(values[at])) != level:
        return  # it jumped past the level and came back: that day's milestone is another one
    day, first = series.day(at), series.day(int(known[0]))
    on_day = Computation(about.series_id, Window("milestone", day, day))
    earlier = Window("days_at_least", first, series.day(at - 1), level=level)
    since, gained = _rise(series, at, int(known[max(order - 28 // step, 0)]))
    size = float(np.log10(level)) - 3
    yield Finding(
        detector="milestone",
        series=series,
        shape="reached",
        key=f"{level:.0f}",
        happened_on=day,
        period_from=series.day(since),
        period_to=day,
        severity=grade(1 + size / 1.5, about_asset=about.asset_id is not None),
        confidence=0.99,
        score=2 + size,
        facts=(
            *([gained] if gained and gained.direction > 0 else []),
            Fact("level", "Milestone", about.unit, on_day, level),
            Fact(
                "value",
                "On the day",
                about.unit,
                Computation(about.series_id, Window("last", day, day)),
                float(values[at]),
            ),
            Fact("earlier", "Earlier days at this level", "days", Computation(about.series_id, earlier), 0.0),
        ),
    )


def _rise(series: DailySeries, at: int, since: int) -> tuple[int, Fact | None]:
    """Return the first of the days up to `at` that are compared, and what came in them.

    Of a running total: its gains of the days directly before that all have one; none after a gap.
    """
    about, day = series.about, series.day(at)
    if not series.differenced:
        values = series.level()
        first = Window("last", series.day(since), series.day(since))
        rise = Computation(about.series_id, Window("last", day, day), first, "change")
        return since, Fact("gained", "Change since", about.unit, rise, float(values[at] - values[since]))
    gains = series.flow()[since + 1 : at + 1]
    missing = np.flatnonzero(np.isnan(gains))
    if len(missing):
        since, gains = since + 1 + int(missing[-1]), gains[missing[-1] + 1 :]
    if not len(gains):
        return since, None
    gain = Computation(about.series_id, Window("gain", series.first_day(since + 1), day))
    return since, Fact("gained", "Gained in the days before", about.unit, gain, float(gains.sum()))
