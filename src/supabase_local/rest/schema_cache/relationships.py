"""Derive the relationships of tables and views from their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from supabase_local.rest.schema_cache.schema import Junction, Key, Kind, Relationship
from supabase_local.rest.schema_cache.view_columns import Origin

_ORDER: tuple[Kind, ...] = ("one-to-many", "many-to-one", "one-to-one", "many-to-many")
_MOST_WAYS = 16  # in which one view may show one key


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view of any schema, as far as keys are concerned."""

    oid: int
    key: Key
    columns: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    table: int
    foreign: int
    columns: tuple[int, ...]
    foreign_columns: tuple[int, ...]
    unique: bool  # no two rows share a value, so the other side finds one at most


def derive_relationships(
    relations: Mapping[int, Relation],
    foreign_keys: Sequence[ForeignKey],
    origins: Mapping[int, Mapping[int, Origin]],
    primary_keys: Mapping[Key, tuple[str, ...]],
    exposed: frozenset[str],
) -> dict[Key, tuple[Relationship, ...]]:
    """Return the relationships of each exposed table or view. `primary_keys` knows those of views too."""
    forward = [one for key in foreign_keys for one in _forward(key, relations, origins)]
    views = {relations[view].key for view in origins if view in relations}
    backward = [_reversed(one, one.table in views) for one in forward]
    through = list(_through_junctions([one for one in forward if one.kind == "many-to-one"], primary_keys))
    found: dict[Key, list[Relationship]] = {}
    for one in (*forward, *backward, *through):
        middle = one.junction.table[0] if one.junction else one.table[0]
        if {one.table[0], one.foreign[0], middle} <= exposed:
            found.setdefault(one.table, []).append(one)
    return {key: tuple(sorted(ways, key=_rank)) for key, ways in found.items()}


def view_columns(columns: Sequence[int], table: int, view: Relation, origins: Mapping[int, Origin]) -> list[list[str]]:
    """Return each way in which a view shows the columns of a table; none when it leaves one out."""
    places = [[view.columns[n] for n, origin in origins.items() if origin == (table, c)] for c in columns]
    return [list(way) for way, _ in zip(product(*places), range(_MOST_WAYS), strict=False)] if all(places) else []


def _forward(
    key: ForeignKey, relations: Mapping[int, Relation], origins: Mapping[int, Mapping[int, Origin]]
) -> Iterator[Relationship]:
    kind: Kind = "one-to-one" if key.unique else "many-to-one"
    for own, own_columns, _ in _faces(key.table, key.columns, relations, origins):
        for foreign, foreign_columns, is_view in _faces(key.foreign, key.foreign_columns, relations, origins):
            pairs = tuple(zip(own_columns, foreign_columns, strict=True))
            yield Relationship(own, foreign, kind, key.name, pairs, is_view)


def _faces(
    table: int,
    columns: Sequence[int],
    relations: Mapping[int, Relation],
    origins: Mapping[int, Mapping[int, Origin]],
) -> Iterator[tuple[Key, list[str], bool]]:
    """Give the table itself and every view that shows all of `columns`."""
    relation = relations.get(table)
    if relation is not None:
        yield relation.key, [relation.columns[number] for number in columns], False
    for view, of_view in origins.items():
        if view in relations:
            for way in view_columns(columns, table, relations[view], of_view):
                yield relations[view].key, way, True


def _reversed(one: Relationship, is_view: bool) -> Relationship:
    kind: Kind = "one-to-many" if one.kind == "many-to-one" else one.kind
    pairs = tuple((foreign, own) for own, foreign in one.columns)
    return replace(
        one, table=one.foreign, foreign=one.table, kind=kind, columns=pairs, foreign_is_view=is_view, turned=True
    )


def _through_junctions(
    forward: Iterable[Relationship], primary_keys: Mapping[Key, tuple[str, ...]]
) -> Iterator[Relationship]:
    """A table whose primary key holds two foreign keys joins their targets."""
    of_table: dict[Key, list[Relationship]] = {}
    for one in forward:
        of_table.setdefault(one.table, []).append(one)
    for table, ways in of_table.items():
        key = set(primary_keys.get(table, ()))
        inside = [way for way in ways if key >= {own for own, _ in way.columns}]
        for source, target in product(inside, inside):
            if source.constraint != target.constraint:
                turned = [tuple((foreign, own) for own, foreign in way.columns) for way in (source, target)]
                junction = Junction(table, source.constraint, target.constraint, turned[0], turned[1])
                yield Relationship(
                    source.foreign, target.foreign, "many-to-many", "", (), target.foreign_is_view, junction
                )


def _rank(one: Relationship) -> tuple[object, ...]:
    junction = one.junction.table if one.junction else ("", "")
    return one.foreign, _ORDER.index(one.kind), one.constraint, junction, one.columns
