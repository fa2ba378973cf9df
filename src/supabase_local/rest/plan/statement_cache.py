"""Keep the statements of reads by their shape, so that the same question with other values is not parsed again.

The values of plain filters are taken out of the query string before it is parsed; marks stand in their place, and come
back among the statement's parameters.
"""

import re
from collections import OrderedDict
from dataclasses import replace

from supabase_local.rest.api_request.request import ApiRequest, Options, PreparedStatement
from supabase_local.rest.errors import RestError
from supabase_local.rest.plan.table_plan import prepare_table
from supabase_local.rest.schema_cache.schema import Schema

_MOST_SHAPES = 1000
_LONGEST_SHAPE = 4000
_MARK = "\ue000"  # of Unicode's private use; a query that holds it itself is not kept
_PLAIN = re.compile(
    r"(?:not\.)?(?P<operator>eq|neq|gte?|lte?|i?like|i?match|cs|cd|ov|fts|plfts|phfts|wfts)\.(?P<value>.*)", re.DOTALL
)
_RESERVED = frozenset({"select", "order", "limit", "offset", "and", "or", "columns", "on_conflict", "apikey"})


class StatementCache:
    """Remembers the least recently asked shapes last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], PreparedStatement] = OrderedDict()

    def prepare(self, known: Schema, api_request: ApiRequest, options: Options) -> PreparedStatement:
        """Return the statement of a read on a table. Raises RestError."""
        if api_request.range_header:  # it moves the window, which is part of the statement
            return prepare_table(known, api_request, options)
        shape, marked, values = _take_values(api_request)
        key = (
            known.version,
            api_request.method,
            api_request.schema,
            api_request.path,
            shape,
            api_request.media,
            api_request.preferences.count,
        )
        kept = self._kept.get(key)
        if kept is None:
            if sum(map(len, shape)) > _LONGEST_SHAPE or any(_MARK in part for part in shape):
                return prepare_table(known, api_request, options)
            try:
                kept = prepare_table(known, replace(api_request, pairs=marked), options)
            except RestError:  # said again about what was really sent
                return prepare_table(known, api_request, options)
            if not set(_placeholders(len(values))) <= set(map(str, kept.values)):
                return prepare_table(known, api_request, options)
            self._kept[key] = kept
            if len(self._kept) > _MOST_SHAPES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return _filled(kept, values)


def _take_values(api_request: ApiRequest) -> tuple[tuple[str, ...], list[tuple[str, str]], list[str]]:
    """Return the shape of the query, the query with marks for values, and the values."""
    shape: list[str] = []
    marked: list[tuple[str, str]] = []
    values: list[str] = []
    for name, value in api_request.pairs:
        found = None if name.rpartition(".")[2] in _RESERVED else _PLAIN.match(value)
        if found is None:
            shape += (name, value)
            marked.append((name, value))
            continue
        before = value[: found.start("value")]
        shape += (name, before)
        marked.append((name, f"{before}{_MARK}{len(values)}"))
        text = found["value"]
        values.append(text.replace("*", "%") if found["operator"] in ("like", "ilike") else text)
    return tuple(shape), marked, values


def _placeholders(number: int) -> list[str]:
    return [f"{_MARK}{place}" for place in range(number)]


def _filled(kept: PreparedStatement, values: list[str]) -> PreparedStatement:
    if not values:
        return kept
    return replace(kept, values=_fill(kept.values, values), count=_fill_count(kept, values))


def _fill_count(kept: PreparedStatement, values: list[str]) -> tuple[str, tuple[object, ...]] | None:
    return None if kept.count is None else (kept.count[0], _fill(kept.count[1], values))


def _fill(marked: tuple[object, ...], values: list[str]) -> tuple[object, ...]:
    return tuple(values[int(one[1:])] if isinstance(one, str) and one.startswith(_MARK) else one for one in marked)
