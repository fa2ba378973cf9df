"""Imports: preview a file, commit it, undo it. The file itself is kept, so that each number can be shown in its row."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.imports import preview, store
from arti.imports.archive import is_zip, unpack
from arti.imports.parsers import registry
from arti.imports.preview import RecognisedFile
from arti.imports.types import Answers, FileRejected, Hints, KnownTrack, ParsedFile
from arti.metrics.service import record_observations
from arti.music import store as roster
from arti.orgs.audit import record_audit
from arti.providers.contract import Observation
from arti.vocabulary import EventType, Provider
from arti_core import clock
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.outbox import record_event


async def preview_upload(
    connection: Connection, org_id: UUID, *, artist_id: UUID, file_name: str, content: bytes, principal: Principal
) -> list[UUID]:
    """Preview a file, or each file of a zip. Returns the ids of the imports, one a file; a refused file is one too.

    A file that is committed already, and asks nothing, gives the import that it was. Raises NotFound.
    """
    try:
        files = unpack(content) if is_zip(content) else [(file_name, content)]
    except FileRejected as refused:
        return [await _store_rejected(connection, org_id, artist_id, file_name, content, str(refused), principal)]
    if is_zip(content):
        files = [(f"{file_name}/{name}", member) for name, member in files]
    return await preview_files(connection, org_id, artist_id=artist_id, files=files, principal=principal)


async def preview_files(
    connection: Connection, org_id: UUID, *, artist_id: UUID, files: list[tuple[str, bytes]], principal: Principal
) -> list[UUID]:
    """Preview files that came together: what one says about the period helps to read the others. Raises NotFound."""
    if await roster.find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    tracks = await _known_tracks(connection, org_id, artist_id)
    looked: list[tuple[str, bytes, RecognisedFile | str]] = []
    days = None
    for name, content in files:
        hints = _hints(name, tracks)
        try:
            found = await asyncio.to_thread(preview.recognise_file, content, hints)
            if len(files) > 1 and not found.questions and days is None:
                days = registry.days_of(await asyncio.to_thread(preview.read, found, {}, hints))
            looked.append((name, content, found))
        except FileRejected as refused:
            looked.append((name, content, str(refused)))
    ids = []
    for name, content, found_or_reason in looked:
        if isinstance(found_or_reason, str):
            ids.append(await _store_rejected(connection, org_id, artist_id, name, content, found_or_reason, principal))
            continue
        hints = _hints(name, tracks, days=days[:2] if days else None)
        ids.append(await _store_preview(connection, org_id, artist_id, name, content, hints, principal))
    return ids


async def _store_preview(
    connection: Connection, org_id: UUID, artist_id: UUID, name: str, content: bytes, hints: Hints, principal: Principal
) -> UUID:
    digest = hashlib.sha256(content).digest()
    found = await asyncio.to_thread(preview.recognise_file, content, hints)
    before = await store.find_committed(connection, org_id, artist_id, digest)
    if before and not found.questions:
        return UUID(str(before[0]["id"]))
    defaults = preview.provisional(found.questions)
    if before:
        # The same bytes were imported once: what was answered then is the better guess.
        defaults |= before[0]["options"]
    try:
        reading = await asyncio.to_thread(preview.read, found, defaults, hints)
    except FileRejected as refused:
        return await _store_rejected(connection, org_id, artist_id, name, content, str(refused), principal, found=found)
    guesses = {question.key: question.default for question in found.questions if question.default}
    guesses |= before[0]["options"] if before else {}
    return await store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=found.parser.provider,
        source=found.parser.source,
        file_name=_short(name),
        content=content,
        content_sha256=digest,
        status="previewed",
        options=guesses,
        summary=preview.summarise(found, reading),
        refusal=None,
        created_by=principal.user_id,
    )


async def _store_rejected(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    reason: str,
    principal: Principal,
    *,
    found: RecognisedFile | None = None,
) -> UUID:
    if await roster.find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    return await store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=found.parser.provider if found else None,
        source=found.parser.source if found else None,
        file_name=_short(name),
        content=content,
        content_sha256=hashlib.sha256(content).digest(),
        status="refused",
        options={},
        summary={},
        refusal=reason,
        created_by=principal.user_id,
    )


async def commit_import(
    connection: Connection, org_id: UUID, import_id: UUID, *, given: dict[str, str], principal: Principal
) -> UUID:
    """Make a preview count. Returns the id of the import that holds its numbers.

    `given` answers the questions; what it leaves out is answered by the guesses that the preview showed.
    Twice is as good as once; a file whose bytes and answers are committed already gives the import that it was.
    Raises NotFound, Invalid for an answer that is missing or wrong, Conflict when it was refused or undone.
    """
    row = await _get(connection, org_id, import_id, lock=True)
    if row["status"] == "committed":
        return import_id
    if row["status"] != "previewed":
        raise Conflict(f"This import was {row['status']}, so there is nothing to commit. Drop the file once more.")
    found, reading, answers = await _parse_stored_file(connection, org_id, row, row["options"] | given)
    for before in await store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if before["options"] == answers:
            await store.delete_import(connection, org_id, import_id)
            return UUID(str(before["id"]))
    recorded = await record_observations(
        connection,
        org_id,
        artist_id=row["artist_id"],
        provider=found.parser.provider,
        observations=reading.observations,
        assets=list(reading.assets.values()),
        terms="own",
        time_zone=found.parser.time_zone,
        import_id=import_id,
    )
    changed = {"new": recorded.new, "restated": recorded.restated, "unchanged": recorded.unchanged}
    # What was identified now stays so when the file is read again, whatever songs are known by then.
    identified = list(reading.assets) if found.parser.provider is Provider.SPOTIFY else []
    summary = preview.summarise(found, reading) | {"recorded": changed, "identified": identified}
    await store.mark_committed(connection, org_id, import_id, options=answers, summary=summary)
    await _record_event(connection, org_id, row, EventType.IMPORT_COMMITTED, principal, changed)
    return import_id


async def undo_import(connection: Connection, org_id: UUID, import_id: UUID, *, principal: Principal) -> None:
    """Take an import back: what was known before it is known again. Raises NotFound, Conflict."""
    row = await _get(connection, org_id, import_id, lock=True)
    if row["status"] == "undone":
        return
    if row["status"] != "committed":
        raise Conflict("This import was never committed, so there is nothing to undo.")
    await store.mark_undone(connection, org_id, import_id)
    changed = await store.restore_observations(connection, org_id, import_id)
    await _record_undone_events(connection, org_id, row)
    provider = Provider(row["provider"])
    await store.delete_emptied(connection, org_id, row["artist_id"], provider, row["committed_at"])
    await _record_event(connection, org_id, row, EventType.IMPORT_UNDONE, principal, {"observations": changed})


async def _record_undone_events(connection: Connection, org_id: UUID, undone: Row) -> None:
    """Let later imports say once more what they said: a value they shared with the undone one was stored as its own."""
    told: dict[tuple[str, str | None, str, int], tuple[UUID, Observation]] = {}
    readings: dict[UUID, tuple[RecognisedFile, ParsedFile]] = {}
    for row in await store.list_later(connection, org_id, undone["artist_id"], undone["committed_at"]):
        if row["provider"] != undone["provider"]:
            continue
        found, reading, _ = await _parse_stored_file(connection, org_id, row, row["options"])
        readings[row["id"]] = (found, reading)
        for seen in reading.observations:
            key = (seen.metric, seen.asset_external_id, seen.dimension, seen.observed_on.toordinal())
            told[key] = (row["id"], seen)
    for id, (found, reading) in readings.items():
        await record_observations(
            connection,
            org_id,
            artist_id=undone["artist_id"],
            provider=found.parser.provider,
            observations=[seen for owner, seen in told.values() if owner == id],
            assets=list(reading.assets.values()),
            terms="own",
            time_zone=found.parser.time_zone,
            import_id=id,
        )


async def delete_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    """Drop a preview, or a file that was refused. Raises NotFound, Conflict for one that counts or counted."""
    row = await _get(connection, org_id, import_id, lock=True)
    if row["status"] in ("committed", "undone"):
        raise Conflict("This import is part of the history. Undo it instead of deleting it.")
    await store.delete_import(connection, org_id, import_id)


async def list_row_results(connection: Connection, org_id: UUID, row: Row) -> tuple[RecognisedFile, ParsedFile] | None:
    """Read an import's file once more. None when it was refused."""
    if row["status"] == "refused":
        return None
    found, reading, _ = await _parse_stored_file(connection, org_id, row, row["options"], provisional=True)
    return found, reading


async def recognise_stored_file(connection: Connection, org_id: UUID, row: Row) -> RecognisedFile | None:
    """Recognise an import's file once more, for its questions. None when it was refused."""
    if row["status"] == "refused":
        return None
    content = await store.read_file(connection, org_id, row["id"])
    return await asyncio.to_thread(preview.recognise_file, content, await _stored_hints(connection, org_id, row))


async def _get(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool) -> Row:
    row = await store.find_import(connection, org_id, import_id, lock=lock)
    if row is None:
        raise NotFound("import")
    return row


async def _parse_stored_file(
    connection: Connection, org_id: UUID, row: Row, given: Mapping[str, str], *, provisional: bool = False
) -> tuple[RecognisedFile, ParsedFile, Answers]:
    found = await recognise_stored_file(connection, org_id, row)
    assert found is not None  # refused ones were turned away before
    hints = await _stored_hints(connection, org_id, row)
    try:
        if provisional:
            answers = preview.provisional(found.questions) | dict(given)
        else:
            answers = preview.check_answers(found.questions, given)
        return found, await asyncio.to_thread(preview.read, found, answers, hints), answers
    except FileRejected as refused:
        raise Invalid(str(refused), field="options") from None


async def _known_tracks(connection: Connection, org_id: UUID, artist_id: UUID) -> list[KnownTrack]:
    rows = await store.list_tracks(connection, org_id, artist_id, Provider.SPOTIFY)
    return [KnownTrack(row["external_id"], row["title"], row["released_on"]) for row in rows]


async def _stored_hints(connection: Connection, org_id: UUID, row: Row) -> Hints:
    tracks = await _known_tracks(connection, org_id, row["artist_id"])
    if row["status"] in ("committed", "undone"):
        identified = set(row["summary"].get("identified", ()))
        tracks = [track for track in tracks if track.external_id in identified]
    return _hints(row["file_name"], tracks)


def _hints(name: str, tracks: list[KnownTrack], *, days: Any = None) -> Hints:
    folder, _, own = name.rpartition("/")
    return Hints(own, clock.today(), folder, days, tracks)


def _short(name: str) -> str:
    cleaned = "".join(letter for letter in name if letter.isprintable())
    return cleaned[-300:] or "file"


async def _record_event(
    connection: Connection, org_id: UUID, row: Row, type: EventType, principal: Principal, details: Mapping[str, Any]
) -> None:
    payload = {"artist_id": str(row["artist_id"]), "import_id": str(row["id"])}
    await record_event(connection, org_id, type, payload)
    await record_audit(
        connection,
        org_id=org_id,
        actor_id=principal.user_id,
        action=type,
        subject_kind="import",
        subject_id=row["id"],
        details={"file_name": row["file_name"], **details},
        request_id=principal.request_id,
    )
