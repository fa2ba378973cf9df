"""Plan a request on a table or view: a read, or a mutation that may read back what it changed."""

from dataclasses import replace
from typing import Any

from supabase_local.rest.api_request.payload import Payload, read_rows
from supabase_local.rest.api_request.query_params import parse_query_params
from supabase_local.rest.api_request.range_query import apply_range_header
from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.api_request.types import Filter, QueryParams, Range
from supabase_local.rest.config import RestConfig
from supabase_local.rest.errors import RestError, table_not_found
from supabase_local.rest.plan.read_plan import ReadPlan, plan_read, root_of
from supabase_local.rest.query.mutate import MutatePlan, delete_query, insert_query, update_query
from supabase_local.rest.query.sql_fragment import Parameters
from supabase_local.rest.query.statements import (
    SOURCE,
    Kind,
    MainQuery,
    MediaHandler,
    count_query,
    mutate_query,
    read_query,
)
from supabase_local.rest.schema_cache.schema_cache import SchemaCache, Table

_KINDS: dict[str, Kind] = {"POST": "insert", "PUT": "put", "PATCH": "update", "DELETE": "delete"}


def plan_table(schema_cache: SchemaCache, api_request: ApiRequest, config: RestConfig) -> MainQuery:
    """Return the query of a request on a table or view. Raises RestError."""
    table = schema_cache.tables.get((api_request.schema, api_request.path))
    if table is None:
        raise table_not_found(
            api_request.schema, api_request.path, (name for of, name in schema_cache.tables if of == api_request.schema)
        )
    query = parse_query_params(api_request.params)
    if api_request.is_read:
        return _plan_read_table(schema_cache, api_request, config, table, query)
    return _plan_mutation(schema_cache, api_request, table, query, _KINDS[api_request.method])


def with_range(api_request: ApiRequest, query: QueryParams) -> tuple[QueryParams, Range]:
    """Return the query limited to the Range header too, and the resulting range."""
    range_ = apply_range_header(api_request.range_header, query.ranges.get((), Range()))
    return replace(query, ranges={**query.ranges, (): range_}), range_


def media_handler_of(api_request: ApiRequest, **of: Any) -> MediaHandler:
    if api_request.method == "HEAD":
        return MediaHandler("none")
    return MediaHandler(api_request.media_type.kind, api_request.media_type.strip_nulls, **of)


def _plan_read_table(
    schema_cache: SchemaCache, api_request: ApiRequest, config: RestConfig, table: Table, query: QueryParams
) -> MainQuery:
    query, range_ = with_range(api_request, query)
    plan = plan_read(schema_cache, query, root=root_of(schema_cache, table), max_rows=config.max_rows)
    parameters, count_parameters = Parameters(), Parameters()
    sql = read_query(plan, media_handler_of(api_request), parameters, count=api_request.preferences.count == "exact")
    estimated = api_request.preferences.count in ("planned", "estimated")
    count = (count_query(plan, count_parameters), tuple(count_parameters.values)) if estimated else None
    return MainQuery("read", sql, tuple(parameters.values), read_only=True, range=range_, count=count)


def _plan_mutation(
    schema_cache: SchemaCache, api_request: ApiRequest, table: Table, query: QueryParams, kind: Kind
) -> MainQuery:
    preferences = api_request.preferences
    full = preferences.returns == "representation"
    columns = None if kind == "put" else query.columns
    payload = Payload("") if kind == "delete" else read_rows(api_request.content_type, api_request.body, columns)
    where = root_of(schema_cache, table)
    where.conditions = [condition for path, condition in query.conditions if not path]
    if kind == "insert" and preferences.resolution is None and query.conditions:
        where.conditions = []  # PostgREST ignores filters of an insert
    root = replace(root_of(schema_cache, table), sql_name=SOURCE)
    read = plan_read(schema_cache, query, root=root, max_rows=None, embeds_only=True) if full else None
    keys = table.primary_key if kind == "insert" and preferences.returns == "headers-only" else ()
    write = MutatePlan(
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
    change = {"update": update_query, "delete": delete_query}.get(kind, insert_query)(write, parameters)
    handler = media_handler_of(api_request) if full else MediaHandler("none")
    sql = mutate_query(change, read, handler, parameters, keys=keys, inserted=write.resolution == "merge")
    keyed = bool(table.primary_key or query.on_conflict)
    return MainQuery(kind, sql, tuple(parameters.values), read_only=False, keyed=keyed)


def _returning(read: ReadPlan | None, keys: tuple[str, ...]) -> frozenset[str]:
    if read is None:
        return frozenset(keys)
    needed = read.referenced_columns()
    return frozenset(("*",)) if "*" in needed else frozenset(needed | set(read.primary_key))


def _resolution(api_request: ApiRequest, kind: Kind) -> Any:
    if kind == "put":
        return "merge"
    resolution = api_request.preferences.resolution if kind == "insert" else None
    return None if resolution is None else resolution.removesuffix("-duplicates")


def _require_key_filters(table: Table, query: QueryParams, where: ReadPlan) -> None:
    if () in query.ranges:
        raise RestError(400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT")
    named = [
        condition.column
        for condition in where.conditions
        if isinstance(condition, Filter)
        and condition.operator == "eq"
        and not (condition.negated or condition.json_path or condition.quantifier)
    ]
    if not table.primary_key or len(named) != len(where.conditions) or set(named) != set(table.primary_key):
        raise RestError(405, "PGRST105", "Filters must include all and only primary key columns with 'eq' operators")
