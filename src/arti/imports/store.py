"""SQL of imports."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti.imports.cells.parser_version import PARSER_VERSION
from arti_core.database import Connection, Row

COLUMNS = """id, artist_id, provider, source, file_name, byte_size, status, options, summary, refusal,
  created_at, committed_at, undone_at, content_sha256, file_id, parser_version"""


async def insert_import(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str | None,
    source: str | None,
    file_name: str,
    file_id: UUID,
    byte_size: int,
    content_sha256: bytes,
    status: str,
    options: Mapping[str, str],
    summary: Mapping[str, Any],
    refusal: str | None,
    created_by: UUID,
) -> UUID:
    """Store the summary of a file. Returns the import's id."""
    id: UUID = await connection.fetchval(
        """insert into imports (org_id, artist_id, provider, source, file_name, content_sha256, byte_size, status,
             options, summary, refusal, created_by, file_id)
           values ($1, $2, $3::text, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id""",
        org_id,
        artist_id,
        provider,
        source,
        file_name,
        content_sha256,
        byte_size,
        status,
        dict(options),
        dict(summary),
        refusal,
        created_by,
        file_id,
    )
    return id


async def find_import(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool = False) -> Row | None:
    return await connection.fetchrow(
        f"select {COLUMNS} from imports where org_id = $1 and id = $2 {'for update' if lock else ''}",  # noqa: S608
        org_id,
        import_id,
    )


async def find_byte_size(connection: Connection, org_id: UUID, import_id: UUID) -> int | None:
    """Return the size of an import's file, unless a job reads it."""
    size: int | None = await connection.fetchval(
        """select i.byte_size from imports i where i.org_id = $1 and i.id = $2
             and not exists (select from import_stages s where s.org_id = i.org_id and s.import_id = i.id)""",
        org_id,
        import_id,
    )
    return size


async def find_staged_file(connection: Connection, org_id: UUID, import_id: UUID) -> UUID | None:
    """Return the file of what a job has read of an import."""
    id: UUID | None = await connection.fetchval(
        "select file_id from import_stages where org_id = $1 and import_id = $2", org_id, import_id
    )
    return id


async def find_committed(connection: Connection, org_id: UUID, artist_id: UUID, content_sha256: bytes) -> list[Row]:
    """Return the committed imports of the same bytes, newest first."""
    return await connection.fetch(
        f"""select {COLUMNS} from imports
            where org_id = $1 and artist_id = $2 and content_sha256 = $3 and status = 'committed'
            order by committed_at desc""",  # noqa: S608
        org_id,
        artist_id,
        content_sha256,
    )


async def list_artists_of_file(connection: Connection, org_id: UUID, content_sha256: bytes) -> list[Row]:
    """Return the artists of the committed imports of the same bytes."""
    return await connection.fetch(
        """select distinct a.id, a.name from imports i join artists a on a.org_id = i.org_id and a.id = i.artist_id
           where i.org_id = $1 and i.content_sha256 = $2 and i.status = 'committed' order by a.name, a.id""",
        org_id,
        content_sha256,
    )


async def list_roster(connection: Connection, org_id: UUID) -> dict[UUID, list[str]]:
    """Return the names of each artist: first the name, then the aliases."""
    rows = await connection.fetch(
        """select a.id, a.name, array(select l.name from artist_aliases l
                                      where l.org_id = a.org_id and l.artist_id = a.id) as aliases
           from artists a where a.org_id = $1 and a.archived_at is null""",
        org_id,
    )
    return {row["id"]: [row["name"], *row["aliases"]] for row in rows}


async def list_imports(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return imports, newest first."""
    created_at, id = after or (None, None)
    return await connection.fetch(
        f"""select {COLUMNS} from imports
            where org_id = $1 and ($2::uuid is null or artist_id = $2)
              and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
            order by created_at desc, id desc limit $5""",  # noqa: S608
        org_id,
        artist_id,
        created_at,
        id,
        limit,
    )


async def mark_committed(
    connection: Connection,
    org_id: UUID,
    import_id: UUID,
    *,
    provider: str | None,
    options: Mapping[str, str],
    summary: Mapping[str, Any],
) -> None:
    await connection.execute(
        """update imports
           set status = 'committed', committed_at = clock.now(), options = $3, summary = $4, provider = $5::text,
             parser_version = $6
           where org_id = $1 and id = $2""",
        org_id,
        import_id,
        dict(options),
        dict(summary),
        provider,
        PARSER_VERSION,
    )


async def update_reread(
    connection: Connection, org_id: UUID, import_id: UUID, *, options: Mapping[str, str], summary: Mapping[str, Any]
) -> None:
    await connection.execute(
        """update imports set options = $3, summary = $4, parser_version = $5, reread_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        import_id,
        dict(options),
        dict(summary),
        PARSER_VERSION,
    )


async def mark_undone(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute(
        "update imports set status = 'undone', undone_at = clock.now() where org_id = $1 and id = $2", org_id, import_id
    )


async def delete_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute("delete from imports where org_id = $1 and id = $2", org_id, import_id)


async def list_that_may_hold_lines(connection: Connection, org_id: UUID, row: Row) -> list[Row]:
    """Return the imports that may hold lines of a report that were stored with it, of all artists, in order.

    These are those of its source that were committed after it, or read again since: they held lines before that they
    brought first.
    """
    return await connection.fetch(
        f"""select {COLUMNS} from imports
            where org_id = $1 and source = $2 and status = 'committed' and id <> $3
              and (committed_at > $4 or reread_at > $4)
            order by committed_at, id""",  # noqa: S608
        org_id,
        row["source"],
        row["id"],
        row["committed_at"],
    )


async def add_note(connection: Connection, org_id: UUID, import_id: UUID, note: str) -> None:
    """Add what is to be said about a preview."""
    await connection.execute(
        """update imports set summary = jsonb_set(summary, '{notes}', (summary -> 'notes') || to_jsonb($3::text))
           where org_id = $1 and id = $2 and status = 'previewed'""",
        org_id,
        import_id,
        note,
    )


async def list_artists_of_older_reports(
    connection: Connection, org_id: UUID, source: str, *, before_version: int
) -> list[UUID]:
    """Return the artists of committed imports of a source that a parser before this version read."""
    rows = await connection.fetch(
        """select distinct artist_id from imports
           where org_id = $1 and source = $2 and status = 'committed' and parser_version < $3""",
        org_id,
        source,
        before_version,
    )
    return [row["artist_id"] for row in rows]


async def list_committed_ids(connection: Connection, org_id: UUID, artist_id: UUID) -> list[UUID]:
    rows = await connection.fetch(
        "select id from imports where org_id = $1 and artist_id = $2 and status = 'committed'", org_id, artist_id
    )
    return [row["id"] for row in rows]


async def list_file_names(connection: Connection, org_id: UUID, import_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = await connection.fetch(
        "select id, file_name from imports where org_id = $1 and id = any ($2)", org_id, list(import_ids)
    )
    return {row["id"]: row["file_name"] for row in rows}


async def find_last_scope(connection: Connection, org_id: UUID, artist_id: UUID) -> str | None:
    """Return whose team exported the last file: of the artist, or else of any artist of the org; None: never said."""
    scope: str | None = await connection.fetchval(
        """select options ->> 'scope' from imports
           where org_id = $1 and status = 'committed' and options ? 'scope'
           order by artist_id = $2 desc, committed_at desc limit 1""",
        org_id,
        artist_id,
    )
    return scope
