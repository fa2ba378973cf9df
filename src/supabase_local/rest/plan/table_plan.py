"""Turn a request on a table into its one statement."""

from dataclasses import replace
from typing import Any

from supabase_local.rest.api_request import parse_query
from supabase_local.rest.api_request.payload import Payload, read_rows
from supabase_local.rest.api_request.preferences import read_range
from supabase_local.rest.api_request.request import ApiRequest, Kind, Options, PreparedStatement
from supabase_local.rest.api_request.types import Filter, Query, Window
from supabase_local.rest.errors import RestError, table_not_found
from supabase_local.rest.plan.read_plan import Node, plan_read, root_of
from supabase_local.rest.query.mutate import Write, write_delete, write_insert, write_update
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.query.statements import SOURCE, Form, count_statement, read_statement, write_statement
from supabase_local.rest.schema_cache.schema import Schema, Table

_KINDS: dict[str, Kind] = {"POST": "insert", "PUT": "put", "PATCH": "update", "DELETE": "delete"}


def prepare_table(known: Schema, api_request: ApiRequest, options: Options) -> PreparedStatement:
    """Return the statement of a request on a table or view. Raises RestError."""
    table = known.tables.get((api_request.schema, api_request.path))
    if table is None:
        raise table_not_found(
            api_request.schema, api_request.path, (name for of, name in known.tables if of == api_request.schema)
        )
    query = parse_query(api_request.pairs)
    if api_request.reading:
        return _prepare_read(known, api_request, options, table, query)
    return _prepare_write(known, api_request, table, query, _KINDS[api_request.method])


def with_range(api_request: ApiRequest, query: Query) -> tuple[Query, Window]:
    """Return the query with what the Range header leaves of it, and that window."""
    window = read_range(api_request.range_header, query.windows.get((), Window()))
    return replace(query, windows={**query.windows, (): window}), window


def form_of(api_request: ApiRequest, **of: Any) -> Form:
    if api_request.method == "HEAD":
        return Form("none")
    return Form(api_request.media.kind, api_request.media.strip_nulls, **of)


def _prepare_read(
    known: Schema, api_request: ApiRequest, options: Options, table: Table, query: Query
) -> PreparedStatement:
    query, window = with_range(api_request, query)
    node = plan_read(known, query, root=root_of(known, table), most_rows=options.most_rows)
    parameters, counted = Parameters(), Parameters()
    sql = read_statement(node, form_of(api_request), parameters, count=api_request.preferences.count == "exact")
    guessed = api_request.preferences.count in ("planned", "estimated")
    count = (count_statement(node, counted), tuple(counted.values)) if guessed else None
    return PreparedStatement("read", sql, tuple(parameters.values), read_only=True, window=window, count=count)


def _prepare_write(known: Schema, api_request: ApiRequest, table: Table, query: Query, kind: Kind) -> PreparedStatement:
    preferences = api_request.preferences
    full = preferences.returns == "representation"
    columns = None if kind == "put" else query.columns
    payload = Payload("") if kind == "delete" else read_rows(api_request.body_kind, api_request.body, columns)
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
        resolution=_resolution(api_request, kind),
        put=kind == "put",
    )
    if kind == "put":
        _require_key_filters(table, query, where)
    parameters = Parameters()
    change = {"update": write_update, "delete": write_delete}.get(kind, write_insert)(write, parameters)
    form = form_of(api_request) if full else Form("none")
    sql = write_statement(change, read, form, parameters, keys=keys, inserted=write.resolution == "merge")
    keyed = bool(table.primary_key or query.on_conflict)
    return PreparedStatement(kind, sql, tuple(parameters.values), read_only=False, keyed=keyed)


def _returning(read: Node | None, keys: tuple[str, ...]) -> frozenset[str]:
    if read is None:
        return frozenset(keys)
    needed = read.needs()
    return frozenset(("*",)) if "*" in needed else frozenset(needed | set(read.primary_key))


def _resolution(api_request: ApiRequest, kind: Kind) -> Any:
    if kind == "put":
        return "merge"
    wanted = api_request.preferences.resolution if kind == "insert" else None
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
