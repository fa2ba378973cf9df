"""SQL of recordings and credits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


@dataclass(frozen=True, slots=True)
class Credited:
    """Who is named on a song, in which role. `artist_id` is None for somebody who is not on the roster."""

    name: str
    role: str = "main"
    artist_id: UUID | None = None


async def may_edit_song(
    connection: Connection, org_id: UUID, *, recording_id: UUID | None = None, release_id: UUID | None = None
) -> bool:
    """Return whether the caller sees every main artist of a recording or release."""
    may: bool = await connection.fetchval("select private.may_edit_song($1, $2, $3)", org_id, recording_id, release_id)
    return may


async def insert_recording(
    connection: Connection,
    org_id: UUID,
    recording_id: UUID,
    *,
    title: str,
    version_title: str | None,
    version_of: UUID | None,
    isrc: str | None,
    duration_ms: int | None,
    released_on: date | None,
    title_key: str,
    created_by: UUID | None,
) -> None:
    await connection.execute(
        """insert into recordings (org_id, id, title, version_title, version_of, isrc, duration_ms, released_on,
             title_key, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        org_id,
        recording_id,
        title,
        version_title,
        version_of,
        isrc,
        duration_ms,
        released_on,
        title_key,
        created_by,
    )


async def complete_recording(
    connection: Connection,
    org_id: UUID,
    recording_id: UUID,
    *,
    isrc: str | None,
    duration_ms: int | None,
    released_on: date | None,
) -> None:
    """Fill in what is not known of a recording yet. Of two days of release the earlier one stays."""
    await connection.execute(
        """update recordings set isrc = coalesce(isrc, $3::text), duration_ms = coalesce(duration_ms, $4::integer),
             released_on = least(released_on, $5::date), updated_at = clock.now()
           where org_id = $1 and id = $2
             and (isrc is null and $3::text is not null or duration_ms is null and $4::integer is not null
                  or $5::date < coalesce(released_on, 'infinity'))""",
        org_id,
        recording_id,
        isrc,
        duration_ms,
        released_on,
    )


async def set_version_of(connection: Connection, org_id: UUID, recording_ids: Sequence[UUID], original: UUID) -> None:
    """Say of recordings that are a version of none yet that they are versions of `original`."""
    await connection.execute(
        """update recordings set version_of = $3
           where org_id = $1 and id = any ($2) and version_of is null and id <> $3""",
        org_id,
        recording_ids,
        original,
    )


async def is_version_of(connection: Connection, org_id: UUID, recording_id: UUID, original: UUID) -> bool:
    """Return whether a recording is a version of another one, over as many steps as there are."""
    found: bool = await connection.fetchval(
        """with recursive originals (id) as (
             select version_of from recordings where org_id = $1 and id = $2
             union
             select r.version_of from recordings r join originals o on r.id = o.id where r.org_id = $1
           )
           select exists (select from originals where id = $3)""",
        org_id,
        recording_id,
        original,
    )
    return found


async def insert_credits(
    connection: Connection,
    org_id: UUID,
    credits: Sequence[Credited],
    *,
    recording_id: UUID | None = None,
    release_id: UUID | None = None,
) -> None:
    """Add credits in this order, but not those of artists who have a credit on the song already."""
    await connection.execute(
        """insert into credits (org_id, recording_id, release_id, artist_id, name, role, position)
           select $1, $2, $3, added.artist_id, added.name, added.role, least(present.many + added.place, 32000)
           from unnest($4::uuid[], $5::text[], $6::text[]) with ordinality as added (artist_id, name, role, place)
           cross join (select count(*) as many from credits c
                       where c.org_id = $1 and (c.recording_id = $2 or c.release_id = $3)) present
           where not exists (
             select from credits c where c.org_id = $1 and (c.recording_id = $2 or c.release_id = $3)
               and (c.artist_id = added.artist_id or lower(c.name) = lower(added.name)))
           on conflict do nothing""",
        org_id,
        recording_id,
        release_id,
        [credit.artist_id for credit in credits],
        [credit.name[:200] for credit in credits],
        [credit.role for credit in credits],
    )


async def replace_credits(
    connection: Connection,
    org_id: UUID,
    credits: Sequence[Credited],
    *,
    recording_id: UUID | None = None,
    release_id: UUID | None = None,
) -> None:
    """Make these the credits of a song, in this order. Those that the caller may not change stay.

    The new ones come before the old ones go: by them the caller sees the song. The name alone of an artist whom the
    caller does not see is how the API shows that artist's credit: it stands for this credit and adds none.
    """
    values = (
        org_id,
        recording_id,
        release_id,
        [credit.artist_id for credit in credits],
        [credit.name[:200] for credit in credits],
        [credit.role for credit in credits],
    )
    await connection.execute(
        """insert into credits as c (org_id, recording_id, release_id, artist_id, name, role, position)
           select $1, $2, $3, new.artist_id, min(new.name), new.role, min(new.place)
           from unnest($4::uuid[], $5::text[], $6::text[]) with ordinality as new (artist_id, name, role, place)
           where new.artist_id is not null or not exists (
             select from credits h where h.org_id = $1 and (h.recording_id = $2 or h.release_id = $3)
               and h.artist_id is not null and lower(h.name) = lower(new.name) and h.role = new.role
               and not exists (select from artists a where a.org_id = $1 and a.id = h.artist_id))
           group by new.artist_id, lower(new.name), new.role
           on conflict (org_id, recording_id, release_id, artist_id, lower(name), role) do update
           set position = excluded.position, name = excluded.name""",
        *values,
    )
    await connection.execute(
        """delete from credits c where c.org_id = $1 and (c.recording_id = $2 or c.release_id = $3)
             and not exists (
               select from unnest($4::uuid[], $5::text[], $6::text[]) as new (artist_id, name, role)
               where lower(new.name) = lower(c.name) and new.role = c.role
                 and (new.artist_id is not distinct from c.artist_id or new.artist_id is null
                   and not exists (select from artists a where a.org_id = $1 and a.id = c.artist_id)))""",
        *values,
    )


async def find_recording(connection: Connection, org_id: UUID, recording_id: UUID) -> Row | None:
    """Return a recording with its credits and assets. An artist whom the caller does not see has a name only."""
    return await connection.fetchrow(
        "select * from private.recordings_with_parts($1, array[$2::uuid])", org_id, recording_id
    )


# Which songs to list: $2 is the id. A condition for each, so that each finds its index.
_LISTED = {
    "artist": """r.id in (select c.recording_id from credits c
                          where c.org_id = $1 and c.artist_id = $2 and c.recording_id is not null)""",
    "release": "r.id in (select t.recording_id from release_tracks t where t.org_id = $1 and t.release_id = $2)",
    "all": "$2::uuid is null",
}


async def list_recordings(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None = None,
    release_id: UUID | None = None,
    q: str | None = None,
    sort: str = "released",
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[Row]:
    """Return recordings of an artist or of a release, or all. `sort`: released (newest first) or title."""
    key, id = after or (None, None)
    scope = "artist" if artist_id else "release" if release_id else "all"
    return await connection.fetch(
        f"""with listed as materialized (
              select r.id, case $5
                when 'title' then lower(r.title)
                else coalesce(lpad((date '9999-12-31' - r.released_on)::text, 8, '0'), '9') end as sort_key
              from recordings r
              where r.org_id = $1 and r.merged_into is null and {_LISTED[scope]}
                and ($3::text is null or strpos(lower(r.title), lower($3)) > 0)
            ), page as materialized (
              select * from listed where $4::text is null or (sort_key, id) > ($4, $6::uuid)
              order by sort_key, id limit $7
            )
            select r.*, page.sort_key
            from page
            join private.recordings_with_parts($1, array(select id from page)) r on r.id = page.id
            order by page.sort_key, page.id""",  # noqa: S608 - constants
        org_id,
        artist_id or release_id,
        q,
        key,
        sort,
        id,
        limit,
    )


async def find_survivor(connection: Connection, org_id: UUID, recording_id: UUID) -> UUID | None:
    """Return the recording that this one was merged into, itself if it was not, or None if it does not exist."""
    survivor: UUID | None = await connection.fetchval(
        "select coalesce(merged_into, id) from recordings where org_id = $1 and id = $2", org_id, recording_id
    )
    return survivor


async def update_recording(
    connection: Connection, org_id: UUID, recording_id: UUID, changes: Mapping[str, Any]
) -> None:
    """Set the fields in `changes`: title, version_title, version_of, isrc, duration_ms, released_on, title_key."""
    await connection.execute(
        """update recordings r set updated_at = clock.now(), title = new.title, version_title = new.version_title,
             version_of = new.version_of, isrc = new.isrc, duration_ms = new.duration_ms,
             released_on = new.released_on, title_key = new.title_key
           from recordings old
           cross join lateral jsonb_populate_record(old, $3) new
           where old.org_id = $1 and old.id = $2 and r.org_id = $1 and r.id = $2""",
        org_id,
        recording_id,
        dict(changes),
    )
