"""The goal metric before, during and after a campaign, from daily values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

ONE_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
Basis = Literal["sum", "gain", "mean"]
MAX_DAYS = 1830  # more than five years is a typing error
ADDED_UP: Final = ("sum", "gain")  # the bases of which a part can be what a campaign added
NO_WEEK = "The source counts weeks, and no whole week lies in these days."
_FELL = "The provider corrected this total downwards in this period, so there is no gain."


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


def weekly_windows(
    windows: Sequence[DayRange], *, starts_on: date, ends_on: date, week_end: date
) -> list[DayRange] | None:
    """Return windows (before, during and maybe after) of whole weeks, all of as many; None if none lies in `during`.

    `week_end` is the last day of any week. The windows before and after hold no day of the campaign.
    """
    during = windows[1]
    last = _last_week_end(during.to_on, week_end)
    weeks = max(0, (last - during.from_on + ONE_DAY) // _WEEK)
    if weeks == 0:
        return None
    length = weeks * _WEEK
    before_end = _last_week_end(starts_on - ONE_DAY, week_end)
    found = [DayRange(before_end - length + ONE_DAY, before_end), DayRange(last - length + ONE_DAY, last)]
    if len(windows) > 2:
        after_from = _last_week_end(ends_on + _WEEK - ONE_DAY, week_end) + ONE_DAY
        found.append(DayRange(after_from, after_from + length - ONE_DAY))
    return found


def _last_week_end(day: date, week_end: date) -> date:
    """Return the last day up to `day` on which a week ends."""
    return day - (day - week_end) % _WEEK


def choose_basis(kind: str, aggregation: str) -> Basis | None:
    """Return how the days of a metric become one value; None if they cannot be combined."""
    if kind == "counter":
        return "gain"
    if kind == "flow" and aggregation == "sum":
        return "sum"
    return "mean" if kind == "rolling" and aggregation in ("last", "mean") else None


def measure_window(
    window: DayRange,
    *,
    basis: Basis,
    values: Mapping[date, float],
    breaks: Sequence[date] = (),
    gain: float | None = None,
    interval_days: int = 1,
) -> WindowValue:
    """Return the value of a window. A gain is counted from the day before it, and is given: the database computes it.

    `breaks`: days from which the provider counts the metric differently. `interval_days`: how many days a value covers,
    up to its own; the window is of whole ones.
    """
    days = [window.to_on - timedelta(days=offset) for offset in range(0, window.days, interval_days)]
    days_with_data = sum(day in values for day in days) * interval_days
    first = first_day(window, basis)
    required = [first, window.to_on] if basis == "gain" else days
    if missing := sum(day not in values for day in required):
        unit = "day" if interval_days == 1 else "week"
        reason = f"1 required {unit} has no data." if missing == 1 else f"{missing} required {unit}s have no data."
        return WindowValue(window, days_with_data, None, reason)
    if any(first < day <= window.to_on for day in breaks):
        return WindowValue(
            window, days_with_data, None, "The provider changed the definition of the metric in this period."
        )
    if basis == "gain":
        return WindowValue(window, days_with_data, gain, None if gain is not None else _FELL)
    total = sum(values[day] for day in days)
    return WindowValue(window, days_with_data, total if basis == "sum" else total / len(days), None)


def first_day(window: DayRange, basis: Basis | None) -> date:
    """Return the first day whose value goes into a window."""
    return window.from_on - ONE_DAY if basis == "gain" else window.from_on
