"""Pure rules over daily values: series in, findings with their evidence out."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from arti.insights.detectors.deduplication import deduplicate_findings
from arti.insights.detectors.finding import SAME_WITHIN_DAYS, Finding
from arti.insights.detectors.growth import detect_growth
from arti.insights.detectors.level_shift import detect_level_shift
from arti.insights.detectors.milestone import detect_milestone
from arti.insights.detectors.series import DailySeries, SeriesSubject, build_series
from arti.insights.detectors.spike import TIMES_DOWN, TIMES_UP, detect_spikes
from arti.insights.detectors.stale_data import detect_stale_data
from arti.insights.detectors.trend_change import detect_trend_change
from arti.providers.terms import terms_of

__all__ = [
    "DailySeries",
    "Finding",
    "SeriesSubject",
    "build_series",
    "deduplicate_findings",
    "detect",
    "detect_stale_data",
]


def detect(series: Sequence[DailySeries], *, today_in: Callable[[str], date]) -> list[Finding]:
    """Return what is worth reporting about one artist, highest score first.

    Where a provider forbids derived numbers, only milestones and staleness are reported.
    """
    found = list(detect_stale_data(series, today_in=today_in))
    for one in series:
        found += detect_milestone(one)
        if not terms_of(one.about.terms).may_reach_model:
            continue
        if one.is_coarse:
            found += detect_growth(one)
            continue
        shifts = list(detect_level_shift(one))
        found += [spike for spike in detect_spikes(one) if not any(_is_part_of_shift(spike, shift) for shift in shifts)]
        # One of the three a series: a new level is a change of trend and of the monthly sum too.
        changes = shifts or list(detect_trend_change(one))
        found += changes or list(detect_growth(one))
    return sorted(deduplicate_findings(found), key=lambda finding: -finding.score)


def _is_part_of_shift(spike: Finding, shift: Finding) -> bool:
    """Return whether a spike is only a day at the new level."""
    if spike.shape != shift.shape or spike.period_from < shift.happened_on - timedelta(days=SAME_WITHIN_DAYS["spike"]):
        return False
    value = next(fact.value for fact in spike.facts if fact.slot == "value")
    level = next(fact.value for fact in shift.facts if fact.slot == "after")
    return TIMES_DOWN * level < value < TIMES_UP * level
