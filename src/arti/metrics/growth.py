"""The one rule for a change in percent, shared by tiles, campaigns, ask and insights."""

from typing import Final

SMALLEST_BASE: Final = 100  # as private.growth_percent in SQL: below it a few people more are not a trend


def growth_percent(value: float, base: float, *, base_days: int = 1) -> float | None:
    """Return how much larger `value` is than `base`, in percent; None where the base is too small to say.

    `base_days` is how many daily values stand behind a base that is their mean or median: what must reach
    SMALLEST_BASE is the count behind the base, so a mean of 40 a day over a week is enough.
    """
    if base <= 0 or base * base_days < SMALLEST_BASE:
        return None
    return 100 * (value - base) / base
