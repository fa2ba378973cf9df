"""SQL of releases and their tracks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def insert_release(
    connection: Connection,
    org_id: UUID,
    release_id: UUID,
    *,
    title: str,
    upc: str | None,
    label: str | None,
    kind: str | None,
    released_on: date | None,
    title_key: str,
    created_by: UUID | None,
) -> None:
    await connection.execute(
        """insert into releases (org_id, id, title, upc, label, kind, released_on, title_key, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        org_id,
        release_id,
        title,
        upc,
        label,
        kind,
        released_on,
        title_key,
        created_by,
    )


async def complete_release(
    connection: Connection,
    org_id: UUID,
    release_id: UUID,
    *,
    upc: str | None,
    label: str | None,
    kind: str | None,
    released_on: date | None,
) -> None:
    """Fill in what is not known of a release yet."""
    await connection.execute(
        """update releases set upc = coalesce(upc, $3::text), label = coalesce(label, $4::text),
             kind = coalesce(kind, $5::text), released_on = coalesce(released_on, $6::date), updated_at = clock.now()
           where org_id = $1 and id = $2
             and (upc is null and $3::text is not null or label is null and $4::text is not null
                  or kind is null and $5::text is not null
                  or released_on is null and $6::date is not null)""",
        org_id,
        release_id,
        upc,
        label,
        kind,
        released_on,
    )


async def insert_track(
    connection: Connection,
    org_id: UUID,
    release_id: UUID,
    recording_id: UUID,
    *,
    disc: int | None,
    position: int | None,
) -> None:
    """Put a recording on a release: at this place if it is free, else at the end. One that is on it already stays."""
    await connection.execute(
        """insert into release_tracks (org_id, release_id, recording_id, disc, position)
           select $1, $2, $3, place.disc, case
             when $5::integer is null or exists (
               select from release_tracks t
               where t.org_id = $1 and t.release_id = $2 and t.disc = place.disc and t.position = $5)
             then (select coalesce(max(t.position), 0) + 1 from release_tracks t
                   where t.org_id = $1 and t.release_id = $2 and t.disc = place.disc)
             else $5 end
           from (select coalesce($4::integer, 1) as disc) place
           where not exists (select from release_tracks t
                             where t.org_id = $1 and t.release_id = $2 and t.recording_id = $3)""",
        org_id,
        release_id,
        recording_id,
        disc,
        position,
    )


async def find_survivor(connection: Connection, org_id: UUID, release_id: UUID) -> UUID | None:
    """Return the release that this one was merged into, itself if it was not, or None if it does not exist."""
    survivor: UUID | None = await connection.fetchval(
        "select coalesce(merged_into, id) from releases where org_id = $1 and id = $2", org_id, release_id
    )
    return survivor


_RELEASE = """r.id, r.upc, r.title, r.label, r.kind, r.released_on,
  coalesce((select jsonb_agg(jsonb_build_object('artist_id', t.id, 'name', c.name, 'role', c.role)
              order by c.position, c.name)
            from credits c left join artists t on t.org_id = c.org_id and t.id = c.artist_id
            where c.org_id = r.org_id and c.release_id = r.id), '[]') as credits,
  (select count(*) from release_tracks t where t.org_id = r.org_id and t.release_id = r.id) as track_count"""


async def list_releases(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    label: str | None,
    q: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return releases, the newest first. `artist_id`: credited on the release or on one of its tracks.

    Of an artist whom the caller does not see there are none, also of songs that they share with one of the caller's.
    """
    key, id = after or (None, None)
    return await connection.fetch(
        f"""with listed as materialized (
              select r.*, coalesce(lpad((date '9999-12-31' - r.released_on)::text, 8, '0'), '9') as sort_key
              from releases r
              where r.org_id = $1 and r.merged_into is null and ($3::text is null or lower(r.label) = lower($3))
                and ($4::text is null or strpos(lower(r.title), lower($4)) > 0)
                and ($2::uuid is null or exists (select from artists a where a.org_id = $1 and a.id = $2) and r.id in (
                  select c.release_id from credits c where c.org_id = $1 and c.artist_id = $2
                  union
                  select t.release_id from credits c
                  join release_tracks t on t.org_id = $1 and t.recording_id = c.recording_id
                  where c.org_id = $1 and c.artist_id = $2))
            ), page as materialized (
              select * from listed where $5::text is null or (sort_key, id) > ($5, $6::uuid)
              order by sort_key, id limit $7
            )
            select {_RELEASE}, r.sort_key from page r order by r.sort_key, r.id""",  # noqa: S608 - a constant
        org_id,
        artist_id,
        label,
        q,
        key,
        id,
        limit,
    )


async def find_release(connection: Connection, org_id: UUID, release_id: UUID) -> Row | None:
    """Return a release with its assets and those of its tracks that the caller sees."""
    return await connection.fetchrow(
        f"""select {_RELEASE},
              coalesce((select jsonb_agg(jsonb_build_object('disc', t.disc, 'position', t.position,
                          'recording_id', d.id, 'title', d.title, 'version_title', d.version_title, 'isrc', d.isrc,
                          'duration_ms', d.duration_ms) order by t.disc, t.position)
                        from release_tracks t join recordings d on d.org_id = t.org_id and d.id = t.recording_id
                        where t.org_id = r.org_id and t.release_id = r.id), '[]') as tracks,
              coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'artist_id', a.artist_id,
                          'provider', a.provider, 'kind', a.kind,
              'kind_guessed', coalesce(a.details -> 'kind_guessed' = 'true', false), 'title', a.title, 'url', a.url,
                          'external_id', a.external_id, 'released_on', a.released_on, 'isrc', a.isrc)
                          order by a.provider, a.title, a.id)
                        from assets a where a.org_id = r.org_id and a.release_id = r.id), '[]') as assets
            from releases r where r.org_id = $1 and r.id = $2""",  # noqa: S608
        org_id,
        release_id,
    )


async def find_release_of_asset(connection: Connection, org_id: UUID, asset_id: UUID) -> UUID | None:
    """Return the release that an item of a platform came out with: of several the one closest to its day."""
    found: UUID | None = await connection.fetchval(
        """select r.id from assets a
           join release_tracks t on t.org_id = $1 and t.recording_id = a.recording_id
           join releases r on r.org_id = $1 and r.id = t.release_id
           where a.org_id = $1 and a.id = $2 and r.merged_into is null
           order by abs(r.released_on - a.released_on), r.id limit 1""",
        org_id,
        asset_id,
    )
    return found


async def list_labels_of(connection: Connection, org_id: UUID, artist_id: UUID) -> list[str]:
    """Return the labels of the releases that an artist is credited on, by name."""
    rows = await connection.fetch(
        """select distinct r.label from releases r join credits c on c.org_id = r.org_id and c.release_id = r.id
           where r.org_id = $1 and c.artist_id = $2 and r.merged_into is null and r.label is not null
           order by r.label limit 50""",
        org_id,
        artist_id,
    )
    return [row["label"] for row in rows]


async def list_labels(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the labels of the org's releases, with the number of their releases."""
    return await connection.fetch(
        """select label as name, count(*) as releases from releases
           where org_id = $1 and label is not null and merged_into is null
           group by label order by lower(label), label limit 1000""",
        org_id,
    )


async def update_release(connection: Connection, org_id: UUID, release_id: UUID, changes: Mapping[str, Any]) -> None:
    """Set the fields in `changes`: title, title_key, upc, label, kind, released_on."""
    await connection.execute(
        """update releases r set updated_at = clock.now(), title = new.title, title_key = new.title_key, upc = new.upc,
             label = new.label, kind = new.kind, released_on = new.released_on
           from releases old
           cross join lateral jsonb_populate_record(old, $3) new
           where old.org_id = $1 and old.id = $2 and r.org_id = $1 and r.id = $2""",
        org_id,
        release_id,
        dict(changes),
    )


async def replace_tracks(
    connection: Connection, org_id: UUID, release_id: UUID, tracks: Sequence[tuple[int, int, UUID]]
) -> None:
    """Make these the tracks of a release: (disc, position, recording). Tracks that the caller does not see stay."""
    await connection.execute(
        """delete from release_tracks t where t.org_id = $1 and t.release_id = $2
             and (t.disc, t.position) not in (
               select d, p from unnest($3::int[], $4::int[], $5::uuid[]) as k (d, p, r) where r = t.recording_id)""",
        org_id,
        release_id,
        [disc for disc, _, _ in tracks],
        [position for _, position, _ in tracks],
        [recording for _, _, recording in tracks],
    )
    await connection.execute(
        """insert into release_tracks (org_id, release_id, disc, position, recording_id)
           select $1, $2, d, p, r from unnest($3::int[], $4::int[], $5::uuid[]) as k (d, p, r)
           where not exists (select from release_tracks t where t.org_id = $1 and t.release_id = $2
                             and t.disc = d and t.position = p and t.recording_id = r)""",
        org_id,
        release_id,
        [disc for disc, _, _ in tracks],
        [position for _, position, _ in tracks],
        [recording for _, _, recording in tracks],
    )
