"""What the cells of a table tell of the way in which its columns are written, gathered batch by batch."""

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.cells.flat_rows import FlatRows
from arti.imports.cells.number_format import MarkEvidence

DAY_KINDS = frozenset({ColumnKind.DAY, ColumnKind.OTHER_DAY})
# So few that their cells stay in the processor's cache: with 5,000 rows reading takes twice as long.
BATCH_ROWS = 400
# So many distinct days of a column are looked at; of days with their times there may be millions.
_MOST_DAYS = 50_000
_LONGEST = 200
_ISO_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ].+", re.DOTALL)


class ColumnEvidence:
    """The distinct cells of the columns of days, in their order, and what those of numbers tell of their marks."""

    def __init__(self, kinds: Mapping[int, ColumnKind]) -> None:
        self.days: dict[int, dict[str, None]] = {index: {} for index, kind in kinds.items() if kind in DAY_KINDS}
        self.numbers = {index: MarkEvidence(kind) for index, kind in kinds.items() if kind not in DAY_KINDS}

    def add_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Look at more rows, which may be of different widths."""
        if isinstance(rows, FlatRows):
            for index in self.days:
                self.add_column(index, rows.columns[index])
            for index, evidence in self.numbers.items():
                rows.plain_marks[index] = evidence.add(rows.columns[index])
            return
        for index in (*self.days, *self.numbers):
            try:
                cells = list(map(itemgetter(index), rows))
            except IndexError:
                cells = [row[index] for row in rows if len(row) > index]
            self.add_column(index, cells)

    def add_column(self, index: int, cells: Sequence[str]) -> None:
        """Look at more cells of a column."""
        if index in self.numbers:
            self.numbers[index].add(cells)
            return
        seen, distinct = self.days[index], dict.fromkeys(cells)
        if distinct and max(map(len, distinct)) > _LONGEST:
            distinct = dict.fromkeys(cell for cell in distinct if len(cell) <= _LONGEST)  # the others are no days
        if len(seen) < _MOST_DAYS:
            seen.update(distinct)
            return
        # Of a column with so many distinct cells, those that say something about the order of day and month.
        new = [cell for cell in distinct if cell not in seen and not _ISO_WITH_TIME.fullmatch(cell)]
        seen.update(dict.fromkeys(new[: max(0, 2 * _MOST_DAYS - len(seen))]))


def gather(rows: Sequence[Sequence[str]], kinds: Mapping[int, ColumnKind]) -> ColumnEvidence:
    """Return what all rows of a table tell."""
    evidence = ColumnEvidence(kinds)
    for start in range(0, len(rows), BATCH_ROWS):
        evidence.add_rows(rows[start : start + BATCH_ROWS])
    return evidence
