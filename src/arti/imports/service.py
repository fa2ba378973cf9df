"""Preview and commit imports. The file is stored, so that each value can be traced to its row."""

import asyncio
import hashlib
from uuid import UUID

from arti.imports import preview, store
from arti.imports.history import get_import, record_import_event
from arti.imports.parsers import registry
from arti.imports.preview import RecognisedFile
from arti.imports.readers.archive import is_zip, unpack
from arti.imports.stored_files import StoredImport, build_hints, list_known_tracks, parse_with_answers
from arti.imports.types import FileRejected, Hints, ParsedFile
from arti.metrics.service import record_observations
from arti.music.store import find_artist
from arti.orgs.authorization import Actor
from arti.vocabulary import EventType, Provider
from arti_core.database import Connection, Principal
from arti_core.errors import Conflict, NotFound


async def preview_upload(
    connection: Connection, org_id: UUID, *, artist_id: UUID, file_name: str, content: bytes, principal: Principal
) -> list[StoredImport]:
    """Preview a file, or each file of a zip. Returns one import for each file, also for a refused one.

    For a file without questions that is already committed, returns that import. Raises NotFound.
    """
    try:
        files = unpack(content) if is_zip(content) else [(file_name, content)]
    except FileRejected as error:
        return [await _store_rejected(connection, org_id, artist_id, file_name, content, str(error), principal)]
    if is_zip(content):
        files = [(f"{file_name}/{name}", member) for name, member in files]
    return await preview_files(connection, org_id, artist_id=artist_id, files=files, principal=principal)


async def preview_files(
    connection: Connection, org_id: UUID, *, artist_id: UUID, files: list[tuple[str, bytes]], principal: Principal
) -> list[StoredImport]:
    """Preview files uploaded together: the days of a daily export give the period of the others. Raises NotFound.

    Each file is recognised once and parsed once.
    """
    if await find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    tracks = await list_known_tracks(connection, org_id, artist_id)
    results: list[tuple[str, bytes, RecognisedFile | str]] = []
    days = None
    parsed: dict[int, ParsedFile] = {}
    for index, (name, content) in enumerate(files):
        hints = build_hints(name, tracks)
        try:
            file = await asyncio.to_thread(preview.recognise_file, content, hints)
            if len(files) > 1 and not file.questions and days is None:
                parsed[index] = await asyncio.to_thread(preview.parse_file, file, {}, hints)
                days = registry.find_day_range(parsed[index])
            results.append((name, content, file))
        except FileRejected as error:
            results.append((name, content, str(error)))
    imports = []
    for index, (name, content, file_or_reason) in enumerate(results):
        if isinstance(file_or_reason, str):
            stored = await _store_rejected(connection, org_id, artist_id, name, content, file_or_reason, principal)
        else:
            hints = build_hints(name, tracks, days=days[:2] if days else None)
            file = file_or_reason.with_hints(hints)
            stored = await _store_preview(
                connection, org_id, artist_id, name, content, file, hints, principal, parsed=parsed.get(index)
            )
        imports.append(stored)
    return imports


async def _store_preview(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    file: RecognisedFile,
    hints: Hints,
    principal: Principal,
    *,
    parsed: ParsedFile | None,
) -> StoredImport:
    digest = hashlib.sha256(content).digest()
    earlier = await store.find_committed(connection, org_id, artist_id, digest)
    if earlier and not file.questions:
        return StoredImport(UUID(str(earlier[0]["id"])), file, parsed)
    defaults = preview.provisional_answers(file.questions)
    if earlier:
        # The same file was imported before; its answers are better guesses.
        defaults |= earlier[0]["options"]
    if parsed is None:
        try:
            parsed = await asyncio.to_thread(preview.parse_file, file, defaults, hints)
        except FileRejected as error:
            return await _store_rejected(connection, org_id, artist_id, name, content, str(error), principal, file=file)
    guesses = {question.key: question.default for question in file.questions if question.default}
    guesses |= earlier[0]["options"] if earlier else {}
    import_id = await store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=file.parser.provider,
        source=file.parser.source,
        file_name=_clean_file_name(name),
        content=content,
        content_sha256=digest,
        status="previewed",
        options=guesses,
        summary=preview.build_summary(file, parsed),
        refusal=None,
        created_by=principal.user_id,
    )
    return StoredImport(import_id, file, parsed)


async def _store_rejected(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    reason: str,
    principal: Principal,
    *,
    file: RecognisedFile | None = None,
) -> StoredImport:
    if await find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    import_id = await store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=file.parser.provider if file else None,
        source=file.parser.source if file else None,
        file_name=_clean_file_name(name),
        content=content,
        content_sha256=hashlib.sha256(content).digest(),
        status="refused",
        options={},
        summary={},
        refusal=reason,
        created_by=principal.user_id,
    )
    return StoredImport(import_id)


async def commit_import(actor: Actor, import_id: UUID, *, answered: dict[str, str]) -> StoredImport:
    """Commit a preview and store its observations. Idempotent.

    `answered` are answers by question; a missing one is taken from the guesses of the preview. Returns the import that
    holds the observations: an earlier one if the same file was committed with the same answers.
    Raises NotFound, Invalid for an answer that is missing or wrong, Conflict when it was refused or undone.
    """
    connection, org_id = actor.connection, actor.org_id
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] == "committed":
        return StoredImport(import_id)
    if row["status"] != "previewed":
        raise Conflict(f"This import was {row['status']}, so it cannot be committed. Upload the file again.")
    file, parsed, answers = await parse_with_answers(connection, org_id, row, row["options"] | answered)
    for earlier in await store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if earlier["options"] == answers:
            await store.delete_import(connection, org_id, import_id)
            return StoredImport(UUID(str(earlier["id"])))
    recorded = await record_observations(
        connection,
        org_id,
        artist_id=row["artist_id"],
        provider=file.parser.provider,
        observations=parsed.observations,
        assets=list(parsed.assets.values()),
        terms="own",
        time_zone=file.parser.time_zone,
        import_id=import_id,
    )
    counts = {"new": recorded.new, "restated": recorded.restated, "unchanged": recorded.unchanged}
    # The tracks matched now stay matched when the file is parsed again, whatever tracks exist then.
    identified = list(parsed.assets) if file.parser.provider is Provider.SPOTIFY else []
    summary = preview.build_summary(file, parsed) | {"recorded": counts, "identified": identified}
    await store.mark_committed(connection, org_id, import_id, options=answers, summary=summary)
    await record_import_event(actor, row, EventType.IMPORT_COMMITTED, counts)
    return StoredImport(import_id, file, parsed)


async def delete_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    """Delete a preview or a refused file. Raises NotFound, Conflict for an import that was ever committed."""
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] in ("committed", "undone"):
        raise Conflict("Imports that were committed are kept. Undo this import instead of deleting it.")
    await store.delete_import(connection, org_id, import_id)


def _clean_file_name(name: str) -> str:
    cleaned = "".join(character for character in name if character.isprintable())
    return cleaned[-300:] or "file"
