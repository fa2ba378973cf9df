"""Days and calendar periods. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from arti.language.reader_locale import FIRST_WEEKDAYS, WeekStart

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
MAX_DAYS: Final = 3660
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@dataclass(frozen=True, slots=True)
class QuestionPeriod:
    """Days from_on..to_on, both included. `named`: the question said which."""

    from_on: date
    to_on: date
    named: bool = True

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    def whole_weeks(self, week_end: date) -> "QuestionPeriod | None":
        """Return the whole weeks in it, of which each ends on the weekday of `week_end`; None without one."""
        last = self.to_on - (self.to_on - week_end) % WEEK
        weeks = (last - self.from_on + DAY) // WEEK
        return QuestionPeriod(last - weeks * WEEK + DAY, last, self.named) if weeks > 0 else None

    def before(self) -> "QuestionPeriod":
        """Return the equally long period just before."""
        return QuestionPeriod(self.from_on - timedelta(days=self.days), self.from_on - DAY, self.named)


def calendar_period(unit: str, today: date, *, last: bool, week_start: WeekStart = "monday") -> QuestionPeriod:
    """Return the whole week, month, quarter, year, weekend or day that holds today, or the one before."""
    if unit == "weekend":
        # The latest weekend that is over; this one from Saturday on.
        sunday = today - timedelta(days=today.weekday() + 1)
        if not last and today.weekday() >= 5:
            return QuestionPeriod(sunday + 6 * DAY, sunday + WEEK)
        return QuestionPeriod(sunday - DAY, sunday)
    first = {
        "day": today,
        "week": today - timedelta(days=(today.weekday() - FIRST_WEEKDAYS[week_start]) % 7),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    if not last:
        return QuestionPeriod(first, today)
    over = first - DAY
    return QuestionPeriod(calendar_period(unit, over, last=False, week_start=week_start).from_on, over)


def units_before(day: date, count: int, unit: str) -> date:
    """Return the day `count` units earlier by the calendar: three months before 31 May is the end of February."""
    if unit in ("day", "week"):
        return day - timedelta(days=min(count * (7 if unit == "week" else 1), MAX_DAYS))
    months = min(count * {"month": 1, "quarter": 3, "year": 12}[unit], MAX_DAYS // 30)
    first = add_months(day.replace(day=1), -months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def add_months(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def month_end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def safe_date(year: int, month: int, day: int) -> date | None:
    """Return a day on which something may have been counted, or None for what is no such day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:  # periods are reckoned from it, also backwards
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
