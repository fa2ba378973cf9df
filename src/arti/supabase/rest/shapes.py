"""Keep the statements of reads by their shape, so that the same question with other values is not parsed again.

The values of plain filters are taken out of the query string before it is parsed; marks stand in their place, and come
back among the statement's parameters.
"""

import re
from collections import OrderedDict
from dataclasses import replace

from arti.supabase.rest.errors import RestError
from arti.supabase.rest.prepare import prepare_table
from arti.supabase.rest.request import Asked, Options, Prepared
from arti.supabase.rest.schema import Schema

_MOST_SHAPES = 1000
_LONGEST_SHAPE = 4000
_MARK = "\ue000"  # of Unicode's private use; a query that holds it itself is not kept
_PLAIN = re.compile(
    r"(?:not\.)?(?P<operator>eq|neq|gte?|lte?|i?like|i?match|cs|cd|ov|fts|plfts|phfts|wfts)\.(?P<value>.*)", re.DOTALL
)
_RESERVED = frozenset({"select", "order", "limit", "offset", "and", "or", "columns", "on_conflict", "apikey"})


class Shapes:
    """Remembers the least recently asked shapes last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Prepared] = OrderedDict()

    def prepare(self, known: Schema, asked: Asked, options: Options) -> Prepared:
        """Return the statement of a read on a table. Raises RestError."""
        if asked.range_header:  # it moves the window, which is part of the statement
            return prepare_table(known, asked, options)
        shape, marked, values = _take_values(asked)
        key = (known.version, asked.method, asked.schema, asked.path, shape, asked.media, asked.preferences.count)
        kept = self._kept.get(key)
        if kept is None:
            if sum(map(len, shape)) > _LONGEST_SHAPE or any(_MARK in part for part in shape):
                return prepare_table(known, asked, options)
            try:
                kept = prepare_table(known, replace(asked, pairs=marked), options)
            except RestError:  # said again about what was really sent
                return prepare_table(known, asked, options)
            if not set(_marks(len(values))) <= set(map(str, kept.values)):
                return prepare_table(known, asked, options)
            self._kept[key] = kept
            if len(self._kept) > _MOST_SHAPES:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return _filled(kept, values)


def _take_values(asked: Asked) -> tuple[tuple[str, ...], list[tuple[str, str]], list[str]]:
    """Return the shape of the query, the query with marks for values, and the values."""
    shape: list[str] = []
    marked: list[tuple[str, str]] = []
    values: list[str] = []
    for name, value in asked.pairs:
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


def _marks(number: int) -> list[str]:
    return [f"{_MARK}{place}" for place in range(number)]


def _filled(kept: Prepared, values: list[str]) -> Prepared:
    if not values:
        return kept
    return replace(kept, values=_fill(kept.values, values), count=_fill_count(kept, values))


def _fill_count(kept: Prepared, values: list[str]) -> tuple[str, tuple[object, ...]] | None:
    return None if kept.count is None else (kept.count[0], _fill(kept.count[1], values))


def _fill(marked: tuple[object, ...], values: list[str]) -> tuple[object, ...]:
    return tuple(values[int(one[1:])] if isinstance(one, str) and one.startswith(_MARK) else one for one in marked)
