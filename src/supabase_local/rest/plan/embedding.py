"""Find the relationship that an embedded resource means, or say in PostgREST's words why it cannot be told."""

from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.schema_cache.schema import Key, Relationship, Schema
from supabase_local.rest.suggestions import find_suggestion


def find_relationship(known: Schema, origin: Key, target: str, hint: str | None) -> Relationship:
    """Return the one way from `origin` to `target`. Raises RestError PGRST200 for none, PGRST201 for several."""
    ways = [one for one in known.relationships.get(origin, ()) if _is_meant(one, target, hint)]
    if not ways:
        raise _none(known, origin, target, hint)
    if len(ways) > 1:
        raise _several(origin, target, ways)
    return ways[0]


def _is_meant(one: Relationship, target: str, hint: str | None) -> bool:
    own, other = one.columns[0] if len(one.columns) == 1 else (None, None)
    named = target == one.foreign[1]
    if one.is_self:  # both ends are the same table: by its name the children, by the column the parent
        if hint is not None:
            return named and one.kind == "one-to-many" and hint == other
        return (named and one.kind == "one-to-many") or (target == own and one.kind == "many-to-one")
    if hint is None:
        return named or (not one.foreign_is_view and target in (one.constraint or None, own))
    junction = one.junction.table[1] if one.junction else None
    return named and hint in (one.constraint or None, own, other, junction)


def _none(known: Schema, origin: Key, target: str, hint: str | None) -> RestError:
    schema, parent = origin
    using = f"' using the hint '{hint[:63]}" if hint is not None else ""
    return UnknownName(
        400,
        "PGRST200",
        f"Could not find a relationship between '{parent}' and '{target[:63]}' in the schema cache",
        details=f"Searched for a foreign key relationship between '{parent}' and '{target[:63]}{using}' "
        f"in the schema '{schema}', but no matches were found.",
        hint=_suggestion(known, origin, target),
    )


def _suggestion(known: Schema, origin: Key, target: str) -> str | None:
    schema, parent = origin
    if origin in known.relationships:
        children = {one.foreign[1] for one in known.relationships[origin]}
        near = None if target in children else find_suggestion(target, children)
        return None if near is None else f"Perhaps you meant '{near}' instead of '{target[:63]}'."
    near = find_suggestion(parent, (name for of, name in known.relationships if of == schema))
    return None if near is None else f"Perhaps you meant '{near}' instead of '{parent}'."


def _several(origin: Key, target: str, ways: list[Relationship]) -> RestError:
    hints = ", ".join(f"'{one.foreign[1]}!{_hint_of(one)}'" for one in ways)
    return RestError(
        300,
        "PGRST201",
        f"Could not embed because more than one relationship was found for '{origin[1]}' and '{target[:63]}'",
        details=[_relationship_json(one) for one in ways],
        hint=f"Try changing '{target[:63]}' to one of the following: {hints}. "
        "Find the desired relationship in the 'details' key.",
    )


def _hint_of(one: Relationship) -> str:
    return one.junction.table[1] if one.junction else one.constraint


def _relationship_json(one: Relationship) -> dict[str, str]:
    if one.junction:
        middle = one.junction
        source, target = (", ".join(own for _, own in pairs) for pairs in (middle.source, middle.target))
        told = f"{middle.table[1]} using {middle.source_constraint}({source}) and {middle.target_constraint}({target})"
    else:
        own, other = (", ".join(names) for names in zip(*one.columns, strict=True))
        told = f"{one.constraint} using {one.table[1]}({own}) and {one.foreign[1]}({other})"
    return {
        "cardinality": one.kind,
        "embedding": f"{one.table[1]} with {one.foreign[1]}",
        "relationship": told,
    }
