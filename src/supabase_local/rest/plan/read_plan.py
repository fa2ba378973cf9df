"""Resolve query parameters against the schema cache into a tree of ReadPlans, whose names are all known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from supabase_local.rest.api_request.types import (
    AGGREGATES,
    Condition,
    EmbedPath,
    Field,
    Filter,
    OrderTerm,
    QueryParams,
    Range,
    SelectField,
    SelectItem,
    SelectRelation,
)
from supabase_local.rest.errors import RestError, UnknownName, not_supported
from supabase_local.rest.plan.embedding import find_relationship
from supabase_local.rest.schema_cache.schema_cache import Column, QualifiedIdentifier, Relationship, SchemaCache, Table

_MAX_IDENTIFIER_BYTES = 63


@dataclass(slots=True)
class ReadPlan:
    """One resource of the response: the requested table or function, or one that is embedded."""

    key: QualifiedIdentifier  # in the schema cache
    sql_name: str  # the FROM item
    alias: str
    columns: Mapping[str, Column]
    items: list[SelectField] = field(default_factory=list)
    children: "list[ReadPlan]" = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    order: tuple[OrderTerm, ...] = ()
    range: Range = field(default_factory=Range)
    # Of an embedded resource:
    relationship: Relationship | None = None
    junction: Table | None = None
    embed: SelectRelation | None = None
    parent_alias: str = ""
    join_alias: str = ""
    primary_key: tuple[str, ...] = ()
    computed: frozenset[str] = frozenset()  # functions that are computed columns in PostgREST

    @property
    def is_empty(self) -> bool:
        """Whether it selects nothing and serves only to filter: `clients()`."""
        return not self.items and all(child.is_empty for child in self.children)

    def column(self, name: str) -> Column:
        """Return a column. Raises UnknownName with PostgreSQL's message, PGRST127 for a computed one."""
        column = self.columns.get(name)
        if column is None:
            if name in self.computed:
                raise not_supported("computed columns")
            raise UnknownName(400, "42703", f"column {self.alias}.{name[:_MAX_IDENTIFIER_BYTES]} does not exist")
        return column

    def child(self, name: str) -> "ReadPlan | None":
        """Return the embedded resource whose target or alias is `name`."""
        for child in self.children:
            if child.embed and name in (child.embed.target, child.embed.alias):
                return child
        return None

    def referenced_columns(self) -> set[str]:
        """Return the columns that its select, order and the joins of its children reference."""
        names = {item.field.name for item in self.items}
        names |= {term.field.name for term in self.order if term.relation is None}
        for child in self.children:
            names |= {own for own, _ in _outer_pairs(child)}
        return names


def _outer_pairs(child: ReadPlan) -> Iterator[tuple[str, str]]:
    if child.relationship is None:
        return
    junction = child.relationship.junction
    yield from junction.source if junction else child.relationship.columns


def plan_read(
    schema_cache: SchemaCache,
    query: QueryParams,
    *,
    root: ReadPlan,
    max_rows: int | None,
    embeds_only: bool = False,
) -> ReadPlan:
    """Add what `query` selects to `root`. `embeds_only`: filters of the root belong to a mutation, ranges do not apply.

    Raises RestError: PGRST200, PGRST201 for embeds, PGRST108 for filters on what is not embedded, 42703 for columns.
    """
    _add_items(schema_cache, root, query.select, depth=1, parent_aliases=(root.alias,), counter=[0])
    for path, condition in query.conditions:
        if path or not embeds_only:
            _find(root, path).conditions.append(condition)
    for path, order in query.order.items():
        _find(root, path).order = order
    if not embeds_only:
        for path, range_ in query.ranges.items():
            _find(root, path).range = range_
        _restrict(root, max_rows)
    return root


def root_of(schema_cache: SchemaCache, table: Table) -> ReadPlan:
    key = (table.schema, table.name)
    return ReadPlan(
        key,
        table.sql_name,
        _short(table.name),
        table.columns,
        primary_key=table.primary_key,
        computed=schema_cache.computed.get(key, frozenset()),
    )


def _find(plan: ReadPlan, path: EmbedPath) -> ReadPlan:
    for name in path:
        child = plan.child(name)
        if child is None:
            raise RestError(
                400,
                "PGRST108",
                f"'{name[:_MAX_IDENTIFIER_BYTES]}' is not an embedded resource in this request",
                hint=f"Verify that '{name[:_MAX_IDENTIFIER_BYTES]}' is included in the 'select' query parameter.",
            )
        plan = child
    return plan


def _restrict(plan: ReadPlan, max_rows: int | None) -> None:
    if max_rows is not None:
        limit = plan.range.limit
        plan.range = Range(max_rows if limit is None else min(limit, max_rows), plan.range.offset)
    for child in plan.children:
        _restrict(child, max_rows)


def _add_items(
    schema_cache: SchemaCache,
    plan: ReadPlan,
    items: tuple[SelectItem, ...],
    *,
    depth: int,
    parent_aliases: tuple[str, ...],
    counter: list[int],
) -> None:
    if not items and depth == 1:
        items = (SelectField(Field("*")),)
    for item in items:
        if isinstance(item, SelectField):
            _require_supported(plan, item)
            if item.alias is not None:
                quote(item.alias)
            plan.items.append(item if item.cast is None else replace(item, cast=_cast(schema_cache, item.cast)))
        else:
            quote(item.name)
            if any(other.embed and other.embed.name == item.name for other in plan.children):
                twice = f"{plan.key[1]}_{item.name}_{depth}"
                raise RestError(400, "42712", f'table name "{twice}" specified more than once')
            child = _select_embedded(schema_cache, plan, item, depth, parent_aliases, counter)
            plan.children.append(child)
            _add_items(
                schema_cache,
                child,
                item.items,
                depth=depth + 1,
                parent_aliases=(*parent_aliases, child.alias),
                counter=counter,
            )


def _require_supported(plan: ReadPlan, item: SelectField) -> None:
    name = item.field.name
    if name == "count" and name not in plan.columns:  # in PostgreSQL a function of the row
        raise not_supported(AGGREGATES)
    if name != "*" or item.field.json_path:
        plan.column(name)
    if item.unsupported is not None:
        raise not_supported(item.unsupported)


def _cast(schema_cache: SchemaCache, name: str) -> str:
    """Return the quoted type that a cast names."""
    type_name = schema_cache.types.get(name) or schema_cache.types.get(name.lower())
    if type_name is None:
        raise not_supported(f"the cast to {name[:_MAX_IDENTIFIER_BYTES]}: it is not on the list of casts")
    return type_name


def _select_embedded(
    schema_cache: SchemaCache,
    parent: ReadPlan,
    embed: SelectRelation,
    depth: int,
    parent_aliases: tuple[str, ...],
    counter: list[int],
) -> ReadPlan:
    if embed.target in schema_cache.computed.get(parent.key, ()):
        raise not_supported("computed relationships")
    relationship = find_relationship(schema_cache, parent.key, embed.target, embed.hint)
    if embed.unsupported is not None:
        raise not_supported(embed.unsupported)
    table = schema_cache.tables.get(relationship.foreign)
    junction = schema_cache.tables.get(relationship.junction.table) if relationship.junction else None
    if table is None or (relationship.junction and junction is None):
        raise not_supported(f"embedding {embed.target[:_MAX_IDENTIFIER_BYTES]}, which is a partition")
    counter[0] += 1
    alias = f"{_short(table.name)}_{depth}"
    while alias in parent_aliases:
        alias += "_"
    return ReadPlan(
        relationship.foreign,
        table.sql_name,
        alias,
        table.columns,
        relationship=relationship,
        junction=junction,
        embed=embed,
        parent_alias=parent.alias,
        join_alias=f"embedded_{counter[0]}",
        primary_key=table.primary_key,
        computed=schema_cache.computed.get(relationship.foreign, frozenset()),
    )


def _short(name: str) -> str:
    """Leave space for a suffix: PostgreSQL truncates longer names, so that two could become equal."""
    while len(name.encode()) > _MAX_IDENTIFIER_BYTES - 10:
        name = name[:-1]
    return name


def quote(name: str) -> str:
    """Quote an alias, the only identifier that does not come from the schema cache. Raises RestError PGRST100."""
    if "\x00" in name or not name or len(name.encode(errors="replace")) > _MAX_IDENTIFIER_BYTES:
        raise RestError(
            400,
            "PGRST100",
            '"failed to parse select parameter" (line 1, column 1)',
            details="an alias has between 1 and 63 bytes",
        )
    return '"' + name.replace('"', '""') + '"'


def null_embed(plan: ReadPlan, row_filter: Filter) -> tuple[ReadPlan, bool] | None:
    """Return (embedded resource, whether it must be absent) for `is.null` on one; None for a filter on a column.

    Raises RestError PGRST120 for any other filter on an embedded resource.
    """
    child = None if row_filter.json_path or row_filter.column in plan.columns else plan.child(row_filter.column)
    if child is None:
        return None
    if row_filter.operator != "is" or row_filter.operands[0] not in ("null", "not_null"):
        raise RestError(
            400,
            "PGRST120",
            f"Bad operator on the '{row_filter.column[:_MAX_IDENTIFIER_BYTES]}' embedded resource",
            details="Only is null or not is null filters are allowed on embedded resources",
        )
    return child, (row_filter.operands[0] == "null") != row_filter.negated
