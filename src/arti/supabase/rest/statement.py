"""Build the one statement of a request: identifiers from the schema cache, every value a bound parameter.

Values arrive as text and are cast by PostgreSQL to the type that the cache names, never by us.
"""

# ruff: noqa: S608  # what is put into the statements comes from rest/catalogue.py, quoted by PostgreSQL

from collections.abc import Sequence
from dataclasses import dataclass, field

from arti.supabase.rest.catalogue import Table
from arti.supabase.rest.errors import RestError, not_spoken
from arti.supabase.rest.grammar import COMPARISONS, IS_OPERANDS, PATTERNS, Filter, Ordering, Query, Selected


@dataclass(slots=True)
class Parameters:
    """The values of a statement, in order."""

    values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def read_rows(table: Table, query: Query, *, count: bool) -> tuple[str, list[object]]:
    """Return the statement that answers {total, page, body}: `total` null unless counted, `body` JSON text."""
    parameters = Parameters()
    where = conditions(table, query.filters, parameters)
    counted = f", counted as (select count(*) as total from {table.sql_name} t{where})" if count else ""
    total = "(select total from counted)" if count else "null::bigint"
    sql = (
        f"with source as (select {_columns(table, query.select)} from {table.sql_name} t{where}"
        f"{_order(table, query.order)} limit {parameters.add(query.limit)}::bigint "
        f"offset {parameters.add(query.offset)}::bigint){counted} "
        f"select {total} as total, {_AGGREGATE} from source _source"
    )
    return sql, parameters.values


def insert_rows(
    table: Table, names: Sequence[str], payload: str, select: Sequence[Selected] | None
) -> tuple[str, list[object]]:
    """Return the statement that inserts the objects of `payload` (a JSON array). `select` None: nothing comes back."""
    if not names:
        if payload != "[{}]":
            raise not_spoken("an insert of several rows without any column")
        return _returning(table, f"insert into {table.sql_name} as t default values", select), []
    columns = [table.column(name) for name in names]
    listed = ", ".join(column.sql_name for column in columns)
    typed = ", ".join(f"{column.sql_name} {column.sql_type}" for column in columns)
    change = (
        f"insert into {table.sql_name} as t ({listed}) "
        f"select {listed} from json_to_recordset($1::text::json) as _ ({typed})"
    )
    return _returning(table, change, select), [payload]


def update_rows(
    table: Table, names: Sequence[str], payload: str, filters: Sequence[Filter], select: Sequence[Selected] | None
) -> tuple[str, list[object]]:
    """Return the statement that sets the members of `payload` (a JSON object) on the filtered rows."""
    if not filters:
        raise RestError(400, "21000", "UPDATE requires a WHERE clause")
    parameters = Parameters([payload])
    columns = [table.column(name) for name in names]
    typed = ", ".join(f"{column.sql_name} {column.sql_type}" for column in columns)
    settings = ", ".join(f"{column.sql_name} = b.{column.sql_name}" for column in columns)
    change = (
        f"update {table.sql_name} as t set {settings} from json_to_record($1::text::json) as b ({typed})"
        f"{conditions(table, filters, parameters)}"
    )
    return _returning(table, change, select), parameters.values


def delete_rows(table: Table, filters: Sequence[Filter], select: Sequence[Selected] | None) -> tuple[str, list[object]]:
    """Return the statement that deletes the filtered rows."""
    if not filters:
        raise RestError(400, "21000", "DELETE requires a WHERE clause")
    parameters = Parameters()
    change = f"delete from {table.sql_name} as t{conditions(table, filters, parameters)}"
    return _returning(table, change, select), parameters.values


def conditions(table: Table, filters: Sequence[Filter], parameters: Parameters) -> str:
    """Return ` where …`, or nothing. Columns are those of the table under the name `t`."""
    written = [_condition(table, one, parameters) for one in filters]
    return f" where {' and '.join(written)}" if written else ""


def _condition(table: Table, one: Filter, parameters: Parameters) -> str:
    column = table.column(one.column)
    left = f"t.{column.sql_name}"
    if one.operator == "in":
        if column.is_array:
            raise not_spoken("the operator in on arrays")
        written = f"{left} = any ({parameters.add(list(one.operands))}::text[]::{column.sql_type}[])"
    elif one.operator == "is":
        written = f"{left} is {IS_OPERANDS[one.operands[0]]}"
    elif one.operator in PATTERNS:
        written = f"{left}::text {PATTERNS[one.operator]} {parameters.add(one.operands[0])}::text"
    else:
        operator = COMPARISONS[one.operator]
        written = f"{left} {operator} {parameters.add(one.operands[0])}::text::{column.sql_type}"
    return f"not ({written})" if one.negated else written


_AGGREGATE = "count(*) as page, coalesce(json_agg(_source), '[]')::text as body"


def _returning(table: Table, change: str, select: Sequence[Selected] | None) -> str:
    if select is None:  # asks for no column, so that no right to read is needed
        counted = "select null::bigint as total, count(*) as page, '' as body from source"
        return f"with source as ({change} returning 1) {counted}"
    return (
        f"with source as ({change} returning {_columns(table, select)}) "
        f"select null::bigint as total, {_AGGREGATE} from source _source"
    )


def _columns(table: Table, select: Sequence[Selected]) -> str:
    if not select:
        return ", ".join(f"t.{column.sql_name}" for column in table.columns.values())
    return ", ".join(f"t.{table.column(one.column).sql_name} as {_quoted(one.alias)}" for one in select)


def _quoted(alias: str) -> str:
    """Quote the one name that does not come from the schema cache."""
    if "\x00" in alias or len(alias.encode()) > 63:
        raise RestError(400, "PGRST100", '"failed to parse select parameter"', details="an alias is too long")
    return '"' + alias.replace('"', '""') + '"'


def _order(table: Table, order: Sequence[Ordering]) -> str:
    if not order:
        return ""
    written = []
    for one in order:
        nulls = "" if one.nulls_first is None else f" nulls {'first' if one.nulls_first else 'last'}"
        written.append(f"t.{table.column(one.column).sql_name} {'desc' if one.descending else 'asc'}{nulls}")
    return f" order by {', '.join(written)}"
