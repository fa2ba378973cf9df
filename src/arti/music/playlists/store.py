"""SQL of playlists, snapshots of them, and placements of songs."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from arti.providers.contract import PlaylistEntry, PlaylistSnapshot
from arti_core.database import Connection, Row

# $2: what was known at the end of that day (UTC); null: now.
_PLACEMENT = """
  select p.id, p.playlist_id, l.title, l.curator, l.kind, l.kind_set_by_hand, l.url,
    p.provider, p.artist_id, p.asset_id, s.title as song, s.recording_id, p.added_on, p.start_known,
    p.started_not_before, p.started_not_after, p.ended, p.ended_not_before, p.ended_not_after,
    p.streams, p.listeners, p.source, p.period, p.from_on, p.to_on, p.snapshots, p.import_id, p.sync_run_id,
    p.source_row, p.first_import_id, p.first_sync_run_id, p.first_source_row
  from private.placements_known($1, $2) p
  join private.playlists_known($1, $2) l on l.id = p.playlist_id
  left join assets s on s.org_id = p.org_id and s.id = p.asset_id
"""
# The latest first; the id makes pages stable.
_PAGE = """ and ($4::text is null or l.kind = $4)
  and ($5::boolean is null or p.ended = not $5)
  order by p.to_on desc, p.streams desc nulls last, p.id offset $6 limit $7"""


async def insert_snapshot(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    snapshot: PlaylistSnapshot,
    song_id: UUID | None,
    import_id: UUID | None,
    sync_run_id: UUID | None,
) -> UUID:
    snapshot_id = uuid4()
    await connection.execute(
        """insert into playlist_snapshots (org_id, id, artist_id, provider, source, asset_id, period, from_on, to_on,
             import_id, sync_run_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        org_id,
        snapshot_id,
        artist_id,
        provider,
        snapshot.source,
        song_id,
        snapshot.period,
        snapshot.from_on,
        snapshot.to_on,
        import_id,
        sync_run_id,
    )
    return snapshot_id


async def insert_playlists(
    connection: Connection,
    org_id: UUID,
    *,
    provider: str,
    ids: Sequence[UUID],
    kinds: Sequence[str],
    entries: Sequence[PlaylistEntry],
) -> None:
    """Insert the playlists that are not there yet.

    Without a conflict target: that would ask the policies of reading, and a playlist may be there on which the caller
    sees no song.
    """
    await connection.execute(
        """insert into playlists (org_id, id, provider, external_id, title, curator, kind, url)
           select $1, p.id, $2, p.external_id, p.title, p.curator, p.kind, p.url
           from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
             as p (id, external_id, title, curator, kind, url)
           on conflict do nothing""",
        org_id,
        provider,
        list(ids),
        [entry.external_id for entry in entries],
        [entry.title for entry in entries],
        [entry.curator for entry in entries],
        list(kinds),
        [entry.url for entry in entries],
    )


async def insert_entries(
    connection: Connection,
    org_id: UUID,
    snapshot_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    playlist_ids: Sequence[UUID],
    song_ids: Sequence[UUID | None],
    entries: Sequence[PlaylistEntry],
) -> None:
    await connection.execute(
        """insert into playlist_entries (org_id, snapshot_id, artist_id, provider, playlist_id, asset_id, added_on,
             streams, listeners, source_row)
           select $1, $2, $3, $4, * from unnest($5::uuid[], $6::uuid[], $7::date[], $8::bigint[], $9::bigint[],
             $10::integer[])""",
        org_id,
        snapshot_id,
        artist_id,
        provider,
        list(playlist_ids),
        list(song_ids),
        [entry.added_on for entry in entries],
        [entry.streams for entry in entries],
        [entry.listeners for entry in entries],
        [entry.source_row for entry in entries],
    )


async def delete_snapshots_of_import(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    """Delete what an import says; playlists that nothing else names go with it, by a trigger.

    It stays among what was known before.
    """
    await connection.execute(
        """with kept as (
             insert into removed_playlist_entries (org_id, id, artist_id, provider, snapshot_id, source, about_asset_id,
               period, from_on, to_on, import_id, playlist_id, title, curator, kind, url, asset_id, added_on, streams,
               listeners, source_row, known_at)
             select e.org_id, e.id, e.artist_id, e.provider, s.id, s.source, s.asset_id,
               s.period, s.from_on, s.to_on, s.import_id, l.id, l.title, l.curator, l.kind, l.url, e.asset_id,
               e.added_on, e.streams, e.listeners, e.source_row, s.created_at
             from playlist_snapshots s
             join playlist_entries e on e.org_id = s.org_id and e.snapshot_id = s.id
             join playlists l on l.org_id = e.org_id and l.id = e.playlist_id
             where s.org_id = $1 and s.import_id = $2)
           delete from playlist_snapshots where org_id = $1 and import_id = $2""",
        org_id,
        import_id,
    )


async def list_artist_placements(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    kind: str | None,
    current: bool | None,
    offset: int,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    """Return placements of the artist's songs, and of songs on which they are credited."""
    return await connection.fetch(
        _PLACEMENT  # noqa: S608 - constants of this module
        + """where p.org_id = $1 and (p.artist_id = $3 or s.recording_id in (
               select c.recording_id from credits c where c.org_id = $1 and c.artist_id = $3))"""
        + _PAGE,
        org_id,
        known_on,
        artist_id,
        kind,
        current,
        offset,
        limit,
    )


async def list_recording_placements(
    connection: Connection,
    org_id: UUID,
    recording_id: UUID,
    *,
    kind: str | None,
    current: bool | None,
    offset: int,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    return await connection.fetch(
        _PLACEMENT + "where p.org_id = $1 and s.recording_id = $3" + _PAGE,
        org_id,
        known_on,
        recording_id,
        kind,
        current,
        offset,
        limit,
    )


async def list_placements_on(
    connection: Connection, org_id: UUID, playlist_id: UUID, *, limit: int, known_on: date | None
) -> list[Row]:
    return await connection.fetch(
        _PLACEMENT
        + "where p.org_id = $1 and p.playlist_id = $3 order by p.to_on desc, p.streams desc nulls last, p.id limit $4",
        org_id,
        known_on,
        playlist_id,
        limit,
    )


async def list_entries_of(
    connection: Connection, org_id: UUID, playlist_id: UUID, *, limit: int, known_on: date | None
) -> list[Row]:
    """Return what each snapshot says of a playlist, the latest first."""
    return await connection.fetch(
        """select e.artist_id, e.asset_id, a.title as song, e.added_on, e.streams, e.listeners, e.source, e.period,
             e.from_on, e.to_on, e.import_id, e.sync_run_id, e.source_row
           from private.playlist_reports_known($1, $4) e
           left join assets a on a.org_id = $1 and a.id = e.asset_id
           where e.playlist_id = $2
           order by e.to_on desc, e.id limit $3""",
        org_id,
        playlist_id,
        limit,
        known_on,
    )


async def find_playlist(
    connection: Connection, org_id: UUID, playlist_id: UUID, *, known_on: date | None = None
) -> Row | None:
    """Return a playlist, also one that is gone and was known at the end of `known_on` (UTC)."""
    return await connection.fetchrow(
        """select id, provider, title, curator, kind, kind_set_by_hand, url
           from private.playlists_known($1, $3) where id = $2""",
        org_id,
        playlist_id,
        known_on,
    )


async def update_kind(
    connection: Connection, org_id: UUID, playlist_id: UUID, *, kind: str, set_by: UUID | None
) -> None:
    await connection.execute(
        """update playlists set kind = $3, kind_set_by = $4, updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        playlist_id,
        kind,
        set_by,
    )


async def recording_exists(connection: Connection, org_id: UUID, recording_id: UUID) -> bool:
    return bool(
        await connection.fetchval("select true from recordings where org_id = $1 and id = $2", org_id, recording_id)
    )
