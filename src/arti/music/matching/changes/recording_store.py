"""SQL of what people change about songs: merges, links, splits, and how each is put back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def lock_recordings(connection: Connection, org_id: UUID, recording_ids: Sequence[UUID]) -> dict[UUID, Row]:
    rows = await connection.fetch(
        """select id, isrc, title, version_title, version_of, duration_ms, released_on, merged_into from recordings
           where org_id = $1 and id = any ($2) order by id for update""",
        org_id,
        recording_ids,
    )
    return {row["id"]: row for row in rows}


async def has_hidden_artists(connection: Connection, org_id: UUID, recording_ids: Sequence[UUID]) -> bool:
    """Return whether an artist is credited on these recordings whom the caller does not see."""
    found = await connection.fetchval(
        """select 1 from credits c
           where c.org_id = $1 and c.recording_id = any ($2) and c.artist_id is not null
             and not exists (select from artists a where a.org_id = $1 and a.id = c.artist_id) limit 1""",
        org_id,
        recording_ids,
    )
    return found is not None


async def find_asset(connection: Connection, org_id: UUID, asset_id: UUID) -> Row | None:
    return await connection.fetchrow(
        "select id, artist_id, recording_id, release_id, kind from assets where org_id = $1 and id = $2",
        org_id,
        asset_id,
    )


async def count_assets(connection: Connection, org_id: UUID, recording_id: UUID) -> int:
    many: int = await connection.fetchval(
        "select count(*) from assets where org_id = $1 and recording_id = $2", org_id, recording_id
    )
    return many


async def move_assets(
    connection: Connection, org_id: UUID, source: UUID, target: UUID, chosen: Sequence[UUID] | None = None
) -> list[UUID]:
    """Give the assets of one recording to another, of all platforms. Returns their ids."""
    moved: list[UUID] = await connection.fetchval(
        "select private.move_assets($1, $2, $3, $4)", org_id, source, target, chosen
    )
    return moved


async def set_recording(
    connection: Connection, org_id: UUID, asset_id: UUID, recording_id: UUID | None, *, matchable: bool = True
) -> bool:
    """Return whether the caller may change this asset. `matchable`: matching may link it anew."""
    status = await connection.execute(
        "update assets set recording_id = $3, matchable = $4 where org_id = $1 and id = $2",
        org_id,
        asset_id,
        recording_id,
        matchable,
    )
    return status.endswith(" 1")


async def merge_rows(connection: Connection, org_id: UUID, source: UUID, target: UUID) -> Row:
    """Give everything of one recording but its assets to another, and say that it was merged. Returns what changed."""
    row = await connection.fetchrow(
        """with tracks as (
             update release_tracks set recording_id = $3 where org_id = $1 and recording_id = $2
             returning release_id, disc, position
           ), credited as (
             insert into credits (org_id, id, recording_id, artist_id, name, role, position)
             select c.org_id, gen_random_uuid(), $3, c.artist_id, c.name, c.role, c.position
             from credits c
             where c.org_id = $1 and c.recording_id = $2 and not exists (
               select from credits k where k.org_id = $1 and k.recording_id = $3
                 and (k.artist_id = c.artist_id or lower(k.name) = lower(c.name)))
             returning id
           ), versions as (
             update recordings set version_of = $3 where org_id = $1 and version_of = $2 and id <> $3
               and merged_into is null returning id
           ), merged as (
             update recordings set merged_into = $3, updated_at = clock.now()
             where org_id = $1 and (id = $2 or merged_into = $2) returning id
           ), filled as (
             update recordings into_row set isrc = coalesce(into_row.isrc, f.isrc),
               duration_ms = coalesce(into_row.duration_ms, f.duration_ms),
               released_on = coalesce(into_row.released_on, f.released_on),
               version_of = nullif(into_row.version_of, $2), updated_at = clock.now()
             from recordings f
             where into_row.org_id = $1 and into_row.id = $3 and f.org_id = $1 and f.id = $2
             returning 1
           ), candidates as (
             delete from match_candidates c where c.org_id = $1 and c.recording_id = $2 and c.status = 'open'
             returning c.*
           )
           select (select coalesce(jsonb_agg(jsonb_build_object('release_id', release_id, 'disc', disc,
                     'position', position)), '[]') from tracks) as tracks,
             (select coalesce(jsonb_agg(id), '[]') from credited) as credits,
             (select coalesce(jsonb_agg(id), '[]') from versions) as versions,
             (select coalesce(jsonb_agg(id), '[]') from merged) as merged,
             (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from candidates c) as candidates,
             (select count(*) from filled) as filled""",
        org_id,
        source,
        target,
    )
    assert row is not None
    return row


async def restore_merge(
    connection: Connection, org_id: UUID, source: UUID, target: UUID, before: Mapping[str, Any]
) -> None:
    """Put back what merge_rows changed. What a merge filled in is taken out, if nobody changed it since."""
    await connection.execute(
        """with tracks as (
             update release_tracks t set recording_id = $2
             from jsonb_to_recordset($4::jsonb -> 'tracks') as was (release_id uuid, disc smallint, position smallint)
             where t.org_id = $1 and t.recording_id = $3 and t.release_id = was.release_id and t.disc = was.disc
               and t.position = was.position
           ), credited as (
             delete from credits where org_id = $1 and recording_id = $3
               and id in (select value::uuid from jsonb_array_elements_text($4::jsonb -> 'credits'))
           ), versions as (
             update recordings set version_of = $2 where org_id = $1 and version_of = $3
               and id in (select value::uuid from jsonb_array_elements_text($4::jsonb -> 'versions'))
           ), merged as (
             update recordings set merged_into = nullif($2, id), updated_at = clock.now()
             where org_id = $1 and merged_into = $3
               and id in (select value::uuid from jsonb_array_elements_text($4::jsonb -> 'merged'))
           ), filled as (
             update recordings r set updated_at = clock.now(),
               isrc = case when $4::jsonb #>> '{target,isrc}' is null and r.isrc = f.isrc then null else r.isrc end,
               duration_ms = case when $4::jsonb #>> '{target,duration_ms}' is null and r.duration_ms = f.duration_ms
                 then null else r.duration_ms end,
               released_on = case when $4::jsonb #>> '{target,released_on}' is null and r.released_on = f.released_on
                 then null else r.released_on end,
               version_of = coalesce(r.version_of, ($4::jsonb #>> '{target,version_of}')::uuid)
             from recordings f
             where r.org_id = $1 and r.id = $3 and f.org_id = $1 and f.id = $2
           )
           insert into match_candidates
           select * from jsonb_populate_recordset(null::match_candidates, $4::jsonb -> 'candidates')
           on conflict do nothing""",
        org_id,
        source,
        target,
        dict(before),
    )


async def move_tracks_of_asset(
    connection: Connection, org_id: UUID, asset_id: UUID, source: UUID, target: UUID
) -> list[dict[str, Any]]:
    """Give the places on the album that names this asset, and no other asset of `source`, to `target`."""
    rows = await connection.fetch(
        """update release_tracks t set recording_id = $4
           from assets a
           join assets album on album.org_id = $1 and album.artist_id = a.artist_id and album.provider = a.provider
             and album.external_id = a.details ->> 'album_id'
           where a.org_id = $1 and a.id = $2 and t.org_id = $1 and t.release_id = album.release_id
             and t.recording_id = $3 and not exists (
               select from assets o where o.org_id = $1 and o.recording_id = $3 and o.id <> a.id
                 and o.provider = a.provider and o.details ->> 'album_id' = a.details ->> 'album_id')
           returning t.release_id, t.disc, t.position""",
        org_id,
        asset_id,
        source,
        target,
    )
    return [{**row, "release_id": str(row["release_id"])} for row in rows]


async def restore_tracks(
    connection: Connection, org_id: UUID, source: UUID, target: UUID, tracks: Sequence[Mapping[str, Any]]
) -> None:
    """Give these places on releases back to `source`."""
    await connection.execute(
        """update release_tracks t set recording_id = $2
           from jsonb_to_recordset($4::jsonb) as was (release_id uuid, disc smallint, position smallint)
           where t.org_id = $1 and t.recording_id = $3 and t.release_id = was.release_id and t.disc = was.disc
             and t.position = was.position""",
        org_id,
        source,
        target,
        list(tracks),
    )


async def set_merged_into(connection: Connection, org_id: UUID, recording_id: UUID, target: UUID) -> None:
    """Leave of a recording without assets only a reference to another one."""
    await connection.execute(
        """update recordings r set merged_into = $3, updated_at = clock.now()
           where r.org_id = $1 and r.id = $2
             and not exists (select from assets a where a.org_id = $1 and a.recording_id = $2)""",
        org_id,
        recording_id,
        target,
    )
