"""Resolve a parsed query against the schema cache: a tree of nodes that holds known names only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from supabase_local.rest.api_request.types import (
    AGGREGATES,
    Condition,
    Embed,
    Field,
    Filter,
    Item,
    Ordering,
    Path,
    Query,
    Window,
)
from supabase_local.rest.api_request.types import Column as ColumnItem
from supabase_local.rest.errors import RestError, UnknownName, not_supported
from supabase_local.rest.plan.embedding import find_relationship
from supabase_local.rest.schema_cache.schema import Column, Key, Relationship, Schema, Table

_MOST_NAME_BYTES = 63


@dataclass(slots=True)
class Node:
    """One resource of the answer: the table or function that was asked, or one embedded in another."""

    key: Key  # of the table in the schema cache, by which relationships are found
    sql_name: str  # what stands after FROM
    alias: str
    columns: Mapping[str, Column]
    items: list[ColumnItem] = field(default_factory=list)
    children: "list[Node]" = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    order: tuple[Ordering, ...] = ()
    window: Window = field(default_factory=Window)
    # Of an embedded one:
    relationship: Relationship | None = None
    junction: Table | None = None
    embed: Embed | None = None
    above: str = ""  # the alias of the resource around it
    row: str = ""  # the alias of what is joined for it
    primary_key: tuple[str, ...] = ()
    computed: frozenset[str] = frozenset()  # functions that PostgREST would take for columns

    @property
    def silent(self) -> bool:
        """Say whether it shows nothing and is there for its filters alone: `clients()`."""
        return not self.items and all(child.silent for child in self.children)

    def column(self, name: str) -> Column:
        """Return a column by its name. Raises UnknownName as PostgreSQL words it, PGRST127 for a computed one."""
        found = self.columns.get(name)
        if found is None:
            if name in self.computed:
                raise not_supported("computed columns")
            raise UnknownName(400, "42703", f"column {self.alias}.{name[:_MOST_NAME_BYTES]} does not exist")
        return found

    def child(self, name: str) -> "Node | None":
        """Return the embedded resource that `name` means: its target or its alias."""
        for one in self.children:
            if one.embed and name in (one.embed.target, one.embed.alias):
                return one
        return None

    def needs(self) -> set[str]:
        """Return the columns that this node and the joins of its children read."""
        wanted = {item.field.name for item in self.items}
        wanted |= {one.field.name for one in self.order if one.relation is None}
        for child in self.children:
            wanted |= {own for own, _ in _outer_pairs(child)}
        return wanted


def _outer_pairs(child: Node) -> Iterator[tuple[str, str]]:
    if child.relationship is None:
        return
    junction = child.relationship.junction
    yield from junction.source if junction else child.relationship.columns


def plan_read(
    known: Schema,
    query: Query,
    *,
    root: Node,
    most_rows: int | None,
    embeds_only: bool = False,
) -> Node:
    """Hang what `query` asks for on `root`. `embeds_only`: filters of the root belong to a write, windows to nobody.

    Raises RestError: PGRST200, PGRST201 for embeds, PGRST108 for filters on what is not embedded, 42703 for columns.
    """
    _add_items(known, root, query.select, depth=1, above=(root.alias,), counter=[0])
    for path, condition in query.conditions:
        if path or not embeds_only:
            _find(root, path).conditions.append(condition)
    for path, order in query.order.items():
        _find(root, path).order = order
    if not embeds_only:
        for path, window in query.windows.items():
            _find(root, path).window = window
        _restrict(root, most_rows)
    return root


def root_of(known: Schema, table: Table) -> Node:
    key = (table.schema, table.name)
    return Node(
        key,
        table.sql_name,
        _short(table.name),
        table.columns,
        primary_key=table.primary_key,
        computed=known.computed.get(key, frozenset()),
    )


def _find(node: Node, path: Path) -> Node:
    for name in path:
        found = node.child(name)
        if found is None:
            raise RestError(
                400,
                "PGRST108",
                f"'{name[:_MOST_NAME_BYTES]}' is not an embedded resource in this request",
                hint=f"Verify that '{name[:_MOST_NAME_BYTES]}' is included in the 'select' query parameter.",
            )
        node = found
    return node


def _restrict(node: Node, most_rows: int | None) -> None:
    if most_rows is not None:
        limit = node.window.limit
        node.window = Window(most_rows if limit is None else min(limit, most_rows), node.window.offset)
    for child in node.children:
        _restrict(child, most_rows)


def _add_items(
    known: Schema, node: Node, items: tuple[Item, ...], *, depth: int, above: tuple[str, ...], counter: list[int]
) -> None:
    if not items and depth == 1:
        items = (ColumnItem(Field("*")),)
    for item in items:
        if isinstance(item, ColumnItem):
            _require_supported(node, item)
            if item.alias is not None:
                quote(item.alias)
            node.items.append(item if item.cast is None else replace(item, cast=_cast(known, item.cast)))
        else:
            quote(item.name)
            if any(other.embed and other.embed.name == item.name for other in node.children):
                twice = f"{node.key[1]}_{item.name}_{depth}"
                raise RestError(400, "42712", f'table name "{twice}" specified more than once')
            child = _embedded(known, node, item, depth, above, counter)
            node.children.append(child)
            _add_items(known, child, item.items, depth=depth + 1, above=(*above, child.alias), counter=counter)


def _require_supported(node: Node, item: ColumnItem) -> None:
    name = item.field.name
    if name == "count" and name not in node.columns:  # PostgreSQL reads it as a function of the row
        raise not_supported(AGGREGATES)
    if name != "*" or item.field.steps:
        node.column(name)
    if item.unspoken is not None:
        raise not_supported(item.unspoken)


def _cast(known: Schema, name: str) -> str:
    """Return the quoted type that a cast names."""
    found = known.types.get(name) or known.types.get(name.lower())
    if found is None:
        raise not_supported(f"the cast to {name[:_MOST_NAME_BYTES]}: it is not on the list of casts")
    return found


def _embedded(
    known: Schema, parent: Node, embed: Embed, depth: int, above: tuple[str, ...], counter: list[int]
) -> Node:
    if embed.target in known.computed.get(parent.key, ()):
        raise not_supported("computed relationships")
    relationship = find_relationship(known, parent.key, embed.target, embed.hint)
    if embed.unspoken is not None:
        raise not_supported(embed.unspoken)
    table = known.tables.get(relationship.foreign)
    junction = known.tables.get(relationship.junction.table) if relationship.junction else None
    if table is None or (relationship.junction and junction is None):
        raise not_supported(f"embedding {embed.target[:_MOST_NAME_BYTES]}, which is a partition")
    counter[0] += 1
    alias = f"{_short(table.name)}_{depth}"
    while alias in above:
        alias += "_"
    return Node(
        relationship.foreign,
        table.sql_name,
        alias,
        table.columns,
        relationship=relationship,
        junction=junction,
        embed=embed,
        above=parent.alias,
        row=f"embedded_{counter[0]}",
        primary_key=table.primary_key,
        computed=known.computed.get(relationship.foreign, frozenset()),
    )


def _short(name: str) -> str:
    """Leave room for a number: PostgreSQL cuts longer names, and two could become one."""
    while len(name.encode()) > _MOST_NAME_BYTES - 10:
        name = name[:-1]
    return name


def quote(name: str) -> str:
    """Quote an alias, the one kind of name that does not come from the schema cache. Raises RestError PGRST100."""
    if "\x00" in name or not name or len(name.encode(errors="replace")) > _MOST_NAME_BYTES:
        raise RestError(
            400,
            "PGRST100",
            '"failed to parse select parameter" (line 1, column 1)',
            details="an alias has between 1 and 63 bytes",
        )
    return '"' + name.replace('"', '""') + '"'


def null_embed(node: Node, one: Filter) -> tuple[Node, bool] | None:
    """Return (the embedded resource, whether it must be absent) when a filter asks for that; None for a column's.

    Raises RestError PGRST120 for any other filter on an embedded resource.
    """
    child = None if one.steps or one.column in node.columns else node.child(one.column)
    if child is None:
        return None
    if one.operator != "is" or one.operands[0] not in ("null", "not_null"):
        raise RestError(
            400,
            "PGRST120",
            f"Bad operator on the '{one.column[:_MOST_NAME_BYTES]}' embedded resource",
            details="Only is null or not is null filters are allowed on embedded resources",
        )
    return child, (one.operands[0] == "null") != one.negated
