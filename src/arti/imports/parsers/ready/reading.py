"""Read the rows of an export into sums by day or period, whole and split."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from arti.dimensions.text import write_dimension
from arti.dimensions.words import read_value
from arti.imports.cells.cell_parsers import is_blank, normalise_whitespace
from arti.imports.parsers.ready import definitions
from arti.imports.parsers.ready.exports import ReadyExport, split_currency
from arti.imports.parsers.ready.sums import RowNumber, Sums
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    check_totals,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_last_day,
    read_period,
)
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, RowResult, SourceTable
from arti.metrics.catalogue import Metric

CURRENCY: Final = "currency"
COVERS: Final = "covers"
ALL: Final = "all"
SOME: Final = "some of them"
_CODE: Final = re.compile(r"[A-Z]{3}")
# "Total: Account", "Total of 3 campaigns", "Gesamt: Konto".
_SUM_OF: Final = re.compile(r"([^:]+?)\s*(?::.*|\s(?:of|von|de|for)\s.*)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of numbers. `currency`: of its amounts; None: it holds no money, or the rows say it."""

    index: int
    metric: str
    is_money: bool
    currency: str | None


def find_measures(export: ReadyExport, names: Sequence[str]) -> list[Measure]:
    """Return the columns of numbers; of two of one metric the first that the export names."""
    found: dict[tuple[str, str | None], Measure] = {}
    for column, metric in export.measures.items():
        if column in names:
            found.setdefault((metric, None), Measure(names.index(column), metric, is_money=False, currency=None))
    for index, name in enumerate(names):
        column, currency = split_currency(name)
        if column in export.money:
            metric = export.money[column]
            found.setdefault((metric, currency), Measure(index, metric, is_money=True, currency=currency))
    return list(found.values())


def holds_money(export: ReadyExport, names: Sequence[str]) -> bool:
    return any(measure.is_money for measure in find_measures(export, names))


def needs_currency(export: ReadyExport, names: Sequence[str]) -> bool:
    """Return whether nothing in the file says in which currency its amounts are."""
    return "currency" not in names and any(
        measure.is_money and measure.currency is None for measure in find_measures(export, names)
    )


def covers_are_open(export: ReadyExport, table: SourceTable) -> bool:
    """Return whether rows that name things may be some of them only."""
    first = next(iter(export.splits), None)
    return export.adds_up and first in table.names


def parse(export: ReadyExport, source: str, table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a table of an export of `source`. Raises FileRejected for an answer that makes no sense."""
    return _Reader(export, table, answers, hints).read(source)


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, export: ReadyExport, table: SourceTable, answers: Answers, hints: Hints) -> None:
        self._export, self._table, self._hints = export, table, hints
        self._places = {name: index for index, name in enumerate(table.names)}
        self._splits = {self._places[name]: name for name in export.splits if name in self._places}  # the first first
        self._measures = find_measures(export, table.names)
        self._currency = _read_currency(answers) if needs_currency(export, table.names) else None
        self._answered = None if self._has_span or export.day in self._places else self._read_answered(answers)
        self._whole = export.adds_up and (not self._splits or _covers_all(answers, export, table))
        self._named = self._places.get(next(iter(export.splits), ""))
        self._metrics: dict[str, Metric] = {}
        self._sums = Sums(self._metrics)
        self._seen: dict[tuple[str, ...], int] = {}

    @property
    def _has_span(self) -> bool:
        return self._export.day not in self._places and {"start", "end"} <= self._places.keys()

    def _read_answered(self, answers: Answers) -> tuple[str, date]:
        if self._export.snapshot:
            return "", read_last_day(answers, self._hints.today)
        dimension, last = read_period(answers, self._hints.today)
        return dimension.removeprefix("period="), last

    def read(self, source: str) -> ParsedFile:
        export, table = self._export, self._table
        parsed = ParsedFile()
        known = [*export.measures, *export.splits, *export.kind_of.values(), export.day, "start", "end", "currency"]
        known += [name for name in table.names if split_currency(name)[0] in export.money]
        note_ignored_columns(table, known, parsed)
        totals: list[Sequence[str]] = []
        for row, cells in enumerate(table.rows, start=1):
            if not has_valid_shape(parsed, row, cells, len(table.header)):
                continue
            if self._is_sum(cells):
                totals.append(cells)
                parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            else:
                self._read_row(parsed, row, cells)
        self._sums.write(parsed)
        parsed.daily = not self._answered and not any("period=" in one.dimension for one in parsed.observations)
        if totals:
            rows = [cells for cells in table.rows if cells not in totals]
            check_totals(parsed, table, dict(self._columns(totals[-1])), totals[-1], rows)
        names = ", ".join(sorted({self._metrics[one.metric].name for one in parsed.observations}))
        parsed.notes.insert(
            0,
            f"The numbers are of your own source {definitions.SOURCES[source].name}: {names}. What of it is not there "
            "yet is defined with the commit, and stands under Sources and metrics.",
        )
        return parsed

    def _is_sum(self, cells: Sequence[str]) -> bool:
        named = [index for name, index in self._places.items() if index in self._splits or name == self._export.day]
        texts = [normalise_whitespace(cells[index]) for index in {0, *named}]
        if any(is_total(text) or ((of := _SUM_OF.fullmatch(text)) and is_total(of[1])) for text in texts):
            return True
        return self._names_none(cells) and self._equals_the_others(cells)  # as Meta writes it

    def _names_none(self, cells: Sequence[str]) -> bool:
        """Return whether a row has no name where the rows of its file have one."""
        return self._named is not None and is_blank(cells[self._named])

    def _equals_the_others(self, cells: Sequence[str]) -> bool:
        others = [other for other in self._table.rows if len(other) == len(cells) and not self._names_none(other)]
        compared = 0
        for index, column in self._columns(cells):
            try:
                value = column.read(cells[index])[0]
                summed = sum(column.read(other[index])[0] or 0 for other in others)
            except ValueError:
                return False
            if value is None or not column.additive:
                continue
            if abs(value - summed) > 0.005 + 1e-6 * abs(summed):
                return False
            compared += 1
        return compared > 0 and len(others) > 0

    def _columns(self, cells: Sequence[str]) -> Iterator[tuple[int, MeasureColumn]]:
        """Yield the columns of numbers, those of money in the currency of the row. Unknown currencies are left out."""
        for measure in self._measures:
            currency = measure.currency or self._currency
            if measure.is_money and currency is None:
                text = cells[self._places["currency"]].strip().upper()
                currency = text if _CODE.fullmatch(text) else None
                if currency is None:
                    continue
            metric = definitions.get_metric(measure.metric, currency if measure.is_money else None)
            self._metrics[metric.slug] = metric
            yield (
                measure.index,
                MeasureColumn(
                    metric.slug,
                    additive=metric.kind in ("flow", "counter") and metric.unit != "people",
                    kind=metric.kind,
                    decimal_mark=self._table.marks.get(measure.index),
                ),
            )

    def _read_row(self, parsed: ParsedFile, row: int, cells: Sequence[str]) -> None:
        when = self._read_when(parsed, row, cells)
        if when is None:
            return
        period, day = when
        if self._names_none(cells):
            parsed.record_row(row, [f"it names none of the {self._export.things}"], stored=False)
            return
        first = self._seen.setdefault(tuple(cells), row)
        if first != row and any(re.search(r"[1-9]", cells[measure.index]) for measure in self._measures):
            parsed.record_row(row, [f"the same is already in row {first}"], stored=False)
            return
        problems: list[str] = []
        dimensions = self._read_dimensions(cells, period, problems)
        columns = list(self._columns(cells))
        if len(columns) < len(self._measures):
            problems.append("the currency is no code like EUR, so the amount is left out")
        stored = False
        for index, column in columns:
            try:
                value, reason = column.read(cells[index])
                part = RowNumber(row, value, reason, self._counted(index, cells))
                if value is not None and value < 0:
                    problems.append(f"column {index + 1}: {cells[index].strip()[:40]} is below zero, and kept")
                stored = True
            except ValueError as error:
                problems.append(f"column {index + 1}: {error}")
                part = RowNumber(row, broken=True)
            for dimension in dimensions:
                self._sums.add((column.metric, day, dimension), part)
        parsed.record_row(row, problems, stored=stored and bool(dimensions))

    def _read_when(self, parsed: ParsedFile, row: int, cells: Sequence[str]) -> tuple[str, date] | None:
        """Return the period and last day of a row, the period empty for a day; None after the row was rejected."""
        if self._answered:
            return self._answered
        end = read_day(
            parsed,
            row,
            self._table,
            cells,
            self._places["end" if self._has_span else self._export.day],
            self._hints.today,
        )
        if end is None:
            return None
        if not self._has_span:
            return "", end
        try:
            start = self._table.parse_day(cells, self._places["start"])
            if start is None or not 0 <= (end - start).days < 9999:
                raise ValueError("the days from which and to which it counts make no period")
        except ValueError as error:
            parsed.record_row(row, [str(error)], stored=False)
            return None
        days = (end - start).days + 1
        return (f"{days}day" if days > 1 else "", end)

    def _read_dimensions(self, cells: Sequence[str], period: str, problems: list[str]) -> list[str]:
        """Return what a row's numbers are added to: the whole and each of its splits, or all of them as one."""
        base = {"period": period} if period else {}
        parts: list[dict[str, str]] = []
        # Of some campaigns only, what is by country is by country of these.
        by = list(self._splits.items()) if self._whole or not self._export.adds_up else [*self._splits.items()][:1]
        for index, name in by:
            dimension = self._export.splits[name]
            try:
                if is_blank(cells[index]):
                    raise ValueError("it is empty")
                parts.append({dimension: read_value(dimension, cells[index])})
            except ValueError as error:
                problems.append(f"not counted by {name}: {error}")
        if not self._export.adds_up:
            parts = [dict(pair for part in parts for pair in part.items())]
        if self._whole:
            parts.insert(0, {})
        return [write_dimension(base | part) for part in parts]

    def _counted(self, index: int, cells: Sequence[str]) -> str:
        """Return what the number in a column counts in this row, where a column of the export says it."""
        said = self._places.get(self._export.kind_of.get(self._table.names[index], ""))
        return "" if said is None else normalise_whitespace(cells[said]).casefold()


def _read_currency(answers: Mapping[str, str]) -> str:
    code = answers.get(CURRENCY, "").strip().upper()
    if not _CODE.fullmatch(code):
        raise FileRejected(f"{CURRENCY} must be a code like EUR.")
    return code


def _covers_all(answers: Mapping[str, str], export: ReadyExport, table: SourceTable) -> bool:
    if not covers_are_open(export, table):
        return True
    if answers.get(COVERS) not in (ALL, SOME):
        raise FileRejected(f"{COVERS} must be {ALL!r} or {SOME!r}.")
    return answers[COVERS] == ALL
