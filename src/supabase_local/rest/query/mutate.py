"""Format inserts, updates and deletes: the rows of a body are one JSON parameter."""

# ruff: noqa: S608  # identifiers come from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from supabase_local.rest.api_request.payload import Payload
from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.plan.read_plan import ReadPlan, quote
from supabase_local.rest.query.read import format_where
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.schema_cache.schema_cache import Column, Table

_COUNTED = "coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)"
_ONE_MORE = f"set_config('pgrst.inserted', ({_COUNTED} + 1)::text, true) <> '0'"
_ONE_LESS = f"set_config('pgrst.inserted', ({_COUNTED} - 1)::text, true) <> '-1'"


@dataclass(frozen=True, slots=True)
class MutatePlan:
    """A mutation. `where` has the filters of the root alone."""

    table: Table
    payload: Payload
    returning: frozenset[str]  # column names, or * among them; empty: nothing is read back
    where: ReadPlan
    defaults: bool = False
    conflict: tuple[str, ...] = ()
    resolution: Literal["merge", "ignore"] | None = None
    put: bool = False


def insert_query(mutation: MutatePlan, parameters: Parameters) -> str:
    """Return the insert. With `merge` it counts the new rows in pgrst.inserted."""
    columns = _columns(mutation)
    listed = ", ".join(column.sql_name for column in columns)
    body = quote(f"{mutation.where.alias}__body")
    source = _rows(mutation, columns, body, parameters)
    conditions = []
    if mutation.put:  # before counting, so that rows of another key are not counted
        body_plan = replace(mutation.where, alias=f"{mutation.where.alias}__body")
        conditions.append(format_where(body_plan, parameters).removeprefix(" where "))
    if mutation.resolution == "merge":
        conditions.append(_ONE_MORE)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    selected = ", ".join(f"{body}.{column.sql_name}" for column in columns)
    return (
        f"insert into {mutation.table.sql_name} as {quote(mutation.where.alias)}{f' ({listed})' if listed else ''} "
        f"select {selected} from {source}{where}{_on_conflict(mutation, columns)}{_returning(mutation)}"
    )


def update_query(mutation: MutatePlan, parameters: Parameters) -> str:
    """Return the update from the body's first row. Raises RestError 21000 without a filter, as hosted Supabase does."""
    columns = _columns(mutation)
    if columns and not mutation.where.conditions:
        raise RestError(400, "21000", "UPDATE requires a WHERE clause")
    alias, body = quote(mutation.where.alias), quote(f"{mutation.where.alias}__body")
    if not columns:
        selected = ", ".join(f"{alias}.{_name(mutation.table, name)}" for name in sorted(mutation.returning)) or "1"
        return f"select {selected} from {mutation.table.sql_name} as {alias} where false"
    source = _rows(mutation, columns, body, parameters)
    if not mutation.payload.is_object:
        source = f"(select * from {source} limit 1) as {body}"
    settings = ", ".join(f"{column.sql_name} = {body}.{column.sql_name}" for column in columns)
    return (
        f"update {mutation.table.sql_name} as {alias} set {settings} from {source}"
        f"{format_where(mutation.where, parameters)}{_returning(mutation)}"
    )


def delete_query(mutation: MutatePlan, parameters: Parameters) -> str:
    """Return the delete. Raises RestError 21000 without a filter, as hosted Supabase does."""
    if not mutation.where.conditions:
        raise RestError(400, "21000", "DELETE requires a WHERE clause")
    return (
        f"delete from {mutation.table.sql_name} as {quote(mutation.where.alias)}"
        f"{format_where(mutation.where, parameters)}{_returning(mutation)}"
    )


def _columns(mutation: MutatePlan) -> list[Column]:
    columns = []
    for name in mutation.payload.names:
        column = mutation.table.columns.get(name)
        if column is None:
            raise UnknownName(
                400,
                "PGRST204",
                f"Could not find the '{name[:63]}' column of '{mutation.table.name}' in the schema cache",
            )
        columns.append(column)
    return columns


def _rows(mutation: MutatePlan, columns: Sequence[Column], alias: str, parameters: Parameters) -> str:
    """Return the FROM item: the rows of the body, typed."""
    if not columns and mutation.payload.is_object:
        return f"(values (1)) as {alias}"
    body = parameters.add(mutation.payload.text)
    if not columns:
        return f"json_array_elements({body}::text::json) as {alias}"
    typed = ", ".join(f"{column.sql_name} {column.sql_type}" for column in columns)
    if mutation.defaults:
        defaults = _defaults(columns)
        if mutation.payload.is_object:
            return f"jsonb_to_record({defaults} || {body}::text::jsonb) as {alias} ({typed})"
        rows = f"select jsonb_agg({defaults} || element) from jsonb_array_elements({body}::text::jsonb) element"
        return f"jsonb_to_recordset(({rows})) as {alias} ({typed})"
    function = "json_to_record" if mutation.payload.is_object else "json_to_recordset"
    return f"{function}({body}::text::json) as {alias} ({typed})"


def _defaults(columns: Sequence[Column]) -> str:
    """Return a JSON object of the columns' defaults, which are SQL expressions from the catalogue."""
    defaults = [
        f"'{column.name.replace(chr(39), chr(39) * 2)}', {column.default}"
        for column in columns
        if column.default is not None and "\\" not in column.name
    ]
    return f"jsonb_build_object({', '.join(defaults)})"


def _on_conflict(mutation: MutatePlan, columns: Sequence[Column]) -> str:
    if mutation.resolution is None or not mutation.conflict:
        return ""
    listed = ", ".join(_name(mutation.table, name) for name in mutation.conflict)
    if mutation.resolution == "ignore" or not columns:
        return f" on conflict ({listed}) do nothing"
    settings = ", ".join(f"{column.sql_name} = excluded.{column.sql_name}" for column in columns)
    return f" on conflict ({listed}) do update set {settings} where {_ONE_LESS}"


def _returning(mutation: MutatePlan) -> str:
    if not mutation.returning:  # no column, so that no select privilege is needed
        return " returning 1"
    alias = quote(mutation.where.alias)
    if "*" in mutation.returning:
        return f" returning {alias}.*"
    return f" returning {', '.join(f'{alias}.{_name(mutation.table, name)}' for name in sorted(mutation.returning))}"


def _name(table: Table, name: str) -> str:
    return "*" if name == "*" else table.column(name).sql_name
