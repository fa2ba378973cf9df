"""The daily values of one series, from the packed months that the database returns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arti_core.database import Row

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Days:
    """Daily values without a hole in the list: `values[0]` is that of `first`; None is a day without a value.

    `present` and `revised` are bitmaps of the days that have a row, and of those whose value was restated; the lowest
    bit is `first`. `states` is {place in the list: [code, sentence]}.
    """

    first: date
    values: list[float | None]
    present: int
    revised: int
    states: dict[int, list[str]]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.values) - 1)

    def day(self, place: int) -> date:
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        """Return where a day stands in the list, or would if it went on in both directions."""
        return (day - self.first).days

    def value(self, place: int) -> float | None:
        return self.values[place] if 0 <= place < len(self.values) else None

    def between(self, first: int, last: int) -> Sequence[float | None]:
        """Return the values from place `first` to `last`, both included, as far as the list goes."""
        return self.values[max(0, first) : max(0, last + 1)]

    def newest(self, first: int, last: int) -> int | None:
        """Return the newest place from `first` to `last` with a value."""
        values = self.values
        for place in range(min(len(values) - 1, last), max(0, first) - 1, -1):
            if values[place] is not None:
                return place
        return None

    def is_rounded(self, place: int) -> bool:
        """Return whether the provider rounds the value at a place."""
        state = self.states.get(place)
        return state is not None and state[0] == "rounded"

    def places(self, first: date, last: date) -> tuple[int, int]:
        """Return where the days from `first` to `last` begin and end in the list, as far as it goes; the end is out."""
        begin = max(0, (first - self.first).days)
        return begin, max(begin, min(len(self.values), (last - self.first).days + 1))

    def covers(self, begin: int, end: int) -> bool:
        """Return whether each day from `begin` to before `end` in the list has a row."""
        wanted = (1 << max(0, end - begin)) - 1
        return self.present >> begin & wanted == wanted

    def last_present_before(self, day: date) -> date | None:
        """Return the last day before `day` that has a row; None if none is known."""
        count = (day - self.first).days
        earlier = self.present & ((1 << count) - 1) if count > 0 else 0
        return self.day(earlier.bit_length() - 1) if earlier else None


def read_days(row: Row) -> Days:
    """Return the days of a row of store.read_artist_series, which has at least one month, the newest first."""
    numbers, explained = row["numbers"], row["states"] or {}
    months = list(zip(row["months"], row["days"], row["revised"], strict=True))
    first = months[-1][0]
    values: list[float | None] = []
    present = revised = 0
    states: dict[int, list[str]] = {}
    until = len(numbers)
    for month, days, restated in reversed(months):
        offset = (month - first).days
        if offset > len(values):
            values += [None] * (offset - len(values))
        begin = until - days.bit_length()
        values += numbers[begin:until]
        until = begin
        present |= days << offset
        if restated:
            revised |= restated << offset
        if explained:
            of_month = explained.get(month.isoformat(), {})
            states |= {offset + int(day) - 1: state for day, state in of_month.items()}
    return Days(first, values, present, revised, states)


def list_runs(days: int, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of set bits from `first` to before `end` of a bitmap, as (first, last)."""
    day = first
    while day < end:
        rest = days >> day
        if not rest & 1:
            if not rest:
                return
            day += (rest & -rest).bit_length() - 1
            continue
        ones = ~rest & -~rest  # the lowest bit that is not set
        last = min(day + ones.bit_length() - 2, end - 1)
        yield day, last
        day = last + 2
