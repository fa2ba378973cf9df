"""Take in files that are too large for a request, and start the jobs that read, commit and undo them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Final
from uuid import UUID

from arti.imports import preview
from arti.imports import service as imports
from arti.imports import store as import_store
from arti.imports.large import results, store
from arti.imports.large.unpacking import LargeTable, unpack_large
from arti.imports.parsers import registry
from arti.imports.readers.archive import UploadedTable
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileRejected
from arti.music.store import find_artist
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.files.file_store import FileStore
from arti_core.jobs import enqueue_job

READ_JOB: Final = "imports.read"
COMMIT_JOB: Final = "imports.commit"
UNDO_JOB: Final = "imports.undo"
REREAD_JOB: Final = "imports.reread"


Tables = Sequence[UploadedTable | LargeTable]
# Whose the tables of an upload are, each; nothing is stored of a table of nobody.
FindArtists = Callable[[Tables], Awaitable[Sequence[UUID | None]]]


async def create_large(
    actor: Actor,
    file_store: FileStore,
    artist: UUID | FindArtists,
    name: str,
    source: BinaryIO,
    *,
    by_job: bool = True,
) -> list[StoredImport]:
    """Return the imports of a large upload, in the order of its files. Those that a job reads are `reading`."""
    assert actor.principal is not None  # files are imported by a person
    found: dict[int, StoredImport] = {}
    with ExitStack() as stack:
        tables: list[UploadedTable | LargeTable]
        try:
            tables = await asyncio.to_thread(unpack_large, name, source, stack)
        except FileRejected as error:
            tables = [UploadedTable(name, b"", str(error))]
        artists = [artist] * len(tables) if isinstance(artist, UUID) else await artist(tables)
        small: dict[UUID, dict[int, UploadedTable]] = {}
        for place, (table, artist_id) in enumerate(zip(tables, artists, strict=True)):
            if artist_id is None:
                continue
            if isinstance(table, LargeTable):
                id = await start_import(
                    actor, file_store, artist_id=artist_id, name=table.name, source=table.source, by_job=by_job
                )
                found[place] = StoredImport(id)
            else:
                small.setdefault(artist_id, {})[place] = table
        for artist_id, of_artist in small.items():
            previewed = await imports.preview_tables(
                actor.connection,
                file_store,
                actor.org_id,
                artist_id=artist_id,
                tables=[*of_artist.values()],
                principal=actor.principal,
            )
            found |= dict(zip(of_artist, previewed, strict=True))
    return [found[place] for place in sorted(found)]


async def start_import(
    actor: Actor, file_store: FileStore, *, artist_id: UUID, name: str, source: BinaryIO, by_job: bool = True
) -> UUID:
    """Keep a file and let a job read it. Returns its import, or an earlier one of the same bytes. Raises NotFound."""
    connection, org_id = actor.connection, actor.org_id
    assert actor.principal is not None  # files are imported by a person
    if await find_artist(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    name = imports.clean_file_name(name)
    file_id = await file_store.add(
        connection,
        org_id,
        source,
        kind="import",
        name=name,
        artist_id=artist_id,
        created_by=actor.principal.user_id,
    )
    file = await file_store.find(connection, org_id, file_id)
    for earlier in await import_store.find_committed(connection, org_id, artist_id, file.sha256):
        stage = await store.find_stage(connection, org_id, earlier["id"])
        if stage is not None and not stage["content"].get("questions"):
            await file_store.delete(connection, org_id, file_id)
            return UUID(str(earlier["id"]))
    import_id = await import_store.insert_import(
        connection,
        org_id,
        artist_id=artist_id,
        provider=None,
        source=None,
        file_name=name,
        file_id=file_id,
        byte_size=file.size,
        content_sha256=file.sha256,
        status="reading",
        options={},
        summary={},
        refusal=None,
        created_by=actor.principal.user_id,
    )
    await store.insert_stage(connection, org_id, import_id, total=file.size)
    if by_job:
        await enqueue(actor, READ_JOB, import_id, artist_id)
    return import_id


async def enqueue(actor: Actor, name: str, import_id: UUID, artist_id: UUID) -> None:
    """Let a job do something with an import, once at a time."""
    assert actor.principal is not None
    args = {"import_id": str(import_id), "artist_id": str(artist_id), "requested_by": str(actor.principal.user_id)}
    await enqueue_job(
        actor.connection,
        actor.org_id,
        name,
        args,
        dedupe_key=f"{name}:{import_id}",
        requested_by=actor.principal.user_id,
    )


async def start_commit(
    actor: Actor, file_store: FileStore, row: Row, stage: Row, answered: Mapping[str, str], *, by_job: bool = True
) -> UUID:
    """Let a job commit a preview. Returns the import that will hold the lines. Raises Invalid, Conflict."""
    connection, org_id = actor.connection, actor.org_id
    if row["status"] in ("committed", "committing"):
        return UUID(str(row["id"]))
    if row["status"] != "previewed":
        raise Conflict(f"This import is {row['status']}, so it cannot be committed.")
    try:
        questions = results.read_questions(stage["content"].get("questions", []))
        answers = preview.check_answers(questions, row["options"] | dict(answered))
    except FileRejected as error:
        raise Invalid(str(error), field="options") from None
    for earlier in await import_store.find_committed(connection, org_id, row["artist_id"], row["content_sha256"]):
        if earlier["options"] == answers:
            await imports.delete_stored(connection, file_store, org_id, row)
            return UUID(str(earlier["id"]))
    await store.set_status(connection, org_id, row["id"], "committing", options=answers)
    total = stage["content"].get("lines", 0)
    await store.report_progress(connection, org_id, row["id"], done=0, total=total)
    if by_job:
        await enqueue(actor, COMMIT_JOB, row["id"], row["artist_id"])
    return UUID(str(row["id"]))


async def undo_needs_job(actor: Actor, row: Row) -> bool:
    """Return whether the undoing of an import is too much for a request: it, or a later report, is large."""
    ids = [row["id"]]
    if registry.is_royalties(row["source"]) and row["committed_at"]:
        later = await import_store.list_that_may_hold_lines(actor.connection, actor.org_id, row)
        ids += [other["id"] for other in later]
    return bool(await store.list_progress(actor.connection, actor.org_id, ids))


async def start_undo(actor: Actor, row: Row, *, by_job: bool = True) -> None:
    """Let a job take back what an import recorded. Raises Conflict."""
    if row["status"] in ("undone", "undoing"):
        return
    if row["status"] != "committed":
        raise Conflict("This import was never committed, so it cannot be undone.")
    await store.set_status(actor.connection, actor.org_id, row["id"], "undoing")
    if by_job:
        await enqueue(actor, UNDO_JOB, row["id"], row["artist_id"])
