"""SQL of lifts: what a worker reads to measure one, and what it stores."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti.campaigns.store import MEASURED, measured_by
from arti_core.database import Connection, Row


async def find_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select c.id, c.artist_id, c.name, c.goal_metric, c.goal_provider, c.starts_on, c.ends_on, m.kind,
             m.aggregation
           from campaigns c
           join private.known_metrics m on m.slug = c.goal_metric and (m.org_id is null or m.org_id = c.org_id)
           where c.org_id = $1 and c.id = $2""",
        org_id,
        campaign_id,
    )


async def list_due(connection: Connection, org_id: UUID, *, ended_after: date, limit: int) -> list[UUID]:
    """Return the campaigns that can still change: not long over, never measured or changed since; newest first."""
    rows = await connection.fetch(
        """select c.id from campaigns c left join campaign_lifts l on l.org_id = c.org_id and l.campaign_id = c.id
           where c.org_id = $1 and (c.ends_on >= $2 or l.campaign_id is null
             or (l.goal_metric, l.goal_provider, l.starts_on, l.ends_on)
               <> (c.goal_metric, c.goal_provider::text, c.starts_on, c.ends_on))
           order by c.ends_on desc, c.id limit $3""",
        org_id,
        ended_after,
        limit,
    )
    return [row["id"] for row in rows]


async def list_of_artist(connection: Connection, org_id: UUID, event_id: UUID, *, limit: int) -> list[UUID]:
    """Return the newest campaigns of the artist whose numbers an event reports."""
    rows = await connection.fetch(
        """select c.id from campaigns c join events e on e.org_id = c.org_id and e.artist_id = c.artist_id
           where c.org_id = $1 and e.id = $2 and (e.provider is null or e.provider = c.goal_provider::text)
           order by c.ends_on desc, c.id limit $3""",
        org_id,
        event_id,
        limit,
    )
    return [row["id"] for row in rows]


async def list_goal_series(
    connection: Connection, org_id: UUID, artist_id: UUID, *, metric: str, provider: str, from_on: date, to_on: date
) -> list[Row]:
    """Return the artist's own series of a metric, the one with the most values in the days first."""
    return await connection.fetch(
        """select s.id, s.terms, s.time_zone, s.interval_days, o.days, o.newest_on
           from series s cross join lateral (
             select count(*) as days, max(o.observed_on) as newest_on
             from private.observations_between(s.org_id, s.id, $5, $6) o where o.value is not null) o
           where s.org_id = $1 and s.artist_id = $2 and s.metric = $3 and s.provider = $4::text
             and s.asset_id is null and s.dimension = '' and o.days > 0
           order by o.days desc, s.id""",
        org_id,
        artist_id,
        metric,
        provider,
        from_on,
        to_on,
    )


async def list_candidates(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    metric: str,
    provider: str,
    terms: Sequence[str],
    interval_days: int,
    month: date,
    limit: int,
) -> list[Row]:
    """Return series of other artists and their songs, the one of each with the most values in a month.

    Artists come first, then the largest songs. A song on which the campaign's artist is credited is theirs too.
    """
    return await connection.fetch(
        """select id, artist_id, asset_id from (
             select distinct on (s.artist_id, s.asset_id) s.id, s.artist_id, s.asset_id, v.largest
             from series s
             join observation_months m on m.org_id = s.org_id and m.series_id = s.id and m.month = $7
             cross join lateral (
               select count(u.value) as days, max(u.value) as largest from unnest(m.values) u (value)) v
             left join assets a on a.org_id = s.org_id and a.id = s.asset_id
             where s.org_id = $1 and s.artist_id <> $2 and s.metric = $3 and s.provider = $4::text and s.dimension = ''
               and s.terms = any ($5) and s.interval_days = $6 and v.days > 0
               and not exists (select from credits c where c.org_id = s.org_id and c.recording_id = a.recording_id
                               and c.artist_id = $2)
             order by s.artist_id, s.asset_id, v.days desc, s.id) best
           order by asset_id is not null, largest desc, id limit $8""",
        org_id,
        artist_id,
        metric,
        provider,
        terms,
        interval_days,
        month,
        limit,
    )


async def read_panel(
    connection: Connection, org_id: UUID, series_ids: Sequence[UUID], *, gains: bool, from_on: date, to_on: date
) -> dict[UUID, Row]:
    """Return the complete days of each series in its provider's zone: `days`, `values` (or gains), `definitions`."""
    rows = await connection.fetch(
        """select s.id, array_agg(g.observed_on order by g.observed_on) as days,
                  array_agg(case when $3 then g.gain else g.value end order by g.observed_on) as values,
                  array_agg(g.definition order by g.observed_on) as definitions
           from series s cross join lateral private.daily_gains(s.org_id, s.id, $4, $5) g
           where s.org_id = $1 and s.id = any ($2) and g.value is not null group by s.id""",
        org_id,
        series_ids,
        gains,
        from_on,
        to_on,
    )
    return {row["id"]: row for row in rows}


async def list_disturbances(connection: Connection, org_id: UUID, *, from_on: date, to_on: date) -> list[Row]:
    """Return the releases and campaigns of all artists that lie in the days, each of a title and artist once."""
    return await connection.fetch(
        """select k.kind, k.artist_id, k.title, min(k.starts_on) as starts_on, max(k.ends_on) as ends_on,
                  array_agg(k.id) as ids
           from calendar k
           where k.org_id = $1 and k.kind in ('release', 'campaign') and k.artist_id is not null
             and k.starts_on <= $3 and k.ends_on >= $2
           group by k.kind, k.artist_id, k.title, case when k.kind = 'campaign' then k.id end
           order by starts_on, k.kind, k.title""",
        org_id,
        from_on,
        to_on,
    )


async def find_digest(connection: Connection, org_id: UUID, campaign_id: UUID) -> bytes | None:
    digest: bytes | None = await connection.fetchval(
        "select input_sha256 from campaign_lifts where org_id = $1 and campaign_id = $2", org_id, campaign_id
    )
    return digest


async def save_lift(
    connection: Connection, org_id: UUID, campaign: Row, series_id: UUID, values: dict[str, Any]
) -> bool:
    """Store a measurement in place of the one before. Return False if the campaign was changed or deleted meanwhile."""
    done = await connection.execute(
        f"""with kept as (
             insert into campaign_lift_revisions ({MEASURED})
             select {MEASURED} from campaign_lifts where org_id = $1 and campaign_id = $2 on conflict do nothing)
           insert into campaign_lifts (org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on,
             result, lift, low, high, detail, input_sha256, measured_at)
           select c.org_id, c.id, $3, c.goal_metric, c.goal_provider, c.starts_on, c.ends_on,
             $8, $9, $10, $11, $12, $13, clock.now()
           from campaigns c
           where c.org_id = $1 and c.id = $2
             and (c.goal_metric, c.goal_provider::text, c.starts_on, c.ends_on) = ($4, $5::text, $6, $7)
           on conflict (org_id, campaign_id) do update set series_id = excluded.series_id,
             goal_metric = excluded.goal_metric, goal_provider = excluded.goal_provider,
             starts_on = excluded.starts_on, ends_on = excluded.ends_on, result = excluded.result,
             lift = excluded.lift, low = excluded.low, high = excluded.high, detail = excluded.detail,
             input_sha256 = excluded.input_sha256, measured_at = excluded.measured_at""",  # noqa: S608 - a constant
        org_id,
        campaign["id"],
        series_id,
        campaign["goal_metric"],
        campaign["goal_provider"],
        campaign["starts_on"],
        campaign["ends_on"],
        *(values[name] for name in ("result", "lift", "low", "high", "detail", "input_sha256")),
    )
    return done.endswith(" 1")


async def delete_lift(connection: Connection, org_id: UUID, campaign_id: UUID) -> None:
    """Take back what was measured; it stays among what was known before."""
    await connection.execute(
        f"""with gone as (
             delete from campaign_lifts where org_id = $1 and campaign_id = $2 returning {MEASURED})
           insert into campaign_lift_revisions ({MEASURED}) select * from gone on conflict do nothing""",  # noqa: S608
        org_id,
        campaign_id,
    )


async def find_lift(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, known_on: date | None = None
) -> Row | None:
    """Return the measurement of a campaign that stands, or stood at the end of a day (UTC), if its series is seen."""
    return await connection.fetchrow(
        f"""select l.result, l.lift, l.low, l.high, l.detail, l.series_id, l.measured_at, s.terms, s.time_zone
           from ({measured_by("$3")}) l
           join campaigns c on c.org_id = l.org_id and c.id = l.campaign_id
           join series s on s.org_id = l.org_id and s.id = l.series_id
           where l.org_id = $1 and l.campaign_id = $2 and (l.goal_metric, l.goal_provider, l.starts_on, l.ends_on)
             = (c.goal_metric, c.goal_provider::text, c.starts_on, c.ends_on)
           order by l.measured_at desc limit 1""",  # noqa: S608 - a constant
        org_id,
        campaign_id,
        known_on,
    )


async def list_names(connection: Connection, org_id: UUID, series_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return artist and song of the series that the caller sees."""
    rows = await connection.fetch(
        """select s.id, a.id as artist_id, a.name as artist_name, t.title from series s
           join artists a on a.org_id = s.org_id and a.id = s.artist_id
           left join assets t on t.org_id = s.org_id and t.id = s.asset_id
           where s.org_id = $1 and s.id = any ($2)""",
        org_id,
        series_ids,
    )
    return {row["id"]: row for row in rows}


async def list_goals(connection: Connection, org_id: UUID, artist_id: UUID) -> list[Row]:
    """Return the metrics of which the artist has a series of its own with values, that people want more of."""
    return await connection.fetch(
        """select s.provider::text as provider, p.name as provider_name, s.metric, m.name, m.unit, m.kind,
                  m.aggregation, max(n.newest_on) as newest_on, array_agg(distinct s.terms) as terms
           from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           join private.known_providers p on p.slug = s.provider and (p.org_id is null or p.org_id = s.org_id)
           cross join lateral (select private.newest_day(s.org_id, s.id, 'infinity', true) as newest_on) n
           where s.org_id = $1 and s.artist_id = $2 and s.asset_id is null and s.dimension = ''
             and n.newest_on is not null and m.higher_is_better and s.metric <> 'catalogue.assets_total'
           group by s.provider, p.name, s.metric, m.name, m.unit, m.kind, m.aggregation
           order by p.name, m.name""",
        org_id,
        artist_id,
    )


async def list_markets(connection: Connection, org_id: UUID, terms: Sequence[str], *, limit: int) -> list[Row]:
    """Return the daily metrics of the most series, without money; first those that campaigns aim at."""
    return await connection.fetch(
        """select s.provider::text as provider, s.metric, m.kind, m.aggregation
           from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           where s.org_id = $1 and s.dimension = '' and s.terms = any ($2) and s.interval_days = 1 and not s.is_money
             and (m.kind = 'counter' or m.kind = 'flow' and m.aggregation = 'sum')
             and m.higher_is_better and s.metric <> 'catalogue.assets_total'
           group by s.provider, s.metric, m.kind, m.aggregation
           having count(*) filter (where s.asset_id is null) > 0
           order by exists (select from campaigns c where c.org_id = $1 and c.goal_metric = s.metric
                            and c.goal_provider::text = s.provider::text) desc, count(*) desc, s.metric, 1
           limit $3""",
        org_id,
        terms,
        limit,
    )


async def is_calibrated(connection: Connection, org_id: UUID, *, days: int) -> bool:
    """Return whether the newest calibration is of the last `days` days."""
    recent: bool = await connection.fetchval(
        """select exists (select from lift_calibrations
                          where org_id = $1 and measured_at > clock.now() - $2 * interval '1 day')""",
        org_id,
        days,
    )
    return recent


async def save_calibrations(connection: Connection, org_id: UUID, rows: Sequence[tuple[object, ...]]) -> None:
    """Replace an org's calibration. A row: provider, metric, windows, answered, held, seen, detectable."""
    await connection.execute("delete from lift_calibrations where org_id = $1", org_id)
    await connection.executemany(
        """insert into lift_calibrations (org_id, provider, metric, windows, answered, held, seen, detectable)
           values ($1, $2::text, $3, $4, $5, $6, $7, $8)""",
        [(org_id, *row) for row in rows],
    )


async def list_calibrations(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select c.provider::text as provider, p.name as provider_name, c.metric, m.name as metric_name, c.windows,
                  c.answered, c.held, c.seen, c.detectable, c.measured_at
           from lift_calibrations c
           join private.known_metrics m on m.slug = c.metric and (m.org_id is null or m.org_id = c.org_id)
           join private.known_providers p on p.slug = c.provider and (p.org_id is null or p.org_id = c.org_id)
           where c.org_id = $1 order by c.windows desc, p.name, m.name""",
        org_id,
    )
