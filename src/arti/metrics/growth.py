"""The rule for a change in percent, shared by tiles, campaigns, ask and insights."""

import math
from typing import Final

SMALLEST_BASE: Final = 100  # as in private.growth_percent; below it a percentage is noise
_SMALLEST_STEPS: Final = 10  # as in private.is_coarse_gain


def growth_percent(value: float, base: float, *, base_days: int = 1, step: float = 1) -> float | None:
    """Return the change from `base` to `value` in percent; None if the base is too small.

    `base_days`: the number of daily values of which `base` is the mean or median. Their sum must reach SMALLEST_BASE,
    so a mean of 40 a day over a week is enough. `step`: of gains of a counter that its provider rounds, the step in
    which they are known.
    """
    if base <= 0 or base * base_days < SMALLEST_BASE or is_coarse_gain(base, step):
        return None
    return 100 * (value - base) / base


def rounding_step(value: float) -> float:
    """Return the step of a number that its provider rounds to three digits; as private.rounding_step."""
    return 10.0 ** (math.floor(math.log10(value)) - 2) if value >= 1000 else 1.0


def is_coarse_gain(gain: float, step: float) -> bool:
    """Return whether a gain is too small, as a base of growth, for the step in which it is known."""
    return step > 1 and gain < _SMALLEST_STEPS * step
