"""Find the row that is the sum of the others, so that it never becomes a song, a playlist or a city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arti.imports.cells.cell_parsers import normalise_name, normalise_whitespace
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import MeasureColumn, check_totals, read_measures
from arti.imports.types import Answers, FileQuestion, FileRejected, ParsedFile, RowResult, SourceTable
from arti.metrics.catalogue import METRICS

SUM_ROW = "sum_row"
_IS_SUM = "the sum of the rows"
_FEWEST_UNNAMED = 3


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row of sums. `kind`: named as a total, named as the artist, or only equal to the sum of the others."""

    row: int
    name: str
    kind: Literal["total", "artist", "unnamed"]
    adds_up: bool


def find_sum_row(
    table: SourceTable, name_index: int, columns: Mapping[int, MeasureColumn], artists: Sequence[str] = ()
) -> SumRow | None:
    """Return the row of sums, or None. Only numbers that may be added up over rows decide, such as streams."""
    sums = {index: _values(table, index, column) for index, column in columns.items() if _adds_up(column)}
    totals = {index: sum(values.values()) for index, values in sums.items() if any(values.values())}
    for row, cells in enumerate(table.rows, start=1):
        if len(cells) <= name_index:
            continue
        name = normalise_whitespace(cells[name_index])
        adds_up = bool(totals) and all(
            abs(2 * sums[index].get(row, 0.0) - total) <= 1e-6 * abs(total) for index, total in totals.items()
        )
        if is_total(name):
            return SumRow(row, name, "total", adds_up or not totals)
        if normalise_name(name) in map(normalise_name, artists):
            return SumRow(row, name, "artist", adds_up)
        if adds_up and len(table.rows) > _FEWEST_UNNAMED:
            return SumRow(row, name, "unnamed", adds_up=True)
    return None


def _adds_up(column: MeasureColumn) -> bool:
    return column.additive and (column.kind or METRICS[column.metric].kind) == "flow"


def _values(table: SourceTable, index: int, column: MeasureColumn) -> dict[int, float]:
    values = {}
    for row, cells in enumerate(table.rows, start=1):
        try:
            values[row] = column.read(cells[index])[0] or 0.0
        except (ValueError, IndexError):
            continue
    return values


def sum_row_questions(found: SumRow | None, thing: str) -> list[FileQuestion]:
    """Return the question about a row that is named like a sum and does not add up. `thing`: what it would be."""
    if found is None or found.adds_up:
        return []
    text = f"Row {found.row}, {found.name!r}, is not the sum of the other rows. Is it their total, or {thing}?"
    return [FileQuestion(SUM_ROW, text, "choice", None, (_IS_SUM, thing))]


def confirm_sum_row(found: SumRow | None, thing: str, answers: Answers) -> SumRow | None:
    """Return the row of sums as the file and the answers tell. Raises FileRejected."""
    if found is None or found.adds_up:
        return found
    answer = answers.get(SUM_ROW, "").strip()
    if answer not in (_IS_SUM, thing):
        raise FileRejected(f"{SUM_ROW} must be {_IS_SUM!r} or {thing!r}.")
    return found if answer == _IS_SUM else None


def record_sum_row(
    parsed: ParsedFile,
    table: SourceTable,
    columns: Mapping[int, MeasureColumn],
    found: SumRow,
    *,
    on: date,
    dimension: str,
) -> None:
    """Check the other rows against the sum. The artist's own row is kept as the artist's numbers of the period."""
    cells = table.rows[found.row - 1]
    others = [other for row, other in enumerate(table.rows, start=1) if row != found.row]
    check_totals(parsed, table, {index: column for index, column in columns.items() if _adds_up(column)}, cells, others)
    if found.kind == "artist":
        read_measures(parsed, found.row, cells, columns, on=on, dimension=dimension)
    else:
        parsed.row_results.append(RowResult(found.row, "warning", "the sum of the other rows, used as a check only"))
