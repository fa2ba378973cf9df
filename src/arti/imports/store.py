"""SQL of imports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti.vocabulary import Provider
from arti_core.database import Connection, Row

_COLUMNS = """id, artist_id, provider, source, file_name, byte_size, status, options, summary, refusal,
  created_at, committed_at, undone_at, content_sha256"""


async def insert_import(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: Provider | None,
    source: str | None,
    file_name: str,
    content: bytes,
    content_sha256: bytes,
    status: str,
    options: Mapping[str, str],
    summary: Mapping[str, Any],
    refusal: str | None,
    created_by: UUID,
) -> UUID:
    """Keep a file and what was found in it. Returns the import's id."""
    id: UUID = await connection.fetchval(
        """insert into imports (org_id, artist_id, provider, source, file_name, content_sha256, byte_size, status,
             options, summary, refusal, created_by)
           values ($1, $2, $3::text::provider, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id""",
        org_id,
        artist_id,
        provider,
        source,
        file_name,
        content_sha256,
        len(content),
        status,
        dict(options),
        dict(summary),
        refusal,
        created_by,
    )
    await connection.execute(
        "insert into import_files (org_id, import_id, content) values ($1, $2, $3)", org_id, id, content
    )
    return id


async def find_import(connection: Connection, org_id: UUID, import_id: UUID, *, lock: bool = False) -> Row | None:
    return await connection.fetchrow(
        f"select {_COLUMNS} from imports where org_id = $1 and id = $2 {'for update' if lock else ''}",  # noqa: S608
        org_id,
        import_id,
    )


async def find_committed(connection: Connection, org_id: UUID, artist_id: UUID, content_sha256: bytes) -> list[Row]:
    """Return the committed imports of the very same bytes, newest first."""
    return await connection.fetch(
        f"""select {_COLUMNS} from imports
            where org_id = $1 and artist_id = $2 and content_sha256 = $3 and status = 'committed'
            order by committed_at desc""",  # noqa: S608
        org_id,
        artist_id,
        content_sha256,
    )


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
        f"""select {_COLUMNS} from imports
            where org_id = $1 and ($2::uuid is null or artist_id = $2)
              and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
            order by created_at desc, id desc limit $5""",  # noqa: S608
        org_id,
        artist_id,
        created_at,
        id,
        limit,
    )


async def read_file(connection: Connection, org_id: UUID, import_id: UUID) -> bytes:
    """Return the file as it came."""
    content: bytes = await connection.fetchval(
        "select content from import_files where org_id = $1 and import_id = $2", org_id, import_id
    )
    return content


async def mark_committed(
    connection: Connection, org_id: UUID, import_id: UUID, *, options: Mapping[str, str], summary: Mapping[str, Any]
) -> None:
    await connection.execute(
        """update imports set status = 'committed', committed_at = now(), options = $3, summary = $4
           where org_id = $1 and id = $2""",
        org_id,
        import_id,
        dict(options),
        dict(summary),
    )


async def mark_undone(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute(
        "update imports set status = 'undone', undone_at = now() where org_id = $1 and id = $2", org_id, import_id
    )


async def delete_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute("delete from imports where org_id = $1 and id = $2", org_id, import_id)


async def list_tracks(connection: Connection, org_id: UUID, artist_id: UUID, provider: Provider) -> list[Row]:
    """Return the songs of an artist that are known on a platform."""
    return await connection.fetch(
        """select external_id, title, released_on from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text::provider and kind = 'track'
           order by title limit 5000""",
        org_id,
        artist_id,
        provider,
    )


async def list_later(connection: Connection, org_id: UUID, artist_id: UUID, since: datetime) -> list[Row]:
    """Return the imports of an artist that were committed after `since`, in order."""
    return await connection.fetch(
        f"""select {_COLUMNS} from imports
            where org_id = $1 and artist_id = $2 and status = 'committed' and committed_at > $3
            order by committed_at, id""",  # noqa: S608
        org_id,
        artist_id,
        since,
    )


async def restore_observations(connection: Connection, org_id: UUID, import_id: UUID) -> int:
    """Put back what was known before an import; what it alone told is deleted. Returns how many days changed.

    A value that came from another import that was undone since is skipped, so the newest one that still holds returns.
    """
    restored = await connection.fetchval(
        # Day by day through the indexes, and an upsert instead of a joined update: what a policy lets through cannot
        # be estimated, and a join planned for one row takes minutes on a large file.
        """with mine as materialized (
             select series_id, observed_on, provider from observations where org_id = $1 and import_id = $2
           ), standing as materialized (
             select id from imports where org_id = $1 and status = 'committed'
           ), held as materialized (
             select mine.series_id, mine.observed_on, mine.provider, before.*
             from mine cross join lateral (
               select r.value, r.null_reason, r.definition, r.sync_run_id, r.import_id, r.source_row, r.known_at
               from observation_revisions r
               where r.org_id = $1 and r.series_id = mine.series_id and r.observed_on = mine.observed_on
                 and (r.import_id is null or r.import_id in (select id from standing))
               order by r.superseded_at desc limit 1
             ) before
           ), put_back as (
             insert into observations as o (org_id, series_id, observed_on, provider, value, null_reason, definition,
               sync_run_id, import_id, source_row, known_at)
             select $1, series_id, observed_on, provider, value, null_reason, definition,
               sync_run_id, import_id, source_row, known_at
             from held
             on conflict (org_id, series_id, observed_on) do update
             set value = excluded.value, null_reason = excluded.null_reason, definition = excluded.definition,
               sync_run_id = excluded.sync_run_id, import_id = excluded.import_id, source_row = excluded.source_row,
               known_at = excluded.known_at, revisions = least(o.revisions + 1, 32767)
             returning 1
           )
           select count(*) from put_back""",
        org_id,
        import_id,
    )
    deleted = await connection.execute(
        "delete from observations where org_id = $1 and import_id = $2", org_id, import_id
    )
    return int(restored) + int(deleted.rpartition(" ")[2])


async def delete_emptied(
    connection: Connection, org_id: UUID, artist_id: UUID, provider: Provider, committed_at: datetime
) -> None:
    """Delete series without a value, and assets that this commit made and that nothing is known about any more."""
    await connection.execute(
        """delete from series s
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text::provider and s.terms = 'own'
             and not exists (select from observations o where o.org_id = $1 and o.series_id = s.id)""",
        org_id,
        artist_id,
        provider,
    )
    await connection.execute(
        """delete from assets a
           where a.org_id = $1 and a.artist_id = $2 and a.provider = $3::text::provider and a.created_at = $4
             and a.updated_at = a.created_at
             and not exists (select from series s where s.org_id = $1 and s.asset_id = a.id)""",
        org_id,
        artist_id,
        provider,
        committed_at,
    )
