"""Rows of one width as columns, so that no list is made for each row."""

from collections.abc import Sequence
from typing import overload

from arti.imports.cells.plain_numbers import PlainMarks, is_doubtful


class FlatRows(Sequence[list[str]]):
    """Rows that are kept as their columns. `plain_marks`: of columns of numbers, what a look at all cells has found."""

    def __init__(self, columns: list[list[str]]) -> None:
        self.columns = columns
        self.plain_marks: dict[int, PlainMarks | None] = {}

    @property
    def width(self) -> int:
        """How many cells each row has."""
        return len(self.columns)

    def is_plain(self, index: int, mark: str | None) -> bool:
        """Return whether a look at a column has found that all of its cells are plain numbers with this mark."""
        found = self.plain_marks.get(index)
        if found is None or (found.two_readings and is_doubtful(mark)):
            return False
        return found.are_numbers and (mark or "")[:1] == found.mark

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [list(row) for row in zip(*(column[place] for column in self.columns), strict=True)]
        return [column[place] for column in self.columns]
