"""SQL of questions: the artists, works and series that they may refer to."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_artists(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        "select id, name from artists where org_id = $1 and archived_at is null order by name, id", org_id
    )


async def list_assets(connection: Connection, org_id: UUID, artist_id: UUID) -> list[Row]:
    return await connection.fetch(
        "select distinct title from assets where org_id = $1 and artist_id = $2 order by title limit 5000",
        org_id,
        artist_id,
    )


async def find_series(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    metrics: Sequence[str],
    provider: str | None,
    asset_title: str | None,
) -> list[Row]:
    """Return the series of these metrics that have data, one for each platform: that with the latest day.

    With `asset_title`: of works of this title; else of the artist as a whole.
    """
    return await connection.fetch(
        """select distinct on (s.metric, s.provider) s.id, s.metric, s.provider, s.terms, s.time_zone, s.interval_days,
                  m.name as metric_name, m.unit, m.kind, p.name as provider_name, a.title as asset_title,
                  o.first_on, o.last_on
           from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
             and m.aggregation <> 'none'
           left join private.known_providers p on p.slug = s.provider and (p.org_id is null or p.org_id = s.org_id)
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral (
             select private.oldest_day($1, s.id) as first_on, private.newest_day($1, s.id, 'infinity', true) as last_on
             offset 0) o
           where s.org_id = $1 and s.artist_id = $2 and s.metric = any ($3) and s.dimension = ''
             and ($4::text is null or s.provider = $4::text) and a.title is not distinct from $5
             and o.last_on is not null
           order by s.metric, s.provider, o.last_on desc, o.first_on, s.id""",
        org_id,
        artist_id,
        list(metrics),
        provider,
        asset_title,
    )


async def find_best_day(
    connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date
) -> date | None:
    """Return the day of the highest value, the earliest of equals."""
    found: date | None = await connection.fetchval(
        """select observed_on from private.observations_between($1, $2, $3, $4)
           where value is not null order by value desc, observed_on limit 1""",
        org_id,
        series_id,
        from_on,
        to_on,
    )
    return found


async def find_break(
    connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date
) -> Row | None:
    """Return the latest change of the metric's definition within (from_on, to_on], with what goes on unchanged."""
    return await connection.fetchrow(
        """select b.since_on, b.continued_as from series s
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral private.definition_breaks(s.metric, s.provider::text, $3, $4, a.kind) b
           where s.org_id = $1 and s.id = $2 order by b.since_on desc limit 1""",
        org_id,
        series_id,
        from_on,
        to_on,
    )
