"""SQL of the first days of releases."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row

_EARLIER_READ = 24  # of which those of one week are one release


async def find_release(connection: Connection, org_id: UUID, release_id: UUID) -> Row | None:
    """Return a release with its main artists of the roster that the caller sees."""
    return await connection.fetchrow(
        """select r.id, r.title, r.kind, r.released_on,
             coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by c.position, a.name)
                       from credits c join artists a on a.org_id = $1 and a.id = c.artist_id
                       where c.org_id = $1 and c.release_id = r.id and c.role = 'main'), '[]') as artists
           from releases r where r.org_id = $1 and r.id = $2""",
        org_id,
        release_id,
    )


async def list_earlier(connection: Connection, org_id: UUID, release_id: UUID, before: date) -> list[Row]:
    """Return the earlier releases of the same main artists, the latest first. Compilations are beside compilations."""
    return await connection.fetch(
        """select r.id, r.title, r.kind, r.released_on
           from releases r join releases this on this.org_id = $1 and this.id = $2
           where r.org_id = $1 and r.merged_into is null and r.id <> $2 and r.released_on <= $3
             and coalesce(r.kind = 'compilation', false) = coalesce(this.kind = 'compilation', false)
             and exists (
               select from credits c
               join credits own on own.org_id = $1 and own.release_id = $2 and own.role = 'main'
                 and own.artist_id = c.artist_id
               where c.org_id = $1 and c.release_id = r.id and c.role = 'main')
           order by r.released_on desc, r.id limit $4""",
        org_id,
        release_id,
        before,
        _EARLIER_READ,
    )


async def list_tracks(connection: Connection, org_id: UUID, release_ids: Sequence[UUID]) -> list[Row]:
    """Return (release_id, recording_id) of the tracks that the caller sees."""
    return await connection.fetch(
        """select distinct t.release_id, t.recording_id, r.title
           from release_tracks t join recordings r on r.org_id = $1 and r.id = t.recording_id
           where t.org_id = $1 and t.release_id = any ($2)""",
        org_id,
        list(release_ids),
    )


async def list_values(
    connection: Connection,
    org_id: UUID,
    series_ids: Sequence[UUID],
    first_days: Sequence[date],
    days: int,
    *,
    known_on: date | None,
) -> list[Row]:
    """Return the values of each series on the `days` from its first day on, as known on a day."""
    return await connection.fetch(
        """select w.id as series_id, o.observed_on, o.value
           from unnest($2::uuid[], $3::date[]) as w (id, first_on)
           cross join lateral (
             select v.observed_on, v.value
             from private.observations_between($1, w.id, w.first_on, w.first_on + $4::integer - 1) v
             where $5::date is null or v.known_at < ($5::date + 1)::timestamp at time zone 'UTC'
             union all
             select r.observed_on, r.value from observation_revisions r
             where $5 is not null and r.org_id = $1 and r.series_id = w.id
               and r.observed_on between w.first_on and w.first_on + $4::integer - 1
               and r.known_at < ($5::date + 1)::timestamp at time zone 'UTC'
               and r.superseded_at >= ($5::date + 1)::timestamp at time zone 'UTC'
             offset 0) o
           where o.value is not null""",
        org_id,
        list(series_ids),
        list(first_days),
        days,
        known_on,
    )


async def list_zones(connection: Connection, org_id: UUID, series_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Return the time zone of each series, and the last day that is over there."""
    rows = await connection.fetch(
        """select s.id, s.time_zone, clock.today_in(s.time_zone) - 1 as finished_on
           from series s where s.org_id = $1 and s.id = any ($2)""",
        org_id,
        list(series_ids),
    )
    return {row["id"]: row for row in rows}


async def list_saves(
    connection: Connection, org_id: UUID, recording_ids: Sequence[UUID], *, known_on: date | None
) -> list[Row]:
    """Return the newest saves and listeners of songs that one file gives for the same days, as known on a day."""
    return await connection.fetch(
        """with newest as materialized (
             select a.recording_id, a.title, s.provider, s.metric, s.terms, substr(s.dimension, 8) as period, v.*
             from assets a
             join series s on s.org_id = $1 and s.artist_id = a.artist_id and s.asset_id = a.id
             cross join lateral (
               (select m.month + cardinality(m.values) - 1 as as_of, m.values[cardinality(m.values)] as value
                from observation_months m where $3::date is null and m.org_id = $1 and m.series_id = s.id
                order by m.month desc limit 1)
               union all
               (select m.month + cardinality(m.values) - 1, m.values[cardinality(m.values)]
                from private.months_as_known($1, s.id, $3) m where $3 is not null order by m.month desc limit 1)) v
             where a.org_id = $1 and a.recording_id = any ($2) and v.value is not null
               and s.metric in ('engagement.saves', 'audience.listeners')
               and s.dimension like 'period=%' and strpos(s.dimension, ',') = 0
           )
           select distinct on (saves.recording_id, saves.provider, saves.period)
             saves.recording_id, saves.title, saves.provider, saves.terms, saves.period, saves.as_of,
             saves.value as saves, people.value as listeners
           from newest saves
           join newest people on people.recording_id = saves.recording_id and people.provider = saves.provider
             and people.terms = saves.terms and people.period = saves.period and people.as_of = saves.as_of
             and people.metric = 'audience.listeners'
           where saves.metric = 'engagement.saves'
           order by saves.recording_id, saves.provider, saves.period, saves.as_of desc""",
        org_id,
        list(recording_ids),
        known_on,
    )
