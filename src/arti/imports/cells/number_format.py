"""Find which mark the numbers of a file have before their decimals, from all cells of a column and of the file.

A single mark with three digits after it has two readings ("1,234"). What settles it, in this order: another cell of the
column; the other columns; what the column can hold (a count is whole, a share is at most 100 %); commas in a file whose
cells are divided by semicolons hold decimals. Otherwise the user is asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from arti.imports.cells.cell_parsers import (
    DOUBTFUL,
    ONLY,
    TWO_READINGS,
    WHOLE,
    ColumnKind,
    find_decimal_mark,
    is_blank,
    split_number,
)
from arti.imports.cells.plain_numbers import PlainMarks, find_plain_marks

_OTHER = {".": ",", ",": "."}
_FRACTION = re.compile(r"(?:0|0?[.,]\d+|1(?:[.,]0+)?)")
# A mark has to be this many times as frequent as the other to be that of a column.
_FEW = 10


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
    """What the cells of a column tell of its decimal mark, batch by batch; the memory does not grow with the column.

    `groups`: the marks that group digits for certain. Of counts: `unmarked`, `ungrouped`: whether there are numbers
    without any mark, and such of four digits or more. Of shares: whether one `is_above_one` and so in
    percent; else `fraction`: one of them, and their `sum`.
    """

    def __init__(self, kind: ColumnKind = ColumnKind.NUMBER) -> None:
        self.votes = {".": 0, ",": 0}
        self.groups: set[str] = set()
        self.unmarked = self.ungrouped = False
        self.fraction: str | None = None
        self.sum, self.is_above_one = 0.0, False
        self._counts = kind is ColumnKind.COUNT
        self._may_be_fractions = kind is ColumnKind.SHARE
        self._two_readings: dict[tuple[str, bool], str] = {}

    @property
    def two_readings(self) -> list[str]:
        """Cells with two readings, one for each mark, with and without three zeros at the end."""
        return list(self._two_readings.values())

    def add(self, cells: Sequence[str]) -> PlainMarks | None:
        """Count more cells of the column. Returns what was found if all of them are written plainly."""
        if self._counts and not self.ungrouped:
            self.unmarked = self.unmarked or any(cell.isdigit() for cell in cells)
            self.ungrouped = any(len(cell) > 3 and cell.isdigit() for cell in cells)
        if self._may_be_fractions:
            self._look_for_fractions(cells)
        plain = find_plain_marks(cells)
        if plain is not None:
            self.votes[plain.mark] += plain.settled
            self._keep(plain.two_readings)
            return plain
        for cell in cells:
            digits = (split_number(cell) or ("",))[0] if "." in cell or "," in cell else ""
            mark = find_decimal_mark(digits)
            if mark:
                self.votes[mark] += 1
                self.groups.update(_OTHER[mark] for _ in range(_OTHER[mark] in digits))
            elif TWO_READINGS.fullmatch(digits):
                self._keep([digits])
        return None

    def _look_for_fractions(self, cells: Sequence[str]) -> None:
        for cell in filter(None, map(str.strip, cells)):
            if not _FRACTION.fullmatch(cell) and not is_blank(cell):
                self._may_be_fractions, self.is_above_one, self.fraction = False, True, None
                return
            if not is_blank(cell):
                self.sum += float(cell.replace(",", "."))
                self.fraction = self.fraction or (cell if cell.strip("0.,") else None)

    def _keep(self, cells: Iterable[str]) -> None:
        for cell in cells:
            self._two_readings.setdefault((cell[-4], cell.endswith("000")), cell)


def find_number_format(
    columns: Mapping[int, MarkEvidence], kinds: Mapping[int, ColumnKind], delimiter: str
) -> NumberFormat:
    """Return the decimal marks of the columns of numbers.

    A column that contradicts itself has the mark of most of its cells; the others, and those with two readings, are
    refused one by one.
    """
    decimals = {mark for evidence in columns.values() for mark, votes in evidence.votes.items() if votes}
    grouping = {mark for evidence in columns.values() for mark in evidence.groups}
    for index, evidence in columns.items():
        if kinds[index] is ColumnKind.COUNT:
            grouping |= {cell[-4] for cell in evidence.two_readings if not cell.endswith("000")}
    disagree = len(decimals) > 1 or bool(decimals & grouping)
    marks: dict[int, str] = {}
    waiting: dict[int, list[str]] = {}
    for index, evidence in columns.items():
        cells, used = evidence.two_readings, {cell[-4] for cell in evidence.two_readings}
        if any(evidence.votes.values()):
            least, mark = sorted(evidence.votes, key=lambda mark: evidence.votes[mark])
            if evidence.votes[mark] < _FEW * evidence.votes[least]:
                marks[index] = mark + DOUBTFUL
            elif _OTHER[mark] in used and (disagree or len(used) > 1 or kinds[index] is ColumnKind.SHARE):
                marks[index] = mark + ONLY
            else:
                marks[index] = mark
        elif len(used) > 1:
            if kinds[index] is ColumnKind.COUNT and any(not cell.endswith("000") for cell in cells):
                marks[index] = WHOLE
        elif kinds[index] is ColumnKind.COUNT and cells:
            found = _read_counts(evidence, decimals)
            if found is None:
                waiting[index] = cells
            elif found:
                marks[index] = found
        elif kinds[index] is ColumnKind.SHARE and cells:
            marks[index] = used.pop()
        elif cells:
            waiting[index] = cells
    in_file = {mark[0] for mark in marks.values() if mark != WHOLE}
    if len(in_file) == 1:
        return NumberFormat(marks | dict.fromkeys(waiting, in_file.pop()))
    if waiting and delimiter == ";" and all("," in cell for cells in waiting.values() for cell in cells):
        return NumberFormat(marks | dict.fromkeys(waiting, ","))
    if not waiting:
        return NumberFormat(marks)
    cell = next(iter(waiting.values()))[0]
    return NumberFormat(marks, tuple(waiting), OpenNumber(cell, f"{cell[:-4]}.{cell[-3:]}", f"{cell[:-4]}{cell[-3:]}"))


def _read_counts(evidence: MarkEvidence, decimals: set[str]) -> str | None:
    """Return the decimal mark of whole numbers written with one mark; "" where they contradict; None if it is open."""
    cells = evidence.two_readings
    mark = cells[0][-4]
    if any(not cell.endswith("000") for cell in cells):
        # Three digits that are no zeros are no decimals of a whole number, unless all other columns say so.
        return "" if decimals == {mark} else _OTHER[mark]
    if evidence.ungrouped:
        return ""
    return _OTHER[mark] if evidence.unmarked else None
