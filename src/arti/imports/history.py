"""Undo imports; record commits and undos as events and in the audit log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.imports import royalties, store
from arti.imports.overlaps.exports import restate_remaining
from arti.imports.overlaps.store import lock_exports
from arti.imports.parsers.registry import is_royalties
from arti.imports.teams.scope import terms_of_answers
from arti.metrics import observation_store
from arti.music.playlists.store import delete_snapshots_of_import
from arti.music.store import delete_assets
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti.vocabulary import EventType
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, NotFound
from arti_core.files.file_store import FileStore
from arti_core.outbox import record_event


async def get_import(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool) -> Row:
    row = await store.find_import(connection, org_id, import_id, lock=lock)
    if row is None:
        raise NotFound("import")
    return row


async def undo_import(actor: Actor, file_store: FileStore, import_id: UUID) -> None:
    """Undo an import: restore the values from before it. Raises NotFound, Conflict."""
    connection, org_id = actor.connection, actor.org_id
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] == "undone":
        return
    if row["status"] not in ("committed", "undoing"):
        raise Conflict("This import was never committed, so it cannot be undone.")
    await store.mark_undone(connection, org_id, import_id)
    changed = await take_back(actor, file_store, row)
    await delete_unused(connection, org_id, row)
    counted = "lines" if is_royalties(row["source"]) else "observations"
    await record_import_event(actor, row, EventType.IMPORT_UNDONE, {counted: changed})


async def take_back(actor: Actor, file_store: FileStore, row: Row) -> int:
    """Restore what was stored before an import. Returns the number of changed days, or of lines that are gone.

    Series and assets that are empty now stay, for `delete_unused`.
    """
    connection, org_id, import_id = actor.connection, actor.org_id, row["id"]
    await delete_snapshots_of_import(connection, org_id, import_id)
    if is_royalties(row["source"]):
        return await royalties.undo(actor, file_store, row)
    artist_id, provider = row["artist_id"], row["provider"]
    await lock_exports(connection, org_id, artist_id, provider)
    committed = [id for id in await store.list_committed_ids(connection, org_id, artist_id) if id != import_id]
    changed = await observation_store.restore_before_import(connection, org_id, import_id, committed_imports=committed)
    await restate_remaining(connection, file_store, org_id, row)
    return changed


async def delete_unused(connection: Connection, org_id: UUID, row: Row) -> None:
    """Delete the series and assets of an import that hold nothing any more."""
    if is_royalties(row["source"]):
        return
    artist_id, provider = row["artist_id"], row["provider"]
    await observation_store.delete_series(
        connection,
        org_id,
        artist_id=artist_id,
        provider=provider,
        terms=terms_of_answers(row["options"]),
        only_empty=True,
    )
    unused = await observation_store.list_assets_without_series(
        connection, org_id, artist_id=artist_id, provider=provider
    )
    # An asset that a sync updated, or that existed before, is kept.
    await delete_assets(connection, org_id, unused, unchanged_since=row["committed_at"])


async def record_import_event(actor: Actor, row: Row, type: EventType, details: Mapping[str, Any]) -> None:
    payload = {"artist_id": str(row["artist_id"]), "import_id": str(row["id"])}
    await record_event(actor.connection, actor.org_id, type, payload)
    await audit(actor, type, row["id"], {"file_name": row["file_name"], **details})
