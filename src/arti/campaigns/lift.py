"""Before, during and after a campaign, from daily values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

ONE_DAY = timedelta(days=1)
Basis = Literal["sum", "gain", "mean"]
MAX_DAYS = 1830  # a campaign of more than five years is a typing error


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from_on..to_on, both included."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class WindowReading:
    """One value of a span; None with the reason when the stored days do not give it honestly."""

    span: DayRange
    days_with_data: int
    value: float | None
    null_reason: str | None


def lift_windows(starts_on: date, ends_on: date, *, last_day: date) -> tuple[DayRange, DayRange, DayRange | None]:
    """Return before, during and after, all equally long.

    While the campaign runs, `during` ends with the last day that can be known, and there is no `after`.
    """
    during = DayRange(starts_on, max(starts_on, min(ends_on, last_day)))
    length = timedelta(days=during.days)
    before = DayRange(starts_on - length, starts_on - ONE_DAY)
    after = DayRange(ends_on + ONE_DAY, ends_on + length) if last_day > ends_on else None
    return before, during, after


def basis_of(kind: str, aggregation: str) -> Basis | None:
    """Return how days of a metric become one value; None when there is no honest way."""
    if kind == "counter":
        return "gain"
    if kind == "flow" and aggregation == "sum":
        return "sum"
    return "mean" if kind == "rolling" and aggregation in ("last", "mean") else None


def measure_window(
    span: DayRange, *, basis: Basis, values: Mapping[date, float], definitions: Mapping[date, int]
) -> WindowReading:
    """Return the value of a span. A gain is counted from the day before the span."""
    days = [span.from_on + timedelta(days=offset) for offset in range(span.days)]
    known = sum(day in values for day in days)
    eve = span.from_on - ONE_DAY
    needed = [eve, span.to_on] if basis == "gain" else days
    if missing := sum(day not in values for day in needed):
        have = "has" if missing == 1 else "have"
        return WindowReading(span, known, None, f"{missing} of the days it needs {have} no data.")
    if len({definitions[day] for day in (*needed, *days) if day in definitions}) > 1:
        return WindowReading(span, known, None, "The provider changed what it counts in these days.")
    if basis == "gain":
        return WindowReading(span, known, values[span.to_on] - values[eve], None)
    total = sum(values[day] for day in days)
    return WindowReading(span, known, total if basis == "sum" else total / span.days, None)
