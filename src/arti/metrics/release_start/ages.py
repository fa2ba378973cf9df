"""What a release has brought at an age: one definition, for the detector of release ages and the page of a release."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

AGES: Final = (1, 3, 7, 14, 28)  # complete days
LAST_AGE: Final = AGES[-1]
APART: Final = timedelta(days=7)  # works of one album are one release
# What is counted of a release: of each platform the first of these that it has.
COUNTED: Final = ("consumption.streams", "consumption.plays", "consumption.views", "consumption.views_total")


@dataclass(frozen=True, slots=True)
class AgeWindow:
    """The days whose values say what a work brought: all of them summed, or the level of the last one."""

    first: date
    last: date


def window_at(released_on: date, age: int, *, is_counter: bool) -> AgeWindow:
    """Return what a work brought by an age: a running total on that day, or the sum of its days."""
    last = released_on + timedelta(days=age - 1)
    return AgeWindow(last if is_counter else released_on, last)
