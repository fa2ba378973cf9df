"""Large files of a batch: jobs read and commit them."""

from typing import BinaryIO
from uuid import UUID

from arti.imports.batches import store
from arti.imports.batches.service import find_open_keys, public_question
from arti.imports.history import get_import
from arti.imports.large import service as large
from arti.imports.stored_files import StoredImport
from arti.orgs.authorization import Actor
from arti_core.errors import NotFound
from arti_core.files.file_store import FileStore


async def add_large(
    actor: Actor, file_store: FileStore, *, batch_id: UUID | None, artist_id: UUID, name: str, source: BinaryIO
) -> tuple[UUID, list[StoredImport]]:
    """Let jobs read a large file of a batch, a new one without `batch_id`. Returns the batch and the imports.

    Raises NotFound for an unknown batch or artist.
    """
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None  # files are imported by a person
    if batch_id is None:
        batch_id = await store.insert_batch(connection, org_id, principal.user_id)
    elif not await store.lock_batch(connection, org_id, batch_id):
        raise NotFound("batch")
    imports = await large.create_large(actor, file_store, artist_id, name, source)
    for stored in imports:
        row = await get_import(connection, org_id, stored.id, lock=False)
        questions = stored.recognised.questions if stored.recognised and row["status"] == "previewed" else []
        await store.insert_item(
            connection,
            org_id,
            batch_id,
            stored.id,
            placed_by="chosen",
            questions=[public_question(question, row) for question in questions],
            open_keys=find_open_keys(stored, row, set()),
        )
    return batch_id, imports
