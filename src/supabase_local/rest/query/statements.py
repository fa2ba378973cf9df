"""Wrap what was read, written or called into the one row that an answer is made of."""

# ruff: noqa: S608  # what is put into the statements comes from the schema cache, quoted by PostgreSQL

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from supabase_local.rest.plan.read_plan import Node
from supabase_local.rest.query.call import SCALAR
from supabase_local.rest.query.read import has_null_embed, write_count, write_select, write_where
from supabase_local.rest.query.sql_fragment import Parameters

SOURCE = "pgrst_source"
_PAGE = "pgrst_page"
_SETTINGS = (
    "nullif(current_setting('response.headers', true), '') as headers, "
    "nullif(current_setting('response.status', true), '') as status"
)
_INSERTED = "nullif(current_setting('pgrst.inserted', true), '')::int"


@dataclass(frozen=True, slots=True)
class Form:
    """How rows become a body. `of`: what a row is; one of a function may be a bare value or a single row."""

    media: Literal["none", "array", "object", "csv"]
    strip_nulls: bool = False
    of: Literal["rows", "row", "value", "values"] = "rows"


def read_statement(node: Node, form: Form, parameters: Parameters, *, count: bool) -> str:
    """Return the statement that answers {total, page, body, headers, status}; `total` null unless counted."""
    where = write_where(node, parameters)
    select = write_select(node, parameters, where=where)
    total = _total(node, where, parameters) if count else "null::int8"
    return _answer([], form, select, total)


def count_statement(node: Node, parameters: Parameters) -> str:
    """Return the statement that counts the rows of a read, whatever its window."""
    return _total(node, write_where(node, parameters), parameters)[1:-1]


def write_statement(
    change: str, node: Node | None, form: Form, parameters: Parameters, *, keys: Sequence[str] | None, inserted: bool
) -> str:
    """Return the statement of a write. `node` reads over the changed rows; None: nobody looks at them.

    `keys`: the columns of the Location header, answered as `location`. `inserted`: answer how many were new.
    """
    select = f"select 1 from {SOURCE}" if node is None else write_select(node, parameters)
    more = f", {_INSERTED if inserted else 'null::int'} as inserted, {_location(keys, parameters)} as location"
    return _answer([f"{SOURCE} as ({change})"], form, select, "null::int8", more)


def call_statement(call: str, node: Node, form: Form, parameters: Parameters, *, count: bool) -> str:
    """Return the statement of a call. Materialized: it runs once, and also when nobody looks at its result."""
    where = write_where(node, parameters)
    select = write_select(node, parameters, where=where)
    total = _total(node, where, parameters) if count else "null::int8"
    return _answer([f"{SOURCE} as materialized ({call})"], form, select, total)


def _total(node: Node, where: str, parameters: Parameters) -> str:
    if has_null_embed(node):
        where = write_where(node, parameters, counting=True)
    return f"({write_count(node, where, parameters)})"


def _answer(named: list[str], form: Form, select: str, total: str, more: str = "") -> str:
    if form.media == "csv":  # its head is read from the first row, beside the rows
        named, select = [*named, f"{_PAGE} as ({select})"], f"select * from {_PAGE}"
    before = f"with {', '.join(named)} " if named else ""
    told = f"{total} as total, count(*) as page, {_body(form)} as body, {_SETTINGS}{more}"
    return f"{before}select {told} from ({select}) _page"


def _body(form: Form) -> str:
    if form.media == "none":
        return "''"
    if form.media == "csv":
        row = "_page::text"
        head = (
            f"(select string_agg(a.k, ',') from (select json_object_keys(row_to_json(h)) as k "
            f"from (select * from {_PAGE} limit 1) h) a)"
        )
        lines = f"string_agg(substring({row}, 2, length({row}) - 2), e'\\n')"
        return f"coalesce({head}, '') || e'\\n' || coalesce({lines}, '')"
    rows = f"json_agg(_page.{SCALAR})" if form.of in ("value", "values") else "json_agg(_page)"
    if form.strip_nulls:
        rows = f"json_strip_nulls({rows})"
    if form.media == "object" or form.of in ("row", "value"):
        return f"coalesce({rows}->0, 'null')::text"
    return f"coalesce({rows}, '[]')::text"


def _location(keys: Sequence[str] | None, parameters: Parameters) -> str:
    """Return an array of `column=eq.value`, when one row was made and it has a key."""
    if not keys:
        return "null::text[]"
    pairs = "array_agg(json_data.key || '=' || coalesce('eq.' || json_data.value, 'is.null'))"
    row = f"(select row_to_json(one) as row from {SOURCE} one limit 1) data"
    named = f"json_data.key = any ({parameters.add(list(keys))}::text[])"
    found = f"(select {pairs} from {row} cross join json_each_text(data.row) json_data where {named})"
    return f"case when count(*) = 1 then {found} end"
