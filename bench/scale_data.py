"""Artists with songs and a history, made by SQL as syncs would have left them.

An org has 500 artists, each with 40 series of their own (ten metrics on four platforms) and eight songs on four
platforms. Half of the artists have a year of days; of the others as many days as are left of the number of values that
is asked for. Each night each platform wrote one batch, months follow each other on the disk as they were written, and
a fiftieth of the days was restated later.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg

from arti_core import clock

ORG_SIZE, LISTED = 500, 50
PROVIDERS = ("spotify", "youtube", "instagram", "soundcloud")
METRICS = (
    "audience.followers",
    "audience.listeners",
    "audience.monthly_listeners",
    "consumption.streams",
    "consumption.views",
    "consumption.plays",
    "engagement.likes",
    "engagement.comments",
    "engagement.shares",
    "discovery.playlist_adds",
)
SONGS, SONG_METRIC, SONG_DAYS, YEAR = 8, "consumption.views", 60, 365
OWN_SERIES = len(METRICS) * len(PROVIDERS)
SONG_SERIES = SONGS * len(PROVIDERS)
VALUES_PER_ARTIST = 10_000
TABLES = ("series", "observation_months", "observation_batches", "observation_revisions")


@dataclass(frozen=True)
class Org:
    """An org, a manager who sees all of it, and an analyst with a list of artists."""

    id: UUID
    manager: UUID
    analyst: UUID
    artists: int


def last_day() -> date:
    """Return the newest day of the data: the day before yesterday, so that a night is left to be written."""
    return clock.today() - timedelta(days=2)


def days_of_half(values_per_artist: int) -> tuple[int, int]:
    """Return the days of history of the artists of even and of odd number, for this mean number of values."""
    songs = SONG_SERIES * SONG_DAYS
    own = max(2 * OWN_SERIES, 2 * (values_per_artist - songs))
    year = min(YEAR, own // OWN_SERIES - 1)
    return year, max(1, own // OWN_SERIES - year)


async def add_artists(
    owner: "asyncpg.Connection[asyncpg.Record]",
    count: int,
    *,
    values_per_artist: int,
    show: Callable[[str], None],
) -> list[Org]:
    """Add artists in orgs of at most 500, and return the orgs."""
    orgs, began = [], time.monotonic()
    for first in range(0, count, ORG_SIZE):
        orgs.append(await _add_org(owner, min(ORG_SIZE, count - first), *days_of_half(values_per_artist)))
        done = min(count, first + ORG_SIZE)
        show(f"{done:,} of {count:,} artists, {time.monotonic() - began:.0f} s")
    return orgs


async def _add_org(owner: "asyncpg.Connection[asyncpg.Record]", artists: int, year: int, rest: int) -> Org:
    org = Org(uuid4(), uuid4(), uuid4(), artists)
    async with owner.transaction():
        # The values are right by themselves: without this, each row would be looked up in three tables.
        await owner.execute("set local session_replication_role = replica")
        await owner.execute("insert into orgs (id, name) values ($1, 'Label')", org.id)
        for user_id, role, access in ((org.manager, "manager", "all"), (org.analyst, "analyst", "list")):
            await owner.execute(
                "insert into auth.users (id, email, aud, role) values ($1, $2, 'authenticated', 'authenticated')",
                user_id,
                f"{user_id}@example.test",
            )
            # One session a person, under the person's own id.
            await owner.execute(
                "insert into auth.sessions (id, user_id, created_at) values ($1, $1, clock.now())", user_id
            )
            await owner.execute("insert into users (id, email) values ($1, $2)", user_id, f"{user_id}@example.test")
            await owner.execute(
                "insert into memberships (org_id, user_id, role, artist_access) values ($1, $2, $3::member_role, $4)",
                *(org.id, user_id, role, access),
            )
            await owner.execute("select private.refresh_member_access($1)", user_id)  # no trigger runs here
        await owner.execute(_ARTISTS, org.id, artists)
        await owner.execute(
            """insert into member_artists (org_id, user_id, artist_id)
               select $1, $2, id from made_artists where number % greatest(1, $3::int / $4::int) = 0""",
            *(org.id, org.analyst, artists, LISTED),
        )
        await owner.execute(_SONGS, org.id, SONGS, list(PROVIDERS))
        await owner.execute(_SERIES, org.id, list(METRICS), list(PROVIDERS), SONG_METRIC, year, rest, SONG_DAYS)
        await owner.execute(_BATCHES, org.id, list(PROVIDERS), last_day(), year, rest, SONG_DAYS)
        await owner.execute(_MONTHS, org.id, last_day())
        await owner.execute(_REVISIONS, org.id)
        await owner.execute("drop table made_artists, made_series")
    return org


_ARTISTS = """
with made as (
  insert into artists (org_id, name) select $1, 'Artist ' || n from generate_series(1, $2::int) n returning id
)
select id, row_number() over () as number into temporary made_artists from made
"""
_SONGS = """
with made as (
  insert into recordings (org_id, title, title_key, released_on)
  select $1, 'Song ' || n, 'song ' || a.number || ' ' || n, clock.today() - 100
  from made_artists a, generate_series(1, $2::int) n returning id, title_key
), named as (
  select made.id, made.title_key, a.id as artist_id
  from made join made_artists a on a.number = split_part(made.title_key, ' ', 2)::int
), credited as (
  insert into credits (org_id, recording_id, artist_id, name, role)
  select $1, named.id, named.artist_id, 'Artist', 'main' from named
)
insert into assets (org_id, artist_id, provider, kind, external_id, title, recording_id)
select $1, named.artist_id, p.name,
  case p.name when 'youtube' then 'video' when 'instagram' then 'post' else 'track' end,
  named.title_key, named.title_key, named.id
from named, unnest($3::text[]) p (name)
"""
_SERIES = """
with own as (
  select a.id as artist_id, null::uuid as asset_id, p.name as provider, m.slug as metric,
    case when a.number % 2 = 0 then $5::int else $6::int end as days
  from made_artists a, unnest($3::text[]) p (name), unnest($2::text[]) m (slug)
  union all
  select s.artist_id, s.id, s.provider, $4::text,
    case when number % 2 = 0 and s.title like '% 1' then $5::int else $7::int end
  from assets s join made_artists a on a.id = s.artist_id where s.org_id = $1
), made as (
  insert into series (org_id, artist_id, asset_id, provider, metric, terms, time_zone)
  select $1, artist_id, asset_id, provider, metric, provider || '_api', 'UTC' from own
  returning id, artist_id, asset_id, provider, metric
)
select made.id, made.artist_id, made.asset_id, made.provider, own.days, made.metric,
  a.number, array_position($3::text[], made.provider) as place
into temporary made_series
from made
join own on own.artist_id = made.artist_id and own.asset_id is not distinct from made.asset_id
  and own.provider = made.provider and own.metric = made.metric
join made_artists a on a.id = made.artist_id
"""
# A batch has a number made of the artist's, the platform's and how many days ago it was.
_BATCHES = """
insert into observation_batches (org_id, id, artist_id, provider, sync_run_id, known_at)
select $1, (a.number * 4 + p.place) * 1000 + ago, a.id, p.name, gen_random_uuid(), ($3::date - ago + 1)::timestamptz
from made_artists a, unnest($2::text[]) with ordinality p (name, place),
  generate_series(0, greatest(case when a.number % 2 = 0 then $4::int else $5::int end, $6::int) - 1) ago
"""
_MONTHS = """
insert into observation_months
  (org_id, series_id, month, days, revised, artist_id, asset_id, provider, values, batches)
select $1, s.id, m.month, ((1::bigint << m.last) - 1 - ((1::bigint << (m.first - 1)) - 1))::int,
  case when m.first <= 3 and m.last >= 3 and s.number % 5 < 3 then 4 else 0 end, s.artist_id, s.asset_id, s.provider,
  array(select case when d < m.first then null when s.is_counter then s.level + 37 * (m.day + d) + floor(20 * random())
          else s.level + 7 * (m.day + d)
            + round((s.level / 20 * sin((m.day + d) * 0.8976) + s.level / 200 * random())::numeric)::float8 end
        from generate_series(1, m.last) d),
  array(select case when d >= m.first then (s.number * 4 + s.place) * 1000 + ($2::date - m.month - d + 1) end
        from generate_series(1, m.last) d)
from (
  select i.*, 2000 + abs(hashtext(i.id::text)) % 90000 as level, k.kind = 'counter' as is_counter
  from made_series i join metrics k on k.slug = i.metric
) s
cross join lateral (
  select month::date, month::date - date '2020-01-01' as day,
    greatest(1, $2::date - s.days + 2 - month::date) as first,
    least(extract(day from month + interval '1 month' - interval '1 day')::int, $2::date - month::date + 1) as last
  from generate_series(date_trunc('month', $2::date - s.days + 1), $2::date, interval '1 month') month
) m
order by m.month, s.number, s.place, s.asset_id nulls first, s.id
"""
_REVISIONS = """
insert into observation_revisions (org_id, series_id, observed_on, superseded_at, value, sync_run_id, known_at)
select m.org_id, m.series_id, m.month + 2, m.month + interval '5 days', m.values[3] - 1, gen_random_uuid(),
  m.month + interval '4 days'
from observation_months m where m.org_id = $1 and m.revised <> 0
"""


async def list_orgs(owner: "asyncpg.Connection[asyncpg.Record]") -> list[Org]:
    """Return the orgs that an earlier run has made."""
    rows = await owner.fetch(
        """select o.id, (array_agg(m.user_id) filter (where m.role = 'manager'))[1] as manager,
             (array_agg(m.user_id) filter (where m.role = 'analyst'))[1] as analyst,
             (select count(*) from artists a where a.org_id = o.id) as artists
           from orgs o join memberships m on m.org_id = o.id where o.name = 'Label'
           group by o.id order by min(o.created_at)"""
    )
    return [Org(**row) for row in rows]


async def count_values(owner: "asyncpg.Connection[asyncpg.Record]") -> int:
    found: int = await owner.fetchval(
        "select coalesce(sum(bit_count(days::bit(32))), 0)::bigint from observation_months"
    )
    return found


async def measure_bytes(owner: "asyncpg.Connection[asyncpg.Record]", tables: Sequence[str] = TABLES) -> dict[str, int]:
    """Return the size of each table on the disk, with its indexes."""
    return {table: await owner.fetchval("select pg_total_relation_size($1::regclass)", table) for table in tables}
