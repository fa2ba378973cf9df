"""The goal metric before, during and after a campaign, from daily values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

ONE_DAY = timedelta(days=1)
Basis = Literal["sum", "gain", "mean"]
MAX_DAYS = 1830  # more than five years is a typing error


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from_on..to_on, both included."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class WindowValue:
    """The metric's value in a window; None with a reason if days are missing or not comparable."""

    window: DayRange
    days_with_data: int
    value: float | None
    null_reason: str | None


def lift_windows(starts_on: date, ends_on: date, *, last_day: date) -> tuple[DayRange, DayRange, DayRange | None]:
    """Return the windows before, during and after, all equally long.

    While the campaign runs, `during` ends on `last_day` and there is no window after.
    """
    during = DayRange(starts_on, max(starts_on, min(ends_on, last_day)))
    length = timedelta(days=during.days)
    before = DayRange(starts_on - length, starts_on - ONE_DAY)
    after = DayRange(ends_on + ONE_DAY, ends_on + length) if last_day > ends_on else None
    return before, during, after


def choose_basis(kind: str, aggregation: str) -> Basis | None:
    """Return how the days of a metric become one value; None if they cannot be combined."""
    if kind == "counter":
        return "gain"
    if kind == "flow" and aggregation == "sum":
        return "sum"
    return "mean" if kind == "rolling" and aggregation in ("last", "mean") else None


def measure_window(
    window: DayRange, *, basis: Basis, values: Mapping[date, float], definitions: Mapping[date, int]
) -> WindowValue:
    """Return the value of a window. A gain is counted from the day before it."""
    days = [window.from_on + timedelta(days=offset) for offset in range(window.days)]
    days_with_data = sum(day in values for day in days)
    eve = window.from_on - ONE_DAY
    required = [eve, window.to_on] if basis == "gain" else days
    if missing := sum(day not in values for day in required):
        reason = "1 required day has no data." if missing == 1 else f"{missing} required days have no data."
        return WindowValue(window, days_with_data, None, reason)
    if len({definitions[day] for day in (*required, *days) if day in definitions}) > 1:
        return WindowValue(
            window, days_with_data, None, "The provider changed the definition of the metric in this period."
        )
    if basis == "gain":
        return WindowValue(window, days_with_data, values[window.to_on] - values[eve], None)
    total = sum(values[day] for day in days)
    return WindowValue(window, days_with_data, total if basis == "sum" else total / window.days, None)
