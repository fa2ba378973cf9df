"""Sums of some lines that no word gives away: a row that names a store alone, with the amount of the rows above it."""

from collections.abc import Collection, Sequence
from decimal import Decimal


class RunningSum:
    """The sum of each currency's amounts below the last row that was a sum itself, batch by batch."""

    def __init__(self) -> None:
        self._sums: dict[str | None, Decimal] = {}
        self._lines: dict[str | None, int] = {}
        self._has_found = False

    def find_sums(
        self,
        amounts: Sequence[Decimal | None],
        currencies: Sequence[str | None],
        sums: Collection[int],
        doubtful: Collection[int],
    ) -> set[int]:
        """Return which of the doubtful places are sums of the lines above; `sums`: places known to be some."""
        if not sums and not doubtful and len({*currencies}) == 1:
            self._add(currencies[0], sum(filter(None, amounts), Decimal(0)), len(amounts))
            return set()
        found = set[int]()
        for place, (amount, currency) in enumerate(zip(amounts, currencies, strict=True)):
            if place in doubtful and amount and self._is_sum(amount, currency):
                found.add(place)
                self._has_found = True
            if place in found or place in sums:
                self._sums.pop(currency, None)
                self._lines.pop(currency, None)
            else:
                self._add(currency, amount or Decimal(0), 1)
        return found

    def _add(self, currency: str | None, amount: Decimal, lines: int) -> None:
        self._sums[currency] = self._sums.get(currency, Decimal(0)) + amount
        self._lines[currency] = self._lines.get(currency, 0) + lines

    def _is_sum(self, amount: Decimal, currency: str | None) -> bool:
        """Return whether an amount is the sum, perhaps rounded to cents or finer. The first one is of several lines."""
        above = self._sums.get(currency, Decimal(0))
        digits = -int(amount.as_tuple().exponent)
        is_equal = amount == above or (digits >= 2 and round(above, digits) == amount)
        return is_equal and (self._lines.get(currency, 0) > 1 or self._has_found)
