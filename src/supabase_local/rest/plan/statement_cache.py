"""Cache the queries of reads by the shape of the request, so that other filter values need no parsing and planning.

Before the query string is parsed, placeholders replace the values of simple filters; they come back among the
parameters of the query, where the values are filled in.
"""

import re
from collections import OrderedDict
from dataclasses import replace

from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.config import RestConfig
from supabase_local.rest.errors import RestError
from supabase_local.rest.plan.table_plan import plan_table
from supabase_local.rest.query.statements import MainQuery
from supabase_local.rest.schema_cache.schema_cache import SchemaCache

_MAX_STATEMENTS = 1000
_MAX_SHAPE_LENGTH = 4000
_PLACEHOLDER = "\ue000"  # a private-use code point; a request that contains it is not cached
_PLAIN = re.compile(
    r"(?:not\.)?(?P<operator>eq|neq|gte?|lte?|i?like|i?match|cs|cd|ov|fts|plfts|phfts|wfts)\.(?P<value>.*)", re.DOTALL
)
_RESERVED = frozenset({"select", "order", "limit", "offset", "and", "or", "columns", "on_conflict", "apikey"})


class StatementCache:
    """Drops the least recently used query first."""

    def __init__(self) -> None:
        self._queries: OrderedDict[tuple[object, ...], MainQuery] = OrderedDict()

    def plan(self, schema_cache: SchemaCache, api_request: ApiRequest, config: RestConfig) -> MainQuery:
        """Return the query of a read on a table. Raises RestError."""
        if api_request.range_header:  # the range is part of the query
            return plan_table(schema_cache, api_request, config)
        shape, with_placeholders, values = _take_values(api_request)
        key = (
            schema_cache.version,
            api_request.method,
            api_request.schema,
            api_request.path,
            shape,
            api_request.media_type,
            api_request.preferences.count,
        )
        cached = self._queries.get(key)
        if cached is None:
            if sum(map(len, shape)) > _MAX_SHAPE_LENGTH or any(_PLACEHOLDER in part for part in shape):
                return plan_table(schema_cache, api_request, config)
            try:
                cached = plan_table(schema_cache, replace(api_request, params=with_placeholders), config)
            except RestError:  # raised again for the original parameters
                return plan_table(schema_cache, api_request, config)
            if not set(_placeholders(len(values))) <= set(map(str, cached.values)):
                return plan_table(schema_cache, api_request, config)
            self._queries[key] = cached
            if len(self._queries) > _MAX_STATEMENTS:
                self._queries.popitem(last=False)
        else:
            self._queries.move_to_end(key)
        return _filled(cached, values)


def _take_values(api_request: ApiRequest) -> tuple[tuple[str, ...], list[tuple[str, str]], list[str]]:
    """Return the shape of the parameters, the parameters with placeholders, and the values."""
    shape: list[str] = []
    with_placeholders: list[tuple[str, str]] = []
    values: list[str] = []
    for name, value in api_request.params:
        match = None if name.rpartition(".")[2] in _RESERVED else _PLAIN.match(value)
        if match is None:
            shape += (name, value)
            with_placeholders.append((name, value))
            continue
        before = value[: match.start("value")]
        shape += (name, before)
        with_placeholders.append((name, f"{before}{_PLACEHOLDER}{len(values)}"))
        text = match["value"]
        values.append(text.replace("*", "%") if match["operator"] in ("like", "ilike") else text)
    return tuple(shape), with_placeholders, values


def _placeholders(number: int) -> list[str]:
    return [f"{_PLACEHOLDER}{place}" for place in range(number)]


def _filled(cached: MainQuery, values: list[str]) -> MainQuery:
    if not values:
        return cached
    return replace(cached, values=_fill(cached.values, values), count=_fill_count(cached, values))


def _fill_count(cached: MainQuery, values: list[str]) -> tuple[str, tuple[object, ...]] | None:
    return None if cached.count is None else (cached.count[0], _fill(cached.count[1], values))


def _fill(with_placeholders: tuple[object, ...], values: list[str]) -> tuple[object, ...]:
    return tuple(
        values[int(value[1:])] if isinstance(value, str) and value.startswith(_PLACEHOLDER) else value
        for value in with_placeholders
    )
