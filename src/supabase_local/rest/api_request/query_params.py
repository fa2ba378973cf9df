"""Parse a query string into QueryParams."""

from collections.abc import Iterable

from supabase_local.rest.api_request.fields import parse_names, parse_order, parse_select
from supabase_local.rest.api_request.filters import (
    MAX_CONDITIONS,
    is_operation,
    parse_key,
    parse_logic,
    parse_operation,
)
from supabase_local.rest.api_request.types import Condition, EmbedPath, OrderTerm, QueryParams, Range
from supabase_local.rest.errors import RestError, not_supported

_MAX_INT8 = 2**63 - 1


def parse_query_params(pairs: Iterable[tuple[str, str]], *, is_rpc: bool = False) -> QueryParams:
    """Parse the query string, split and decoded. Raises RestError.

    `is_rpc`: a parameter without the form of a filter is an argument.
    """
    conditions: list[tuple[EmbedPath, Condition]] = []
    order: dict[EmbedPath, tuple[OrderTerm, ...]] = {}
    limits: dict[EmbedPath, int] = {}
    offsets: dict[EmbedPath, int] = {}
    arguments: list[tuple[str, str]] = []
    single: dict[str, str] = {}
    for key, value in pairs:
        last = key.rpartition(".")[2]
        if key in ("select", "columns", "on_conflict"):
            single.setdefault(key, value)
        elif key == "apikey":
            continue  # an API key may be in the query string, and is no column
        elif last in ("and", "or"):
            conditions.append(parse_logic(key, value))
        elif last == "order":
            if value:
                order[parse_key(key)[0]] = parse_order(value)
        elif last in ("limit", "offset"):
            number = _number(value)
            if number is not None:
                (limits if last == "limit" else offsets)[parse_key(key)[0]] = number
        elif is_rpc and "." not in key and not is_operation(value):
            arguments.append((key, value))
        else:
            path, field = parse_key(key)
            conditions.append((path, parse_operation(field, value)))
    if len(conditions) > MAX_CONDITIONS:
        raise not_supported(f"more than {MAX_CONDITIONS} filters in one request")
    return QueryParams(
        select=parse_select(single.get("select", "*")),
        conditions=tuple(conditions),
        order=order,
        ranges={path: _range(limits.get(path), offsets.get(path, 0)) for path in {**limits, **offsets}},
        columns=parse_names(single["columns"], "columns parameter") if "columns" in single else None,
        on_conflict=parse_names(single["on_conflict"], "on_conflict parameter") if "on_conflict" in single else None,
        arguments=tuple(arguments),
    )


def _number(text: str) -> int | None:
    """Return an integer; None for anything else, which PostgREST ignores."""
    text = text.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(text) if len(digits) < 19 else (-1 if text.startswith("-") else _MAX_INT8)


def _range(limit: int | None, offset: int) -> Range:
    if limit is not None and limit < 0:
        raise RestError(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details="Limit should be greater than or equal to zero.",
        )
    return Range(limit, max(offset, 0))
