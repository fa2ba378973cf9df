"""SQL of upload links. What a link itself does runs in functions of the database, as nobody."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from arti_core.database import Connection, Row

_LINK = """l.id, l.artist_id, l.batch_id, l.note, l.max_files, l.max_bytes, l.used_files, l.used_bytes, l.created_by,
  l.created_at, l.expires_at, l.revoked_at"""


async def insert_link(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    batch_id: UUID,
    note: str,
    token_hash: bytes,
    max_files: int,
    max_bytes: int,
    created_by: UUID,
    expires_at: datetime,
) -> UUID:
    id: UUID = await connection.fetchval(
        """insert into upload_links (org_id, artist_id, batch_id, note, token_hash, max_files, max_bytes, created_by,
             expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id""",
        *(org_id, artist_id, batch_id, note, token_hash, max_files, max_bytes, created_by, expires_at),
    )
    return id


async def list_links(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return the links of an org, newest first."""
    created_at, id = after or (None, None)
    return await connection.fetch(
        f"""select {_LINK}, a.name as artist_name from upload_links l
            join artists a on a.org_id = l.org_id and a.id = l.artist_id
            where l.org_id = $1 and ($2::timestamptz is null or (l.created_at, l.id) < ($2, $3::uuid))
            order by l.created_at desc, l.id desc limit $4""",  # noqa: S608 - a constant of this module
        *(org_id, created_at, id, limit),
    )


async def find_link(connection: Connection, org_id: UUID, link_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"""select {_LINK}, a.name as artist_name from upload_links l
            join artists a on a.org_id = l.org_id and a.id = l.artist_id
            where l.org_id = $1 and l.id = $2""",  # noqa: S608 - a constant of this module
        *(org_id, link_id),
    )


async def revoke_link(connection: Connection, org_id: UUID, link_id: UUID) -> None:
    await connection.execute(
        "update upload_links set revoked_at = clock.now() where org_id = $1 and id = $2 and revoked_at is null",
        *(org_id, link_id),
    )


async def open_link(connection: Connection, token_hash: bytes) -> Row | None:
    """Return what a link that works shows of itself."""
    return await connection.fetchrow("select * from private.open_upload_link($1)", token_hash)


async def add_upload(
    connection: Connection, token_hash: bytes, *, name: str, pieces: Sequence[bytes], sha256: bytes
) -> UUID | None:
    """Take a file. Returns its id, or None when the link does not work or has no room."""
    id: UUID | None = await connection.fetchval(
        "select private.add_upload($1, $2, $3, $4)", token_hash, name, list(pieces), sha256
    )
    return id


async def list_uploads(connection: Connection, token_hash: bytes, ids: Collection[UUID]) -> list[Row]:
    return await connection.fetch("select * from private.uploads_of_link($1, $2)", token_hash, list(ids))


async def lock_waiting(connection: Connection, org_id: UUID, upload_id: UUID) -> Row | None:
    """Return a file that was not read yet, with its link. As a worker."""
    return await connection.fetchrow(
        """select f.id, f.link_id, f.artist_id, f.file_id, f.name, f.byte_size, l.batch_id, l.created_by
           from upload_link_files f join upload_links l on l.org_id = f.org_id and l.id = f.link_id
           where f.org_id = $1 and f.id = $2 and f.status = 'waiting' for no key update of f""",
        *(org_id, upload_id),
    )


async def count_tables(connection: Connection, org_id: UUID, batch_id: UUID) -> int:
    """Return how many tables the files of a link held that are not undone or deleted since."""
    count: int = await connection.fetchval(
        "select count(*) from import_batch_items where org_id = $1 and batch_id = $2", org_id, batch_id
    )
    return count


async def record_result(connection: Connection, org_id: UUID, upload_id: UUID, *, problem: str | None) -> None:
    await connection.execute(
        """update upload_link_files set status = case when $3::text is null then 'read' else 'failed' end,
             reason = left($3, 1000), file_id = null
           where org_id = $1 and id = $2""",
        *(org_id, upload_id, problem),
    )
