"""Large files of a batch: they find their artists by their beginning, and jobs read and commit them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO
from uuid import UUID

from arti.imports.batches import store
from arti.imports.batches.service import HEAD_BYTES, Unplaced, find_open_keys, place_tables, public_question
from arti.imports.history import get_import
from arti.imports.large import service as large
from arti.imports.large.unpacking import LargeTable, unpack_large
from arti.imports.readers.archive import UploadedTable
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileRejected
from arti.orgs.authorization import Actor
from arti_core.errors import Invalid, NotFound
from arti_core.files.file_store import FileStore


class FoundArtists:
    """Whose the tables of a large upload are: `placements`, or what each of them says, by its beginning."""

    def __init__(self, actor: Actor, placements: Mapping[str, UUID]) -> None:
        self.unplaced: list[Unplaced] = []
        self.placed_by: list[str] = []
        self._actor, self._placements = actor, placements

    async def __call__(self, tables: large.Tables) -> Sequence[UUID | None]:
        """Return the artist of each table. Raises Invalid for placements that name none of them."""
        if self._placements:
            found = [self._placements.get(table.name) for table in tables]
            if not any(found):
                names = ", ".join(list(self._placements)[:3])
                raise Invalid(f"The file holds no {names}. Name its tables as `unplaced` did.", field="placements")
            self.placed_by = ["chosen" for id in found if id]
            return found
        placed = await place_tables(self._actor, [_head(table) for table in tables])
        self.unplaced = [one for one in placed if not one.placement.artist_id]
        self.placed_by = [one.placement.reason for one in placed if one.placement.artist_id]
        return [one.placement.artist_id for one in placed]


def _head(table: UploadedTable | LargeTable) -> UploadedTable:
    if isinstance(table, UploadedTable):
        return table
    table.source.seek(0)
    head = table.source.read(HEAD_BYTES + 1)
    table.source.seek(0)
    return UploadedTable(table.name, head)


async def place_large(actor: Actor, name: str, source: BinaryIO) -> list[Unplaced]:
    """Return what the tables of a large upload are, and whose each is. Nothing is stored."""
    with ExitStack() as stack:
        try:
            tables = await asyncio.to_thread(unpack_large, name, source, stack)
        except FileRejected as error:
            tables = [UploadedTable(name, b"", str(error))]
        return await place_tables(actor, [_head(table) for table in tables])


async def add_large(
    actor: Actor,
    file_store: FileStore,
    *,
    batch_id: UUID | None,
    artist_id: UUID | None,
    placements: Mapping[str, UUID],
    name: str,
    source: BinaryIO,
) -> tuple[UUID, list[StoredImport], list[Unplaced]]:
    """Let jobs read a large file of a batch, a new one without `batch_id`.

    Returns the batch, the imports, and the tables that found no artist, of which nothing is stored. Raises NotFound for
    an unknown batch or artist.
    """
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None  # files are imported by a person
    if batch_id is None:
        batch_id = await store.insert_batch(connection, org_id, principal.user_id)
    elif not await store.lock_batch(connection, org_id, batch_id):
        raise NotFound("batch")
    found = FoundArtists(actor, placements)
    imports = await large.create_large(actor, file_store, artist_id or found, name, source)
    placed_by = ["chosen"] * len(imports) if artist_id else found.placed_by
    for stored, reason in zip(imports, placed_by, strict=True):
        row = await get_import(connection, org_id, stored.id, lock=False)
        questions = stored.recognised.questions if stored.recognised and row["status"] == "previewed" else []
        await store.insert_item(
            connection,
            org_id,
            batch_id,
            stored.id,
            placed_by=reason,
            questions=[public_question(question, row) for question in questions],
            open_keys=find_open_keys(stored, row, set()),
        )
    return batch_id, imports, found.unplaced
