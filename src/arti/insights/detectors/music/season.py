"""Whether what a day or a level did is what the same weeks did a year ago: Christmas, a summer, a yearly festival."""

from typing import Final

import numpy as np

from arti.insights.detectors.finding import Finding
from arti.insights.detectors.signal.reliable_flow import reliable_flow
from arti.insights.detectors.signal.residuals import median_of_rows

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

    # The days themselves, and those of a year ago.
    offsets = np.arange(-_MOVES_DAYS, _MOVES_DAYS + 1)
    starts = np.concatenate(([first], first - _YEAR_DAYS + offsets))[:, None]
    now = np.append(values, np.full(_MOST_DAYS, np.nan))[starts + np.arange(days)]
    before = values[starts + np.arange(-_BEFORE_DAYS, 0)]
    if days < _WEEK:  # against the same weekdays, or each busier weekday of a year ago would be a season
        before = before.reshape(len(starts), -1, _WEEK)[:, :, :days].reshape(len(starts), -1)
    usual = median_of_rows(before, -(-before.shape[1] // 2))
    changes = np.log(np.maximum(median_of_rows(now, 1), 1.0)) - np.log(np.maximum(usual, 1.0))
    away, year_ago = changes[0], changes[1:]
    return bool((year_ago * np.sign(away) >= _SHARE * abs(away)).any())
