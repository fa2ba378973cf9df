"""Rows of one width as one list of cells, so that no list is made for each row."""

from collections.abc import Sequence
from functools import cached_property
from typing import overload


class FlatRows(Sequence[list[str]]):
    """Rows of which the columns are slices."""

    def __init__(self, cells: list[str], width: int) -> None:
        self.width = width
        self._cells = cells

    @cached_property
    def columns(self) -> list[list[str]]:
        """The cells column by column."""
        return [self._cells[index :: self.width] for index in range(self.width)]

    def __len__(self) -> int:
        return len(self._cells) // self.width

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        start = (place if place >= 0 else place + len(self)) * self.width
        if not 0 <= start < len(self._cells):
            raise IndexError(place)
        return self._cells[start : start + self.width]
