"""Parse a whole query string."""

from collections.abc import Iterable

from supabase_local.rest.api_request.fields import parse_names, parse_order, parse_select
from supabase_local.rest.api_request.filters import (
    MOST_CONDITIONS,
    is_operation,
    parse_key,
    parse_logic,
    parse_operation,
)
from supabase_local.rest.api_request.types import Condition, Ordering, Path, Query, Window
from supabase_local.rest.errors import RestError, not_supported

_LARGEST = 2**63 - 1


def parse_query(pairs: Iterable[tuple[str, str]], *, of_function: bool = False) -> Query:
    """Parse the query string, already split and decoded. Raises RestError.

    `of_function`: what does not read as a filter is an argument, not a mistake.
    """
    conditions: list[tuple[Path, Condition]] = []
    order: dict[Path, tuple[Ordering, ...]] = {}
    limits: dict[Path, int] = {}
    offsets: dict[Path, int] = {}
    arguments: list[tuple[str, str]] = []
    single: dict[str, str] = {}
    for key, value in pairs:
        last = key.rpartition(".")[2]
        if key in ("select", "columns", "on_conflict"):
            single.setdefault(key, value)
        elif key == "apikey":
            continue  # a key may travel in the query string, and names no column
        elif last in ("and", "or"):
            conditions.append(parse_logic(key, value))
        elif last == "order":
            if value:
                order[parse_key(key)[0]] = parse_order(value)
        elif last in ("limit", "offset"):
            number = _number(value)
            if number is not None:
                (limits if last == "limit" else offsets)[parse_key(key)[0]] = number
        elif of_function and "." not in key and not is_operation(value):
            arguments.append((key, value))
        else:
            path, field = parse_key(key)
            conditions.append((path, parse_operation(field, value)))
    if len(conditions) > MOST_CONDITIONS:
        raise not_supported(f"more than {MOST_CONDITIONS} filters in one request")
    return Query(
        select=parse_select(single.get("select", "*")),
        conditions=tuple(conditions),
        order=order,
        windows={path: _window(limits.get(path), offsets.get(path, 0)) for path in {**limits, **offsets}},
        columns=parse_names(single["columns"], "columns parameter") if "columns" in single else None,
        on_conflict=parse_names(single["on_conflict"], "on_conflict parameter") if "on_conflict" in single else None,
        arguments=tuple(arguments),
    )


def _number(text: str) -> int | None:
    """Return a whole number; None for anything else, which PostgREST passes over in silence."""
    text = text.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(text) if len(digits) < 19 else (-1 if text.startswith("-") else _LARGEST)


def _window(limit: int | None, offset: int) -> Window:
    if limit is not None and limit < 0:
        raise RestError(
            416,
            "PGRST103",
            "Requested range not satisfiable",
            details="Limit should be greater than or equal to zero.",
        )
    return Window(limit, max(offset, 0))
