"""Find the relationship of an embedded resource, or raise PostgREST's error."""

from supabase_local.rest.errors import RestError, UnknownName
from supabase_local.rest.schema_cache.schema_cache import QualifiedIdentifier, Relationship, SchemaCache
from supabase_local.rest.suggestions import find_suggestion


def find_relationship(
    schema_cache: SchemaCache, origin: QualifiedIdentifier, target: str, hint: str | None
) -> Relationship:
    """Return the only relationship of `origin` with `target`. Raises RestError PGRST200 or PGRST201."""
    relationships = [r for r in schema_cache.relationships.get(origin, ()) if _matches(r, target, hint)]
    if not relationships:
        raise _no_relationship(schema_cache, origin, target, hint)
    if len(relationships) > 1:
        raise _ambiguous(origin, target, relationships)
    return relationships[0]


def _matches(rel: Relationship, target: str, hint: str | None) -> bool:
    own, other = rel.columns[0] if len(rel.columns) == 1 else (None, None)
    named = target == rel.foreign[1]
    if rel.is_self:  # a self-join: the table's name selects the children, the column the parent
        if hint is not None:
            return named and rel.kind == "one-to-many" and hint == other
        return (named and rel.kind == "one-to-many") or (target == own and rel.kind == "many-to-one")
    if hint is None:
        return named or (not rel.foreign_is_view and target in (rel.constraint or None, own))
    junction = rel.junction.table[1] if rel.junction else None
    return named and hint in (rel.constraint or None, own, other, junction)


def _no_relationship(
    schema_cache: SchemaCache, origin: QualifiedIdentifier, target: str, hint: str | None
) -> RestError:
    schema, parent = origin
    using = f"' using the hint '{hint[:63]}" if hint is not None else ""
    return UnknownName(
        400,
        "PGRST200",
        f"Could not find a relationship between '{parent}' and '{target[:63]}' in the schema cache",
        details=f"Searched for a foreign key relationship between '{parent}' and '{target[:63]}{using}' "
        f"in the schema '{schema}', but no matches were found.",
        hint=_suggestion(schema_cache, origin, target),
    )


def _suggestion(schema_cache: SchemaCache, origin: QualifiedIdentifier, target: str) -> str | None:
    schema, parent = origin
    if origin in schema_cache.relationships:
        children = {rel.foreign[1] for rel in schema_cache.relationships[origin]}
        similar = None if target in children else find_suggestion(target, children)
        return None if similar is None else f"Perhaps you meant '{similar}' instead of '{target[:63]}'."
    similar = find_suggestion(parent, (name for of, name in schema_cache.relationships if of == schema))
    return None if similar is None else f"Perhaps you meant '{similar}' instead of '{parent}'."


def _ambiguous(origin: QualifiedIdentifier, target: str, relationships: list[Relationship]) -> RestError:
    hints = ", ".join(f"'{rel.foreign[1]}!{_hint_of(rel)}'" for rel in relationships)
    return RestError(
        300,
        "PGRST201",
        f"Could not embed because more than one relationship was found for '{origin[1]}' and '{target[:63]}'",
        details=[_relationship_json(rel) for rel in relationships],
        hint=f"Try changing '{target[:63]}' to one of the following: {hints}. "
        "Find the desired relationship in the 'details' key.",
    )


def _hint_of(rel: Relationship) -> str:
    return rel.junction.table[1] if rel.junction else rel.constraint


def _relationship_json(rel: Relationship) -> dict[str, str]:
    if rel.junction:
        middle = rel.junction
        source, target = (", ".join(own for _, own in pairs) for pairs in (middle.source, middle.target))
        described = (
            f"{middle.table[1]} using {middle.source_constraint}({source}) and {middle.target_constraint}({target})"
        )
    else:
        own, other = (", ".join(names) for names in zip(*rel.columns, strict=True))
        described = f"{rel.constraint} using {rel.table[1]}({own}) and {rel.foreign[1]}({other})"
    return {
        "cardinality": rel.kind,
        "embedding": f"{rel.table[1]} with {rel.foreign[1]}",
        "relationship": described,
    }
