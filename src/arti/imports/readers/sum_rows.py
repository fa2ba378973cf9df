"""Find the row that is the sum of the others, so that it never becomes a song, a playlist or a city."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arti.imports.cells.cell_parsers import normalise_name, normalise_whitespace
from arti.imports.readers.header_words import is_average, is_total
from arti.imports.readers.measures import SUM_OF_OTHERS, MeasureColumn, check_totals, read_measures
from arti.imports.types import Answers, FileQuestion, FileRejected, ParsedFile, RowResult, SourceTable
from arti.metrics.catalogue import METRICS

SUM_ROW = "sum_row"
_IS_SUM = "the sum of the rows"
_FEWEST_UNNAMED = 3
AVERAGE_OF_OTHERS = "the average of the other rows, so it was left out"


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row of sums. `kind`: named as a total, named as the artist, only equal to the sum of the others, or named
    as their average and equal to it.
    """

    row: int
    name: str
    kind: Literal["total", "artist", "unnamed", "average"]
    adds_up: bool


def find_sum_rows(
    table: SourceTable, name_index: int, columns: Mapping[int, MeasureColumn], artists: Sequence[str] = ()
) -> list[SumRow]:
    """Return the rows of sums. Only numbers that may be added up over rows decide, such as streams.

    Two exports put together have two, and a table in groups has one below each; they are no part of each other.
    """
    sums = {index: _values(table, index, column) for index, column in columns.items() if _adds_up(column)}
    known = {*map(normalise_name, artists)}
    names = {
        row: normalise_whitespace(cells[name_index])
        for row, cells in enumerate(table.rows, start=1)
        if len(cells) > name_index
    }
    named: dict[int, Literal["total", "artist"]] = {
        row: "total" if is_total(name) else "artist"
        for row, name in names.items()
        if is_total(name) or normalise_name(name) in known
    }

    def add_up(left_out: Collection[int]) -> dict[int, float]:
        return {
            index: sum(value for row, value in values.items() if row not in left_out)
            for index, values in sums.items()
            if any(values.values())
        }

    # A song may be called so; an average is one in all of its numbers, which may be rounded.
    averages = {row for row, name in names.items() if is_average(name) and row not in named}
    of_others, count = add_up({*named, *averages}), len(names) - len(named) - len(averages)
    averages = {
        row
        for row in averages
        if of_others and all(abs(sums[at].get(row, 0.0) * count - of_others[at]) <= 0.51 * count for at in of_others)
    }
    of_others = add_up({*named, *averages})

    def equals(row: int, share: int) -> bool:
        return bool(of_others) and all(
            abs(share * sums[index].get(row, 0.0) - total) <= 1e-6 * abs(total) for index, total in of_others.items()
        )

    found = []
    for row, name in names.items():
        if row in named:
            adds_up = equals(row, 1) or (named[row] == "total" and not of_others)
            found.append(SumRow(row, name, named[row], adds_up))
        elif row in averages:
            found.append(SumRow(row, name, "average", adds_up=True))
        elif len(table.rows) > _FEWEST_UNNAMED and equals(row, 2):
            found.append(SumRow(row, name, "unnamed", adds_up=True))
    return found


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


def sum_row_questions(found: Sequence[SumRow], thing: str) -> list[FileQuestion]:
    """Return the question about rows that are named like a sum and do not add up. `thing`: what each would be."""
    doubtful = [each for each in found if not each.adds_up]
    if not doubtful:
        return []
    first, more = doubtful[0], len(doubtful) - 1
    others = (" So is 1 more." if more == 1 else f" So are {more} more.") if more else ""
    text = f"Row {first.row}, {first.name!r}, is not the sum of the other rows. Is it their total, or {thing}?{others}"
    return [FileQuestion(SUM_ROW, text, "choice", None, (_IS_SUM, thing))]


def confirm_sum_rows(found: Sequence[SumRow], thing: str, answers: Answers) -> dict[int, SumRow]:
    """Return the rows of sums, by number, as the file and the answers tell. Raises FileRejected."""
    if all(each.adds_up for each in found):
        return {each.row: each for each in found}
    answer = answers.get(SUM_ROW, "").strip()
    if answer not in (_IS_SUM, thing):
        raise FileRejected(f"{SUM_ROW} must be {_IS_SUM!r} or {thing!r}.")
    return {each.row: each for each in found if each.adds_up or answer == _IS_SUM}


def record_sum_row(
    parsed: ParsedFile,
    table: SourceTable,
    columns: Mapping[int, MeasureColumn],
    found: SumRow,
    sums: Collection[int],
    *,
    on: date,
    dimension: str,
) -> None:
    """Check the rows that are no `sums` against one. The artist's own row is kept as the artist's numbers."""
    if found.kind == "average":
        parsed.row_results.append(RowResult(found.row, "warning", AVERAGE_OF_OTHERS))
        return
    cells = table.rows[found.row - 1]
    others = [other for row, other in enumerate(table.rows, start=1) if row not in sums]
    check_totals(parsed, table, {index: column for index, column in columns.items() if _adds_up(column)}, cells, others)
    if found.kind == "artist":
        read_measures(parsed, found.row, cells, columns, on=on, dimension=dimension)
    else:
        parsed.row_results.append(RowResult(found.row, "warning", SUM_OF_OTHERS))
