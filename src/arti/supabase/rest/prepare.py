"""Turn a request on a table into its one statement."""

from dataclasses import replace
from typing import Any

from arti.supabase.rest.errors import RestError, table_not_found
from arti.supabase.rest.grammar import parse_query
from arti.supabase.rest.grammar.terms import Filter, Query, Window
from arti.supabase.rest.payload import Payload, read_rows
from arti.supabase.rest.plan import Node, plan_read, root_of
from arti.supabase.rest.request import Asked, Kind, Options, Prepared
from arti.supabase.rest.schema import Schema, Table
from arti.supabase.rest.sql.answer import SOURCE, Form, count_statement, read_statement, write_statement
from arti.supabase.rest.sql.write import Write, write_delete, write_insert, write_update
from arti.supabase.rest.statement import Parameters
from arti.supabase.rest.wishes import read_range

_KINDS: dict[str, Kind] = {"POST": "insert", "PUT": "put", "PATCH": "update", "DELETE": "delete"}


def prepare_table(known: Schema, asked: Asked, options: Options) -> Prepared:
    """Return the statement of a request on a table or view. Raises RestError."""
    table = known.tables.get((asked.schema, asked.path))
    if table is None:
        raise table_not_found(asked.schema, asked.path, (name for of, name in known.tables if of == asked.schema))
    query = parse_query(asked.pairs)
    if asked.reading:
        return _prepare_read(known, asked, options, table, query)
    return _prepare_write(known, asked, table, query, _KINDS[asked.method])


def with_range(asked: Asked, query: Query) -> tuple[Query, Window]:
    """Return the query with what the Range header leaves of it, and that window."""
    window = read_range(asked.range_header, query.windows.get((), Window()))
    return replace(query, windows={**query.windows, (): window}), window


def form_of(asked: Asked, **of: Any) -> Form:
    if asked.method == "HEAD":
        return Form("none")
    return Form(asked.media.kind, asked.media.strip_nulls, **of)


def _prepare_read(known: Schema, asked: Asked, options: Options, table: Table, query: Query) -> Prepared:
    query, window = with_range(asked, query)
    node = plan_read(known, query, root=root_of(known, table), most_rows=options.most_rows)
    parameters, counted = Parameters(), Parameters()
    sql = read_statement(node, form_of(asked), parameters, count=asked.preferences.count == "exact")
    guessed = asked.preferences.count in ("planned", "estimated")
    count = (count_statement(node, counted), tuple(counted.values)) if guessed else None
    return Prepared("read", sql, tuple(parameters.values), read_only=True, window=window, count=count)


def _prepare_write(known: Schema, asked: Asked, table: Table, query: Query, kind: Kind) -> Prepared:
    preferences = asked.preferences
    full = preferences.returns == "representation"
    columns = None if kind == "put" else query.columns
    payload = Payload("") if kind == "delete" else read_rows(asked.body_kind, asked.body, columns)
    where = root_of(known, table)
    where.conditions = [condition for path, condition in query.conditions if not path]
    if kind == "insert" and preferences.resolution is None and query.conditions:
        where.conditions = []  # PostgREST passes over filters of an insert
    root = replace(root_of(known, table), sql_name=SOURCE)
    read = plan_read(known, query, root=root, most_rows=None, embeds_only=True) if full else None
    keys = table.primary_key if kind == "insert" and preferences.returns == "headers-only" else ()
    write = Write(
        table,
        payload,
        returning=_returning(read, keys),
        where=where,
        defaults=preferences.missing == "default",
        conflict=table.primary_key if kind == "put" else (query.on_conflict or table.primary_key),
        resolution=_resolution(asked, kind),
        put=kind == "put",
    )
    if kind == "put":
        _require_key_filters(table, query, where)
    parameters = Parameters()
    change = {"update": write_update, "delete": write_delete}.get(kind, write_insert)(write, parameters)
    form = form_of(asked) if full else Form("none")
    sql = write_statement(change, read, form, parameters, keys=keys, inserted=write.resolution == "merge")
    keyed = bool(table.primary_key or query.on_conflict)
    return Prepared(kind, sql, tuple(parameters.values), read_only=False, keyed=keyed)


def _returning(read: Node | None, keys: tuple[str, ...]) -> frozenset[str]:
    if read is None:
        return frozenset(keys)
    needed = read.needs()
    return frozenset(("*",)) if "*" in needed else frozenset(needed | set(read.primary_key))


def _resolution(asked: Asked, kind: Kind) -> Any:
    if kind == "put":
        return "merge"
    wanted = asked.preferences.resolution if kind == "insert" else None
    return None if wanted is None else wanted.removesuffix("-duplicates")


def _require_key_filters(table: Table, query: Query, where: Node) -> None:
    if () in query.windows:
        raise RestError(400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT")
    named = [
        one.column
        for one in where.conditions
        if isinstance(one, Filter) and one.operator == "eq" and not (one.negated or one.steps or one.quantifier)
    ]
    if not table.primary_key or len(named) != len(where.conditions) or set(named) != set(table.primary_key):
        raise RestError(405, "PGRST105", "Filters must include all and only primary key columns with 'eq' operators")
