"""Preview and commit imports. The file is stored, so that each value can be traced to its row."""

import asyncio
import hashlib
import io
from collections.abc import Mapping, Sequence
from uuid import UUID

from arti.imports import preview, royalties, store
from arti.imports.history import get_import, record_import_event
from arti.imports.overlaps.recording import record_values
from arti.imports.parsers import registry
from arti.imports.preview import RecognisedFile
from arti.imports.readers.archive import UploadedTable, unpack
from arti.imports.stored_files import (
    StoredImport,
    build_hints,
    find_own_parser,
    list_known,
    parse_with_answers,
)
from arti.imports.teams.scope import is_open
from arti.imports.types import FileRejected, Hints, ParsedFile
from arti.music.store import find_artist
from arti.orgs.authorization import Actor
from arti.vocabulary import OWN_PREFIX, EventType
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.files.file_store import FileStore


async def preview_upload(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    *,
    artist_id: UUID,
    file_name: str,
    content: bytes,
    principal: Principal,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> list[StoredImport]:
    """Preview a file, or each table of a zip, a workbook or a file with several.

    Returns one import for each table, also for a refused one.

    For a file without questions that is already committed, returns that import. `source`: the org's own source that the
    file is from; `mapping`: which column holds what, as answers to its questions. Raises NotFound, Invalid.
    """
    try:
        tables = await asyncio.to_thread(unpack, file_name, content)
    except FileRejected as error:
        return [
            await _store_rejected(connection, file_store, org_id, artist_id, file_name, content, str(error), principal)
        ]
    return await preview_tables(
        connection,
        file_store,
        org_id,
        artist_id=artist_id,
        tables=tables,
        principal=principal,
        source=source,
        mapping=mapping,
    )


async def preview_tables(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    *,
    artist_id: UUID,
    tables: Sequence[UploadedTable],
    principal: Principal,
    source: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> list[StoredImport]:
    """Preview tables uploaded together: the days of a daily export give the period of the others. Raises NotFound.

    Each file is recognised once and parsed once.
    """
    known = await list_known(connection, org_id, artist_id)
    if source is not None and not source.startswith(OWN_PREFIX):
        raise Invalid("Only a source of the org's own is named; files of platforms are recognised.", field="source")
    own_parser = await find_own_parser(connection, org_id, source)
    hints_by_file = [build_hints(table.name, known) for table in tables]
    recognised = await asyncio.to_thread(preview.recognise_together, tables, hints_by_file, own_parser)
    days = None
    parsed: dict[int, ParsedFile] = {}
    for index, file_or_reason in enumerate(recognised):
        if len(tables) > 1 and days is None and not isinstance(file_or_reason, str) and not file_or_reason.questions:
            try:
                parsed[index] = await asyncio.to_thread(preview.parse_file, file_or_reason, {}, hints_by_file[index])
                days = registry.find_day_range(parsed[index])
            except FileRejected as error:
                recognised[index] = str(error)
    imports = []
    for index, (table, file_or_reason) in enumerate(zip(tables, recognised, strict=True)):
        name, content = table.name, table.content
        if isinstance(file_or_reason, str):
            stored = await _store_rejected(
                connection, file_store, org_id, artist_id, name, content, file_or_reason, principal
            )
        else:
            hints = build_hints(name, known, days=days[:2] if days else None)
            file = file_or_reason.with_hints(hints)
            stored = await _store_preview(
                connection,
                file_store,
                org_id,
                artist_id,
                name,
                content,
                file,
                hints,
                principal,
                parsed=parsed.get(index),
                mapping=mapping or {},
            )
        imports.append(stored)
    reports = {
        place: (tables[place].name, stored.parsed.money)
        for place, stored in enumerate(imports)
        if stored.parsed is not None and stored.parsed.money
    }
    for place, name in royalties.find_same_sums(reports).items():
        await store.add_note(connection, org_id, imports[place].id, royalties.describe_same_sums(name))
    return imports


async def _store_preview(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    file: RecognisedFile,
    hints: Hints,
    principal: Principal,
    *,
    parsed: ParsedFile | None,
    mapping: Mapping[str, str],
) -> StoredImport:
    digest = hashlib.sha256(content).digest()
    earlier = await store.find_committed(connection, org_id, artist_id, digest)
    if earlier and not any(map(is_open, file.questions)):
        return StoredImport(UUID(str(earlier[0]["id"])), file, parsed)
    defaults = preview.provisional_answers(file.questions)
    if earlier:
        # The same file was imported before; its answers are better guesses.
        defaults |= earlier[0]["options"]
    defaults |= mapping
    if parsed is None:
        try:
            parsed = await asyncio.to_thread(preview.parse_provisionally, file, defaults, hints)
        except FileRejected as error:
            return await _store_rejected(
                connection, file_store, org_id, artist_id, name, content, str(error), principal, file=file
            )
    guesses = {question.key: question.default for question in file.questions if question.default}
    guesses |= (earlier[0]["options"] if earlier else {}) | dict(mapping)
    import_id = await store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=file.parser.provider,
        source=file.parser.source,
        file_name=clean_file_name(name),
        file_id=await _store_file(connection, file_store, org_id, artist_id, name, content, principal),
        byte_size=len(content),
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
    file_store: FileStore,
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
        file_name=clean_file_name(name),
        file_id=await _store_file(connection, file_store, org_id, artist_id, name, content, principal),
        byte_size=len(content),
        content_sha256=hashlib.sha256(content).digest(),
        status="refused",
        options={},
        summary={},
        refusal=reason,
        created_by=principal.user_id,
    )
    return StoredImport(import_id)


async def _store_file(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    artist_id: UUID,
    name: str,
    content: bytes,
    principal: Principal,
) -> UUID:
    return await file_store.add(
        connection,
        org_id,
        io.BytesIO(content),
        kind="import",
        name=clean_file_name(name),
        artist_id=artist_id,
        created_by=principal.user_id,
    )


async def commit_import(
    actor: Actor, file_store: FileStore, import_id: UUID, *, answered: dict[str, str]
) -> StoredImport:
    """Commit a preview and store its observations. Idempotent.

    `answered` are answers by question; a missing one is taken from the guesses of the preview. Returns the import that
    holds the observations: an earlier one if the same file was committed with the same answers.
    Raises NotFound, Invalid for an answer that is missing or wrong, Conflict when it was refused or undone.
    """
    connection, org_id = actor.connection, actor.org_id
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] == "committed":
        return StoredImport(import_id)
    if row["status"] not in ("previewed", "committing"):
        raise Conflict(f"This import was {row['status']}, so it cannot be committed. Upload the file again.")
    file, parsed, answers = await parse_with_answers(connection, file_store, org_id, row, row["options"] | answered)
    for earlier in await store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if earlier["options"] == answers:
            await delete_stored(connection, file_store, org_id, row)
            return StoredImport(UUID(str(earlier["id"])))
    if parsed.money:
        await royalties.check_imported_once(actor, row)
        summary = preview.build_summary(file, parsed) | await royalties.record_lines(actor, row, parsed)
        await store.mark_committed(connection, org_id, import_id, provider=None, options=answers, summary=summary)
        await record_import_event(actor, row, EventType.IMPORT_COMMITTED, summary["recorded"])
        return StoredImport(import_id, file, parsed)
    summary = await record_values(actor, file_store, row, file, parsed, answers)
    await store.mark_committed(connection, org_id, import_id, provider=file.provider, options=answers, summary=summary)
    await record_import_event(actor, row, EventType.IMPORT_COMMITTED, summary["recorded"])
    return StoredImport(import_id, file, parsed)


async def delete_import(connection: Connection, file_store: FileStore, org_id: UUID, import_id: UUID) -> None:
    """Delete a preview or a refused file. Raises NotFound, Conflict for an import that was ever committed."""
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] not in ("reading", "previewed", "refused"):
        raise Conflict("Imports that were committed are kept. Undo this import instead of deleting it.")
    await delete_stored(connection, file_store, org_id, row)


async def delete_stored(connection: Connection, file_store: FileStore, org_id: UUID, row: Row) -> None:
    """Delete an import with its file, and with what is staged of it."""
    staged_file_id = await store.find_staged_file(connection, org_id, row["id"])
    await store.delete_import(connection, org_id, row["id"])
    for file_id in (row["file_id"], staged_file_id):
        if file_id is not None:
            await file_store.delete(connection, org_id, file_id)


def clean_file_name(name: str) -> str:
    """Return the name of a file as it is kept."""
    cleaned = "".join(character for character in name if character.isprintable())
    return cleaned[-300:] or "file"
