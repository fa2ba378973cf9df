"""SQL of the numbers of songs: which series belong to a scope, and what they say of a period."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from arti_core.database import Connection, Row

# The recordings of a scope, each once. $2 is its id. A producer's credit makes nobody an artist of the song.
_RECORDINGS: Final = {
    "recording": "select $2::uuid as id",
    "release": "select t.recording_id as id from release_tracks t where t.org_id = $1 and t.release_id = $2::uuid",
    "artist": """select c.recording_id as id from credits c
                 where c.org_id = $1 and c.artist_id = $2::uuid and c.role <> 'producer'""",
    "label": """select t.recording_id as id from releases r
                join release_tracks t on t.org_id = r.org_id and t.release_id = r.id
                where r.org_id = $1 and lower(r.label) = lower($2::text)""",
    "catalogue": "select r.id from recordings r where r.org_id = $1 and $2::text is null",
    "recordings": "select unnest($2::uuid[]) as id",
}


async def keep_plans(connection: Connection) -> None:
    """Have statements keep their plans for the rest of the transaction.

    Planning what reads songs takes longer under the policies than running it.
    """
    await connection.execute("set local plan_cache_mode = force_generic_plan")


async def list_series(
    connection: Connection,
    org_id: UUID,
    scope: str,
    id: object,
    *,
    metrics: Sequence[str] | None,
    until: date | None,
    known_on: date | None,
) -> list[Row]:
    """Return the series of the assets of a scope's songs, each with the newest day that has a value.

    Of flows and counters only, since others cannot be added. No metrics: all.
    """
    as_known, more = ("_as_known", ", $5") if known_on else ("", "")
    return await connection.fetch(
        f"""with songs as ({_RECORDINGS[scope]})
            select * from private.series_of_recordings{as_known}($1, array(select id from songs), $3, $4{more})""",  # noqa: S608 - constants of this module
        *(org_id, id, metrics, until),
        *([known_on] if known_on else []),
    )


async def read_values(
    connection: Connection,
    org_id: UUID,
    series_ids: Sequence[UUID],
    from_on: Sequence[date],
    to_on: Sequence[date],
    known_on: date | None,
) -> dict[UUID, Row]:
    """Return what each series says of its own period, as private.values_of_periods does."""
    as_known, more = ("_as_known", ", $5") if known_on else ("", "")
    rows = await connection.fetch(
        f"select * from private.values_of_periods{as_known}($1, $2, $3, $4{more})",  # noqa: S608 - constants
        *(org_id, series_ids, from_on, to_on),
        *([known_on] if known_on else []),
    )
    return {row["series_id"]: row for row in rows}


async def find_metric(connection: Connection, org_id: UUID, slug: str) -> Row | None:
    """Return a metric, a built-in one or the org's own."""
    return await connection.fetchrow(
        """select slug, name, unit, kind, aggregation, across_platforms from metrics where slug = $2
           union all
           select slug, name, unit, kind, aggregation, false from org_metrics where org_id = $1 and slug = $2""",
        org_id,
        slug,
    )


async def song_exists(connection: Connection, org_id: UUID, scope: str, id: UUID) -> bool:
    """Return whether there is such a recording, release or artist that the caller sees."""
    found = await connection.fetchval(
        """select 1 where case $2
             when 'recording' then exists (select from recordings r where r.org_id = $1 and r.id = $3)
             when 'release' then exists (select from releases r where r.org_id = $1 and r.id = $3)
             else exists (select from artists a where a.org_id = $1 and a.id = $3) end""",
        org_id,
        scope,
        id,
    )
    return found is not None


async def label_exists(connection: Connection, org_id: UUID, name: str) -> bool:
    found = await connection.fetchval(
        "select 1 from releases where org_id = $1 and lower(label) = lower($2) limit 1", org_id, name
    )
    return found is not None
