"""Where a release is going, by what the artist's own earlier releases did from the same age on. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from arti.metrics.growth import SMALLEST_BASE
from arti.metrics.release_start.ages import LAST_AGE
from arti.metrics.release_start.schemas import ReleasePace

FEWEST: Final = 3
TOO_FEW: Final = "Cannot tell: it takes three earlier releases with numbers for the same days."


def estimate_pace(
    values: Sequence[float | None], earlier: Sequence[Sequence[float | None]], released_on: date
) -> tuple[ReleasePace | None, str | None]:
    """Return the pace towards the last age, or why there is none. `values` after each of the days 1 to 28.

    Each earlier release says by how much it grew from the same age to the last one; the least and the greatest of them
    are the interval. With n of them another one of the kind lies in between with probability (n - 1) / (n + 1).
    """
    known = [age for age, value in enumerate(values, start=1) if value is not None]
    if not known:
        return None, "Cannot tell: no complete day is in yet."
    age = known[-1]
    value = values[age - 1]
    if age == LAST_AGE:
        return None, f"The {LAST_AGE} days are in."
    if value is None or value < SMALLEST_BASE:
        return None, f"Cannot tell from fewer than {SMALLEST_BASE}."
    factors = [
        last / base
        for other in earlier
        if (base := other[age - 1]) is not None and base >= SMALLEST_BASE and (last := other[LAST_AGE - 1]) is not None
    ]
    if len(factors) < FEWEST:
        return None, TOO_FEW
    count = len(factors)
    pace = ReleasePace(
        age=LAST_AGE,
        on=released_on + timedelta(days=LAST_AGE - 1),
        low=value * min(factors),
        high=value * max(factors),
        from_age=age,
        releases=count,
        likelihood_percent=round(100 * (count - 1) / (count + 1)),
    )
    return pace, None
