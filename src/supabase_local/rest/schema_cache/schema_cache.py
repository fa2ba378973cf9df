"""The schema cache: tables, functions and relationships; the only source of identifiers in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from supabase_local.rest.errors import UnknownName

QualifiedIdentifier: TypeAlias = tuple[str, str]  # schema, name
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
    default: str | None = None  # an SQL expression
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
        """Return a column by its name. Raises UnknownName with PostgreSQL's message."""
        column = self.columns.get(name)
        if column is None:
            raise UnknownName(400, "42703", f"column {self.name}.{name[:63]} does not exist")
        return column


@dataclass(frozen=True, slots=True)
class Junction:
    """The table in the middle of a many-to-many relationship. Pairs: (column of the end, column of the junction)."""

    table: QualifiedIdentifier
    source_constraint: str
    target_constraint: str
    source: tuple[tuple[str, str], ...]
    target: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of `table` with `foreign`. `columns`: pairs (own, foreign); empty for many-to-many."""

    table: QualifiedIdentifier
    foreign: QualifiedIdentifier
    kind: Kind
    constraint: str
    columns: tuple[tuple[str, str], ...]
    foreign_is_view: bool = False
    junction: Junction | None = None
    reversed: bool = False  # the foreign key belongs to `foreign`

    @property
    def to_one(self) -> bool:
        return self.kind in ("many-to-one", "one-to-one")

    @property
    def is_self(self) -> bool:
        return self.table == self.foreign


@dataclass(frozen=True, slots=True)
class RoutineParam:
    name: str  # "" when it has none
    sql_name: str
    sql_type: str
    base_name: str
    data_type: str
    required: bool
    variadic: bool


@dataclass(frozen=True, slots=True)
class Routine:
    schema: str
    name: str
    sql_name: str
    oid: int
    parameters: tuple[RoutineParam, ...]
    returns: Literal["void", "scalar", "composite"]
    returns_set: bool
    volatile: bool
    return_table: QualifiedIdentifier | None  # of a composite type that is a table's row
    columns: Mapping[str, Column]  # of a composite result
    description: str | None = None

    def signature(self) -> str:
        parameters = ", ".join(f"{parameter.name} => {parameter.data_type}" for parameter in self.parameters)
        return f"{self.schema}.{self.name}({parameters})"


@dataclass(frozen=True, slots=True)
class SchemaCache:
    """`version` grows with each load."""

    version: int = 0
    tables: Mapping[QualifiedIdentifier, Table] = field(default_factory=dict)
    routines: Mapping[QualifiedIdentifier, tuple[Routine, ...]] = field(default_factory=dict)
    relationships: Mapping[QualifiedIdentifier, tuple[Relationship, ...]] = field(default_factory=dict)
    role_settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    computed: Mapping[QualifiedIdentifier, frozenset[str]] = field(
        default_factory=dict
    )  # functions whose argument is a row of the table
    types: Mapping[str, str] = field(default_factory=dict)  # the quoted type by the name in a cast
