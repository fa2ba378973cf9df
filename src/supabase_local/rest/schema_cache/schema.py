"""What the schema cache knows: tables, functions, relationships. Plain data, the only source of identifiers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from supabase_local.rest.errors import UnknownName

Key: TypeAlias = tuple[str, str]  # schema, name
Kind: TypeAlias = Literal["one-to-many", "many-to-one", "one-to-one", "many-to-many"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    sql_name: str  # quoted
    sql_type: str  # quoted and qualified, e.g. "pg_catalog"."uuid"
    is_array: bool
    base_name: str  # of the type below a domain, e.g. jsonb
    base_type: str  # the same, quoted and qualified
    data_type: str  # as SQL writes it, e.g. character varying
    nullable: bool = True
    default: str | None = None  # an expression of the database's own
    generated: bool = False
    max_length: int | None = None
    enum: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of an exposed schema."""

    schema: str
    name: str
    sql_name: str  # quoted and qualified
    columns: Mapping[str, Column]
    oid: int
    primary_key: tuple[str, ...] = ()
    is_view: bool = False
    insertable: bool = True
    updatable: bool = True
    deletable: bool = True
    description: str | None = None

    def column(self, name: str) -> Column:
        """Return a column by its name. Raises UnknownName as PostgreSQL words it."""
        found = self.columns.get(name)
        if found is None:
            raise UnknownName(400, "42703", f"column {self.name}.{name[:63]} does not exist")
        return found


@dataclass(frozen=True, slots=True)
class Junction:
    """The table in the middle of a many-to-many relationship. Pairs: (column of the end, column of the junction)."""

    table: Key
    source_constraint: str
    target_constraint: str
    source: tuple[tuple[str, str], ...]
    target: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from `table` to `foreign`. Pairs in `columns`: (own, foreign); none of many-to-many."""

    table: Key
    foreign: Key
    kind: Kind
    constraint: str
    columns: tuple[tuple[str, str], ...]
    foreign_is_view: bool = False
    junction: Junction | None = None
    turned: bool = False  # the foreign key is the other side's

    @property
    def to_one(self) -> bool:
        return self.kind in ("many-to-one", "one-to-one")

    @property
    def is_self(self) -> bool:
        return self.table == self.foreign


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str  # "" when it has none
    sql_name: str
    sql_type: str
    base_name: str
    data_type: str
    required: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Function:
    schema: str
    name: str
    sql_name: str
    oid: int
    parameters: tuple[Parameter, ...]
    returns: Literal["void", "scalar", "composite"]
    returns_set: bool
    volatile: bool
    return_table: Key | None  # of a composite type that is a table's row
    columns: Mapping[str, Column]  # of a composite result
    description: str | None = None

    def signature(self) -> str:
        given = ", ".join(f"{one.name} => {one.data_type}" for one in self.parameters)
        return f"{self.schema}.{self.name}({given})"


@dataclass(frozen=True, slots=True)
class Schema:
    """One state of the database's schema. `version` grows with each reading."""

    version: int = 0
    tables: Mapping[Key, Table] = field(default_factory=dict)
    functions: Mapping[Key, tuple[Function, ...]] = field(default_factory=dict)
    relationships: Mapping[Key, tuple[Relationship, ...]] = field(default_factory=dict)
    role_settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    computed: Mapping[Key, frozenset[str]] = field(default_factory=dict)  # functions of a row of the table
    types: Mapping[str, str] = field(default_factory=dict)  # what a cast may name: its quoted type
