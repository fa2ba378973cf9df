"""Albums that a person takes for a release: linked, the release that the album alone made up merged, and undone."""

from typing import Any
from uuid import UUID

from arti.music.matching import candidates_store, store
from arti.music.matching.changes import history_store, recording_store, release_store
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Conflict, Forbidden, NotFound


async def link_album(actor: Actor, release_id: UUID, asset_id: UUID) -> UUID | None:
    """Say that an album is this release. Returns the change, None if it was so. Raises NotFound, Conflict, Forbidden.

    The release that the album alone made up is merged into this one.
    """
    connection, org_id = actor.connection, actor.org_id
    asset = await recording_store.find_asset(connection, org_id, asset_id)
    if asset is None:
        raise NotFound("asset")
    before = asset["release_id"]
    if before == release_id:
        return None
    releases = [release_id, *([before] if before else [])]
    rows = await _lock(actor, releases)
    closed = await store.close_candidates(connection, org_id, asset_id)
    if not await release_store.set_release(connection, org_id, asset_id, release_id):
        raise NotFound("asset")
    kept: dict[str, Any] = {"release_id": str(before) if before else None, "closed": closed}
    merges = before is not None and await release_store.count_assets(connection, org_id, before) == 0
    if merges:
        target = rows[release_id]
        filled = {name: target[name] for name in ("upc", "label", "kind", "released_on")}
        kept |= {**await release_store.merge_rows(connection, org_id, before, release_id), "target": filled}
    change_id = await history_store.insert_change(
        actor,
        "merge" if merges else "link",
        release_id=release_id,
        other_release_id=before,
        asset_id=asset_id,
        before=kept,
    )
    details = {"asset_id": str(asset_id), "title": rows[release_id]["title"], "change_id": str(change_id)}
    await audit(actor, "release.merged" if merges else "release.linked", release_id, details)
    return change_id


async def undo_release_change(actor: Actor, change: Row) -> None:
    """Put back what link_album changed. Raises Forbidden."""
    connection, org_id, before = actor.connection, actor.org_id, change["before"]
    release_id, other_id = change["release_id"], change["other_release_id"]
    await _refuse_hidden_artists(actor, [id for id in (release_id, other_id) if id])
    if change["kind"] == "merge":
        await release_store.restore_merge(connection, org_id, other_id, release_id, before)
    await release_store.set_release(connection, org_id, change["asset_id"], other_id)
    await candidates_store.restore(connection, before["closed"])
    await candidates_store.reopen(connection, org_id, release_id=release_id)


async def _lock(actor: Actor, release_ids: list[UUID]) -> dict[UUID, Row]:
    rows = await release_store.lock_releases(actor.connection, actor.org_id, release_ids)
    if len(rows) < len(release_ids):
        raise NotFound("release")
    if any(row["merged_into"] for row in rows.values()):
        raise Conflict("This release was merged into another one. Use that one, or undo the merge first.")
    await _refuse_hidden_artists(actor, release_ids)
    return rows


async def _refuse_hidden_artists(actor: Actor, release_ids: list[UUID]) -> None:
    if not await release_store.sees_whole_releases(actor.connection, actor.org_id, release_ids):
        raise Forbidden("This release is also by an artist whom you do not see. Ask somebody who sees all artists.")
