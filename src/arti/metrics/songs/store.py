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
    months = "private.months_as_known($1, s.id, $5)" if known_on else "observation_months"
    return await connection.fetch(
        f"""with songs as ({_RECORDINGS[scope]})
            select s.id as series_id, s.provider, s.metric, s.terms, s.dimension, m.name, m.unit, m.kind,
              a.id as asset_id, a.artist_id, a.recording_id, a.external_id, a.title, a.released_on,
              newest.observed_on as last_on
            from assets a
            join series s on s.org_id = $1 and s.artist_id = a.artist_id and s.asset_id = a.id
            join (select slug, name, unit, kind from metrics
                  union all select slug, name, unit, kind from org_metrics where org_id = $1) m on m.slug = s.metric
            cross join lateral (select least($4::date, clock.today_in(s.time_zone) - 1) as day) bound
            left join lateral (
              select m.month + (d.place - 1) as observed_on
              from {months} m
              cross join lateral (
                select max(i) as place from generate_subscripts(m.values, 1) i
                where m.values[i] is not null and m.month + (i - 1) <= bound.day) d
              where m.org_id = $1 and m.series_id = s.id and m.month <= bound.day and d.place is not null
              order by m.month desc limit 1
            ) newest on true
            where a.org_id = $1 and a.recording_id in (select id from songs)
              and ($3::text[] is null or s.metric = any ($3)) and m.kind in ('flow', 'counter')
              and (s.dimension = '' or (s.dimension like 'period=%' and strpos(s.dimension, ',') = 0))
            order by a.provider, a.title, a.id, s.id""",  # noqa: S608 - constants of this module
        org_id,
        id,
        metrics,
        until,
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
    """Return what each series says of its own period: sum, days with a value, gain, change of definition.

    `gain` is null where private.counter_gain says so. `over`: the last day is over where the provider counts.
    """
    months = "private.months_as_known($1, w.series_id, $5)" if known_on else "observation_months"
    rows = await connection.fetch(
        f"""with wanted as materialized (
             select w.series_id, w.from_on, w.to_on, s.metric, s.provider, a.kind,
               coalesce(m.kind = 'counter', n.kind = 'counter') as is_counter, coalesce(m.can_fall, true) as can_fall,
               w.to_on < clock.today_in(s.time_zone) as over
             from unnest($2::uuid[], $3::date[], $4::date[]) as w (series_id, from_on, to_on)
             join series s on s.org_id = $1 and s.id = w.series_id
             join assets a on a.org_id = $1 and a.id = s.asset_id
             left join metrics m on m.slug = s.metric
             left join org_metrics n on n.org_id = $1 and n.slug = s.metric
           ), breaks as materialized (
             -- Asked once for what many series share.
             select k.*, (
               select max(b.since_on)
               from private.definition_breaks(
                 k.metric, k.provider, k.from_on - k.is_counter::integer, k.to_on, k.kind{", $5" if known_on else ""}) b
             ) as break_on
             from (select distinct metric, provider, kind, is_counter, from_on, to_on from wanted) k
           )
           select w.series_id, w.over, v.days, v.total, v.last, v.before, k.break_on,
             private.counter_gain(v.last, v.before, w.can_fall) as gain
           from wanted w
           join breaks k on (k.metric, k.provider, k.kind, k.is_counter, k.from_on, k.to_on)
             = (w.metric, w.provider, w.kind, w.is_counter, w.from_on, w.to_on)
           cross join lateral (
             select count(d.value) filter (where m.month + (d.place::integer - 1) >= w.from_on) as days,
               sum(d.value) filter (where m.month + (d.place::integer - 1) >= w.from_on) as total,
               max(d.value) filter (where m.month + (d.place::integer - 1) = w.to_on) as last,
               max(d.value) filter (where m.month + (d.place::integer - 1) = w.from_on - 1) as before
             from {months} m
             cross join lateral unnest(m.values) with ordinality as d (value, place)
             where m.org_id = $1 and m.series_id = w.series_id and m.month <= w.to_on
               and m.month >= date_trunc('month', (w.from_on - 1)::timestamp)::date
               and m.month + (d.place::integer - 1) between w.from_on - 1 and w.to_on
           ) v""",  # noqa: S608 - constants
        org_id,
        series_ids,
        from_on,
        to_on,
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
