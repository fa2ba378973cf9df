"""Calendar entries: shows, pitches, notes, and whatever else explains a chart or is due."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.music.calendar import store
from arti.music.calendar.schemas import CalendarEntry, CalendarEntryChange, NewCalendarEntry
from arti.music.service import get_artist
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Actor
from arti.orgs.store import find_member
from arti_core.database import Connection
from arti_core.errors import Invalid, NotFound

_REQUIRED = ("kind", "title", "starts_on", "notes")


async def get_entry(connection: Connection, org_id: UUID, entry_id: UUID) -> CalendarEntry:
    """Return an entry. Raises NotFound."""
    row = await store.find_entry(connection, org_id, entry_id)
    if row is None:
        raise NotFound("calendar entry")
    return CalendarEntry.model_validate(dict(row))


async def create_entry(actor: Actor, new: NewCalendarEntry) -> CalendarEntry:
    """Add an entry. Raises NotFound for an artist, Invalid."""
    connection, org_id = actor.connection, actor.org_id
    if new.artist_id is not None:
        await get_artist(connection, org_id, new.artist_id)
    values = new.model_dump(exclude={"artist_id"})
    if new.kind == "pitch":
        values["starts_on"] = new.starts_on or new.deadline_on
        values["status"] = new.status or "open"
    await _check(connection, org_id, values)
    created_by = actor.principal.user_id if actor.principal else None
    entry_id = await store.insert_entry(
        connection, org_id, artist_id=new.artist_id, values=values, created_by=created_by
    )
    await audit(actor, "calendar_entry.created", entry_id, {"title": new.title, "kind": new.kind})
    return await get_entry(connection, org_id, entry_id)


async def update_entry(actor: Actor, entry_id: UUID, change: CalendarEntryChange) -> CalendarEntry:
    """Change an entry. Raises NotFound, Invalid."""
    connection, org_id = actor.connection, actor.org_id
    row = await get_entry(connection, org_id, entry_id)
    changes = change.model_dump(exclude_unset=True)
    for field in _REQUIRED:
        if field in changes and changes[field] is None:
            raise Invalid("This cannot be empty. Leave it out to keep it.", field=field)
    values = row.model_dump(include=set(store.COLUMNS)) | changes
    if values["kind"] == "pitch" and row.kind != "pitch":
        values["status"] = values["status"] or "open"
    elif values["kind"] != "pitch" and "status" not in changes:
        values["status"] = None
    if "starts_on" in changes and "ends_on" not in changes and row.ends_on == row.starts_on:
        values["ends_on"] = None
    await _check(connection, org_id, values)
    await store.update_entry(connection, org_id, entry_id, values)
    about = {"title": row.title, "changes": changed_values(row.model_dump(), changes)}
    await audit(actor, "calendar_entry.updated", entry_id, about)
    return await get_entry(connection, org_id, entry_id)


async def delete_entry(actor: Actor, entry_id: UUID) -> None:
    """Delete an entry. Raises NotFound."""
    entry = await get_entry(actor.connection, actor.org_id, entry_id)
    if not await store.delete_entry(actor.connection, actor.org_id, entry_id):
        raise NotFound("calendar entry")
    await audit(actor, "calendar_entry.deleted", entry_id, {"title": entry.title})


async def _check(connection: Connection, org_id: UUID, values: Mapping[str, Any]) -> None:
    if values["kind"] == "pitch":
        if values["deadline_on"] is None:
            raise Invalid("A pitch needs the day by which it must be sent.", field="deadline_on")
        if values["status"] is None:
            raise Invalid("A pitch is open, sent, accepted or declined.", field="status")
    elif values["status"] is not None:
        raise Invalid("Only a pitch has a status. Leave it out, or make the entry a pitch.", field="status")
    if values["starts_on"] is None:
        raise Invalid("Say on which day it is.", field="starts_on")
    if values["ends_on"] is not None and values["ends_on"] < values["starts_on"]:
        raise Invalid("The last day is before the first.", field="ends_on")
    if values["owner_id"] is not None and await find_member(connection, org_id, values["owner_id"]) is None:
        raise Invalid("The owner must be a member of the org; GET /api/admin/users lists them.", field="owner_id")
    if values["recording_id"] and not await store.recording_exists(connection, org_id, values["recording_id"]):
        raise Invalid("There is no such recording here.", field="recording_id")
    if values["release_id"] and not await store.release_exists(connection, org_id, values["release_id"]):
        raise Invalid("There is no such release here.", field="release_id")
