"""What the cells of a column say, each distinct one read once: most columns of a report repeat few texts."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST_TEXTS = 50_000
LONGEST_TEXT = 500


class CellCache(dict[str, Value | None], Generic[Value]):
    """The values of cells by their text. `read` returns None for a blank cell, and raises ValueError for a wrong one.

    `bad`: the wrong cells of this batch; `warnings`: what to say about cells whose value is left out.
    """

    def __init__(self, read: Callable[[str], Value | None], warn: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self._read, self._warn = read, warn
        self.bad: set[str] = set()
        self.warnings: dict[str, str] = {}

    def start_batch(self) -> None:
        """Forget the wrong cells, and all cells where there are too many."""
        self.bad.clear()
        if len(self) >= MOST_TEXTS:
            self.clear()
            self.warnings.clear()

    def __missing__(self, cell: str) -> Value | None:
        try:
            value = self._read(cell)
        except (ValueError, ArithmeticError):
            self.bad.add(cell)
            return None
        warning = self._warn(cell) if self._warn is not None and value is None else ""
        if len(cell) > LONGEST_TEXT:  # not kept, so its row is looked at by itself
            if warning:
                self.bad.add(cell)
            return value
        if warning:
            self.warnings[cell] = warning
        self[cell] = value
        return value

    def column(self, cells: Sequence[str]) -> list[Value | None]:
        """Return the values of a column."""
        return list(map(self.__getitem__, cells))


def first_of(columns: Sequence[list[Value | None]], length: int) -> list[Value | None]:
    """Return the first value of each row that is not None."""
    if not columns:
        return [None] * length
    found = columns[0]
    for other in columns[1:]:
        found = [later if value is None else value for value, later in zip(found, other, strict=True)]
    return found
