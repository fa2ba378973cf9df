"""Trace each column of a view to its table's column, so that foreign keys apply to views.

PostgreSQL keeps a view as the text of a parse tree. Its outermost target list names the origin of each column.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

Origin: TypeAlias = tuple[int, int]  # oid of the relation, number of the column

_TOKEN = re.compile(r"\\.|[{}]|:resno (?P<number>\d+)|:resorigtbl (?P<relation>\d+)|:resorigcol (?P<column>\d+)")
_OUTERMOST = 2  # {QUERY ... {TARGETENTRY
_MAX_VIEW_DEPTH = 20  # views on views


def trace_views(rules: Mapping[int, str]) -> dict[int, dict[int, Origin]]:
    """Return {view: {number of its column: origin}}; origins are tables. `rules`: each view's parse tree, by oid."""
    direct = {view: _read_rule(rule) for view, rule in rules.items()}
    return {
        view: {number: _follow(origin, direct) for number, origin in columns.items()}
        for view, columns in direct.items()
    }


def _follow(origin: Origin, direct: Mapping[int, Mapping[int, Origin]]) -> Origin:
    for _ in range(_MAX_VIEW_DEPTH):
        next_origin = direct.get(origin[0], {}).get(origin[1])
        if next_origin is None:
            break
        origin = next_origin
    return origin


def _read_rule(rule: str) -> dict[int, Origin]:
    origins: dict[int, Origin] = {}
    depth, number, relation = 0, 0, 0
    for token in _TOKEN.finditer(rule):
        text = token[0]
        if text == "{":
            depth += 1
        elif text == "}":
            depth -= 1
        elif depth != _OUTERMOST:
            continue
        elif token["number"]:
            number = int(token["number"])
        elif token["relation"]:
            relation = int(token["relation"])
        elif token["column"] and relation:
            origins[number] = (relation, int(token["column"]))
    return origins
