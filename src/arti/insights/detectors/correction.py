"""A running total that the provider set back: purged plays, removed accounts, a recount."""

from collections.abc import Iterator
from typing import Final

from arti.insights.computations import Computation, Fact, Window
from arti.insights.detectors.finding import Finding, grade
from arti.insights.detectors.series import DailySeries
from arti.insights.detectors.signal.reliable_flow import find_corrections
from arti.insights.detectors.signal.thresholds import visible_effect

_NEWS_DAYS: Final = 60
_NOTABLE_SHARE: Final = 0.01  # of the total


def detect_corrections(series: DailySeries) -> Iterator[Finding]:
    """Yield each recent day on which a running total fell and stayed there, which is no day's plays and no growth."""
    about = series.about
    if not series.differenced or series.is_coarse:
        return
    for found in find_corrections(series):
        day = series.day(found.at)
        if found.at < len(series) - _NEWS_DAYS // about.interval_days or -found.gain < visible_effect(about):
            continue
        before = float(series.values[found.at - 1])
        share = -found.gain / max(before, 1.0)
        yield Finding(
            detector="correction",
            series=series,
            shape="lost" if about.unit == "people" else "taken_back",
            key=day.isoformat(),
            happened_on=day,
            period_from=series.first_day(found.at),
            period_to=day,
            severity=grade(2 * min(share / _NOTABLE_SHARE, 2.0), about_asset=False),
            confidence=0.99,
            score=1 + min(share / _NOTABLE_SHARE, 4.0),
            facts=(
                Fact(
                    "loss",
                    "Change of the total",
                    about.unit,
                    Computation(about.series_id, Window("gain", series.first_day(found.at), day)),
                    found.gain,
                ),
                Fact(
                    "value",
                    "Total since",
                    about.unit,
                    Computation(about.series_id, Window("last", day, day)),
                    float(series.values[found.at]),
                ),
            ),
        )
