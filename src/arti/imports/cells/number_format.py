"""Find which mark the numbers of a file have before their decimals, from all cells of a column and of the file.

A single mark with three digits after it has two readings ("1,234"). What settles it, in this order: another cell of the
column; the other columns; what the column can hold (a count is whole, a share is at most 100 %); commas in a file whose
cells are divided by semicolons hold decimals. Otherwise the user is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from arti.imports.cells.cell_parsers import TWO_READINGS, ColumnKind, find_decimal_mark, split_number
from arti.imports.cells.plain_numbers import find_plain_marks

_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class OpenNumber:
    """A cell with two readings, and nothing in its file that settles which is right."""

    cell: str
    decimal: str
    grouped: str

    def mark(self, *, is_decimal: bool) -> str:
        """Return the decimal mark of the file, if the mark of the cell is one or not."""
        mark = "," if "," in self.cell else "."
        return mark if is_decimal else _OTHER[mark]


@dataclass(slots=True)
class NumberFormat:
    """The decimal mark of each column that needs one, and the columns that wait for an answer about `open`."""

    marks: dict[int, str] = field(default_factory=dict)
    unsettled: tuple[int, ...] = ()
    open: OpenNumber | None = None


class MarkEvidence:
    """What the cells of a column tell of its decimal mark, batch by batch; the memory does not grow with the column."""

    def __init__(self) -> None:
        self.votes = {".": 0, ",": 0}
        self._two_readings: dict[tuple[str, bool], str] = {}

    @property
    def two_readings(self) -> list[str]:
        """Cells with two readings, one for each mark, with and without three zeros at the end."""
        return list(self._two_readings.values())

    def add(self, cells: Sequence[str]) -> None:
        """Count more cells of the column."""
        plain = find_plain_marks(cells)
        if plain is not None:
            self.votes[plain.mark] += plain.settled
            self._keep(plain.two_readings)
            return
        for cell in cells:
            digits = (split_number(cell) or ("",))[0] if "." in cell or "," in cell else ""
            mark = find_decimal_mark(digits)
            if mark:
                self.votes[mark] += 1
            elif TWO_READINGS.fullmatch(digits):
                self._keep([digits])

    def _keep(self, cells: Iterable[str]) -> None:
        for cell in cells:
            self._two_readings.setdefault((cell[-4], cell.endswith("000")), cell)


def find_number_format(
    columns: Mapping[int, MarkEvidence], kinds: Mapping[int, ColumnKind], delimiter: str
) -> NumberFormat:
    """Return the decimal marks of the columns of numbers.

    A column that contradicts itself has the mark of most of its cells; the others are then refused one by one.
    """
    marks: dict[int, str] = {}
    two_readings: dict[int, list[str]] = {}
    for index, evidence in columns.items():
        votes = evidence.votes
        if evidence.two_readings:
            two_readings[index] = evidence.two_readings
        if any(votes.values()):
            marks[index] = max(votes, key=lambda mark: votes[mark])
    unsettled = {index: cells for index, cells in two_readings.items() if index not in marks}
    settled_by_kind = {index: mark for index, cells in unsettled.items() if (mark := _by_kind(cells, kinds[index]))}
    in_file = {*marks.values()} or {*settled_by_kind.values()}
    for index in unsettled:
        # A count that its own kind settles is safe in a file whose columns disagree.
        mark = settled_by_kind.get(index) if len(in_file) != 1 else min(in_file)
        if mark:
            marks[index] = mark
    waiting = {index: cells for index, cells in unsettled.items() if index not in marks}
    if waiting and delimiter == ";" and all("," in cell for cells in waiting.values() for cell in cells):
        return NumberFormat(marks | dict.fromkeys(waiting, ","))
    if not waiting:
        return NumberFormat(marks)
    cell = next(iter(waiting.values()))[0]
    return NumberFormat(marks, tuple(waiting), OpenNumber(cell, f"{cell[:-4]}.{cell[-3:]}", f"{cell[:-4]}{cell[-3:]}"))


def _by_kind(cells: list[str], kind: ColumnKind) -> str | None:
    """Return the decimal mark that follows from what the column can hold, or None."""
    used = {cell[-4] for cell in cells}
    if len(used) != 1:
        return None
    mark = used.pop()
    if kind is ColumnKind.COUNT and any(not cell.endswith("000") for cell in cells):
        return _OTHER[mark]
    return mark if kind is ColumnKind.SHARE else None
