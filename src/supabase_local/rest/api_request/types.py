"""The parts of a parsed query string."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

EmbedPath: TypeAlias = tuple[str, ...]
"""The names of embedded resources, from the outermost; () is the table itself."""

COMPARISONS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PATTERNS = {"like": "like", "ilike": "ilike", "match": "~", "imatch": "~*"}
SETS = {"cs": "@>", "cd": "<@", "ov": "&&", "sl": "<<", "sr": ">>", "nxr": "&<", "nxl": "&>", "adj": "-|-"}
SEARCHES = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
IS_OPERANDS = {"null": "null", "not_null": "not null", "true": "true", "false": "false", "unknown": "unknown"}
AGGREGATES = "aggregate functions in select"
SPREADS = "spread embedded resources (...)"
QUANTIFIED = frozenset({"eq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch"})


@dataclass(frozen=True, slots=True)
class JsonOperation:
    """`->` or `->>` (`as_text`) on a JSON value. `index`: the key is an array index."""

    key: str
    as_text: bool
    index: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    json_path: tuple[JsonOperation, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectField:
    """A column of `select=`. The name `*` means all. `unsupported`: a feature of it that is not supported."""

    field: Field
    alias: str | None = None
    cast: str | None = None
    unsupported: str | None = None


@dataclass(frozen=True, slots=True)
class SelectRelation:
    """A resource inside another: `alias:target!hint!inner(...)`. `unsupported`: as in SelectField."""

    target: str
    alias: str | None
    hint: str | None
    inner: bool
    items: "tuple[SelectItem, ...]"
    unsupported: str | None = None

    @property
    def name(self) -> str:
        """The key in the response."""
        return self.alias or self.target


SelectItem: TypeAlias = SelectField | SelectRelation


@dataclass(frozen=True, slots=True)
class Filter:
    """`operands` holds one value, or the list of an `in`."""

    column: str
    operator: str
    operands: tuple[str, ...]
    negated: bool = False
    json_path: tuple[JsonOperation, ...] = ()
    quantifier: Literal["any", "all"] | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class LogicTree:
    operator: Literal["and", "or"]
    members: "tuple[Condition, ...]"
    negated: bool = False


Condition: TypeAlias = Filter | LogicTree


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """`relation`: an embedded resource whose field orders the rows of its parent."""

    field: Field
    descending: bool = False
    nulls_first: bool | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """Limit and offset of the ordered result."""

    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class QueryParams:
    """`arguments` are those of a function: the parameters without the form of a filter."""

    select: tuple[SelectItem, ...] = ()
    conditions: tuple[tuple[EmbedPath, Condition], ...] = ()
    order: Mapping[EmbedPath, tuple[OrderTerm, ...]] = field(default_factory=dict)
    ranges: Mapping[EmbedPath, Range] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: tuple[tuple[str, str], ...] = ()
