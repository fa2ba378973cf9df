"""Reports are read column by column; each line is as one row read by itself says, and so is each reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from arti.imports.cells.number_format import MarkEvidence
from arti.imports.cells.plain_numbers import find_plain_marks, read_all_plain
from arti.imports.parsers.royalties.cell_cache import CellCache
from arti.imports.parsers.royalties.columns import find_columns
from arti.imports.parsers.royalties.formats import FORMATS
from arti.imports.parsers.royalties.line_reader import LineReader
from arti.imports.parsers.royalties.row_reader import read_row
from arti.imports.types import ParsedFile, RowResults, SourceTable
from arti.metrics.money.lines import RoyaltyLines
from arti.metrics.money.schemas import NewRoyaltyLine

TODAY = date(2026, 11, 20)
CELLS = {
    "month": ["2026-01", "2026-02-03", "03/04/2026", "13.04.2026", "Jan 5, 2026", "", "soon", "1900-01", "20261"],
    "amount": ["1", "0.5", "-0.05", "1.234", "1,234", "1.234,56", "(4.10)", "$3", "", "x", "1e-5", "9e15", "0", "1\n2"],
    "quantity": ["1", "-20", "1,200", "n/a", "", "3.5", "two", "0", "1.200"],
    "country": ["DE", "Germany", "OU", "", "gbr", "x" * 600],
    "upc": ["111111111111", "1.9E+11", "", "'4006381333931", "-", "y" * 600],
    "isrc": ["DEAB12600001", "de-ab1-26-00001", "", "none"],
    "currency": ["EUR", "usd", "", "E", "euro"],
    "text": ["Mira Sol", "", "Total", "none", "  a  b ", "z" * 700, "\u00a0"],
}


def report(source: str, rows: Sequence[Sequence[str]]) -> tuple[SourceTable, LineReader, ParsedFile]:
    form = next(form for form in FORMATS if form.source == source)
    header = [*form.months, *form.store, *form.titles, form.amount[0].replace("(*)", "(usd)"), *form.quantity]
    header += [*form.country, *form.isrc, *form.upc, *form.kinds, *form.artist]
    header += [name for name in (form.currency, form.external_id) if name and name.islower()]
    names = tuple(dict.fromkeys(header))
    table = SourceTable(names, names, rows, marks={names.index(form.amount[0].replace("(*)", "(usd)")): "."})
    columns = find_columns(table, form)
    assert columns is not None
    parsed = ParsedFile()
    currency = columns.stated_currency or "EUR"
    return table, LineReader(table, form, columns, currency, TODAY, parsed), parsed


def cell_of(name: str) -> st.SearchStrategy[str]:
    kinds = {"date": "month", "period": "month", "processed": "month", "upc": "upc", "barcode": "upc"}
    kinds |= {"isrc": "isrc", "country": "country", "territory": "country", "currency": "currency"}
    kinds |= {"quantity": "quantity", "units": "quantity", "amount": "amount", "usd": "amount", "subtotal": "amount"}
    kinds |= {"month": "month", "earned": "amount", "royalty": "amount", "net": "amount", "id": "isrc"}
    kind = next((kind for word, kind in kinds.items() if word in name), "text")
    return st.sampled_from(CELLS[kind])


@pytest.mark.parametrize("source", [form.source for form in FORMATS])
@given(st.data())
def test_columns_say_what_each_row_says(source: str, data: st.DataObject) -> None:
    names = report(source, [])[0].names
    row = st.tuples(*map(cell_of, names)).map(list)
    odd = st.one_of(
        row, row, row, row.map(lambda cells: cells[:-1]), row.map(lambda cells: [*cells, ""]), st.just([""])
    )
    rows = data.draw(st.lists(odd, max_size=12))
    table, reader, parsed = report(source, rows)
    lines = RoyaltyLines()
    half = len(rows) // 2
    lines.extend(reader.read(1, rows[:half]))
    lines.extend(reader.read(half + 1, rows[half:]))
    form = next(form for form in FORMATS if form.source == source)
    columns = find_columns(table, form)
    assert columns is not None
    results = {result.row: (result.status, result.reason) for result in parsed.row_results}
    assert sorted(results) == list(range(1, len(rows) + 1))
    assert Counter(status for status, _ in results.values()) == parsed.row_results.count()
    read = dict(zip(lines.row, range(len(lines)), strict=True))
    for number, cells in enumerate(rows, start=1):
        if len(cells) < len(names) or results[number][1] == "the sum of the other rows, used as a check only":
            assert number not in read
            continue
        problems: list[str] = []
        reason, line = None, None
        try:
            line = read_row(table, form, columns, cells, columns.stated_currency or "EUR", TODAY, problems)
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{first['loc'][0]}: {first['msg']}"
        except (ValueError, ArithmeticError) as error:
            reason = str(error)
        if line is None:
            assert results[number] == ("rejected", reason)
            continue
        assert results[number] == (("warning", "; ".join(problems)) if problems else ("accepted", None))
        at = read.pop(number)
        assert NewRoyaltyLine(**{name: getattr(lines, name)[at] for name in NewRoyaltyLine.model_fields}) == line
    assert not read


@given(st.lists(st.lists(st.sampled_from([*CELLS["amount"], "7.125", "12,5", "-3.000"])), max_size=4))
def test_marks_are_counted_as_cell_by_cell(batches: list[list[str]]) -> None:
    together, apart = MarkEvidence(), MarkEvidence()
    for cells in batches:
        together.add(cells)
    for cell in chain.from_iterable(batches):
        if find_plain_marks([cell]) is None or "." in cell or "," in cell:
            apart.add([cell, "no number"])  # the slow way
    assert together.votes == apart.votes
    assert sorted(together.two_readings) == sorted(apart.two_readings)


def test_plain_numbers_keep_all_digits_and_nothing_else_is_one() -> None:
    assert read_all_plain(["0.00000012345678901234567890", "-1"], ".") == [
        Decimal("0.00000012345678901234567890"),
        Decimal(-1),
    ]
    assert read_all_plain(["0,5", "12"], ",") == [Decimal("0.5"), Decimal(12)]
    for cell in ("1\n2", "1_000", "Infinity", "NaN", " 1", "١", "1.", "", "1e5", "1" * 16):
        assert read_all_plain(["1", cell], ".") is None, cell


def test_a_cache_is_bounded_and_keeps_what_it_says_about_a_batch() -> None:
    cache = CellCache[str](lambda cell: None, lambda cell: f"{cell} is unknown")
    for start in range(0, 120_000, 5000):
        cache.start_batch()
        cells = [str(number) for number in range(start, start + 5000)]
        cache.column(cells)
        assert all(cell in cache.warnings for cell in cells)
        assert len(cache) <= 55_000
    cache.column(["x" * 10_000])
    assert cache.bad == {"x" * 10_000}
    assert "x" * 10_000 not in cache


def test_results_of_rows_come_in_order_and_are_counted() -> None:
    results = RowResults()
    results.accept(1, 3)
    results.accept(4, 4)
    parsed = ParsedFile(row_results=results)
    parsed.record_row(2, ["no number"], stored=False)
    parsed.record_row(4, ["no country"], stored=True)
    assert [(one.row, one.status) for one in results] == [
        (1, "accepted"),
        (2, "rejected"),
        (3, "accepted"),
        (4, "warning"),
    ]
    assert results.count() == {"accepted": 2, "rejected": 1, "warning": 1}


def test_every_column_of_lines_has_one_length() -> None:
    _, reader, _ = report("distrokid", [])
    names = report("distrokid", [])[0].names
    cells = [{"sale month": "2026-01", "store": "Spotify", "earnings (usd)": "0.5"}.get(name, "") for name in names]
    lines = reader.read(1, [cells, cells])
    assert {len(getattr(lines, field.name)) for field in fields(RoyaltyLines)} == {2}
    assert {len(getattr(lines.without([0]), field.name)) for field in fields(RoyaltyLines)} == {1}
    first, second = lines.keys(Counter())
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "1", "2")
