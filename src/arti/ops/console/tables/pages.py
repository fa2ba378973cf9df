"""What the page of one table shows: its head cells, its rows, and the sections below them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from arti.ops.console.impersonation import Impersonation
from arti.ops.console.tables.catalog import CatalogColumn, CatalogTable
from arti.ops.console.tables.definition import TableDefinition
from arti.ops.console.tables.rows import PAGE_ROWS, Condition, RowPage, RowQuery


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: a link that sorts by it. `order`: how the rows are sorted by it now."""

    column: CatalogColumn
    url: str
    order: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells by column, its number over all pages, and where it is edited (empty without a key)."""

    cells: Sequence[tuple[CatalogColumn, str | None]]
    number: int
    url: str


def describe_rows(
    table: CatalogTable, page: RowPage, row_query: RowQuery, impersonation: Impersonation
) -> dict[str, Any]:
    """Return the heads, the lines and the paging of a page of rows."""
    first = row_query.page * PAGE_ROWS
    text = f"rows {first + 1:,} to {first + len(page.rows):,}" if page.rows else "no rows here"

    def address_of(number: int) -> str:
        return "?" + _query(table, row_query, impersonation, page=str(number))

    return {
        "heads": [_head(table, column, row_query, impersonation) for column in table.columns],
        "lines": [_line(table, page, place, first) for place in range(len(page.rows))],
        "page_text": text,
        "previous": address_of(row_query.page - 1) if row_query.page else "",
        "following": address_of(row_query.page + 1) if page.more else "",
    }


def conditions_of(row_query: RowQuery) -> list[Condition]:
    """Return the conditions and one empty one, to add the next."""
    return [*row_query.conditions, Condition("", "contains", "")]


def parts_of(table: CatalogTable, definition: TableDefinition) -> list[tuple[str, str, str]]:
    """Return (anchor, name, small text) of each section below the rows."""
    parts = [("policies", "Policies", f"row-level security {table.protection}")] if table.kind in "rp" else []
    if definition.text is not None:
        parts.append(("definition", "Definition", ""))
    return [
        *parts,
        ("columns", "Columns", str(len(table.columns))),
        ("keys", "Keys and checks", str(len(definition.keys))),
        ("indexes", "Indexes", str(len(definition.indexes))),
        ("grants", "Grants", ""),
        ("triggers", "Triggers", str(len(definition.triggers))),
    ]


def _head(table: CatalogTable, column: CatalogColumn, row_query: RowQuery, impersonation: Impersonation) -> Head:
    order = None if row_query.sort != column.name else "descending" if row_query.descending else "ascending"
    turned = "1" if order == "ascending" else ""
    return Head(column, "?" + _query(table, row_query, impersonation, sort=column.name, desc=turned), order)


def _line(table: CatalogTable, page: RowPage, place: int, first: int) -> Line:
    url = ""
    if table.is_updatable:
        keys = [("key", part) for part in page.keys[place]]
        url = f"/row?{urlencode([('schema', table.schema), ('name', table.name), *keys])}"
    return Line(list(zip(table.columns, page.rows[place], strict=True)), first + place + 1, url)


def _query(table: CatalogTable, row_query: RowQuery, impersonation: Impersonation, **other: str) -> str:
    """Return this page's query with something else in it. A new order starts at the first page."""
    pairs = [("schema", table.schema), ("name", table.name), ("as", impersonation.word)]
    for condition in row_query.conditions:
        pairs += [("column", condition.column), ("operator", condition.operator), ("value", condition.value)]
    rest = {"sort": row_query.sort, "desc": "1" if row_query.descending else ""} | other
    return urlencode([*pairs, *((name, value) for name, value in rest.items() if value)])
