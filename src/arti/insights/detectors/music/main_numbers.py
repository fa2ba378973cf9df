"""How much a finding about a work matters: by what it is to the artist's own number of the same kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from arti.insights.detectors.finding import Finding
from arti.insights.detectors.series import DailySeries
from arti.vocabulary import Severity

_USUAL_VALUES: Final = 28
_LITTLE, _MUCH = 0.05, 0.25  # of a usual day of the artist
_NOW: Final = ("value", "after")
_BEFORE: Final = ("usual", "before")


def follow_main_numbers(finding: Finding, series: Sequence[DailySeries]) -> Finding | None:
    """Return a finding about a work with the severity that it has for its artist; others as they are.

    A round number of one work is never more than a note. A day on which a work lost little of that is none: None.
    """
    about = finding.series.about
    if about.asset_id is None:
        return finding
    if finding.detector == "milestone":
        return replace(finding, severity=Severity.INFO)
    whole = next(
        (
            one
            for one in series
            if one.about.asset_id is None and (one.about.provider, one.about.metric) == (about.provider, about.metric)
        ),
        None,
    )
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
        return replace(finding, severity=Severity.INFO)
    if share >= _MUCH and finding.severity is Severity.INFO:
        return replace(finding, severity=Severity.NOTICE)
    return finding
