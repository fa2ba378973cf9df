"""Whether what a day or a level did is what the same weeks did a year ago: Christmas, a summer, a yearly festival."""

from typing import Final

import numpy as np

from arti.insights.detectors.finding import Finding
from arti.insights.detectors.signal.reliable_flow import reliable_flow

_KINDS: Final = frozenset(("spike", "level_shift"))
_YEAR_DAYS: Final = 364  # whole weeks
_WEEK: Final = 7
_MOVES_DAYS: Final = 4  # a feast moves in its week
_BEFORE_DAYS: Final = 28
_MOST_DAYS: Final = 14
_SHARE: Final = 0.6  # of the change


def is_season(finding: Finding) -> bool:
    """Return whether the same series changed likewise in the same week of the year before."""
    series = finding.series
    if finding.detector not in _KINDS or series.about.is_weekly:
        return False
    first = series.index(finding.period_from)
    days = min(max(series.index(finding.period_to) - first + 1, 1), _MOST_DAYS)
    if first - _YEAR_DAYS - _MOVES_DAYS < _BEFORE_DAYS:
        return False
    values = reliable_flow(series) if series.about.kind in ("flow", "counter") else series.level()

    def change(at: int) -> float:
        now, before = values[at : at + days], values[at - _BEFORE_DAYS : at]
        if days < _WEEK:  # against the same weekdays, or each busier weekday of a year ago would be a season
            before = before.reshape(-1, _WEEK)[:, :days]
        if np.isnan(now).all() or np.isnan(before).mean() > 0.5:
            return float("nan")
        return float(np.log(max(np.nanmedian(now), 1.0) / max(np.nanmedian(before), 1.0)))

    away = change(first)
    offsets = range(-_MOVES_DAYS, _MOVES_DAYS + 1)
    return any(change(first - _YEAR_DAYS + offset) * np.sign(away) >= _SHARE * abs(away) for offset in offsets)
