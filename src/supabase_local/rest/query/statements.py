"""Format the main query: one row with the body, counts and response settings of a read, mutation or call."""

# ruff: noqa: S608  # identifiers come from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from supabase_local.rest.api_request.types import Range
from supabase_local.rest.plan.read_plan import ReadPlan
from supabase_local.rest.query.call import SCALAR
from supabase_local.rest.query.read import format_where, has_null_embed, read_plan_to_count_query, read_plan_to_query
from supabase_local.rest.query.sql_fragment import Parameters

Kind = Literal["read", "insert", "put", "update", "delete", "call"]
SOURCE = "pgrst_source"
_PAGE = "pgrst_page"
_SETTINGS = (
    "nullif(current_setting('response.headers', true), '') as headers, "
    "nullif(current_setting('response.status', true), '') as status"
)
_INSERTED = "nullif(current_setting('pgrst.inserted', true), '')::int"


@dataclass(frozen=True, slots=True)
class MediaHandler:
    """How rows are aggregated to a body. `of`: the result of a function may be a scalar or a single row."""

    media: Literal["none", "array", "object", "csv"]
    strip_nulls: bool = False
    of: Literal["rows", "row", "value", "values"] = "rows"


@dataclass(frozen=True, slots=True)
class MainQuery:
    """The one statement of a request, with what the response depends on."""

    kind: Kind
    sql: str
    values: tuple[object, ...]
    read_only: bool
    range: Range = field(default_factory=Range)
    void: bool = False
    keyed: bool = False  # the table has a key, or on_conflict names one
    returns_set: bool = False
    count: tuple[str, tuple[object, ...]] | None = None  # the statement whose rows are estimated


def read_query(plan: ReadPlan, handler: MediaHandler, parameters: Parameters, *, count: bool) -> str:
    """Return a query of {total, page, body, headers, status}; `total` is null unless `count`."""
    where = format_where(plan, parameters)
    select = read_plan_to_query(plan, parameters, where=where)
    total = _total(plan, where, parameters) if count else "null::int8"
    return _run([], handler, select, total)


def count_query(plan: ReadPlan, parameters: Parameters) -> str:
    """Return the query that counts the rows of a read, regardless of its range."""
    return _total(plan, format_where(plan, parameters), parameters)[1:-1]


def mutate_query(
    change: str,
    plan: ReadPlan | None,
    handler: MediaHandler,
    parameters: Parameters,
    *,
    keys: Sequence[str] | None,
    inserted: bool,
) -> str:
    """Return the query of a mutation. `plan` reads the changed rows; None: they are not returned.

    `keys`: the columns of the Location header, returned as `location`. `inserted`: return the number of new rows.
    """
    select = f"select 1 from {SOURCE}" if plan is None else read_plan_to_query(plan, parameters)
    more_columns = f", {_INSERTED if inserted else 'null::int'} as inserted, {_location(keys, parameters)} as location"
    return _run([f"{SOURCE} as ({change})"], handler, select, "null::int8", more_columns)


def call_query(call: str, plan: ReadPlan, handler: MediaHandler, parameters: Parameters, *, count: bool) -> str:
    """Return the query of a call. Materialized, so that it runs exactly once."""
    where = format_where(plan, parameters)
    select = read_plan_to_query(plan, parameters, where=where)
    total = _total(plan, where, parameters) if count else "null::int8"
    return _run([f"{SOURCE} as materialized ({call})"], handler, select, total)


def _total(plan: ReadPlan, where: str, parameters: Parameters) -> str:
    if has_null_embed(plan):
        where = format_where(plan, parameters, counting=True)
    return f"({read_plan_to_count_query(plan, where, parameters)})"


def _run(with_queries: list[str], handler: MediaHandler, select: str, total: str, more_columns: str = "") -> str:
    if handler.media == "csv":  # the header line is read from the first row
        with_queries, select = [*with_queries, f"{_PAGE} as ({select})"], f"select * from {_PAGE}"
    with_clause = f"with {', '.join(with_queries)} " if with_queries else ""
    columns = f"{total} as total, count(*) as page, {_body(handler)} as body, {_SETTINGS}{more_columns}"
    return f"{with_clause}select {columns} from ({select}) _page"


def _body(handler: MediaHandler) -> str:
    if handler.media == "none":
        return "''"
    if handler.media == "csv":
        row = "_page::text"
        header_line = (
            f"(select string_agg(a.k, ',') from (select json_object_keys(row_to_json(h)) as k "
            f"from (select * from {_PAGE} limit 1) h) a)"
        )
        lines = f"string_agg(substring({row}, 2, length({row}) - 2), e'\\n')"
        return f"coalesce({header_line}, '') || e'\\n' || coalesce({lines}, '')"
    rows = f"json_agg(_page.{SCALAR})" if handler.of in ("value", "values") else "json_agg(_page)"
    if handler.strip_nulls:
        rows = f"json_strip_nulls({rows})"
    if handler.media == "object" or handler.of in ("row", "value"):
        return f"coalesce({rows}->0, 'null')::text"
    return f"coalesce({rows}, '[]')::text"


def _location(keys: Sequence[str] | None, parameters: Parameters) -> str:
    """Return an array of `column=eq.value` if one row was inserted and it has a key."""
    if not keys:
        return "null::text[]"
    pairs = "array_agg(json_data.key || '=' || coalesce('eq.' || json_data.value, 'is.null'))"
    row = f"(select row_to_json(inserted) as row from {SOURCE} inserted limit 1) data"
    is_key = f"json_data.key = any ({parameters.add(list(keys))}::text[])"
    key_pairs = f"(select {pairs} from {row} cross join json_each_text(data.row) json_data where {is_key})"
    return f"case when count(*) = 1 then {key_pairs} end"
