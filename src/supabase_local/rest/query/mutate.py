"""Write inserts, updates and deletes: the rows of a body are one JSON parameter, never values in the statement."""

# ruff: noqa: S608  # what is put into the statements comes from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from supabase_local.rest.api_request.payload import Payload
from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.plan.read_plan import Node, quote
from supabase_local.rest.query.read import write_where
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.schema_cache.schema import Column, Table

_COUNTED = "coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)"
_ONE_MORE = f"set_config('pgrst.inserted', ({_COUNTED} + 1)::text, true) <> '0'"
_ONE_LESS = f"set_config('pgrst.inserted', ({_COUNTED} - 1)::text, true) <> '-1'"


@dataclass(frozen=True, slots=True)
class Write:
    """What a write needs besides its table. `where` holds the filters of the root alone."""

    table: Table
    payload: Payload
    returning: frozenset[str]  # names of columns, or * among them; empty: nothing is read back
    where: Node
    defaults: bool = False
    conflict: tuple[str, ...] = ()
    resolution: Literal["merge", "ignore"] | None = None
    put: bool = False


def write_insert(one: Write, parameters: Parameters) -> str:
    """Return the insert. With `merge` it counts in pgrst.inserted how many rows were new."""
    columns = _columns(one)
    listed = ", ".join(column.sql_name for column in columns)
    body = quote(f"{one.where.alias}__body")
    source = _rows(one, columns, body, parameters)
    conditions = []
    if one.put:  # before the counting: rows of another key are not counted
        of_body = replace(one.where, alias=f"{one.where.alias}__body")
        conditions.append(write_where(of_body, parameters).removeprefix(" where "))
    if one.resolution == "merge":
        conditions.append(_ONE_MORE)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    selected = ", ".join(f"{body}.{column.sql_name}" for column in columns)
    return (
        f"insert into {one.table.sql_name} as {quote(one.where.alias)}{f' ({listed})' if listed else ''} "
        f"select {selected} from {source}{where}{_on_conflict(one, columns)}{_returning(one)}"
    )


def write_update(one: Write, parameters: Parameters) -> str:
    """Return the update by the body's first row. Raises RestError 21000 without a filter, as hosted Supabase does."""
    columns = _columns(one)
    if columns and not one.where.conditions:
        raise RestError(400, "21000", "UPDATE requires a WHERE clause")
    alias, body = quote(one.where.alias), quote(f"{one.where.alias}__body")
    if not columns:
        read = ", ".join(f"{alias}.{_name(one.table, name)}" for name in sorted(one.returning)) or "1"
        return f"select {read} from {one.table.sql_name} as {alias} where false"
    source = _rows(one, columns, body, parameters)
    if not one.payload.is_object:
        source = f"(select * from {source} limit 1) as {body}"
    settings = ", ".join(f"{column.sql_name} = {body}.{column.sql_name}" for column in columns)
    return (
        f"update {one.table.sql_name} as {alias} set {settings} from {source}"
        f"{write_where(one.where, parameters)}{_returning(one)}"
    )


def write_delete(one: Write, parameters: Parameters) -> str:
    """Return the delete. Raises RestError 21000 without a filter, as hosted Supabase refuses it."""
    if not one.where.conditions:
        raise RestError(400, "21000", "DELETE requires a WHERE clause")
    return (
        f"delete from {one.table.sql_name} as {quote(one.where.alias)}"
        f"{write_where(one.where, parameters)}{_returning(one)}"
    )


def _columns(one: Write) -> list[Column]:
    found = []
    for name in one.payload.names:
        column = one.table.columns.get(name)
        if column is None:
            raise UnknownName(
                400,
                "PGRST204",
                f"Could not find the '{name[:63]}' column of '{one.table.name}' in the schema cache",
            )
        found.append(column)
    return found


def _rows(one: Write, columns: Sequence[Column], alias: str, parameters: Parameters) -> str:
    """Return what stands after FROM: the rows of the body, typed."""
    if not columns and one.payload.is_object:
        return f"(values (1)) as {alias}"
    body = parameters.add(one.payload.text)
    if not columns:
        return f"json_array_elements({body}::text::json) as {alias}"
    typed = ", ".join(f"{column.sql_name} {column.sql_type}" for column in columns)
    if one.defaults:
        given = _defaults(columns)
        if one.payload.is_object:
            return f"jsonb_to_record({given} || {body}::text::jsonb) as {alias} ({typed})"
        rows = f"select jsonb_agg({given} || element) from jsonb_array_elements({body}::text::jsonb) element"
        return f"jsonb_to_recordset(({rows})) as {alias} ({typed})"
    function = "json_to_record" if one.payload.is_object else "json_to_recordset"
    return f"{function}({body}::text::json) as {alias} ({typed})"


def _defaults(columns: Sequence[Column]) -> str:
    """Return an object of the columns' defaults, which are expressions of the database's own."""
    given = [
        f"'{column.name.replace(chr(39), chr(39) * 2)}', {column.default}"
        for column in columns
        if column.default is not None and "\\" not in column.name
    ]
    return f"jsonb_build_object({', '.join(given)})"


def _on_conflict(one: Write, columns: Sequence[Column]) -> str:
    if one.resolution is None or not one.conflict:
        return ""
    listed = ", ".join(_name(one.table, name) for name in one.conflict)
    if one.resolution == "ignore" or not columns:
        return f" on conflict ({listed}) do nothing"
    settings = ", ".join(f"{column.sql_name} = excluded.{column.sql_name}" for column in columns)
    return f" on conflict ({listed}) do update set {settings} where {_ONE_LESS}"


def _returning(one: Write) -> str:
    if not one.returning:  # asks for no column, so that no right to read is needed
        return " returning 1"
    alias = quote(one.where.alias)
    if "*" in one.returning:
        return f" returning {alias}.*"
    return f" returning {', '.join(f'{alias}.{_name(one.table, name)}' for name in sorted(one.returning))}"


def _name(table: Table, name: str) -> str:
    return "*" if name == "*" else table.column(name).sql_name
