"""SQL of breakdowns: the series of a metric with their dimensions, and their values as they were known on a day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_series(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    assets: Sequence[UUID],
    provider: str | None,
    metrics: Sequence[str] | None,
    last_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return series of the artist, or of these assets, with the newest day up to `last_on` that has a value.

    Of one without any value it is the newest day that says why; those without a row are left out. With `known_on` it
    is the newest day that was known at the end of that one (UTC).
    """
    return await connection.fetch(
        """select s.id, s.provider, s.metric, s.terms, s.dimension, newest.on_day as newest_on
           from series s
           cross join lateral (
             select case when $7::date is null
               then coalesce(private.newest_day($1, s.id, $6, true), private.newest_day($1, s.id, $6, false))
               else (select coalesce(
                       max(m.month + private.last_day_with_value(m.values, $6 - m.month + 1) - 1),
                       max(least(m.month + cardinality(m.values) - 1, $6)))
                     from private.months_as_known($1, s.id, $7) m where m.month <= $6) end as on_day
             offset 0) newest
           where newest.on_day is not null and s.org_id = $1
             and (s.asset_id = any ($3) or cardinality($3::uuid[]) = 0 and s.asset_id is null and s.artist_id = $2)
             and ($4::text is null or s.provider = $4) and ($5::text[] is null or s.metric = any ($5))
           order by s.provider, s.metric, s.dimension""",
        org_id,
        artist_id,
        assets,
        provider,
        metrics,
        last_on,
        known_on,
    )


async def list_values(
    connection: Connection,
    org_id: UUID,
    series_ids: Sequence[UUID],
    *,
    first_on: date,
    last_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return the values of series on days, in the order of days: as known now, or at the end of `known_on` (UTC)."""
    if known_on is not None:
        return await _list_values_known_on(connection, org_id, series_ids, first_on, last_on, known_on)
    return await connection.fetch(
        """select o.series_id, o.observed_on, o.value, o.null_reason,
             case when o.import_id is not null then 'import' when o.sync_run_id is not null then 'sync'
                  else 'typed' end as source
           from unnest($2::uuid[]) as wanted (id)
           cross join lateral (select * from private.observations_between($1, wanted.id, $3, $4) offset 0) o
           order by o.observed_on""",
        org_id,
        series_ids,
        first_on,
        last_on,
    )


async def _list_values_known_on(
    connection: Connection, org_id: UUID, series_ids: Sequence[UUID], first_on: date, last_on: date, known_on: date
) -> list[Row]:
    return await connection.fetch(
        """with asked as (
             select ($5::date + 1)::timestamp at time zone 'UTC' as until
           ), known as (
             select o.series_id, o.observed_on, o.value, o.null_reason, o.import_id, o.sync_run_id
             from asked cross join unnest($2::uuid[]) as wanted (id)
             cross join lateral (select * from private.observations_between($1, wanted.id, $3, $4) offset 0) o
             where o.known_at < asked.until
             union all
             select r.series_id, r.observed_on, r.value, r.null_reason, r.import_id, r.sync_run_id
             from asked cross join observation_revisions r
             where r.org_id = $1 and r.series_id = any ($2) and r.observed_on between $3 and $4
               and r.known_at < asked.until and r.superseded_at >= asked.until
           )
           select series_id, observed_on, value, null_reason,
             case when import_id is not null then 'import' when sync_run_id is not null then 'sync'
                  else 'typed' end as source
           from known order by observed_on""",
        org_id,
        series_ids,
        first_on,
        last_on,
        known_on,
    )


async def list_assets_of_song(
    connection: Connection, org_id: UUID, recording_id: UUID, provider: str | None = None, metric: str | None = None
) -> list[UUID]:
    """Return the assets of a recording that have a breakdown: on all platforms, or on one of one metric."""
    rows = await connection.fetch(
        """select a.id from assets a
           where a.org_id = $1 and a.recording_id = $2 and exists (
             select from series s
             where s.org_id = $1 and s.asset_id = a.id and s.dimension <> ''
               and ($3::text is null or s.provider = $3) and ($4::text is null or s.metric = $4))
           order by a.provider, a.kind, a.title, a.id""",
        org_id,
        recording_id,
        provider,
        metric,
    )
    return [row["id"] for row in rows]


async def asset_exists(connection: Connection, org_id: UUID, asset_id: UUID) -> bool:
    return await connection.fetchval("select 1 from assets where org_id = $1 and id = $2", org_id, asset_id) is not None
