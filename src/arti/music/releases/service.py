"""Releases as people write them down: facts, credits, tracks."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from arti.music.recordings import store as recordings
from arti.music.recordings.schemas import CreditEntry
from arti.music.recordings.service import credit_names, read_credits, resolve_recording
from arti.music.releases import store
from arti.music.releases.schemas import NewRelease, ReleaseWithTracks, TrackEntry
from arti.music.titles import parse_title
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Actor
from arti_core.database import Connection
from arti_core.errors import Forbidden, Invalid, NotFound


async def get_release(connection: Connection, org_id: UUID, release_id: UUID) -> ReleaseWithTracks:
    """Return a release with its tracks; of a merged one the release that stayed. Raises NotFound."""
    row = await store.find_release(connection, org_id, await resolve_release(connection, org_id, release_id))
    if row is None:
        raise NotFound("release")
    return ReleaseWithTracks.model_validate(dict(row))


async def resolve_release(connection: Connection, org_id: UUID, release_id: UUID) -> UUID:
    """Return the release that stands for this one: itself, or the one it was merged into. Raises NotFound."""
    survivor = await store.find_survivor(connection, org_id, release_id)
    if survivor is None:
        raise NotFound("release")
    return survivor


async def create_release(actor: Actor, new: NewRelease) -> UUID:
    """Add a release by hand, for example one that is planned. Raises Invalid, NotFound for an unknown artist."""
    connection, org_id = actor.connection, actor.org_id
    credits = await read_credits(connection, org_id, new.credits)
    id = uuid4()
    await store.insert_release(
        connection,
        org_id,
        id,
        title=new.title,
        upc=new.upc,
        label=new.label,
        kind=new.kind,
        released_on=new.released_on,
        title_key=parse_title(new.title).key[:500],
        created_by=actor.principal.user_id if actor.principal else None,
    )
    await recordings.insert_credits(connection, org_id, credits, release_id=id)
    await audit(actor, "release.created", id, {"title": new.title})
    return id


async def update_release(
    actor: Actor, release_id: UUID, changes: Mapping[str, Any], credits: Sequence[CreditEntry] | None
) -> None:
    """Set the fields in `changes`, and the credits if there are any. Raises NotFound, Invalid, Forbidden."""
    connection, org_id = actor.connection, actor.org_id
    await _refuse_merged(connection, org_id, release_id)
    before = await store.find_release(connection, org_id, release_id)
    if changes and not await recordings.may_edit_song(connection, org_id, release_id=release_id):
        raise Forbidden("You do not see all main artists of this release. Ask somebody who does, or an admin.")
    if changes.get("title", "") is None:
        raise Invalid("A title cannot be empty. Leave it out to keep it.", field="title")
    keys = {"title_key": parse_title(changes["title"]).key[:500]} if "title" in changes else {}
    await store.update_release(connection, org_id, release_id, {**changes, **keys})
    if credits is not None:
        credited = await read_credits(connection, org_id, credits)
        await recordings.replace_credits(connection, org_id, credited, release_id=release_id)
    after = await store.find_release(connection, org_id, release_id)
    if before is not None:
        values = changed_values(before, changes)
        if credit_names(before) != credit_names(after):
            values["credits"] = {"from": credit_names(before), "to": credit_names(after)}
        await audit(actor, "release.updated", release_id, {"title": before["title"], "changes": values})


async def replace_tracks(actor: Actor, release_id: UUID, entries: Sequence[TrackEntry]) -> None:
    """Make these the tracks of a release. Raises NotFound, Invalid for two at one place."""
    connection, org_id = actor.connection, actor.org_id
    await _refuse_merged(connection, org_id, release_id)
    places = [(entry.disc, entry.position) for entry in entries]
    if len(set(places)) < len(places):
        raise Invalid("Two tracks have the same disc and position.", field="tracks")
    tracks = [
        (entry.disc, entry.position, await resolve_recording(connection, org_id, entry.recording_id))
        for entry in entries
    ]
    before = await get_release(connection, org_id, release_id)
    await store.replace_tracks(connection, org_id, release_id, tracks)
    after = await get_release(connection, org_id, release_id)
    titles = {"from": [track.title for track in before.tracks], "to": [track.title for track in after.tracks]}
    await audit(actor, "release.tracks_changed", release_id, {"title": before.title, "changes": {"tracks": titles}})


async def _refuse_merged(connection: Connection, org_id: UUID, release_id: UUID) -> None:
    if await resolve_release(connection, org_id, release_id) != release_id:
        raise Invalid("This release was merged into another one. Change that one.")
