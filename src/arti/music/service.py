"""Artists."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from arti.music import facts_store, store
from arti.music.genres import normalise_genres
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Access, Actor
from arti.orgs.store import add_to_own_list
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Invalid, NotFound

_FACTS: Final = ("aliases", "external_ids", "tags")  # lists in tables of their own


async def get_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> Row:
    """Return an artist's row. Raises NotFound."""
    row = await store.find_artist(connection, org_id, artist_id)
    if row is None:
        raise NotFound("artist")
    return row


async def create_artist(
    actor: Actor,
    *,
    name: str,
    genres: Sequence[str] = (),
    country: str | None = None,
    image_url: str | None = None,
    **facts: Any,
) -> UUID:
    """Add an artist to the roster and return their id. Raises Conflict for a name that is taken, Invalid.

    A member who has a list gets the artist on it. `facts`: aliases, external_ids, tags.
    """
    id = uuid4()
    if isinstance(actor, Access) and not actor.sees_all_artists:
        await add_to_own_list(actor.connection, actor.org_id, id)
    is_new = await store.insert_artist(
        actor.connection,
        actor.org_id,
        id,
        name=name,
        genres=normalise_genres(genres),
        country=country,
        image_url=image_url,
    )
    if not is_new:
        raise Conflict(f"There is already an artist called {name} on the roster.", field="name")
    await _replace_facts(actor.connection, actor.org_id, id, facts)
    await audit(actor, "artist.created", id, {"name": name})
    return id


async def update_artist(actor: Actor, artist_id: UUID, *, changes: Mapping[str, Any]) -> None:
    """Set the fields in `changes`. Raises NotFound, Invalid for an empty name or a genre that is not on the list."""
    for field in ("name", "genres", *_FACTS):
        if field in changes and changes[field] is None:
            raise Invalid(f"{field} cannot be empty. Leave it out to keep it.", field=field)
    connection, org_id = actor.connection, actor.org_id
    before = await get_artist(connection, org_id, artist_id)
    columns = {field: value for field, value in changes.items() if field not in _FACTS}
    if "genres" in columns:
        columns["genres"] = normalise_genres(columns["genres"])
    if not await store.update_artist(connection, org_id, artist_id, columns):
        raise NotFound("artist")
    await _replace_facts(connection, org_id, artist_id, changes)
    after = await get_artist(connection, org_id, artist_id)
    values = changed_values(before, {field: after[field] for field in changes})
    await audit(actor, "artist.updated", artist_id, {"name": before["name"], "changes": values})


async def _replace_facts(connection: Connection, org_id: UUID, artist_id: UUID, facts: Mapping[str, Any]) -> None:
    if "aliases" in facts:
        await facts_store.replace_aliases(connection, org_id, artist_id, facts["aliases"])
    if "external_ids" in facts:
        ids = [(entry["provider"], entry["external_id"], entry["url"]) for entry in facts["external_ids"]]
        await facts_store.replace_external_ids(connection, org_id, artist_id, ids)
    if "tags" in facts:
        await facts_store.replace_artist_tags(connection, org_id, artist_id, facts["tags"])


async def delete_artist(actor: Actor, artist_id: UUID) -> None:
    """Delete an artist with all their data. Raises NotFound."""
    artist = await get_artist(actor.connection, actor.org_id, artist_id)
    await facts_store.delete_songs_of_artist(actor.connection, actor.org_id, artist_id)
    await store.delete_artist(actor.connection, actor.org_id, artist_id)
    await audit(actor, "artist.deleted", artist_id, {"name": artist["name"]})
