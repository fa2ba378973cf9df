"""What the database console reads. Every transaction is read only, every value comes as text, cut short."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from arti.base.database import Connection, Pool, Row, as_role
from arti.base.errors import Invalid, NotFound

PAGE_ROWS = 50
MAX_ROWS = 200
_MAX_TEXT = 300
_SECONDS = 10

OPERATORS = {
    "contains": "position(lower($1) in lower({column}::text)) > 0",
    "equals": "{column}::text = $1",
    "is null": "{column} is null",
    "is not null": "{column} is not null",
}


@dataclass(frozen=True, slots=True)
class Filter:
    column: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows as text, None for null. `more`: there are further rows. `said`: the server's answer without rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    more: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    schema: str
    name: str
    columns: Sequence[str]
    key: Sequence[str]
    protection: str
    policies: Sequence[Row]


@asynccontextmanager
async def looking(pool: Pool, user_id: UUID | None) -> AsyncIterator[Connection]:
    """Open one read only transaction, as the owner or exactly as a signed-in person's request would run."""
    claims, role = "", "none"
    if user_id is not None:
        role, claims = "authenticated", json.dumps({"sub": str(user_id), "role": "authenticated"})
    async with as_role(pool, role, claims, read_only=True) as connection:
        # Also the first query of the transaction, after which it cannot be made a writing one any more.
        await connection.execute(f"set local statement_timeout = '{_SECONDS}s'")
        yield connection


async def list_tables(pool: Pool) -> list[Row]:
    """Return every table and view with the planner's estimate of its rows (-1: never counted) and its size."""
    async with looking(pool, None) as connection:
        return await connection.fetch(
            """select n.nspname as schema, c.relname as name, c.relkind::text as kind, c.reltuples::bigint as rows,
                 pg_size_pretty(pg_total_relation_size(c.oid)) as size, c.relrowsecurity as protected,
                 c.relforcerowsecurity as forced,
                 (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema$)'
               order by n.nspname <> 'public', n.nspname, c.relname"""
        )


async def list_people(pool: Pool) -> list[Row]:
    async with looking(pool, None) as connection:
        return await connection.fetch("select id, email from public.users order by email limit 500")


async def get_table(pool: Pool, schema: str, name: str) -> Table:
    """Return what the catalogue says of one table. Raises NotFound."""
    async with looking(pool, None) as connection:
        found = await connection.fetchrow(
            """select c.oid, c.relrowsecurity, c.relforcerowsecurity,
                 array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                       and not a.attisdropped order by a.attnum) as columns,
                 array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid
                       and a.attnum = any (i.indkey) where i.indrelid = c.oid and i.indisprimary) as key
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm')""",
            schema,
            name,
        )
        if found is None:
            raise NotFound("table")
        policies = await connection.fetch(
            """select policyname, permissive, array_to_string(roles, ', ') as roles, cmd, qual, with_check
               from pg_policies where schemaname = $1 and tablename = $2 order by permissive desc, policyname""",
            schema,
            name,
        )
    protection = "forced" if found["relforcerowsecurity"] else "on" if found["relrowsecurity"] else "off"
    return Table(schema, name, found["columns"], found["key"], protection, policies)


async def read_rows(pool: Pool, table: Table, *, only: Filter | None, page: int, user_id: UUID | None) -> Grid:
    """Return one page of rows as the owner or as one person sees them. Raises Invalid for an unknown filter."""
    condition, values = "true", list[str]()
    if only is not None:
        if only.column not in table.columns or only.operator not in OPERATORS:
            raise Invalid("Pick a column and a condition from the lists.")
        condition = OPERATORS[only.operator].format(column=_quoted(only.column))
        values = [only.value] if "$1" in condition else []
    shown = ", ".join(f"left({_quoted(name)}::text, {_MAX_TEXT}) as {_quoted(name)}" for name in table.columns)
    order = ", ".join(_quoted(name) for name in table.key) or "1"
    # Names come from the catalogue and are quoted; values are parameters.
    sql = (
        f"select {shown} from {_quoted(table.schema)}.{_quoted(table.name)} where {condition} "  # noqa: S608
        f"order by {order} limit {PAGE_ROWS + 1} offset {page * PAGE_ROWS}"
    )
    async with looking(pool, user_id) as connection:
        rows = await connection.fetch(sql, *values)
    return Grid(table.columns, [list(row.values()) for row in rows[:PAGE_ROWS]], more=len(rows) > PAGE_ROWS)


async def run_statement(pool: Pool, sql: str, *, user_id: UUID | None) -> Grid:
    """Run one statement that changes nothing and return its first rows. Raises PostgresError as the server says it."""
    async with looking(pool, user_id) as connection:
        # A prepared statement is one statement: `commit; drop ...` is refused by the server.
        statement = await connection.prepare(sql)
        columns = [attribute.name for attribute in statement.get_attributes()]
        if not columns:
            await statement.fetch()
            return Grid([], [], said=statement.get_statusmsg() or "")
        rows = await (await statement.cursor()).fetch(MAX_ROWS + 1)
    return Grid(
        columns, [[_text(value) for value in row.values()] for row in rows[:MAX_ROWS]], more=len(rows) > MAX_ROWS
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return f"\\x{value[: _MAX_TEXT // 2].hex()}"
    if isinstance(value, dict | list):
        value = json.dumps(value, default=str)
    return str(value)[:_MAX_TEXT]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
