"""Pure rules over daily values: series in, findings with their evidence out."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from arti.insights.detectors.correction import detect_corrections
from arti.insights.detectors.deduplication import deduplicate_findings
from arti.insights.detectors.finding import Finding
from arti.insights.detectors.growth import detect_growth
from arti.insights.detectors.level_shift import detect_level_shifts
from arti.insights.detectors.milestone import detect_milestone
from arti.insights.detectors.month import detect_months
from arti.insights.detectors.music.main_numbers import follow_main_numbers
from arti.insights.detectors.music.playlist_moves import Placed, detect_playlist_moves
from arti.insights.detectors.music.release_age import detect_release_ages
from arti.insights.detectors.music.season import is_season
from arti.insights.detectors.music.unusual_streams import detect_unusual_streams
from arti.insights.detectors.series import DailySeries, SeriesSubject, build_series
from arti.insights.detectors.spike import detect_spikes
from arti.insights.detectors.stale_data import detect_stale_data
from arti.insights.detectors.trend_change import detect_trend_change
from arti.providers.terms import terms_of

__all__ = [
    "DailySeries",
    "Finding",
    "Placed",
    "SeriesSubject",
    "build_series",
    "deduplicate_findings",
    "detect",
    "detect_stale_data",
]

_BEGINNING: Final = 5  # values
_NEAR_LEVEL: Final = 1.3


def detect(
    series: Sequence[DailySeries], *, today_in: Callable[[str], date], placed: Sequence[Placed] = ()
) -> list[Finding]:
    """Return what is worth reporting about one artist, highest score first.

    `placed`: the works of the artist on playlists, as exports say.
    Every value is one of a complete day. Where a provider forbids derived numbers, only milestones and staleness are
    reported.
    """
    found = list(detect_stale_data(series, today_in=today_in))
    for one in series:
        found += detect_milestone(one)
    derived = [one for one in series if terms_of(one.about.terms).may_reach_model]
    for one in derived:
        found += detect_corrections(one)
        found += detect_months(one)
        if one.is_coarse:
            found += detect_growth(one)
    found += detect_unusual_streams(derived)
    found += detect_playlist_moves(placed, derived)
    found += detect_release_ages(derived)
    fine = [one for one in derived if not one.is_coarse]
    groups = _groups(fine)
    shifts = [shift for group in groups for shift in detect_level_shifts(group)]
    found += shifts
    shifted = {shift.series.about.series_id for shift in shifts}
    for one in fine:  # a new level is a change of trend and of the monthly sum too
        if one.about.series_id not in shifted:
            found += list(detect_trend_change(one)) or list(detect_growth(one))
    for group in groups:
        found += (one for one in detect_spikes(group) if not any(_is_part_of_shift(one, each) for each in shifts))
    news = (follow_main_numbers(one, derived) for one in found if not is_season(one))
    found = [one for one in news if one is not None]
    return sorted(deduplicate_findings(found), key=lambda finding: -finding.score)


def _groups(series: Sequence[DailySeries]) -> list[list[DailySeries]]:
    """Return the series that can be beside each other: the works of one metric of one provider; an artist's alone."""
    groups: dict[tuple[object, ...], list[DailySeries]] = defaultdict(list)
    for one in series:
        about = one.about
        groups[about.provider, about.metric, about.interval_days, about.asset_id is not None].append(one)
    return list(groups.values())


def _is_part_of_shift(spike: Finding, shift: Finding) -> bool:
    """Return whether a spike is only the first days of the new level."""
    return (
        shift.series.about.series_id == spike.series.about.series_id
        and spike.shape.partition("_")[0] == shift.shape
        and abs((spike.period_from - shift.happened_on).days) <= _BEGINNING * spike.series.about.interval_days
        and next(fact.value for fact in spike.facts if fact.slot == "value")
        < _NEAR_LEVEL * next(fact.value for fact in shift.facts if fact.slot == "after")
    )
