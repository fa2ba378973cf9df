"""SQL of matching: what is to be matched, what it may be, and what came of it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def lock_songs(connection: Connection, org_id: UUID) -> None:
    """Wait until nobody else matches, merges or splits songs of this org; until the end of the transaction."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('songs ' || $1::uuid, 0))", org_id)


async def list_unmatched(connection: Connection, org_id: UUID, artist_id: UUID) -> list[UUID]:
    """Return the assets that are neither a recording nor a release yet: albums, then tracks, then clips."""
    rows = await connection.fetch(
        """select a.id from assets a
           where a.org_id = $1 and a.artist_id = $2 and a.recording_id is null and a.release_id is null
             and a.matchable and a.kind in ('album', 'track', 'sound', 'video', 'short', 'reel')
           order by array_position(array['album', 'track', 'sound'], a.kind) nulls last, a.isrc is null,
             a.released_on nulls last, length(a.title), a.id""",
        org_id,
        artist_id,
    )
    return [row["id"] for row in rows]


async def list_assets(connection: Connection, org_id: UUID, asset_ids: Sequence[UUID]) -> list[Row]:
    """Return assets in this order, with the songs that a person said they are not."""
    return await connection.fetch(
        """select a.id, a.artist_id, a.provider, a.kind, a.external_id, a.title, a.version, a.isrc, a.upc,
             a.released_on, a.credits, a.details, a.recording_id, a.release_id, a.created_at,
             coalesce(a.duration_ms, case when jsonb_typeof(a.details -> 'duration_ms') = 'number'
               then nullif((a.details ->> 'duration_ms')::numeric::integer, 0) end) as duration_ms,
             array(select coalesce(c.recording_id, c.release_id) from match_candidates c
                   where c.org_id = $1 and c.asset_id = a.id and c.status = 'rejected') as rejected
           from assets a
           where a.org_id = $1 and a.id = any ($2) order by array_position($2, a.id)""",
        org_id,
        asset_ids,
    )


async def list_roster(connection: Connection, org_id: UUID) -> list[Row]:
    """Return every artist with all their names and external ids."""
    return await connection.fetch(
        """select a.id, a.name,
             array(select l.name from artist_aliases l where l.org_id = $1 and l.artist_id = a.id) as aliases,
             array(select e.provider || ' ' || e.external_id from artist_external_ids e
                   where e.org_id = $1 and e.artist_id = a.id) as external_ids
           from artists a where a.org_id = $1 order by a.archived_at nulls first, a.id""",
        org_id,
    )


async def list_recordings(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    isrcs: Collection[str],
    title_keys: Collection[str],
    external_ids: Collection[str],
) -> list[Row]:
    """Return the recordings that assets may be: of this artist, or with one of these ISRCs, titles or platform ids."""
    return await connection.fetch(
        """with wanted as (
             select c.recording_id as id from credits c
             where c.org_id = $1 and c.artist_id = $2 and c.recording_id is not null
             union select r.id from recordings r where r.org_id = $1 and r.isrc = any ($3)
             union select r.id from recordings r where r.org_id = $1 and r.title_key = any ($4)
             union select a.recording_id from assets a
             where a.org_id = $1 and (a.isrc = any ($3) or a.external_id = any ($5)) and a.recording_id is not null
           )
           select r.id, r.title, r.version_title, r.version_of, r.isrc, r.duration_ms, r.released_on,
             array(select n.name from credits c
                   cross join lateral (
                     select c.name
                     union all select t.name from artists t where t.org_id = $1 and t.id = c.artist_id
                     union all select l.name from artist_aliases l where l.org_id = $1 and l.artist_id = c.artist_id) n
                   where c.org_id = $1 and c.recording_id = r.id and c.role <> 'producer') as artists,
             array(select n.name from credits c
                   cross join lateral (
                     select c.name
                     union all select t.name from artists t where t.org_id = $1 and t.id = c.artist_id
                     union all select l.name from artist_aliases l where l.org_id = $1 and l.artist_id = c.artist_id) n
                   where c.org_id = $1 and c.recording_id = r.id and c.role in ('featured', 'remixer')) as guests,
             array(select a.isrc from assets a
                   where a.org_id = $1 and a.recording_id = r.id and a.isrc is not null) as isrcs,
             array(select a.provider || ' ' || a.external_id from assets a
                   where a.org_id = $1 and a.recording_id = r.id) as platform_ids
           from recordings r
           where r.org_id = $1 and r.merged_into is null and r.id in (select id from wanted)
           order by r.created_at, r.id""",
        org_id,
        artist_id,
        list(isrcs),
        list(title_keys),
        list(external_ids),
    )


async def list_releases(
    connection: Connection, org_id: UUID, *, artist_id: UUID, upcs: Collection[str], external_ids: Collection[str]
) -> list[Row]:
    """Return the releases that albums of this artist may be."""
    return await connection.fetch(
        """with wanted as (
             select c.release_id as id from credits c
             where c.org_id = $1 and c.artist_id = $2 and c.release_id is not null
             union select r.id from releases r where r.org_id = $1 and r.upc = any ($3)
             union select a.release_id from assets a
             where a.org_id = $1 and a.external_id = any ($4) and a.release_id is not null
           )
           select r.id, r.title, r.upc, r.released_on,
             array(select n.name from credits c
                   cross join lateral (
                     select c.name
                     union all select t.name from artists t where t.org_id = $1 and t.id = c.artist_id
                     union all select l.name from artist_aliases l where l.org_id = $1 and l.artist_id = c.artist_id) n
                   where c.org_id = $1 and c.release_id = r.id) as artists,
             array(select a.provider || ' ' || a.external_id from assets a
                   where a.org_id = $1 and a.release_id = r.id) as platform_ids
           from releases r
           where r.org_id = $1 and r.merged_into is null and r.id in (select id from wanted)
           order by r.created_at, r.id""",
        org_id,
        artist_id,
        list(upcs),
        list(external_ids),
    )


async def link_asset(
    connection: Connection, org_id: UUID, asset_id: UUID, *, recording_id: UUID | None, release_id: UUID | None
) -> None:
    """Say which recording or release an asset is; neither when both are None."""
    await connection.execute(
        "update assets set recording_id = $3, release_id = $4 where org_id = $1 and id = $2",
        org_id,
        asset_id,
        recording_id,
        release_id,
    )


async def record_candidate(
    connection: Connection,
    org_id: UUID,
    *,
    asset_id: UUID,
    artist_id: UUID,
    recording_id: UUID | None,
    release_id: UUID | None,
    score: float,
    reasons: Sequence[dict[str, Any]],
    status: str,
) -> None:
    """Keep why an asset was linked, or may be. What a person decided stays."""
    await connection.execute(
        """insert into match_candidates as c
             (org_id, asset_id, artist_id, recording_id, release_id, score, reasons, status)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (org_id, asset_id, recording_id, release_id) do update
           set score = excluded.score, reasons = excluded.reasons, status = excluded.status, updated_at = clock.now()
           where c.status in ('open', 'linked')
             and (c.score, c.reasons, c.status) is distinct from (excluded.score, excluded.reasons, excluded.status)""",
        org_id,
        asset_id,
        artist_id,
        recording_id,
        release_id,
        score,
        list(reasons),
        status,
    )


async def close_candidates(connection: Connection, org_id: UUID, asset_id: UUID) -> list[dict[str, Any]]:
    """Delete the open candidates of an asset that was linked. Returns them, so that they can be put back."""
    rows = await connection.fetch(
        """delete from match_candidates c where c.org_id = $1 and c.asset_id = $2 and c.status = 'open'
           returning to_jsonb(c) as row""",
        org_id,
        asset_id,
    )
    return [row["row"] for row in rows]


async def insert_external_id(
    connection: Connection, org_id: UUID, artist_id: UUID, *, provider: str, external_id: str
) -> None:
    await connection.execute(
        """insert into artist_external_ids (org_id, artist_id, provider, external_id) values ($1, $2, $3, $4)
           on conflict do nothing""",
        org_id,
        artist_id,
        provider,
        external_id,
    )


async def find_album(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, external_id: str
) -> UUID | None:
    """Return the release that an album of a platform is."""
    release_id: UUID | None = await connection.fetchval(
        """select release_id from assets
           where org_id = $1 and artist_id = $2 and provider = $3 and external_id = $4""",
        org_id,
        artist_id,
        provider,
        external_id,
    )
    return release_id


async def delete_orphans(connection: Connection, org_id: UUID, artist_id: UUID) -> None:
    """Delete the songs of an artist that matching made of assets that are gone, e.g. after an import was undone.

    One with an ISRC stays: it is known beyond its assets. So does what a person made, changed or put on a release.
    """
    await connection.execute(
        """delete from recordings r
           where r.org_id = $1 and r.created_by is null and r.isrc is null and r.merged_into is null
             and r.id in (select c.recording_id from credits c where c.org_id = $1 and c.artist_id = $2)
             and not exists (select from assets a where a.org_id = $1 and a.recording_id = r.id)
             and not exists (select from release_tracks t where t.org_id = $1 and t.recording_id = r.id)
             and not exists (select from recording_changes h
                             where h.org_id = $1 and (h.recording_id = r.id or h.other_id = r.id))""",
        org_id,
        artist_id,
    )


async def find_event(connection: Connection, org_id: UUID, event_id: UUID) -> dict[str, Any] | None:
    payload: dict[str, Any] | None = await connection.fetchval(
        "select payload from events where org_id = $1 and id = $2", org_id, event_id
    )
    return payload
