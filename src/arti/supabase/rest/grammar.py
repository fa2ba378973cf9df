"""The part of PostgREST's query grammar that we speak, parsed into plain data. Knows no schema and no SQL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from arti.supabase.rest.errors import RestError, not_spoken, unparsable

COMPARISONS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PATTERNS = {"like": "like", "ilike": "ilike"}
IS_OPERANDS = {"null": "null", "not_null": "not null", "true": "true", "false": "false", "unknown": "unknown"}
_OTHER_OPERATORS = frozenset(
    {
        "match",
        "imatch",
        "isdistinct",
        "cs",
        "cd",
        "ov",
        "sl",
        "sr",
        "nxl",
        "nxr",
        "adj",
        "fts",
        "plfts",
        "phfts",
        "wfts",
    }
    | {*COMPARISONS, *PATTERNS}  # followed by (any) or (all)
)
_RESERVED = frozenset({"select", "order", "limit", "offset", "columns", "on_conflict"})
_LOGIC = frozenset({"and", "or", "not.and", "not.or"})
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Selected:
    column: str
    alias: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`operands` holds one value, or the list of an `in`."""

    column: str
    operator: str
    operands: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Ordering:
    column: str
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A request's query string. `select` empty means all columns."""

    select: tuple[Selected, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: tuple[Ordering, ...] = ()
    limit: int = _MOST_ROWS
    offset: int = 0
    columns: tuple[str, ...] | None = None
    names: frozenset[str] = field(default_factory=frozenset)  # of the parameters that were given


def parse_query(pairs: Iterable[tuple[str, str]]) -> Query:
    """Parse the query string. Raises RestError PGRST100 for nonsense, PGRST127 for what we do not speak."""
    given = [(name, value) for name, value in pairs if name != "apikey"]
    single = {name: value for name, value in given if name in _RESERVED}
    columns = single.get("columns")
    return Query(
        select=parse_select(single.get("select", "*")),
        filters=tuple(parse_filter(name, value) for name, value in given if name not in _RESERVED),
        order=parse_order(single.get("order", "")),
        limit=min(_natural("limit", single["limit"]), _MOST_ROWS) if "limit" in single else _MOST_ROWS,
        offset=_natural("offset", single.get("offset", "0")),
        columns=tuple(_name(part) for part in _split(columns)) if columns else None,
        names=frozenset(single),
    )


def parse_select(text: str) -> tuple[Selected, ...]:
    """Parse `select=`: columns and `alias:column`. `*` alone, or nothing, gives ()."""
    parts = [part.strip() for part in _split(text)]
    if parts in ([], ["*"]):
        return ()
    return tuple(_selected(part) for part in parts)


def _selected(part: str) -> Selected:
    if "(" in part or part.startswith("..."):
        raise not_spoken("embedded resources and aggregates in select")
    bare = _outside_quotes(part)
    if "->" in bare or "::" in bare:
        raise not_spoken("JSON paths and casts in select")
    alias, colon, column = part.rpartition(":")
    if _name(column) == "*":
        raise not_spoken("* beside other columns in select")
    return Selected(_name(column), _name(alias) if colon else _name(column))


def parse_filter(name: str, value: str) -> Filter:
    """Parse `column=operator.value`, with `not.` before the operator."""
    if name in _LOGIC:
        raise not_spoken(f"logic trees ({name}=)")
    bare = _outside_quotes(name)
    if "->" in bare:
        raise not_spoken("filters on JSON paths")
    if "." in bare:
        raise not_spoken("filters on embedded resources")
    negated = value.startswith("not.")
    operator, dot, operand = value.removeprefix("not.").partition(".")
    if not dot:
        raise unparsable("filter", value)
    column = _name(name)
    if operator in COMPARISONS:
        return Filter(column, operator, (operand,), negated)
    if operator in PATTERNS:
        return Filter(column, operator, (operand.replace("*", "%"),), negated)
    if operator == "in":
        if not (operand.startswith("(") and operand.endswith(")")):
            raise unparsable("filter", value)
        return Filter(column, "in", tuple(_value(part) for part in _split(operand[1:-1])), negated)
    if operator == "is":
        if operand.lower() not in IS_OPERANDS:
            raise unparsable("filter", value)
        return Filter(column, "is", (operand.lower(),), negated)
    if operator in _OTHER_OPERATORS or operator.partition("(")[0] in _OTHER_OPERATORS:
        raise not_spoken(f"the operator {operator.partition('(')[0]}")
    raise unparsable("filter", value)


def parse_order(text: str) -> tuple[Ordering, ...]:
    """Parse `order=column.desc.nullslast,…`."""
    return tuple(_ordering(part) for part in _split(text))


_ORDERING = re.compile(r'(?P<column>"[^"]+"|[^".]+)(?:\.(?P<way>asc|desc))?(?:\.nulls(?P<nulls>first|last))?')


def _ordering(part: str) -> Ordering:
    if "(" in part or "->" in part:
        raise not_spoken("order by embedded resources or JSON paths")
    match = _ORDERING.fullmatch(part)
    if not match:
        raise unparsable("order", part)
    nulls = match["nulls"]
    return Ordering(_name(match["column"]), match["way"] == "desc", None if nulls is None else nulls == "first")


def _split(text: str) -> list[str]:
    """Split at commas that stand in no quotes and no brackets; "" gives []."""
    parts: list[str] = []
    part, depth, quoted, escaped = "", 0, False, False
    for sign in text:
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
            if depth < 0:
                raise unparsable("list", text)
        elif not quoted and sign == "," and depth == 0:
            parts.append(part)
            part = ""
            continue
        part += sign
    if quoted or depth:
        raise unparsable("list", text)
    return [*parts, part] if parts or part else []


def _outside_quotes(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


def _name(text: str) -> str:
    """Return the name that `text` is, without its quotes."""
    text = text.strip()
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    if not text:
        raise unparsable("name", text)
    return text


def _value(text: str) -> str:
    """Return an element of a list: quoted ones without quotes and backslashes, others as they are."""
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text


def _natural(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise RestError(400, "PGRST100", f'"failed to parse {name} ({text[:100]})"', details=f"{name} must be a number")
    return int(text)
