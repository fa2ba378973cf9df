"""Read the rows of a royalty report column by column; a row that is wrong is read again by itself, for its reason."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

from pydantic import ValidationError

from arti.imports.cells.cell_parsers import names_other_currency
from arti.imports.cells.flat_rows import FlatRows
from arti.imports.cells.plain_numbers import read_all_plain, read_plain, to_decimals
from arti.imports.parsers.royalties.cell_cache import LONGEST_TEXT, MOST_TEXTS, CellCache, first_of
from arti.imports.parsers.royalties.columns import StatementColumns
from arti.imports.parsers.royalties.formats import RoyaltyFormat
from arti.imports.parsers.royalties.months import MonthColumns
from arti.imports.parsers.royalties.row_reader import (
    describe_unknown_country,
    describe_wrong_isrc,
    describe_wrong_upc,
    find_names,
    names_sum_of_group,
    read_country,
    read_currency,
    read_isrc,
    read_kind,
    read_number,
    read_row,
    read_short,
    read_text,
    read_upc,
)
from arti.imports.parsers.royalties.subtotals import RunningSum
from arti.imports.readers.header_words import is_sum_title, is_total
from arti.imports.readers.measures import SUM_OF_OTHERS, has_valid_shape
from arti.imports.types import ParsedFile, RowResult, SourceTable
from arti.metrics.money.lines import RoyaltyLines

Rows = Sequence[Sequence[str]]
Columns = Sequence[Sequence[str]]


class LineReader:
    """Reads batches of rows into lines; what is said about rows goes to `parsed`."""

    def __init__(
        self,
        table: SourceTable,
        form: RoyaltyFormat,
        columns: StatementColumns,
        currency: str | None,
        today: date,
        parsed: ParsedFile,
    ) -> None:
        self._table, self._form, self._columns, self._currency = table, form, columns, currency
        self._parsed, self._today = parsed, today
        self._width = len(table.header)
        self._begin_lines: tuple[set[str], set[str]] = set(), set()  # first and second cells that lines had before
        self._totals = CellCache(lambda cell: is_total(cell) or None)
        self._sum_titles = CellCache(lambda title: is_sum_title(title) or None)
        self._texts = CellCache(read_text)
        self._artist = CellCache(read_text)
        self._store = CellCache(partial(read_short, most=80))
        self._title = CellCache(partial(read_short, most=300))
        self._country = CellCache(read_country, lambda cell: _warn(cell, describe_unknown_country))
        self._upc = CellCache(read_upc, lambda cell: _warn(cell, describe_wrong_upc))
        warn_of_isrc = partial(_warn, describe=describe_wrong_isrc) if columns.isrc_is_certain else None
        self._isrc = CellCache(read_isrc, warn_of_isrc)
        self._currencies = CellCache(lambda cell: read_currency(cell, currency, columns.only_currency))
        self._kinds = [CellCache(read_kind) for _ in columns.kinds]
        self._months = MonthColumns(table, columns, today)
        self._quantities = [CellCache(partial(read_number, mark=table.marks.get(index))) for index in columns.quantity]
        self._amount_mark = table.marks.get(columns.amount)
        self._amounts = CellCache(partial(read_number, mark=self._amount_mark))
        self._running = RunningSum()

    def read(self, first_row: int, rows: Rows) -> RoyaltyLines:
        """Return the lines of the rows from `first_row` on."""
        cells: Columns
        if isinstance(rows, FlatRows) and self._are_lines(rows):
            numbers, cells = list(range(first_row, first_row + len(rows))), rows.columns
            self._parsed.row_results.accept(first_row, numbers[-1])
        else:
            numbers, rows = self._select(first_row, rows)
            if not rows:
                return RoyaltyLines()
            cells = list(zip(*rows, strict=True))
        lines, wrong, doubtful = self._read_columns(numbers, rows, cells)
        warned = self._find_warnings(cells, lines)
        rejected = self._leave_out_sums(cells, lines, doubtful, wrong)
        for place in sorted(wrong - rejected):
            problems: list[str] = []
            try:
                line = read_row(
                    self._table, self._form, self._columns, rows[place], self._currency, self._today, problems
                )
            except ValidationError as error:
                problem = error.errors()[0]
                problems = [f"{problem['loc'][0]}: {problem['msg']}"]
            except (ValueError, ArithmeticError) as error:
                problems = [str(error)]
            else:
                lines.put(place, line)
                warned[place] = problems
                continue
            rejected.add(place)
            self._parsed.record_row(numbers[place], problems, stored=False)
        for place, problems in sorted(warned.items()):
            if problems and place not in rejected:
                self._parsed.record_row(numbers[place], problems, stored=True)
        self._months.count_spans(cells, lines.month, rejected, self._parsed.spans)
        return lines.without(rejected) if rejected else lines

    def _are_lines(self, rows: FlatRows) -> bool:
        """Return whether each row has the width and the first cell of a line, and none is a sum."""
        if rows.width != self._width:
            return False
        first, second = rows.columns[:2]
        if self._begin_lines[0].issuperset(first) and self._begin_lines[1].issuperset(second):
            return True
        if not all(map(str.strip, first)) or any(self._totals.column(first)) or any(self._totals.column(second)):
            return False
        for known, cells in zip(self._begin_lines, (first, second), strict=True):
            if len(known) < MOST_TEXTS:
                known.update(cell for cell in cells if len(cell) <= LONGEST_TEXT)
        return True

    def _select(self, first_row: int, rows: Rows) -> tuple[list[int], Rows]:
        """Return the numbers and cells of the rows that may be lines; the others get their results."""
        numbers = list(range(first_row, first_row + len(rows)))
        self._parsed.row_results.accept(first_row, numbers[-1] if numbers else 0)
        width = self._width
        if set(map(len, rows)) != {width} or not all(map(str.strip, map(itemgetter(0), rows))):
            shaped = [
                (number, row if len(row) == width else row[:width])
                for number, row in zip(numbers, rows, strict=True)
                if has_valid_shape(self._parsed, number, row, width)
            ]
            numbers, rows = [number for number, _ in shaped], [row for _, row in shaped]
        first, second = ([row[at] for row in rows] for at in (0, 1))
        if any(self._totals.column(first)) or any(self._totals.column(second)):
            sums = {place for place, row in enumerate(rows) if self._totals[row[0]] or self._totals[row[1]]}
            for place in sorted(sums):
                self._parsed.row_results.append(RowResult(numbers[place], "warning", SUM_OF_OTHERS))
            numbers = [number for place, number in enumerate(numbers) if place not in sums]
            rows = [row for place, row in enumerate(rows) if place not in sums]
        return numbers, rows

    def _read_columns(self, numbers: list[int], rows: Rows, cells: Columns) -> tuple[RoyaltyLines, set[int], set[int]]:
        """Return the lines as far as they can be read, and the places of those that must be looked at one by one.

        Beside them: the places that lack a store or a title, which may be those of sums.
        """
        columns, length = self._columns, len(numbers)
        for cache in self._caches():
            cache.start_batch()
        wrong: set[int] = set()
        amount: list[Decimal] | list[Decimal | None] | None
        if isinstance(rows, FlatRows) and rows.is_plain(columns.amount, self._amount_mark):
            amount = to_decimals(cells[columns.amount], self._amount_mark)
        else:
            amount = read_all_plain(cells[columns.amount], self._amount_mark)
        is_plain = amount is not None
        if amount is None:
            amount = [read_plain(cell, self._amount_mark) or self._amounts[cell] for cell in cells[columns.amount]]
            wrong |= {place for place, value in enumerate(amount) if value is None}
        quantity = first_of(
            [cache.column(cells[at]) for cache, at in zip(self._quantities, columns.quantity, strict=True)], length
        )
        month = self._months.read(cells, length)
        currency: list[str | None] = [self._currency] * length
        if columns.currency is not None:
            currency = self._currencies.column(cells[columns.currency])
        if not is_plain:
            amounts = zip(cells[columns.amount], currency, strict=True)
            wrong |= {place for place, (cell, code) in enumerate(amounts) if names_other_currency(cell, code or "")}
        for required in (month, currency):
            if not all(required):
                wrong |= {place for place, value in enumerate(required) if value is None}
        kind = first_of([cache.column(cells[at]) for cache, at in zip(self._kinds, columns.kinds, strict=True)], length)
        default_store = (self._form.default_store or self._form.title)[:80].strip()
        store = self._store.column(self._merge(cells, columns.store, length))
        countries = self._merge(cells, columns.country, length)
        country = self._country.column(countries)
        upcs = self._merge(cells, columns.upc, length)
        upc = self._upc.column(upcs)
        if len(columns.upc) > 1:
            upc = first_of([self._upc.column(cells[at]) for at in columns.upc], length)
        looked_at: list[tuple[CellCache[Any], Sequence[str]]] = [(self._country, countries), (self._upc, upcs)]
        looked_at += zip(self._quantities, (cells[at] for at in columns.quantity), strict=True)
        for cache, texts in looked_at:
            if cache.bad:
                wrong |= {place for place, cell in enumerate(texts) if cell in cache.bad}
        external_id: list[str | None] = [None] * length
        if columns.external_id is not None:
            external_id = [cell.strip()[:200] or None for cell in cells[columns.external_id]]
        title = self._title.column(self._merge(cells, columns.titles, length))
        doubtful: set[int] = set()
        for names, values in ((columns.store, store), (columns.titles, title)):
            if names and not all(values):
                doubtful |= {place for place, value in enumerate(values) if value is None}
        filled: dict[str, list[Any]] = {
            "month": month,
            "amount": amount,
            "currency": currency,
            "store": store if all(store) else [value or default_store for value in store],
            "type": kind if all(kind) else [value or self._form.default_kind for value in kind],
        }
        lines = RoyaltyLines(
            row=numbers,
            external_id=external_id,
            quantity=quantity,
            country=country,
            title=title,
            artist=self._artist.column(self._merge(cells, columns.artist, length)),
            isrc=first_of([self._isrc.column(cells[at]) for at in columns.isrc], length),
            upc=upc,
            artist_id=[None] * length,
            recording_id=[None] * length,
            release_id=[None] * length,
            **filled,
        )
        return lines, wrong, doubtful

    def _leave_out_sums(
        self, cells: Columns, lines: RoyaltyLines, doubtful: Iterable[int], wrong: set[int]
    ) -> set[int]:
        """Return the places of sums of some lines; lines that name nothing at all are `wrong`."""
        named = {text for text in {*lines.title} if text and self._sum_titles[text]}
        subtotals = {place for place, text in enumerate(lines.title) if text in named} if named else set[int]()
        sums = set[int]()
        for place in sorted(doubtful):
            row = [column[place] for column in cells]
            if names_sum_of_group(row, self._columns):
                self._parsed.row_results.append(RowResult(lines.row[place], "warning", SUM_OF_OTHERS))
                sums.add(place)
            elif not (names := find_names(row, self._columns)):
                wrong.add(place)
            elif len(names) == 1 and self._columns.titles and self._columns.store:
                subtotals.add(place)
        for place in sorted(self._running.find_sums(lines.amount, lines.currency, sums, subtotals)):
            self._parsed.row_results.append(RowResult(lines.row[place], "warning", SUM_OF_OTHERS))
            sums.add(place)
        return sums

    def _caches(self) -> Iterator[CellCache[Any]]:
        one: list[CellCache[Any]] = [
            self._totals,
            self._sum_titles,
            self._texts,
            self._artist,
            self._store,
            self._title,
            self._country,
        ]
        one += [self._upc, self._isrc, self._currencies, self._amounts]
        yield from chain(one, self._kinds, self._months.caches, self._quantities)

    def _merge(self, cells: Columns, indexes: Sequence[int], length: int) -> Sequence[str]:
        """Return for each row the first cell that is not blank."""
        if len(indexes) == 1:
            return cells[indexes[0]]
        return [text or "" for text in first_of([self._texts.column(cells[at]) for at in indexes], length)]

    def _find_warnings(self, cells: Columns, lines: RoyaltyLines) -> dict[int, list[str]]:
        """Return what to say about values that were left out, by place."""
        warned: dict[int, list[str]] = {}
        for cache, indexes, values in (
            (self._country, self._columns.country, lines.country),
            (self._upc, self._columns.upc, lines.upc),
            (self._isrc, self._columns.isrc, lines.isrc),
        ):
            if not cache.warnings:
                continue
            for place, cell in enumerate(self._merge(cells, indexes, len(lines))):
                if cell in cache.warnings and values[place] is None:
                    warned.setdefault(place, []).append(cache.warnings[cell])
        return warned


def _warn(cell: str, describe: Callable[[str], str]) -> str:
    text = read_text(cell)
    return describe(text) if text else ""
