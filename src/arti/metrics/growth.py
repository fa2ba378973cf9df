"""The rule for a change in percent, shared by tiles, campaigns, ask and insights."""

from typing import Final

SMALLEST_BASE: Final = 100  # as in private.growth_percent; below it a percentage is noise


def growth_percent(value: float, base: float, *, base_days: int = 1) -> float | None:
    """Return the change from `base` to `value` in percent; None if the base is too small.

    `base_days`: the number of daily values of which `base` is the mean or median. Their sum must reach SMALLEST_BASE,
    so a mean of 40 a day over a week is enough.
    """
    if base <= 0 or base * base_days < SMALLEST_BASE:
        return None
    return 100 * (value - base) / base
