"""Find which of many values come more than once, in memory that does not grow with their number."""

from collections.abc import Hashable, Iterable
from typing import Final

_BITS: Final = 1 << 28
_MOST: Final = 500_000


class TooManyRepeats(Exception):
    """More distinct values come again than are kept."""


class RepeatFinder:
    """Two bits for each value, by its hash: what was certainly not seen before is not kept.

    `repeated` holds the hashes of all values that came again, and of some that did not: with ten million values about
    one in five hundred.
    """

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)
        self.repeated: set[int] = set()

    def add(self, values: Iterable[Hashable]) -> None:
        """Look at more values. Raises TooManyRepeats."""
        bits, repeated = self._bits, self.repeated
        for value in map(hash, values):
            first, second = value & 0xFFFFFFF, (value >> 29) & 0xFFFFFFF
            one, two = 1 << (first & 7), 1 << (second & 7)
            if bits[first >> 3] & one and bits[second >> 3] & two:
                repeated.add(value)
            else:
                bits[first >> 3] |= one
                bits[second >> 3] |= two
        if len(repeated) > _MOST:
            raise TooManyRepeats
