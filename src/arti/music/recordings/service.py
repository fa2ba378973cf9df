"""Recordings and credits as people write them down."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from arti.music.recordings import store
from arti.music.recordings.schemas import CreditEntry, NewRecording
from arti.music.recordings.store import Credited
from arti.music.store import find_artist_names
from arti.music.titles import parse_title
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Actor
from arti_core.database import Connection, Row
from arti_core.errors import Forbidden, Invalid, NotFound


async def resolve_recording(connection: Connection, org_id: UUID, recording_id: UUID) -> UUID:
    """Return the recording that stands for this one: itself, or the one it was merged into. Raises NotFound."""
    survivor = await store.find_survivor(connection, org_id, recording_id)
    if survivor is None:
        raise NotFound("recording")
    return survivor


async def create_recording(actor: Actor, new: NewRecording) -> UUID:
    """Add a song by hand, for example one that is not out yet. Raises Invalid, NotFound for an unknown artist."""
    connection, org_id = actor.connection, actor.org_id
    credits = await read_credits(connection, org_id, new.credits)
    if new.version_of is not None:
        await resolve_recording(connection, org_id, new.version_of)
    id = uuid4()
    await store.insert_recording(
        connection,
        org_id,
        id,
        title=new.title,
        version_title=new.version_title,
        version_of=new.version_of,
        isrc=new.isrc,
        duration_ms=new.duration_ms,
        released_on=new.released_on,
        title_key=parse_title(new.title).key[:500],
        created_by=actor.principal.user_id if actor.principal else None,
    )
    await store.insert_credits(connection, org_id, credits, recording_id=id)
    await audit(actor, "recording.created", id, {"title": new.title})
    return id


async def update_recording(actor: Actor, recording_id: UUID, changes: Mapping[str, Any]) -> None:
    """Set the fields in `changes`. Raises NotFound, Invalid, Forbidden for a song of an artist unseen by the caller."""
    connection, org_id = actor.connection, actor.org_id
    before = await store.find_recording(connection, org_id, recording_id)
    if await resolve_recording(connection, org_id, recording_id) != recording_id or before is None:
        raise Invalid("This recording was merged into another one. Change that one.")
    if not await store.may_edit_song(connection, org_id, recording_id=recording_id):
        raise Forbidden("You do not see all main artists of this song. Ask somebody who does, or an admin.")
    if changes.get("title", "") is None:
        raise Invalid("A title cannot be empty. Leave it out to keep it.", field="title")
    if changes.get("version_of") == recording_id:
        raise Invalid("A song cannot be a version of itself.", field="version_of")
    if changes.get("version_of") is not None:
        original = await resolve_recording(connection, org_id, changes["version_of"])
        if await store.is_version_of(connection, org_id, original, recording_id):
            raise Invalid("That song is a version of this one. Change it first.", field="version_of")
    keys = {"title_key": parse_title(changes["title"]).key[:500]} if "title" in changes else {}
    await store.update_recording(connection, org_id, recording_id, {**changes, **keys})
    await audit(
        actor,
        "recording.updated",
        recording_id,
        {"title": before["title"], "changes": changed_values(before, changes)},
    )


async def replace_credits(actor: Actor, recording_id: UUID, entries: Sequence[CreditEntry]) -> None:
    """Make these the credits of a song. Those of artists whom the caller does not see stay.

    Raises NotFound, Invalid.
    """
    await resolve_recording(actor.connection, actor.org_id, recording_id)
    before = await store.find_recording(actor.connection, actor.org_id, recording_id)
    credits = await read_credits(actor.connection, actor.org_id, entries)
    await store.replace_credits(actor.connection, actor.org_id, credits, recording_id=recording_id)
    after = await store.find_recording(actor.connection, actor.org_id, recording_id)
    await audit(
        actor,
        "recording.credited",
        recording_id,
        {
            "title": before["title"] if before else "",
            "changes": {"credits": {"from": credit_names(before), "to": credit_names(after)}},
        },
    )


def credit_names(row: Row | None) -> list[str]:
    """Return the credits of a song or release as "Moth (main)"."""
    return [f"{credit['name']} ({credit['role']})" for credit in row["credits"]] if row is not None else []


async def read_credits(connection: Connection, org_id: UUID, entries: Sequence[CreditEntry]) -> list[Credited]:
    """Return credits with a name each. Raises Invalid for one without artist and name, NotFound for unknown artists."""
    ids = [entry.artist_id for entry in entries if entry.artist_id is not None]
    names = await find_artist_names(connection, org_id, ids)
    credits = []
    for entry in entries:
        if entry.artist_id is None and entry.name is None:
            raise Invalid("A credit needs an artist_id or a name.", field="credits")
        if entry.artist_id is not None and entry.artist_id not in names:
            raise NotFound("artist")
        name = entry.name or (names[entry.artist_id] if entry.artist_id else "")
        credits.append(Credited(name, entry.role, entry.artist_id))
    return credits
