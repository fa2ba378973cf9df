"""Keep what the columns of an own source's file hold, and find it again by the header of the next one."""

import hashlib
from uuid import UUID

from arti.imports.mappings import store
from arti.imports.readers.csv_reader import read_table
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileRejected, SourceTable
from arti.orgs.authorization import Actor
from arti.vocabulary import OWN_PREFIX
from arti_core.database import Row


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
