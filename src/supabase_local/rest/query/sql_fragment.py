"""Write conditions in SQL: identifiers from the schema cache, every value a bound parameter.

Values arrive as text and are cast by PostgreSQL to the type that the cache names, never by us.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from supabase_local.rest.api_request.types import COMPARISONS, IS_OPERANDS, PATTERNS, SEARCHES, SETS, Filter, Step
from supabase_local.rest.errors import not_supported
from supabase_local.rest.schema_cache.schema import Column

_JSON = ("json", "jsonb")


@dataclass(slots=True)
class Parameters:
    """The values of a statement, in order."""

    values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


def write_field(alias: str, column: Column, steps: Sequence[Step], parameters: Parameters) -> str:
    """Return a column, or what its JSON path leads to. `alias` is quoted already."""
    written = f"{alias}.{column.sql_name}"
    if not steps:
        return written
    if column.base_name not in _JSON:
        written = f"to_jsonb({written})"
    for step in steps:
        key = parameters.add(step.key) + ("::text::int4" if step.index else "::text")
        written += f"{'->>' if step.as_text else '->'}{key}"
    return f"({written})"


def write_filter(one: Filter, alias: str, column: Column, parameters: Parameters) -> str:
    """Return one filter as a condition. `alias` is quoted already."""
    left = write_field(alias, column, one.steps, parameters)
    if one.operator in SEARCHES:
        written = _search(one, left, column, parameters)
    elif one.operator == "is":
        written = f"{left} is {IS_OPERANDS[one.operands[0]]}"
    elif one.operator == "in":
        if column.is_array and not one.steps:
            raise not_supported("the operator in on arrays")
        written = f"{left} = any ({parameters.add(list(one.operands))}::text[]::{_type_of(one, column)}[])"
    elif one.operator in PATTERNS:
        text = one.operands[0].replace("*", "%") if one.operator.endswith("like") else one.operands[0]
        written = f"{left} {PATTERNS[one.operator]} {_quantified(one, parameters.add(text), 'text')}"
    elif one.operator in COMPARISONS:
        if one.quantifier and column.is_array and not one.steps:
            raise not_supported("(any) and (all) on arrays")
        right = _quantified(one, parameters.add(one.operands[0]), _type_of(one, column))
        written = f"{left} {COMPARISONS[one.operator]} {right}"
    else:
        operator = SETS.get(one.operator, "is distinct from")
        written = f"{left} {operator} {parameters.add(one.operands[0])}::text::{_type_of(one, column)}"
    return f"not ({written})" if one.negated else written


def _type_of(one: Filter, column: Column) -> str:
    """Return the type to which a filter's value is cast: that of what it is compared with."""
    if not one.steps:
        return column.base_type
    if one.steps[-1].as_text:
        return "text"
    return "json" if column.base_name == "json" else "jsonb"


def _quantified(one: Filter, value: str, type_name: str) -> str:
    if one.quantifier is None:
        return f"{value}::text::{type_name}"
    return f"{one.quantifier} ({value}::text::{type_name}[])"


def _search(one: Filter, left: str, column: Column, parameters: Parameters) -> str:
    language = f"{parameters.add(one.language)}::text::regconfig, " if one.language else ""
    if one.steps or column.base_name != "tsvector":
        left = f"to_tsvector({language}{left})"
    return f"{left} @@ {SEARCHES[one.operator]}({language}{parameters.add(one.operands[0])}::text)"
