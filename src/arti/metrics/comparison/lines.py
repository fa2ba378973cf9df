"""The daily lines of a comparison. Pure. A day without a value breaks the line; so does a change of definition."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from arti.metrics.comparison.schemas import ComparedPoint


def daily_values(spark: Sequence[float | None], last_on: date) -> dict[date, float | None]:
    """Return the values of the days up to `last_on`, by day."""
    return {last_on - timedelta(days=back): value for back, value in enumerate(reversed(spark))}


def daily_gains(
    values: Mapping[date, float | None], *, can_fall: bool, breaks: Collection[date]
) -> dict[date, float | None]:
    """Return what a running total gained on each day, as private.daily_gains does: nothing across a break."""
    days = sorted(values)
    gains: dict[date, float | None] = {}
    for before_on, day in pairwise(days):
        gain = gain_between(values[before_on], values[day], can_fall=can_fall)
        gains[day] = None if day in breaks else gain
    return gains


def gain_between(before: float | None, value: float | None, *, can_fall: bool) -> float | None:
    """Return what a running total gained, as private.counter_gain does."""
    if before is None or value is None or (value < before and not can_fall):
        return None
    return value - before


def add_days(parts: Sequence[tuple[date | None, Mapping[date, float | None]]]) -> dict[date, float | None]:
    """Return the sum of each day over (day of release, values); None where one that is out has no value."""
    days = sorted(set[date]().union(*(values for _, values in parts)))
    summed: dict[date, float | None] = {}
    for day in days:
        out = [values.get(day) for released_on, values in parts if released_on is None or released_on <= day]
        known = [value for value in out if value is not None]
        summed[day] = sum(known) if known and len(known) == len(out) else None
    return summed


def list_points(values: Mapping[date, float | None], first: date, count: int) -> list[ComparedPoint]:
    days = (first + timedelta(days=offset) for offset in range(count))
    return [ComparedPoint(on=day, value=values.get(day)) for day in days]
