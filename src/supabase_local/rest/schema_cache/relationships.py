"""Derive the relationships of tables and views from their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from supabase_local.rest.schema_cache.schema_cache import Junction, Kind, QualifiedIdentifier, Relationship
from supabase_local.rest.schema_cache.view_columns import Origin

_ORDER: tuple[Kind, ...] = ("one-to-many", "many-to-one", "one-to-one", "many-to-many")
_MAX_VIEW_KEYS = 16  # of one foreign key


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view of any schema, with its columns by number."""

    oid: int
    key: QualifiedIdentifier
    columns: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    table: int
    foreign: int
    columns: tuple[int, ...]
    foreign_columns: tuple[int, ...]
    unique: bool  # so the relationship is one-to-one


def derive_relationships(
    relations: Mapping[int, Relation],
    foreign_keys: Sequence[ForeignKey],
    origins: Mapping[int, Mapping[int, Origin]],
    primary_keys: Mapping[QualifiedIdentifier, tuple[str, ...]],
    exposed: frozenset[str],
) -> dict[QualifiedIdentifier, tuple[Relationship, ...]]:
    """Return the relationships of each exposed table or view. `primary_keys` includes those of views."""
    forward = [relationship for key in foreign_keys for relationship in _forward(key, relations, origins)]
    views = {relations[view].key for view in origins if view in relations}
    backward = [_reversed(relationship, relationship.table in views) for relationship in forward]
    through = list(
        _through_junctions(
            [relationship for relationship in forward if relationship.kind == "many-to-one"], primary_keys
        )
    )
    by_table: dict[QualifiedIdentifier, list[Relationship]] = {}
    for relationship in (*forward, *backward, *through):
        schema = relationship.junction.table[0] if relationship.junction else relationship.table[0]
        if {relationship.table[0], relationship.foreign[0], schema} <= exposed:
            by_table.setdefault(relationship.table, []).append(relationship)
    return {key: tuple(sorted(relationships, key=_rank)) for key, relationships in by_table.items()}


def view_columns(columns: Sequence[int], table: int, view: Relation, origins: Mapping[int, Origin]) -> list[list[str]]:
    """Return each list of view columns that stand for the columns of a table; none when the view lacks one."""
    places = [[view.columns[n] for n, origin in origins.items() if origin == (table, c)] for c in columns]
    if not all(places):
        return []
    return [list(names) for names in islice(product(*places), _MAX_VIEW_KEYS)]


def _forward(
    key: ForeignKey, relations: Mapping[int, Relation], origins: Mapping[int, Mapping[int, Origin]]
) -> Iterator[Relationship]:
    kind: Kind = "one-to-one" if key.unique else "many-to-one"
    for own, own_columns, _ in _with_views(key.table, key.columns, relations, origins):
        for foreign, foreign_columns, is_view in _with_views(key.foreign, key.foreign_columns, relations, origins):
            pairs = tuple(zip(own_columns, foreign_columns, strict=True))
            yield Relationship(own, foreign, kind, key.name, pairs, is_view)


def _with_views(
    table: int,
    columns: Sequence[int],
    relations: Mapping[int, Relation],
    origins: Mapping[int, Mapping[int, Origin]],
) -> Iterator[tuple[QualifiedIdentifier, list[str], bool]]:
    """Yield the table itself and every view with all of `columns`."""
    relation = relations.get(table)
    if relation is not None:
        yield relation.key, [relation.columns[number] for number in columns], False
    for view, view_origins in origins.items():
        if view in relations:
            for names in view_columns(columns, table, relations[view], view_origins):
                yield relations[view].key, names, True


def _reversed(relationship: Relationship, is_view: bool) -> Relationship:
    kind: Kind = "one-to-many" if relationship.kind == "many-to-one" else relationship.kind
    pairs = tuple((foreign, own) for own, foreign in relationship.columns)
    return replace(
        relationship,
        table=relationship.foreign,
        foreign=relationship.table,
        kind=kind,
        columns=pairs,
        foreign_is_view=is_view,
        reversed=True,
    )


def _through_junctions(
    forward: Iterable[Relationship], primary_keys: Mapping[QualifiedIdentifier, tuple[str, ...]]
) -> Iterator[Relationship]:
    """A table whose primary key holds two foreign keys joins their targets."""
    by_table: dict[QualifiedIdentifier, list[Relationship]] = {}
    for relationship in forward:
        by_table.setdefault(relationship.table, []).append(relationship)
    for table, relationships in by_table.items():
        key = set(primary_keys.get(table, ()))
        in_key = [relationship for relationship in relationships if key >= {own for own, _ in relationship.columns}]
        for source, target in product(in_key, in_key):
            if source.constraint != target.constraint:
                reversed_pairs = [
                    tuple((foreign, own) for own, foreign in relationship.columns) for relationship in (source, target)
                ]
                junction = Junction(table, source.constraint, target.constraint, reversed_pairs[0], reversed_pairs[1])
                yield Relationship(
                    source.foreign, target.foreign, "many-to-many", "", (), target.foreign_is_view, junction
                )


def _rank(relationship: Relationship) -> tuple[object, ...]:
    junction = relationship.junction.table if relationship.junction else ("", "")
    return (
        relationship.foreign,
        _ORDER.index(relationship.kind),
        relationship.constraint,
        junction,
        relationship.columns,
    )
