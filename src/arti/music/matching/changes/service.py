"""What people decide about songs: accept or reject a match, merge two recordings, link or split off an asset, undo.

Each change of songs keeps what was before, so that it can be undone, and is in the audit log.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arti.music.matching import candidates_store, store
from arti.music.matching.changes import history_store, recording_store
from arti.music.matching.changes.releases import link_album, undo_release_change
from arti.music.matching.roster import read_roster
from arti.music.matching.service import create_from_asset
from arti.music.matching.songs import read_asset
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Conflict, Forbidden, NotFound


async def merge_recordings(
    actor: Actor, recording_id: UUID, merged_id: UUID, *, closed: Sequence[dict[str, Any]] = ()
) -> UUID:
    """Make one recording of two; `recording_id` stays. Returns the change. Raises NotFound, Conflict, Forbidden.

    `closed`: the open matches that the merge has answered, to be put back with it.
    """
    connection, org_id = actor.connection, actor.org_id
    if recording_id == merged_id:
        raise Conflict("This is one recording already. Name another one to merge into it.")
    await store.lock_songs(connection, org_id)
    rows = await _lock_both(actor, recording_id, merged_id)
    target = rows[recording_id]
    assets = await recording_store.move_assets(connection, org_id, merged_id, recording_id)
    changed = await recording_store.merge_rows(connection, org_id, merged_id, recording_id)
    filled = {name: target[name] for name in ("isrc", "duration_ms", "released_on", "version_of")}
    before = {**changed, "assets": assets, "target": filled, "closed": list(closed)}
    change_id = await history_store.insert_change(
        actor, "merge", recording_id=recording_id, other_id=merged_id, before=before
    )
    details = {"merged_id": str(merged_id), "title": rows[merged_id]["title"], "assets": len(assets)}
    await audit(actor, "recording.merged", recording_id, {**details, "change_id": str(change_id)})
    return change_id


async def link_asset(actor: Actor, recording_id: UUID, asset_id: UUID) -> UUID | None:
    """Say that an asset is this recording. Returns the change, None if it was so. Raises NotFound, Conflict, Forbidden.

    The recording that the asset alone made up before is merged into this one.
    """
    connection, org_id = actor.connection, actor.org_id
    await store.lock_songs(connection, org_id)
    asset = await _find_asset(actor, asset_id)
    before = asset["recording_id"]
    if before == recording_id:
        return None
    closed = await store.close_candidates(connection, org_id, asset_id)
    if before is not None and await recording_store.count_assets(connection, org_id, before) == 1:
        return await merge_recordings(actor, recording_id, before, closed=closed)
    await _lock_both(actor, recording_id, *([before] if before else []))
    if not await recording_store.set_recording(connection, org_id, asset_id, recording_id):
        raise NotFound("asset")
    change_id = await history_store.insert_change(
        actor,
        "link",
        recording_id=recording_id,
        other_id=before,
        asset_id=asset_id,
        before={"recording_id": before, "closed": closed},
    )
    await audit(actor, "recording.linked", recording_id, {"asset_id": str(asset_id), "change_id": str(change_id)})
    return change_id


async def split_asset(actor: Actor, recording_id: UUID, asset_id: UUID, *, as_song: bool) -> tuple[UUID, UUID | None]:
    """Take an asset off a recording: it becomes a recording of its own, or no song. Returns (change, new recording).

    Matching never links the two again. Raises NotFound, Conflict, Forbidden.
    """
    connection, org_id = actor.connection, actor.org_id
    await store.lock_songs(connection, org_id)
    await _lock_both(actor, recording_id)
    row = await _find_asset(actor, asset_id)
    if row["recording_id"] != recording_id:
        raise Conflict("This asset does not belong to this recording. Load the page anew to see where it is.")
    user_id = actor.principal.user_id if actor.principal else None
    new_id, tracks = None, list[dict[str, Any]]()
    if as_song:
        roster = read_roster(await store.list_roster(connection, org_id))
        [found] = await store.list_assets(connection, org_id, [asset_id])
        new_id = await create_from_asset(connection, org_id, read_asset(found, roster), [], roster, created_by=user_id)
        tracks = await recording_store.move_tracks_of_asset(connection, org_id, asset_id, recording_id, new_id)
    if not await recording_store.set_recording(connection, org_id, asset_id, new_id, matchable=as_song):
        raise NotFound("asset")
    candidate = await candidates_store.reject_pair(
        connection, org_id, asset_id=asset_id, artist_id=row["artist_id"], recording_id=recording_id, by=user_id
    )
    before = {"candidate": candidate, "tracks": tracks}
    change_id = await history_store.insert_change(
        actor, "split", recording_id=recording_id, other_id=new_id, asset_id=asset_id, before=before
    )
    await audit(actor, "recording.split", recording_id, {"asset_id": str(asset_id), "change_id": str(change_id)})
    return change_id, new_id


async def undo_change(actor: Actor, change_id: UUID) -> None:
    """Put back what a change of songs changed; once. Raises NotFound, Conflict while a later change rests on it."""
    connection, org_id = actor.connection, actor.org_id
    await store.lock_songs(connection, org_id)
    change = await history_store.lock_change(connection, org_id, change_id)
    if change is None:
        raise NotFound("change")
    if change["undone_at"] is not None:
        return
    if await history_store.has_later_change(connection, org_id, change):
        raise Conflict("These songs were changed again since. Undo the later changes first.")
    if change["kind"] == "reject":
        await candidates_store.reopen_rejected(connection, org_id, UUID(change["before"]["candidate_id"]))
    elif change["release_id"] is not None:
        await undo_release_change(actor, change)
    else:
        await _undo_recording_change(actor, change)
    await history_store.mark_undone(
        connection, org_id, change_id, by=actor.principal.user_id if actor.principal else None
    )
    subject, id = ("release", change["release_id"]) if change["release_id"] else ("recording", change["recording_id"])
    await audit(actor, f"{subject}.change_undone", id, {"change_id": str(change_id), "kind": change["kind"]})


async def _undo_recording_change(actor: Actor, change: Row) -> None:
    connection, org_id = actor.connection, actor.org_id
    kind, recording_id, before = change["kind"], change["recording_id"], change["before"]
    await _refuse_hidden_artists(actor, [id for id in (recording_id, change["other_id"]) if id])
    if kind == "merge":
        source = change["other_id"]
        assets = [UUID(id) for id in before["assets"]]
        await recording_store.move_assets(connection, org_id, recording_id, source, assets)
        await recording_store.restore_merge(connection, org_id, source, recording_id, before)
    elif kind == "link":
        was = UUID(before["recording_id"]) if before["recording_id"] else None
        await recording_store.set_recording(connection, org_id, change["asset_id"], was)
    else:
        asset_id, new_id = change["asset_id"], change["other_id"]
        await recording_store.set_recording(connection, org_id, asset_id, recording_id)
        await candidates_store.restore_pair(
            connection, org_id, asset_id=asset_id, recording_id=recording_id, before=before["candidate"]
        )
        if new_id is not None:
            await recording_store.restore_tracks(connection, org_id, recording_id, new_id, before["tracks"])
            await recording_store.set_merged_into(connection, org_id, new_id, recording_id)
    await candidates_store.restore(connection, before.get("closed", []))
    await candidates_store.reopen(connection, org_id, recording_id=recording_id)


async def decide_candidate(actor: Actor, candidate_id: UUID, *, accept: bool) -> UUID | None:
    """Accept or reject a match. Returns the change, which can be undone. Raises NotFound, Conflict when decided."""
    connection, org_id = actor.connection, actor.org_id
    await store.lock_songs(connection, org_id)
    candidate = await candidates_store.lock_candidate(connection, org_id, candidate_id)
    if candidate is None:
        raise NotFound("match")
    if candidate["status"] != "open":
        raise Conflict("This match was decided already. Load the list anew.")
    status = "accepted" if accept else "rejected"
    user_id = actor.principal.user_id if actor.principal else None
    await candidates_store.decide(connection, org_id, candidate_id, status=status, by=user_id)
    change_id: UUID | None
    if not accept:
        change_id = await history_store.insert_change(
            actor,
            "reject",
            recording_id=candidate["recording_id"],
            release_id=candidate["release_id"],
            asset_id=candidate["asset_id"],
            before={"candidate_id": str(candidate_id)},
        )
    elif candidate["recording_id"] is not None:
        change_id = await link_asset(actor, candidate["recording_id"], candidate["asset_id"])
    else:
        change_id = await link_album(actor, candidate["release_id"], candidate["asset_id"])
    song_id = candidate["recording_id"] or candidate["release_id"]
    details = {"asset_id": str(candidate["asset_id"]), "song_id": str(song_id)}
    await audit(actor, f"match.{status}", candidate_id, details)
    return change_id


async def _lock_both(actor: Actor, *recording_ids: UUID) -> dict[UUID, Row]:
    """Return the rows of recordings that can be changed. Raises NotFound, Conflict, Forbidden."""
    rows = await recording_store.lock_recordings(actor.connection, actor.org_id, recording_ids)
    if len(rows) < len(set(recording_ids)):
        raise NotFound("recording")
    if any(row["merged_into"] for row in rows.values()):
        raise Conflict("This recording was merged into another one. Use that one, or undo the merge first.")
    await _refuse_hidden_artists(actor, list(recording_ids))
    return rows


async def _refuse_hidden_artists(actor: Actor, recording_ids: list[UUID]) -> None:
    if await recording_store.has_hidden_artists(actor.connection, actor.org_id, recording_ids):
        raise Forbidden("This song is also by an artist whom you do not see. Ask somebody who sees all artists.")


async def _find_asset(actor: Actor, asset_id: UUID) -> Row:
    asset = await recording_store.find_asset(actor.connection, actor.org_id, asset_id)
    if asset is None:
        raise NotFound("asset")
    return asset
