"""Keep what the columns of an own source's file hold, and find it again by the header of the next one."""

import hashlib
from uuid import UUID

from arti.imports.history import get_import
from arti.imports.mappings import store
from arti.imports.readers.archive import UploadedTable
from arti.imports.readers.csv_reader import MAX_BYTES, read_table
from arti.imports.service import delete_import, preview_tables
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileRejected, SourceTable
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti.vocabulary import OWN_PREFIX
from arti_core.database import Row
from arti_core.errors import Conflict, NotFound
from arti_core.files.file_store import FileStore


def fingerprint(table: SourceTable) -> bytes:
    """Return the digest of a header: the names of its columns in their order, whatever their case."""
    return hashlib.sha256("\x1f".join(table.names).encode()).digest()


def fingerprint_of(content: bytes) -> bytes | None:
    """Return the fingerprint of a file, or None for what is no table."""
    try:
        return fingerprint(read_table(content))
    except FileRejected:
        return None


async def keep_mapping(actor: Actor, row: Row, stored: StoredImport) -> None:
    """Keep the answers of a committed import of an own source for the next file with its header."""
    source: str = row["source"] or ""
    if not source.startswith(OWN_PREFIX) or stored.recognised is None:
        return
    table = stored.recognised.table
    saved_by: UUID | None = actor.principal.user_id if actor.principal else None
    await store.save_mapping(
        actor.connection,
        actor.org_id,
        header_sha256=fingerprint(table),
        source=source,
        header=[name[:200] for name in table.header],
        options=row["options"],
        saved_by=saved_by,
    )


async def map_import(actor: Actor, file_store: FileStore, import_id: UUID, *, source: str) -> UUID:
    """Preview the file of a refused import as one of an own source. Returns the preview, which replaces it.

    Raises NotFound, Invalid for an unknown source, Conflict for an import that was not refused.
    """
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None  # files are mapped by a person
    row = await get_import(connection, org_id, import_id, lock=True)
    if row["status"] != "refused" or row["file_id"] is None:
        raise Conflict("Only a file that was refused is read in another way. Upload the file again.")
    file = await file_store.find(connection, org_id, row["file_id"])
    content = await file_store.read(connection, file, at_most=MAX_BYTES)
    [stored] = await preview_tables(
        connection,
        file_store,
        org_id,
        artist_id=row["artist_id"],
        tables=[UploadedTable(row["file_name"], content)],
        principal=principal,
        source=source,
    )
    await delete_import(connection, file_store, org_id, import_id)
    return stored.id


async def forget_mapping(actor: Actor, mapping_id: UUID) -> None:
    """Delete a kept mapping. Raises NotFound."""
    mapping = await store.delete_mapping(actor.connection, actor.org_id, mapping_id)
    if mapping is None:
        raise NotFound("mapping")
    about = {"source": mapping["source"], "columns": ", ".join(mapping["header"])}
    await audit(actor, "import_mapping.deleted", mapping_id, about)
