"""How much a finding about a work matters: by what it is to the artist's own number of the same kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from arti.insights.detectors.finding import Finding
from arti.insights.detectors.series import DailySeries
from arti.insights.detectors.signal.thresholds import minimum_effect
from arti.vocabulary import Severity

_USUAL_VALUES: Final = 28
_LITTLE, _MUCH = 0.05, 0.25  # of a usual day of the artist
_NOTHING: Final = 0.02
_LITTLE_OF_TOTAL: Final = 0.1
_LITTLE_OF_PERIOD: Final = 0.005  # of the artist's streams while a playlist brought some
_LITTLE_CHANGE: Final = 20.0  # percent, between two releases
_NOW: Final = ("value", "after")
_BEFORE: Final = ("usual", "before")


def follow_main_numbers(finding: Finding, series: Sequence[DailySeries]) -> Finding | None:
    """Return a finding about a work with the severity that it has for its artist; others as they are.

    A round number of one work is never more than a note, and none if it is little of the artist's total. A day on
    which a work lost little of the artist's number is none: None.
    """
    about = finding.series.about
    if about.asset_id is None:
        return finding
    alike = [one for one in series if (one.about.provider, one.about.metric) == (about.provider, about.metric)]
    whole = next((one for one in alike if one.about.asset_id is None), None)
    if finding.detector == "milestone":
        return _of_milestone(finding, [whole] if whole else alike)
    if finding.detector == "playlist_move":
        return _of_playlist_move(finding, whole)
    if finding.detector == "release_age":
        return _of_release_age(finding, [whole] if whole else alike)
    now = next((fact.value for fact in finding.facts if fact.slot in _NOW), None)
    before = next((fact.value for fact in finding.facts if fact.slot in _BEFORE), None)
    if whole is None or now is None or before is None:
        return finding
    known = whole.flow()[-_USUAL_VALUES:]
    if np.isnan(known).all():
        return finding
    share = abs(now - before) / max(float(np.nanmedian(known)), 1.0)
    if share < _LITTLE and finding.detector == "spike" and now < before:
        return None
    if share < _LITTLE:
        is_minor = finding.detector == "spike" and share < _NOTHING
        return replace(finding, severity=Severity.INFO, is_minor=is_minor)
    if share >= _MUCH and finding.severity is Severity.INFO:
        return replace(finding, severity=Severity.NOTICE)
    return finding


def _of_milestone(finding: Finding, totals: Sequence[DailySeries]) -> Finding | None:
    level = next(fact.value for fact in finding.facts if fact.slot == "level")
    total = sum(float(np.nanmax(one.values)) for one in totals)
    return None if level < _LITTLE_OF_TOTAL * total else replace(finding, severity=Severity.INFO)


def _of_playlist_move(finding: Finding, whole: DailySeries | None) -> Finding:
    """Return a move as minor if the playlist brought next to nothing of all that the artist has."""
    if whole is None:
        return finding
    brought = next(fact.value for fact in finding.facts if fact.slot == "value")
    usual = _usual_day(whole) * _USUAL_VALUES
    return replace(finding, is_minor=brought < _LITTLE_OF_PERIOD * usual)


def _of_release_age(finding: Finding, alike: Sequence[DailySeries]) -> Finding:
    """Return a comparison with earlier releases as minor if both are about as large, or small for the artist."""
    change, value, before = (
        next(fact.value for fact in finding.facts if fact.slot == slot) for slot in ("change", "value", "last_release")
    )
    usual = sum(_usual_day(one) for one in alike)
    days = (finding.period_to - finding.period_from).days + 1
    is_small = abs(value - before) < max(_LITTLE * usual * days, minimum_effect(finding.series.about))
    return replace(finding, is_minor=is_small or abs(change) < _LITTLE_CHANGE)


def _usual_day(series: DailySeries) -> float:
    known = series.flow()[-_USUAL_VALUES:]
    return 0.0 if np.isnan(known).all() else max(float(np.nanmedian(known)), 0.0)
