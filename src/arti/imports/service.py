"""Imports: preview a file, commit it, undo it. The file itself is kept, so that each number can be shown in its row."""

import asyncio
import hashlib
from uuid import UUID

from arti.imports import preview, store
from arti.imports.archive import is_zip, unpack
from arti.imports.history import get_import, record_import_event
from arti.imports.parsers import registry
from arti.imports.preview import RecognisedFile
from arti.imports.stored_files import StoredImport, hints_of, list_known_tracks, parse_with_answers
from arti.imports.types import FileRejected, Hints, ParsedFile
from arti.metrics.service import record_observations
from arti.music import store as roster
from arti.vocabulary import EventType, Provider
from arti_core.database import Connection, Principal
from arti_core.errors import Conflict, NotFound


async def preview_upload(
    connection: Connection, org_id: UUID, *, artist_id: UUID, file_name: str, content: bytes, principal: Principal
) -> list[StoredImport]:
    """Preview a file, or each file of a zip. Returns the imports, one a file; a refused file is one too.

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
) -> list[StoredImport]:
    """Preview files that came together: the period of a daily one helps to read the others. Raises NotFound.

    Each file is recognised once and parsed once.
    """
    if await roster.find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    tracks = await list_known_tracks(connection, org_id, artist_id)
    recognised: list[tuple[str, bytes, RecognisedFile | str]] = []
    days = None
    parsed: dict[int, ParsedFile] = {}
    for index, (name, content) in enumerate(files):
        hints = hints_of(name, tracks)
        try:
            found = await asyncio.to_thread(preview.recognise_file, content, hints)
            if len(files) > 1 and not found.questions and days is None:
                parsed[index] = await asyncio.to_thread(preview.read, found, {}, hints)
                days = registry.days_of(parsed[index])
            recognised.append((name, content, found))
        except FileRejected as refused:
            recognised.append((name, content, str(refused)))
    imports = []
    for index, (name, content, found_or_reason) in enumerate(recognised):
        if isinstance(found_or_reason, str):
            stored = await _store_rejected(connection, org_id, artist_id, name, content, found_or_reason, principal)
        else:
            hints = hints_of(name, tracks, days=days[:2] if days else None)
            found = found_or_reason.with_hints(hints)
            stored = await _store_preview(
                connection, org_id, artist_id, name, content, found, hints, principal, parsed=parsed.get(index)
            )
        imports.append(stored)
    return imports


async def _store_preview(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    found: RecognisedFile,
    hints: Hints,
    principal: Principal,
    *,
    parsed: ParsedFile | None,
) -> StoredImport:
    digest = hashlib.sha256(content).digest()
    before = await store.find_committed(connection, org_id, artist_id, digest)
    if before and not found.questions:
        return StoredImport(UUID(str(before[0]["id"])), found, parsed)
    defaults = preview.provisional(found.questions)
    if before:
        # The same bytes were imported once: what was answered then is the better guess.
        defaults |= before[0]["options"]
    if parsed is None:
        try:
            parsed = await asyncio.to_thread(preview.read, found, defaults, hints)
        except FileRejected as refused:
            return await _store_rejected(
                connection, org_id, artist_id, name, content, str(refused), principal, found=found
            )
    guesses = {question.key: question.default for question in found.questions if question.default}
    guesses |= before[0]["options"] if before else {}
    import_id = await store.insert_import(
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
        summary=preview.summarise(found, parsed),
        refusal=None,
        created_by=principal.user_id,
    )
    return StoredImport(import_id, found, parsed)


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
) -> StoredImport:
    if await roster.find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    import_id = await store.insert_import(
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
    return StoredImport(import_id)


async def commit_import(
    connection: Connection, org_id: UUID, import_id: UUID, *, given: dict[str, str], principal: Principal
) -> StoredImport:
    """Make a preview count. Returns the import that holds its numbers.

    `given` answers the questions; what it leaves out is answered by the guesses that the preview showed.
    Twice is as good as once; a file whose bytes and answers are committed already gives the import that it was.
    Raises NotFound, Invalid for an answer that is missing or wrong, Conflict when it was refused or undone.
    """
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] == "committed":
        return StoredImport(import_id)
    if row["status"] != "previewed":
        raise Conflict(f"This import was {row['status']}, so there is nothing to commit. Drop the file once more.")
    found, reading, answers = await parse_with_answers(connection, org_id, row, row["options"] | given)
    for before in await store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if before["options"] == answers:
            await store.delete_import(connection, org_id, import_id)
            return StoredImport(UUID(str(before["id"])))
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
    await record_import_event(connection, org_id, row, EventType.IMPORT_COMMITTED, principal, changed)
    return StoredImport(import_id, found, reading)


async def delete_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    """Drop a preview, or a file that was refused. Raises NotFound, Conflict for one that counts or counted."""
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] in ("committed", "undone"):
        raise Conflict("This import is part of the history. Undo it instead of deleting it.")
    await store.delete_import(connection, org_id, import_id)


def _short(name: str) -> str:
    cleaned = "".join(character for character in name if character.isprintable())
    return cleaned[-300:] or "file"
