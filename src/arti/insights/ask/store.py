"""SQL of questions: names, series, and what is stored about days, campaigns and documents."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti.insights.store import FOUND_BY, NUMBERS, STANDS
from arti_core.database import Connection, Row

MOST_WORKS = 5000
# An insight of then, that was not withdrawn by then.
_WRITTEN = f"{FOUND_BY} and {STANDS}".format("$5")


async def list_artists(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        "select id, name from artists where org_id = $1 and archived_at is null order by name, id", org_id
    )


async def list_works(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the titles of the artists' works, of many works the newest."""
    return await connection.fetch(
        """select artist_id, title from assets where org_id = $1 group by artist_id, title
           order by max(released_on) desc nulls last, title limit $2""",
        org_id,
        MOST_WORKS,
    )


async def list_series(
    connection: Connection,
    org_id: UUID,
    artist_ids: Sequence[UUID],
    *,
    metrics: Sequence[str],
    provider: str | None,
    titles: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    known_on: date | None = None,
) -> list[Row]:
    """Return the series of these metrics that have data, one for each artist, platform and work: the latest.

    Of the artists as a whole; with `titles` of works of these titles, with `kinds` of all works of these kinds.
    """
    return await connection.fetch(
        """select distinct on (s.metric, s.provider, s.artist_id, t.title) s.id, s.metric, s.provider, s.artist_id,
                  s.time_zone, s.interval_days, m.name as metric_name, m.unit, m.kind, m.aggregation,
                  p.name as provider_name, t.title as asset_title, o.first_on, o.last_on
           from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           left join private.known_providers p on p.slug = s.provider and (p.org_id is null or p.org_id = s.org_id)
           left join assets t on t.org_id = s.org_id and t.id = s.asset_id
           cross join lateral (
             select private.oldest_known_day($1, s.id, $7) as first_on,
               private.newest_known_day($1, s.id, $7) as last_on
             offset 0) o
           where s.org_id = $1 and s.artist_id = any ($2) and s.metric = any ($3) and s.dimension = ''
             and ($4::text is null or s.provider = $4::text)
             and case when $5::text[] is not null then t.title = any ($5)
                 when $6::text[] is not null then t.kind = any ($6) else s.asset_id is null end
             and o.last_on is not null
           order by s.metric, s.provider, s.artist_id, t.title, o.last_on desc, o.first_on, s.id limit 5000""",
        org_id,
        list(artist_ids),
        list(metrics),
        provider,
        list(titles) if titles is not None else None,
        list(kinds) if kinds is not None else None,
        known_on,
    )


async def list_stored_metrics(connection: Connection, org_id: UUID, artist_ids: Sequence[UUID]) -> list[Row]:
    """Return the metrics that these artists have as a whole, the most common first."""
    return await connection.fetch(
        """select s.metric, m.name as metric_name, m.kind, count(distinct s.artist_id) as artists from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           where s.org_id = $1 and s.artist_id = any ($2) and s.asset_id is null and s.dimension = ''
             and m.aggregation <> 'none'
           group by s.metric, m.name, m.kind order by count(distinct s.artist_id) desc, s.metric limit 12""",
        org_id,
        list(artist_ids),
    )


async def find_extreme_day(
    connection: Connection,
    org_id: UUID,
    series_id: UUID,
    *,
    from_on: date,
    to_on: date,
    gains: bool,
    highest: bool,
    known_on: date | None,
) -> date | None:
    """Return the day of the highest or lowest value (or daily gain of a running total), the earliest of equals."""
    found: date | None = await connection.fetchval(
        """select d.observed_on from (
             select g.observed_on, case when $5 then g.gain else g.value end as v
             from private.daily_gains($1, $2, $3, $4, $7) g) d
           where d.v is not null order by case when $6 then -d.v else d.v end, d.observed_on limit 1""",
        org_id,
        series_id,
        from_on,
        to_on,
        gains,
        highest,
        known_on,
    )
    return found


async def find_steepest_day(
    connection: Connection,
    org_id: UUID,
    series_id: UUID,
    *,
    from_on: date,
    to_on: date,
    gains: bool,
    rises: bool,
    known_on: date | None,
) -> Row | None:
    """Return the day that rose or fell most against the day before, the earliest of equals; None if no day did.

    `gains`: of a running total, whose day is what it gained or lost on it.
    """
    return await connection.fetchrow(
        """select m.observed_on from (
             select g.observed_on, case when $5 then g.gain
               when g.observed_on - lag(g.observed_on) over days = 1 then g.value - lag(g.value) over days end as moved
             from private.daily_gains($1, $2, $3::date - 1, $4, $7) g window days as (order by g.observed_on)) m
           where m.observed_on >= $3::date and case when $6 then m.moved else -m.moved end > 0
           order by case when $6 then -m.moved else m.moved end, m.observed_on limit 1""",
        org_id,
        series_id,
        from_on,
        to_on,
        gains,
        rises,
        known_on,
    )


async def find_last_day(
    connection: Connection, org_id: UUID, series_id: UUID, *, from_on: date, to_on: date, known_on: date | None
) -> date | None:
    found: date | None = await connection.fetchval(
        """select max(observed_on) from private.observations_known($1, $2, $3, $4, $5)
           where value is not null""",
        org_id,
        series_id,
        from_on,
        to_on,
        known_on,
    )
    return found


async def list_breaks(
    connection: Connection,
    org_id: UUID,
    series_ids: Sequence[UUID],
    *,
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return the latest change of each series' definition within (from_on, to_on], with what goes on unchanged."""
    return await connection.fetch(
        """select distinct on (s.id) s.id, b.since_on, b.continued_as from series s
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral private.definition_breaks(s.metric, s.provider::text, $3, $4, a.kind, $5) b
           where s.org_id = $1 and s.id = any ($2) order by s.id, b.since_on desc""",
        org_id,
        list(series_ids),
        from_on,
        to_on,
        known_on,
    )


async def list_findings(
    connection: Connection,
    org_id: UUID,
    artist_ids: Sequence[UUID],
    *,
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return these artists' insights of these days, and what summaries of the past hold, as read_row reads them."""
    return await connection.fetch(
        f"""select i.happened_on, i.title, i.template, {NUMBERS}, i.severity from insights i
           where i.org_id = $1 and i.artist_id = any ($2) and i.detector <> 'past_numbers'
             and i.happened_on between $3 and $4 and {_WRITTEN}
           union all
           select p.happened_on, p.title, p.template, p.numbers, 'info' from insight_parts p
           join insights i on i.org_id = p.org_id and i.id = p.insight_id
           where p.org_id = $1 and i.artist_id = any ($2) and i.detector = 'past_numbers'
             and p.happened_on between $3 and $4 and {_WRITTEN}
           order by happened_on, severity desc, title limit 12""",  # noqa: S608 - constants
        org_id,
        list(artist_ids),
        from_on,
        to_on,
        known_on,
    )


async def list_releases(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], *, from_on: date, to_on: date
) -> list[Row]:
    """Return the works of these artists that came out on these days."""
    return await connection.fetch(
        """select title, min(released_on) as released_on from assets
           where org_id = $1 and artist_id = any ($2) and released_on between $3 and $4 and kind <> 'post'
           group by title order by min(released_on), title limit 8""",
        org_id,
        list(artist_ids),
        from_on,
        to_on,
    )


async def list_newest(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    kinds: Sequence[str],
    title: str | None,
    provider: str | None,
    until: date,
) -> list[Row]:
    """Return the artist's works of these kinds that are out, or those of this title, the newest first."""
    return await connection.fetch(
        """select title, min(released_on) as released_on from assets
           where org_id = $1 and artist_id = $2 and released_on <= $6 and ($5::text is null or provider::text = $5)
             and case when $4::text is null then kind::text = any ($3) else title = $4 end
           group by title order by min(released_on) desc, title limit 8""",
        org_id,
        artist_id,
        list(kinds),
        title,
        provider,
        until,
    )


async def list_campaigns(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the campaigns with what was spent; without the right to see money its columns are null."""
    return await connection.fetch("select * from private.campaign_facts($1)", org_id)


async def total_costs(
    connection: Connection, org_id: UUID, campaign_ids: Sequence[UUID], *, from_on: date, to_on: date
) -> list[Row]:
    """Return what these campaigns cost on these days, in each currency."""
    return await connection.fetch(
        "select * from private.campaign_spending($1, $2, $3, $4)", org_id, list(campaign_ids), from_on, to_on
    )


async def list_lifts(
    connection: Connection, org_id: UUID, campaign_ids: Sequence[UUID], *, known_on: date | None
) -> list[Row]:
    """Return what was measured of these campaigns, or had been at the end of a day, if the caller sees the goal."""
    return await connection.fetch(
        "select * from private.campaign_lift_facts($1, $2, $3)", org_id, list(campaign_ids), known_on
    )
