"""SQL of files: their rows, and the pieces of those that are kept in the database."""

from datetime import datetime
from typing import Final
from uuid import UUID

from arti_core.crypto import key_version
from arti_core.database import Connection, Row

PIECE_BYTES: Final = 1024 * 1024
_COLUMNS: Final = "id, kind, artist_id, name, media_type, byte_size, sha256, created_by, created_at, problem"


async def insert_file(
    connection: Connection,
    org_id: UUID,
    *,
    kind: str,
    artist_id: UUID | None,
    name: str,
    media_type: str,
    byte_size: int,
    sha256: bytes,
    created_by: UUID | None,
) -> UUID:
    """Insert a row, whose bytes the caller has written or writes in the same transaction. Returns its id."""
    id: UUID = await connection.fetchval(
        """insert into files (org_id, kind, artist_id, name, media_type, byte_size, sha256, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning id""",
        *(org_id, kind, artist_id, name, media_type, byte_size, sha256, created_by),
    )
    return id


async def find_file(connection: Connection, org_id: UUID, file_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_COLUMNS} from files where org_id = $1 and id = $2",  # noqa: S608  a constant
        *(org_id, file_id),
    )


async def list_files(connection: Connection, org_id: UUID) -> list[Row]:
    """Return every file of an org, with `present`: the bytes of it that are in the database."""
    return await connection.fetch(
        f"""select {_COLUMNS}, (select coalesce(sum(length(p.content)), 0)::bigint from private.file_pieces p
                                where p.org_id = f.org_id and p.file_id = f.id) as present
            from files f where f.org_id = $1 order by f.id""",  # noqa: S608  a constant
        org_id,
    )


async def list_unchecked(connection: Connection, org_id: UUID, *, before: datetime, limit: int) -> list[Row]:
    """Return the files that were not read since `before`, those that never were first."""
    return await connection.fetch(
        f"""select {_COLUMNS} from files where org_id = $1 and (checked_at is null or checked_at < $2)
            order by checked_at nulls first limit $3""",  # noqa: S608  a constant
        *(org_id, before, limit),
    )


async def record_check(
    connection: Connection, org_id: UUID, file_id: UUID, problem: str | None, *, was_read: bool
) -> None:
    await connection.execute(
        """update files set problem = $3, checked_at = case when $4 then clock.now() else checked_at end
           where org_id = $1 and id = $2 and ($4 or problem is distinct from $3)""",
        *(org_id, file_id, problem, was_read),
    )


async def delete_file(connection: Connection, org_id: UUID, file_id: UUID) -> bool:
    """Delete a row and its pieces. Returns whether it was there."""
    done: str = await connection.execute("delete from files where org_id = $1 and id = $2", org_id, file_id)
    return not done.endswith(" 0")


async def insert_piece(connection: Connection, org_id: UUID, file_id: UUID, number: int, content: bytes) -> None:
    await connection.execute(
        "insert into private.file_pieces (org_id, file_id, number, content) values ($1, $2, $3, $4)",
        *(org_id, file_id, number, content),
    )


async def read_piece(connection: Connection, org_id: UUID, file_id: UUID, number: int) -> bytes | None:
    content: bytes | None = await connection.fetchval(
        "select content from private.file_pieces where org_id = $1 and file_id = $2 and number = $3",
        *(org_id, file_id, number),
    )
    return content


async def list_ids_of_content(connection: Connection, org_id: UUID, sha256: bytes) -> list[UUID]:
    rows = await connection.fetch(
        "select id from public.files where org_id = $1 and sha256 = $2 order by id", org_id, sha256
    )
    return [row["id"] for row in rows]


async def copy_pieces(connection: Connection, org_id: UUID, file_id: UUID, to_file_id: UUID) -> None:
    await connection.execute(
        """insert into private.file_pieces (org_id, file_id, number, content)
           select org_id, $3, number, content from private.file_pieces where org_id = $1 and file_id = $2""",
        *(org_id, file_id, to_file_id),
    )


async def delete_pieces(connection: Connection, org_id: UUID, file_id: UUID) -> None:
    await connection.execute("delete from private.file_pieces where org_id = $1 and file_id = $2", org_id, file_id)


async def find_key(connection: Connection, org_id: UUID) -> bytes | None:
    """Return the sealed key of an org's files outside of the database."""
    sealed: bytes | None = await connection.fetchval("select private.file_key($1, null, null)", org_id)
    return sealed


async def add_key(connection: Connection, org_id: UUID, sealed: bytes) -> bytes:
    """Store a key unless another transaction was first. Returns the one that is stored."""
    stored: bytes = await connection.fetchval(
        "select private.file_key($1, $2, $3)", org_id, sealed, key_version(sealed)
    )
    return stored


async def allow_long_transfer(connection: Connection) -> None:
    """Let this transaction wait as long as a file takes that lies outside of the database."""
    await connection.execute("set local idle_in_transaction_session_timeout = 0")


async def lock_content(connection: Connection, org_id: UUID, sha256: bytes) -> None:
    """Keep the sweep away from this content until the end of the transaction, or wait for it."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"file {org_id} {sha256.hex()}")


async def may_sweep(connection: Connection, org_id: UUID, sha256: bytes) -> bool:
    """Return whether no file of the org has this content, and nobody is writing one until the transaction ends."""
    if not await connection.fetchval(
        "select pg_try_advisory_xact_lock(hashtextextended($1, 0))", f"file {org_id} {sha256.hex()}"
    ):
        return False
    return not await connection.fetchval(
        "select exists (select from files where org_id = $1 and sha256 = $2)", org_id, sha256
    )


async def read_installation(connection: Connection) -> UUID:
    """Return under which name the files of this database lie outside of it."""
    id: UUID = await connection.fetchval("select private.file_installation()")
    return id


async def list_org_ids(connection: Connection) -> set[UUID]:
    """Return every org. As a worker."""
    return {row["id"] for row in await connection.fetch("select private.all_org_ids() as id")}
