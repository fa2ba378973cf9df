"""What a query string says, as plain data: knows no schema and no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Path: TypeAlias = tuple[str, ...]  # the embedded resources that lead to a place; () is the table itself

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
class Step:
    """One step into a JSON value: `->` gives JSON, `->>` gives text. `index` when it counts in an array."""

    key: str
    as_text: bool
    index: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `select=`. The name `*` means all. `unspoken`: what of it we do not speak."""

    field: Field
    alias: str | None = None
    cast: str | None = None
    unspoken: str | None = None


@dataclass(frozen=True, slots=True)
class Embed:
    """A resource inside another: `alias:target!hint!inner(...)`. `unspoken`: what of it we do not speak."""

    target: str
    alias: str | None
    hint: str | None
    inner: bool
    items: "tuple[Item, ...]"
    unspoken: str | None = None

    @property
    def name(self) -> str:
        """Return the member under which it appears."""
        return self.alias or self.target


Item: TypeAlias = Column | Embed


@dataclass(frozen=True, slots=True)
class Filter:
    """`operands` holds one value, or the list of an `in`."""

    column: str
    operator: str
    operands: tuple[str, ...]
    negated: bool = False
    steps: tuple[Step, ...] = ()
    quantifier: Literal["any", "all"] | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Logic:
    operator: Literal["and", "or"]
    members: "tuple[Condition, ...]"
    negated: bool = False


Condition: TypeAlias = Filter | Logic


@dataclass(frozen=True, slots=True)
class Ordering:
    """`relation` names an embedded resource by whose field the rows around it are ordered."""

    field: Field
    descending: bool = False
    nulls_first: bool | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of the ordered result. `limit` None: as many as there are."""

    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """A request's query string. `arguments` are what is no filter: the arguments of a function."""

    select: tuple[Item, ...] = ()
    conditions: tuple[tuple[Path, Condition], ...] = ()
    order: Mapping[Path, tuple[Ordering, ...]] = field(default_factory=dict)
    windows: Mapping[Path, Window] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: tuple[tuple[str, str], ...] = ()
