"""SQL of comparisons. What a period says is decided by `private.series_figures`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_artist_series(
    connection: Connection,
    org_id: UUID,
    artist_ids: Sequence[UUID],
    *,
    metric: str | None,
    provider: str | None,
    known_on: date | None,
) -> list[Row]:
    """Return the best series of each artist, metric and platform, without those of assets, as known on a day."""
    return await connection.fetch(
        """select b.artist_id as subject_id, b.series_id, b.provider, b.metric, b.terms, b.newest_on
           from private.best_series($1, $2, metrics => $3, providers => $4, known_on => $5) b
           where b.newest_on is not null""",
        org_id,
        list(artist_ids),
        [metric] if metric else None,
        [provider] if provider else None,
        known_on,
    )


async def read_figures(
    connection: Connection,
    org_id: UUID,
    series_ids: Sequence[UUID],
    *,
    to_on: date,
    days: int,
    spark: int,
    known_on: date | None,
) -> dict[UUID, Row]:
    """Return what the `days` up to `to_on` say of each series, and its last `spark` days, as known on a day."""
    rows = await connection.fetch(
        """select f.series_id, f.as_of, f.value, f.previous, f.change, f.change_percent, f.change_note,
             coalesce(f.stale, true) as stale, f.spark, private.state_sentence(f.newest_code) as null_reason
           from private.series_figures($1, $2, $3, $4, false, $6, $5) f""",
        org_id,
        list(series_ids),
        to_on,
        days,
        spark,
        known_on,
    )
    return {row["series_id"]: row for row in rows}


async def list_breaks(
    connection: Connection,
    metrics: Sequence[str],
    providers: Sequence[str],
    first_days: Sequence[date],
    to_on: date,
    *,
    known_on: date | None,
) -> list[Row]:
    """Return the changes of definition of each metric and platform after its first day, up to `to_on`."""
    return await connection.fetch(
        """select w.metric, w.provider, b.since_on as on, b.note, b.old_meaning, b.new_meaning, b.continued_as
           from unnest($1::text[], $2::text[], $3::date[]) as w (metric, provider, first_on)
           cross join lateral private.definition_breaks(w.metric, w.provider, w.first_on, $4, null, $5) b
           order by b.since_on""",
        list(metrics),
        list(providers),
        list(first_days),
        to_on,
        known_on,
    )


async def list_roster(connection: Connection, org_id: UUID) -> list[UUID]:
    """Return all artists that the caller sees and that are not archived."""
    rows = await connection.fetch("select id from artists where org_id = $1 and archived_at is null", org_id)
    return [row["id"] for row in rows]


async def list_songs(connection: Connection, org_id: UUID, recording_ids: Sequence[UUID]) -> list[Row]:
    """Return songs with the names of their main artists, and the ids of those that the caller sees."""
    return await connection.fetch(
        """select r.id, r.title || coalesce(' (' || r.version_title || ')', '') as name,
             array(select c.name from credits c
                   where c.org_id = $1 and c.recording_id = r.id and c.role = 'main'
                   order by c.position, c.name) as artists,
             array(select a.id from credits c join artists a on a.org_id = c.org_id and a.id = c.artist_id
                   where c.org_id = $1 and c.recording_id = r.id and c.role = 'main'
                   order by c.position, c.name) as artist_ids
           from recordings r where r.org_id = $1 and r.id = any ($2)""",
        org_id,
        list(recording_ids),
    )
