"""Reading rows: filtered, sorted, a page at a time, as the owner or as another user sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from arti.ops.console.impersonation import Impersonation
from arti.ops.console.tables.catalog import CatalogColumn, CatalogTable
from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Pool
from arti_core.errors import Invalid

PAGE_ROWS = 50
MAX_TEXT = 300
MAX_COUNTED = 100_000
_COUNT_SECONDS = 3

# {typed} compares as the column's own type, so that 10 comes after 9 and indexes help.
OPERATORS = {
    "contains": "position(lower($) in lower({column}::text)) > 0",
    "does not contain": "position(lower($) in lower({column}::text)) = 0",
    "equals": "{typed} = {value}",
    "is not": "{typed} <> {value}",
    "is less than": "{typed} < {value}",
    "is at most": "{typed} <= {value}",
    "is more than": "{typed} > {value}",
    "is at least": "{typed} >= {value}",
    "is null": "{column} is null",
    "is not null": "{column} is not null",
    "is empty": "{column}::text = ''",
}
_WITHOUT_ORDER = frozenset({"json", "xml", "point", "box", "polygon", "path", "line", "lseg", "circle"})


@dataclass(frozen=True, slots=True)
class Condition:
    column: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows to show, and how. `sort` is a column; empty: the primary key."""

    conditions: Sequence[Condition] = ()
    sort: str = ""
    descending: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows as text, None for null, cut to MAX_TEXT. `keys`: each row's whole primary key. `more`: there are others."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    keys: Sequence[Sequence[str]] = field(default_factory=list)
    more: bool = False


async def read_rows(pool: Pool, table: CatalogTable, row_query: RowQuery, impersonation: Impersonation) -> RowPage:
    """Return one page of rows. Raises Invalid for an unknown column, PostgresError as the server says it."""
    condition, values = _condition(table, row_query.conditions)
    shown = ", ".join(f"left({column.quoted}::text, {MAX_TEXT + 1})" for column in table.columns) or "null"
    key = ", ".join(f"{column.quoted}::text" for column in table.key)
    # Names come from the catalogue and are quoted; values are parameters.
    sql = (
        f"select array[{key}]::text[], {shown} from {table.quoted} where {condition} "  # noqa: S608
        f"order by {_order(table, row_query)} limit {PAGE_ROWS + 1} offset {row_query.page * PAGE_ROWS}"
    )
    async with read_only_transaction(pool, role=impersonation.role, claims=impersonation.claims) as connection:
        found = [list(row.values()) for row in await connection.fetch(sql, *values)]
    page = found[:PAGE_ROWS]
    rows = [[_cut(value) for value in row[1:]] for row in page]
    names = [column.name for column in table.columns]
    return RowPage(names, rows if names else [], [row[0] for row in page], more=len(found) > PAGE_ROWS)


async def count_rows(pool: Pool, table: CatalogTable, row_query: RowQuery, impersonation: Impersonation) -> str:
    """Return how many rows there are, in words: not past MAX_COUNTED, and not for long."""
    condition, values = _condition(table, row_query.conditions)
    sql = f"select count(*) from (select from {table.quoted} where {condition} limit {MAX_COUNTED + 1}) counted"  # noqa: S608
    try:
        async with read_only_transaction(
            pool, role=impersonation.role, claims=impersonation.claims, seconds=_COUNT_SECONDS
        ) as connection:
            number = await connection.fetchval(sql, *values)
    except asyncpg.QueryCanceledError:
        return "too many to count here"
    except asyncpg.InsufficientPrivilegeError:
        return "not allowed"
    except asyncpg.PostgresError:
        return "an error"
    return f"{MAX_COUNTED:,}+" if number > MAX_COUNTED else f"{number:,}"


def _condition(table: CatalogTable, conditions: Sequence[Condition]) -> tuple[str, list[str]]:
    parts, values = ["true"], list[str]()
    for one in conditions:
        column, template = table.find(one.column), OPERATORS.get(one.operator)
        if column is None or template is None:
            raise Invalid("Pick a column and a condition from the lists.")
        if "$" in template or "{value}" in template:
            values.append(one.value)
        place = f"${len(values)}::text"
        typed, value = (
            (f"{column.quoted}::text", place)
            if column.type in _WITHOUT_ORDER
            else (column.quoted, f"{place}::{column.type}")
        )
        parts.append(template.replace("$", place).format(column=column.quoted, typed=typed, value=value))
    return " and ".join(parts), values


def _order(table: CatalogTable, row_query: RowQuery) -> str:
    key = [column.quoted for column in table.key]
    if not row_query.sort:
        return ", ".join(key) or "2"  # the first column, as text
    column = table.find(row_query.sort)
    if column is None:
        raise Invalid("Pick a column of this table to sort by.")
    by = _sortable(column) + (" desc nulls last" if row_query.descending else " nulls last")
    return ", ".join([by, *key])


def _sortable(column: CatalogColumn) -> str:
    return f"{column.quoted}::text" if column.type in _WITHOUT_ORDER else column.quoted


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= MAX_TEXT else f"{value[:MAX_TEXT]}…"
