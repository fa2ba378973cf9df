"""Sums of some lines that no word gives away: a row that names a store alone, with the amount of the rows above it."""

from collections.abc import Collection, Sequence
from decimal import Decimal


class RunningSum:
    """The sum of the amounts below the last row that was a sum itself, batch by batch."""

    def __init__(self) -> None:
        self._sum, self._lines, self._has_found = Decimal(0), 0, False

    def find_sums(
        self, amounts: Sequence[Decimal | None], sums: Collection[int], doubtful: Collection[int]
    ) -> set[int]:
        """Return which of the doubtful places are sums of the lines above; `sums`: places known to be some."""
        if not sums and not doubtful:
            self._sum += sum(filter(None, amounts), Decimal(0))
            self._lines += len(amounts)
            return set()
        found = set[int]()
        for place, amount in enumerate(amounts):
            if place in doubtful and amount and self._is_sum(amount):
                found.add(place)
                self._has_found = True
            if place in found or place in sums:
                self._sum, self._lines = Decimal(0), 0
            else:
                self._sum += amount or 0
                self._lines += 1
        return found

    def _is_sum(self, amount: Decimal) -> bool:
        """Return whether an amount is the sum, perhaps rounded to cents or finer. The first one is of several lines."""
        digits = -int(amount.as_tuple().exponent)
        is_equal = amount == self._sum or (digits >= 2 and round(self._sum, digits) == amount)
        return is_equal and (self._lines > 1 or self._has_found)
