"""The `postgres_changes` bindings of a join: event, schema, table, filters and columns."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

_MAX_FILTERS = 20
_MAX_FILTER_LENGTH = 4096
_COMPARISONS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_PATTERNS = {"like": "like", "ilike": "ilike", "match": "~", "imatch": "~*"}
_IS = {"null": "null", "not_null": "not null", "true": "true", "false": "false", "unknown": "unknown"}
OPERATORS = frozenset({*_COMPARISONS, *_PATTERNS, "in", "is", "isdistinct"})


class BindingRefused(Exception):
    """The binding is invalid; as upstream, the client receives a `system` message after the join."""


@dataclass(frozen=True, slots=True)
class FilterTest:
    """A column and an operator: filters that differ only in their operand share it."""

    column: str
    operator: str
    negated: bool


@dataclass(frozen=True, slots=True)
class BindingFilter:
    test: FilterTest
    operand: str  # of `in`: the literal of an array


@dataclass(frozen=True, slots=True)
class Binding:
    """One `postgres_changes` of a join. `*` stands for every schema, table, event."""

    id: int
    event: str
    schema: str
    table: str
    filters: tuple[BindingFilter, ...]
    columns: frozenset[str] | None  # None: all

    def covers(self, name: tuple[str, str]) -> bool:
        return self.schema in ("*", name[0]) and self.table in ("*", name[1])

    def matches(self, name: tuple[str, str], verb: str) -> bool:
        return self.event in ("*", verb) and self.covers(name)

    def describe(self) -> str:
        """Return the parameters in the format of upstream's errors."""
        filters = ", ".join(f"{f.test.column}={f.test.operator}.{f.operand}" for f in self.filters)
        columns = "nil" if self.columns is None else str(sorted(self.columns))
        return (
            f"[event: {self.event}, schema: {self.schema}, table: {self.table}, "
            f"filters: [{filters}], select: {columns}]"
        )


def binding_id(params: Mapping[str, Any]) -> int:
    """Return the id of a binding: equal for equal parameters, so that one frame serves many sockets."""
    return zlib.crc32(orjson.dumps(params, option=orjson.OPT_SORT_KEYS)) & 0x7FFFFFF


def parse_binding(params: Mapping[str, Any], number: int) -> Binding:
    """Parse one binding. Raises BindingRefused with upstream's message."""
    schema, table, filters = params.get("schema"), params.get("table"), params.get("filter")
    # Upstream accepts these forms: schema and table, with or without a filter; a schema alone; a table alone.
    if not (isinstance(schema, str) and schema) and not (isinstance(table, str) and table):
        raise BindingRefused(
            "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to"
        )
    schema = schema if isinstance(schema, str) and schema else "public"
    table = table if isinstance(table, str) and table else "*"
    columns = _columns(params.get("select"))
    if columns is not None and "*" in (schema, table):
        raise BindingRefused(
            "Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name."
        )
    parsed = parse_filters(filters) if isinstance(filters, str) else ()
    if parsed and "*" in (schema, table):
        raise BindingRefused("Error parsing `filter` params: a filter needs a schema and a table")
    event = str(params.get("event", "*")).upper()
    return Binding(number, event if event in ("INSERT", "UPDATE", "DELETE") else "*", schema, table, parsed, columns)


def _columns(select: object) -> frozenset[str] | None:
    if isinstance(select, str):
        raise BindingRefused("Error parsing `select` params: expected a list of column name strings")
    if not isinstance(select, list):
        return None
    return frozenset(name for name in select if isinstance(name, str)) or None


def parse_filters(text: str) -> tuple[BindingFilter, ...]:
    """Parse `column=operator.value,…`, which are combined with AND. Raises BindingRefused."""
    if not text.strip():
        return ()
    parts = [part.strip() for part in _split(text)]
    if not all(parts):
        raise _parse_error("filter must not contain empty segments (check for extra commas)")
    if len(parts) > _MAX_FILTERS or len(text) > _MAX_FILTER_LENGTH:
        raise _parse_error(f"more than {_MAX_FILTERS} filters, or longer than {_MAX_FILTER_LENGTH} characters")
    return tuple(_filter(part) for part in parts)


def _filter(text: str) -> BindingFilter:
    column, equals, rest = text.partition("=")
    negated = rest.startswith("not.")
    operator, dot, operand = rest.removeprefix("not.").partition(".")
    if not equals or not dot or operator not in OPERATORS:
        parts = [operator, operand] if dot else [text]
        raise _parse_error(orjson.dumps(parts).decode())
    if operator == "in":
        if not (operand.startswith("(") and operand.endswith(")")):
            raise _parse_error("`in` filter value must be wrapped by parentheses")
        operand = "{" + operand[1:-1] + "}"
    else:
        operand = _unquoted(operand)
        if operator == "is":
            operand = operand.lower()
            if operand not in _IS:
                raise _parse_error(orjson.dumps([operator, operand]).decode())
    if "\x00" in operand:
        raise _parse_error("a NUL byte")
    return BindingFilter(FilterTest(column.strip(), operator, negated), operand)


def _split(text: str) -> list[str]:
    """Split at commas outside of brackets and quotes; quotes open a value only after `.`, `(` or `,`."""
    parts, part, depth, quoted, before = [], "", 0, False, ""
    chars = iter(text)
    for char in chars:
        if quoted and char == "\\":
            part += char + next(chars, "")
            continue
        if quoted:
            quoted = char != '"'
        elif char == '"' and before in (".", "(", ","):
            quoted = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "," and depth == 0:
            parts.append(part)
            part, before = "", ""
            continue
        part += char
        before = char
    return [*parts, part]


def _unquoted(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and re.fullmatch(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL):
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return text


def _parse_error(reason: str) -> BindingRefused:
    return BindingRefused(f"Error parsing `filter` params: {reason}")


def condition(test: FilterTest, left: str, sql_type: str, operand: str) -> str:
    """Return SQL that is true where the column `left` of `sql_type` passes; `operand` is SQL of type text."""
    if test.operator == "in":
        sql = f"{left} = any ({operand}::{sql_type}[])"
    elif test.operator == "is":
        tested = " or ".join(
            f"({operand} = '{word}' and {left} is {word_sql})" for word, word_sql in _is_words(sql_type)
        )
        sql = f"({tested})"
    elif test.operator == "isdistinct":
        sql = f"{left} is distinct from {operand}::{sql_type}"
    elif test.operator in _PATTERNS:
        sql = f"{left}::text {_PATTERNS[test.operator]} {operand}"
    else:
        sql = f"{left} {_COMPARISONS[test.operator]} {operand}::{sql_type}"
    return f"not ({sql})" if test.negated else sql


def _is_words(sql_type: str) -> list[tuple[str, str]]:
    """Return the operands that `is` accepts, with their SQL: true, false and unknown need a boolean."""
    return [(word, sql) for word, sql in _IS.items() if "null" in sql or sql_type == "pg_catalog.bool"]
