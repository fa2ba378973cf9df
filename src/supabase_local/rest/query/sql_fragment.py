"""Format fields and filters in SQL: identifiers from the schema cache, every value a bound parameter.

Values are bound as text and cast by PostgreSQL to the column's type.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from supabase_local.rest.api_request.types import (
    COMPARISONS,
    IS_OPERANDS,
    PATTERNS,
    SEARCHES,
    SETS,
    Filter,
    JsonOperation,
)
from supabase_local.rest.errors import not_supported
from supabase_local.rest.schema_cache.schema_cache import Column

_JSON = ("json", "jsonb")


@dataclass(slots=True)
class Parameters:
    """The values of a statement, in order."""

    values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def format_field(alias: str, column: Column, json_path: Sequence[JsonOperation], parameters: Parameters) -> str:
    """Return a column, or a value at a JSON path in it. `alias` is quoted."""
    sql = f"{alias}.{column.sql_name}"
    if not json_path:
        return sql
    if column.base_name not in _JSON:
        sql = f"to_jsonb({sql})"
    for step in json_path:
        key = parameters.add(step.key) + ("::text::int4" if step.index else "::text")
        sql += f"{'->>' if step.as_text else '->'}{key}"
    return f"({sql})"


def format_filter(row_filter: Filter, alias: str, column: Column, parameters: Parameters) -> str:
    """Return a filter as a condition. `alias` is quoted."""
    left = format_field(alias, column, row_filter.json_path, parameters)
    if row_filter.operator in SEARCHES:
        sql = _search(row_filter, left, column, parameters)
    elif row_filter.operator == "is":
        sql = f"{left} is {IS_OPERANDS[row_filter.operands[0]]}"
    elif row_filter.operator == "in":
        if column.is_array and not row_filter.json_path:
            raise not_supported("the operator in on arrays")
        sql = f"{left} = any ({parameters.add(list(row_filter.operands))}::text[]::{_type_of(row_filter, column)}[])"
    elif row_filter.operator in PATTERNS:
        text = (
            row_filter.operands[0].replace("*", "%") if row_filter.operator.endswith("like") else row_filter.operands[0]
        )
        sql = f"{left} {PATTERNS[row_filter.operator]} {_quantified(row_filter, parameters.add(text), 'text')}"
    elif row_filter.operator in COMPARISONS:
        if row_filter.quantifier and column.is_array and not row_filter.json_path:
            raise not_supported("(any) and (all) on arrays")
        right = _quantified(row_filter, parameters.add(row_filter.operands[0]), _type_of(row_filter, column))
        sql = f"{left} {COMPARISONS[row_filter.operator]} {right}"
    else:
        operator = SETS.get(row_filter.operator, "is distinct from")
        sql = f"{left} {operator} {parameters.add(row_filter.operands[0])}::text::{_type_of(row_filter, column)}"
    return f"not ({sql})" if row_filter.negated else sql


def _type_of(row_filter: Filter, column: Column) -> str:
    """Return the type to which a filter's value is cast."""
    if not row_filter.json_path:
        return column.base_type
    if row_filter.json_path[-1].as_text:
        return "text"
    return "json" if column.base_name == "json" else "jsonb"


def _quantified(row_filter: Filter, value: str, type_name: str) -> str:
    if row_filter.quantifier is None:
        return f"{value}::text::{type_name}"
    return f"{row_filter.quantifier} ({value}::text::{type_name}[])"


def _search(row_filter: Filter, left: str, column: Column, parameters: Parameters) -> str:
    language = f"{parameters.add(row_filter.language)}::text::regconfig, " if row_filter.language else ""
    if row_filter.json_path or column.base_name != "tsvector":
        left = f"to_tsvector({language}{left})"
    return f"{left} @@ {SEARCHES[row_filter.operator]}({language}{parameters.add(row_filter.operands[0])}::text)"
