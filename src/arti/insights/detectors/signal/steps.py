"""Whether values are a step that stays, and no line or wave. Pure."""

from typing import Final

import numpy as np

from arti.insights.detectors.series import Floats

# A step must fit clearly better than a straight line, so that growth is no shift.
STEP_OVER_LINE: Final = 0.8
MOST_LOST: Final = 0.4  # of the change, since it came
_FEW: Final = 3


def holds(after: Floats, change: float, *, season: int) -> bool:
    """Return whether the level did not go back: after a release, most of a rise is gone within weeks.

    `season`: after how many values the same weekday comes again.
    """
    drift = float(np.polyfit(np.arange(len(after), dtype=np.float64), after, 1)[0]) * (len(after) - 1)
    latest = float(np.median(after[-max(season, _FEW) :]) - np.median(after))
    return drift / change >= -MOST_LOST and latest / change >= -MOST_LOST


def is_step(values: Floats, at: int) -> bool:
    """Return whether two means fit the values clearly better than one straight line."""
    days = np.arange(len(values), dtype=np.float64)
    line_error = float(np.sum((values - np.polyval(np.polyfit(days, values, 1), days)) ** 2))
    step_error = sum(float(np.sum((part - part.mean()) ** 2)) for part in (values[:at], values[at:]))
    return step_error <= STEP_OVER_LINE * line_error
