"""Artists and annotations."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti.music import store
from arti.music.schemas import Annotation
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Invalid, NotFound


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
) -> UUID:
    """Add an artist to the roster and return their id. Raises Conflict for a name that is taken."""
    id = await store.insert_artist(
        actor.connection, actor.org_id, name=name, genres=list(genres), country=country, image_url=image_url
    )
    if id is None:
        raise Conflict(f"There is already an artist called {name} on the roster.", field="name")
    await audit(actor, "artist.created", id, {"name": name})
    return id


async def update_artist(connection: Connection, org_id: UUID, artist_id: UUID, *, changes: Mapping[str, Any]) -> None:
    """Set the fields in `changes`. Raises NotFound, Invalid for an empty name or empty genres."""
    for field in ("name", "genres"):
        if field in changes and changes[field] is None:
            raise Invalid(f"{field} cannot be empty. Leave it out to keep it.", field=field)
    if not await store.update_artist(connection, org_id, artist_id, changes):
        raise NotFound("artist")


async def delete_artist(actor: Actor, artist_id: UUID) -> None:
    """Delete an artist with all their data. Raises NotFound."""
    artist = await get_artist(actor.connection, actor.org_id, artist_id)
    await store.delete_artist(actor.connection, actor.org_id, artist_id)
    await audit(actor, "artist.deleted", artist_id, {"name": artist["name"]})


async def create_annotation(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    occurred_on: date,
    kind: str,
    title: str,
    url: str | None,
    created_by: UUID | None,
) -> UUID:
    """Add an annotation to a day of an artist. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    return await store.insert_annotation(
        connection,
        org_id,
        artist_id,
        occurred_on=occurred_on,
        kind=kind,
        title=title,
        url=url,
        created_by=created_by,
    )


async def delete_annotation(connection: Connection, org_id: UUID, annotation_id: UUID) -> None:
    """Delete an annotation. Raises NotFound."""
    if not await store.delete_annotation(connection, org_id, annotation_id):
        raise NotFound("annotation")


async def list_annotations(
    connection: Connection, org_id: UUID, artist_id: UUID, *, from_on: date | None, to_on: date | None, limit: int
) -> list[Annotation]:
    """Return the newest annotations of the period, oldest first. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    rows = await store.list_annotations(connection, org_id, artist_id, from_on=from_on, to_on=to_on, limit=limit)
    return [Annotation(**row) for row in rows]
