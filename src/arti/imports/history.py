"""What became of an import, in the outbox and in the audit log; and taking one back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.imports import store
from arti.imports.preview import RecognisedFile
from arti.imports.stored_files import parse_with_answers
from arti.imports.types import ParsedFile
from arti.metrics import observation_store
from arti.metrics.service import record_observations
from arti.music.store import delete_assets
from arti.orgs.audit import record_audit
from arti.providers.contract import Observation
from arti.vocabulary import EventType, Provider
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Conflict, NotFound
from arti_core.outbox import record_event


async def get_import(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool) -> Row:
    row = await store.find_import(connection, org_id, import_id, lock=lock)
    if row is None:
        raise NotFound("import")
    return row


async def undo_import(connection: Connection, org_id: UUID, import_id: UUID, *, principal: Principal) -> None:
    """Take an import back: what was known before it is known again. Raises NotFound, Conflict."""
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] == "undone":
        return
    if row["status"] != "committed":
        raise Conflict("This import was never committed, so there is nothing to undo.")
    await store.mark_undone(connection, org_id, import_id)
    artist_id, provider = row["artist_id"], Provider(row["provider"])
    committed = await store.list_committed_ids(connection, org_id, artist_id)
    changed = await observation_store.restore_before_import(connection, org_id, import_id, committed_imports=committed)
    await _restate_later_imports(connection, org_id, row)
    await observation_store.delete_series(
        connection, org_id, artist_id=artist_id, provider=provider, terms="own", only_empty=True
    )
    unused = await observation_store.list_assets_without_series(
        connection, org_id, artist_id=artist_id, provider=provider
    )
    # An asset that a sync has seen, or that was there before, stays.
    await delete_assets(connection, org_id, unused, unchanged_since=row["committed_at"])
    await record_import_event(connection, org_id, row, EventType.IMPORT_UNDONE, principal, {"observations": changed})


async def _restate_later_imports(connection: Connection, org_id: UUID, undone: Row) -> None:
    """Record what later imports hold once more: a value they share with the undone one was stored as its own."""
    latest: dict[tuple[str, str | None, str, int], tuple[UUID, Observation]] = {}
    readings: dict[UUID, tuple[RecognisedFile, ParsedFile]] = {}
    for row in await store.list_later(connection, org_id, undone["artist_id"], undone["committed_at"]):
        if row["provider"] != undone["provider"]:
            continue
        found, reading, _ = await parse_with_answers(connection, org_id, row, row["options"])
        readings[row["id"]] = (found, reading)
        for seen in reading.observations:
            key = (seen.metric, seen.asset_external_id, seen.dimension, seen.observed_on.toordinal())
            latest[key] = (row["id"], seen)
    for id, (found, reading) in readings.items():
        await record_observations(
            connection,
            org_id,
            artist_id=undone["artist_id"],
            provider=found.parser.provider,
            observations=[seen for owner, seen in latest.values() if owner == id],
            assets=list(reading.assets.values()),
            terms="own",
            time_zone=found.parser.time_zone,
            import_id=id,
        )


async def record_import_event(
    connection: Connection, org_id: UUID, row: Row, type: EventType, principal: Principal, details: Mapping[str, Any]
) -> None:
    payload = {"artist_id": str(row["artist_id"]), "import_id": str(row["id"])}
    await record_event(connection, org_id, type, payload)
    await record_audit(connection, org_id, principal, type, row["id"], {"file_name": row["file_name"], **details})
