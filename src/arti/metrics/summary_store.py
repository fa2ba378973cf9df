"""SQL of headlines, summary tiles and asset values.

The database function `private.series_figures` decides what is summed and what a change is.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row

# The headline number of a platform is the first of these that exists.
HEADLINE_METRICS = (
    "audience.monthly_listeners",
    "consumption.views",
    "consumption.streams",
    "consumption.plays",
    "audience.followers",
    "audience.listeners",
    "consumption.engaged_views",
)
ASSET_DAYS = 28  # period of an asset's daily values; period totals of exports are returned unchanged


async def list_headlines(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], *, days: int, known_on: date | None
) -> list[Row]:
    """Return one number for each artist and platform with numbers, as known on a day."""
    return await connection.fetch(
        """with best as (
             select distinct on (b.artist_id, b.provider) b.artist_id, b.provider, b.metric, b.series_id
             from private.best_series($1, $2, metrics => $3, known_on => $5) b
             where b.newest_on is not null
             order by b.artist_id, b.provider, array_position($3, b.metric)
           )
           select best.artist_id, best.provider, best.metric, f.basis, f.value, f.change_percent, f.change_note,
             f.as_of, f.stale
           from best
           join private.series_figures($1, (select array_agg(series_id) from best), clock.today(), $4, true, $5) f
             on f.series_id = best.series_id
           where f.as_of is not null
           order by best.artist_id, best.provider""",
        org_id,
        artist_ids,
        list(HEADLINE_METRICS),
        days,
        known_on,
    )


async def list_tiles(
    connection: Connection, org_id: UUID, artist_id: UUID, *, days: int, spark: int, known_on: date | None
) -> list[Row]:
    """Return the numbers of an artist's series, without those of assets, with the last `spark` days of each."""
    return await connection.fetch(
        "select * from private.tiles_of_artist($1, $2, $3, $4, $5)", org_id, artist_id, days, spark, known_on
    )


async def list_assets(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    provider: str | None,
    kind: str | None,
    is_song: bool | None,
    sort: str,
    after: tuple[str, UUID] | None,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    """Return assets with their numbers. `sort`: value (most first), released (newest first), title."""
    key, id = after or (None, None)
    return await connection.fetch(
        """with selected as (
             select a.id, a.provider, a.kind, coalesce(a.details -> 'kind_guessed' = 'true', false) as kind_guessed,
               a.title, a.url, a.released_on, a.external_id, a.isrc from assets a
             where a.org_id = $1 and a.artist_id = $2 and ($3::text is null or a.provider::text = $3)
               and ($4::text is null or a.kind = $4)
               and ($10::boolean is null or (coalesce(a.recording_id, a.release_id) is not null) = $10)
           ), asset_series as (
             select s.id, s.asset_id, s.metric, s.dimension, s.terms from series s
             where s.org_id = $1 and s.artist_id = $2 and s.asset_id in (select id from selected)
               and (s.dimension = '' or (s.dimension like 'period=%' and strpos(s.dimension, ',') = 0))
           ), reported as (
             select c.asset_id, c.metric, c.terms, f.value, f.as_of, f.basis || ':' as period
             from asset_series c
             join private.series_figures(
               $1, (select array_agg(id) from asset_series where dimension = ''), clock.today(), $5, true, $11
             ) f on f.series_id = c.id and f.as_of is not null
             union all
             select c.asset_id, c.metric, c.terms, last.value, last.observed_on, substr(c.dimension, 8)
             from asset_series c
             cross join lateral (
               (select m.values[cardinality(m.values)] as value, m.month + cardinality(m.values) - 1 as observed_on
                from observation_months m
                where $11::date is null and m.org_id = $1 and m.series_id = c.id order by m.month desc limit 1)
               union all
               (select m.values[cardinality(m.values)], m.month + cardinality(m.values) - 1
                from private.months_as_known($1, c.id, $11) m where $11 is not null order by m.month desc limit 1)
             ) last
             where c.dimension <> ''
           ), best as (
             select distinct on (asset_id, metric, period) asset_id, metric, period, value, as_of from reported
             order by asset_id, metric, period, as_of desc, (terms = 'own') desc
           ), listed as (
             select selected.*, coalesce(b.values, '[]') as values, case $6
               when 'title' then lower(selected.title)
               when 'released' then coalesce((date '9999-12-31' - selected.released_on)::text, '9')
               else lpad((1e15 - least(coalesce(b.most, -1), 9e14))::bigint::text, 16, '0') end as sort_key
             from selected
             left join (
               select best.asset_id, max(best.value) filter (where best.metric like 'consumption.%') as most,
                 jsonb_agg(jsonb_build_object('metric', best.metric, 'value', best.value, 'period', best.period,
                   'as_of', best.as_of) order by best.metric, best.period) as values
               from best group by best.asset_id
             ) b on b.asset_id = selected.id
           )
           select * from listed where $7::text is null or (sort_key, id) > ($7, $8::uuid)
           order by sort_key, id limit $9""",
        org_id,
        artist_id,
        provider,
        kind,
        ASSET_DAYS,
        sort,
        key,
        id,
        limit,
        is_song,
        known_on,
    )
