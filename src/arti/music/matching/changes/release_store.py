"""SQL of two releases that are one: merged, and put back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def lock_releases(connection: Connection, org_id: UUID, release_ids: Sequence[UUID]) -> dict[UUID, Row]:
    rows = await connection.fetch(
        """select id, upc, title, label, kind, released_on, merged_into from releases
           where org_id = $1 and id = any ($2) order by id for update""",
        org_id,
        release_ids,
    )
    return {row["id"]: row for row in rows}


async def sees_whole_releases(connection: Connection, org_id: UUID, release_ids: Sequence[UUID]) -> bool:
    """Return whether the caller sees every artist of the roster on these releases and their tracks."""
    sees: bool = await connection.fetchval("select private.sees_whole_releases($1, $2)", org_id, release_ids)
    return sees


async def count_assets(connection: Connection, org_id: UUID, release_id: UUID) -> int:
    many: int = await connection.fetchval(
        "select count(*) from assets where org_id = $1 and release_id = $2", org_id, release_id
    )
    return many


async def set_release(connection: Connection, org_id: UUID, asset_id: UUID, release_id: UUID | None) -> bool:
    """Say which release an asset is. Return whether the caller may change this asset."""
    status = await connection.execute(
        "update assets set release_id = $3 where org_id = $1 and id = $2", org_id, asset_id, release_id
    )
    return status.endswith(" 1")


async def merge_rows(connection: Connection, org_id: UUID, source: UUID, target: UUID) -> Row:
    """Give the tracks, credits and facts of one release to another, and say that it was merged.

    Returns what changed: the tracks that the merged one had, the tracks and credits that the other one gained, the
    candidates that were closed.
    """
    row = await connection.fetchrow(
        """with left_tracks as (
             delete from release_tracks where org_id = $1 and release_id = $2 returning disc, position, recording_id
           ), gained as (
             insert into release_tracks (org_id, release_id, recording_id, disc, position)
             select $1, $3, t.recording_id, 1, (
                 select coalesce(max(p.position), 0) from release_tracks p
                 where p.org_id = $1 and p.release_id = $3 and p.disc = 1
               ) + row_number() over (order by t.disc, t.position)
             from (select distinct on (recording_id) * from left_tracks order by recording_id, disc, position) t
             where not exists (
               select from release_tracks k
               where k.org_id = $1 and k.release_id = $3 and k.recording_id = t.recording_id)
             returning disc, position, recording_id
           ), credited as (
             insert into credits (org_id, id, release_id, artist_id, name, role, position)
             select c.org_id, gen_random_uuid(), $3, c.artist_id, c.name, c.role, c.position
             from credits c
             where c.org_id = $1 and c.release_id = $2 and not exists (
               select from credits k where k.org_id = $1 and k.release_id = $3
                 and (k.artist_id = c.artist_id or lower(k.name) = lower(c.name)))
             returning id
           ), merged as (
             update releases set merged_into = $3, updated_at = clock.now()
             where org_id = $1 and (id = $2 or merged_into = $2) returning id
           ), filled as (
             update releases r set upc = coalesce(r.upc, f.upc), label = coalesce(r.label, f.label),
               kind = coalesce(r.kind, f.kind), released_on = coalesce(r.released_on, f.released_on),
               updated_at = clock.now()
             from releases f
             where r.org_id = $1 and r.id = $3 and f.org_id = $1 and f.id = $2 returning 1
           ), candidates as (
             delete from match_candidates c where c.org_id = $1 and c.release_id = $2 and c.status = 'open'
             returning c.*
           )
           select (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from left_tracks t) as tracks,
             (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from gained t) as gained,
             (select coalesce(jsonb_agg(id), '[]') from credited) as credits,
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
        """with lost as (
             delete from release_tracks t
             using jsonb_to_recordset($4::jsonb -> 'gained')
               as was (disc smallint, position smallint, recording_id uuid)
             where t.org_id = $1 and t.release_id = $3 and t.disc = was.disc and t.position = was.position
               and t.recording_id = was.recording_id
           ), credited as (
             delete from credits where org_id = $1 and release_id = $3
               and id in (select value::uuid from jsonb_array_elements_text($4::jsonb -> 'credits'))
           ), merged as (
             update releases set merged_into = nullif($2, id), updated_at = clock.now()
             where org_id = $1 and merged_into = $3
               and id in (select value::uuid from jsonb_array_elements_text($4::jsonb -> 'merged'))
           ), filled as (
             update releases r set updated_at = clock.now(),
               upc = case when $4::jsonb #>> '{target,upc}' is null and r.upc = f.upc then null else r.upc end,
               label = case when $4::jsonb #>> '{target,label}' is null and r.label = f.label then null
                 else r.label end,
               kind = case when $4::jsonb #>> '{target,kind}' is null and r.kind = f.kind then null else r.kind end,
               released_on = case when $4::jsonb #>> '{target,released_on}' is null and r.released_on = f.released_on
                 then null else r.released_on end
             from releases f
             where r.org_id = $1 and r.id = $3 and f.org_id = $1 and f.id = $2
           ), tracks as (
             insert into release_tracks (org_id, release_id, disc, position, recording_id)
             select $1, $2, was.disc, was.position, was.recording_id
             from jsonb_to_recordset($4::jsonb -> 'tracks')
               as was (disc smallint, position smallint, recording_id uuid)
             where exists (select from recordings r where r.org_id = $1 and r.id = was.recording_id)
             on conflict do nothing
           )
           insert into match_candidates
           select * from jsonb_populate_recordset(null::match_candidates, $4::jsonb -> 'candidates')
           on conflict do nothing""",
        org_id,
        source,
        target,
        dict(before),
    )
