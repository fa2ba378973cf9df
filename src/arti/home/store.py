"""SQL of the home page: when members were last there, stars, what waits for a person, and the roster in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from arti.metrics.summary_store import HEADLINE_METRICS
from arti_core.database import Connection, Row, fetch_one

# Whoever comes back later than this begins a new session.
SESSION_GAP = timedelta(hours=4)
MAX_COLUMNS = 4


async def keep_plans(connection: Connection) -> None:
    """Let each statement of this transaction have one plan a connection: policies make planning dearer than reading.

    With a plan for each call's own values, that of the stories alone took a quarter of the page's database time.
    """
    await connection.execute("set local plan_cache_mode = force_generic_plan")


async def find_last_session(connection: Connection, org_id: UUID, user_id: UUID) -> datetime | None:
    """Return when the member's session before this one ended."""
    moment: datetime | None = await connection.fetchval(
        """select case when active_at < clock.now() - $3::interval then active_at else previous_at end
           from home_sessions where org_id = $1 and user_id = $2""",
        org_id,
        user_id,
        SESSION_GAP,
    )
    return moment


async def put_session(connection: Connection, org_id: UUID, user_id: UUID) -> None:
    await connection.execute(
        """insert into home_sessions as v (org_id, user_id, active_at) values ($1, $2, clock.now())
           on conflict (org_id, user_id) do update set active_at = clock.now(),
             previous_at = case when v.active_at < clock.now() - $3::interval then v.active_at
               else v.previous_at end""",
        org_id,
        user_id,
        SESSION_GAP,
    )


async def add_star(connection: Connection, org_id: UUID, user_id: UUID, artist_id: UUID) -> bool:
    """Return whether the caller sees such an artist."""
    found = await connection.fetchval(
        "select 1 from artists where org_id = $1 and id = $2 and archived_at is null", org_id, artist_id
    )
    if found:
        await connection.execute(
            "insert into starred_artists (org_id, user_id, artist_id) values ($1, $2, $3) on conflict do nothing",
            org_id,
            user_id,
            artist_id,
        )
    return found is not None


async def delete_star(connection: Connection, org_id: UUID, user_id: UUID, artist_id: UUID) -> None:
    await connection.execute(
        "delete from starred_artists where org_id = $1 and user_id = $2 and artist_id = $3", org_id, user_id, artist_id
    )


async def list_accounts_to_reconnect(connection: Connection, org_id: UUID) -> list[Row]:
    """Return (artist_id, artist_name, count), by name."""
    return await connection.fetch(
        """select a.id as artist_id, a.name as artist_name, count(*) as count
           from accounts c join artists a on a.org_id = c.org_id and a.id = c.artist_id
           where c.org_id = $1 and c.status = 'needs_reauth' and a.archived_at is null
           group by a.id, a.name order by lower(a.name)""",
        org_id,
    )


async def list_imports_with_questions(connection: Connection, org_id: UUID) -> list[Row]:
    """Return (artist_id, artist_name, count) of files that wait for an answer, by name."""
    return await connection.fetch(
        """select a.id as artist_id, a.name as artist_name, count(distinct i.id) as count
           from import_batch_items b
           join imports i on i.org_id = b.org_id and i.id = b.import_id and i.status = 'previewed'
           join artists a on a.org_id = i.org_id and a.id = i.artist_id
           where b.org_id = $1 and b.open <> '{}' and a.archived_at is null
           group by a.id, a.name order by lower(a.name)""",
        org_id,
    )


async def list_present(connection: Connection, org_id: UUID, artist_ids: Sequence[UUID]) -> list[Row]:
    """Return (id, name) of those of these artists that are still on the roster, by name."""
    return await connection.fetch(
        """select id, name from artists where org_id = $1 and id = any ($2) and archived_at is null
           order by lower(name), id""",
        org_id,
        artist_ids,
    )


async def count_failed_deliveries(connection: Connection, org_id: UUID, *, since: datetime) -> int:
    count: int = await connection.fetchval(
        "select count(*) from deliveries where org_id = $1 and status = 'dead' and created_at >= $2", org_id, since
    )
    return count


async def read_first_steps(
    connection: Connection, org_id: UUID, user_id: UUID, *, young: timedelta
) -> dict[str, bool] | None:
    """Return which first steps are done, by kind, as far as the caller sees it; None of an org that is older."""
    row = await connection.fetchrow(
        """select exists (select from artists where org_id = $1 and archived_at is null) as artist,
             exists (select from series where org_id = $1) as numbers,
             exists (select from insights where org_id = $1) as story,
             exists (select from channels where org_id = $1) as channel,
             exists (select from memberships where org_id = $1 and user_id <> $2)
               or exists (select from invitations where org_id = $1) as invitation
           from orgs where id = $1 and created_at > clock.now() - $3::interval""",
        org_id,
        user_id,
        young,
    )
    return dict(row) if row else None


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """Which artists to list. None matches any; `own`: those that the caller has starred."""

    q: str | None = None
    group_id: UUID | None = None
    tag: str | None = None
    own: bool = False


async def list_matching(connection: Connection, org_id: UUID, user_id: UUID, filter: RosterFilter) -> list[Row]:
    """Return (id, name) of all artists that match, by name."""
    return await connection.fetch(
        """select a.id, a.name from artists a
           where a.org_id = $1 and a.archived_at is null
             and ($3::text is null or strpos(lower(a.name), lower($3)) > 0)
             and ($4::uuid is null or exists (select from artist_group_members m
               where m.org_id = $1 and m.group_id = $4 and m.artist_id = a.id))
             and ($5::text is null or exists (select from artist_tags t join tags g on g.org_id = $1 and g.id = t.tag_id
               where t.org_id = $1 and t.artist_id = a.id and lower(g.name) = lower($5)))
             and (not $6::boolean or exists (select from starred_artists s
               where s.org_id = $1 and s.user_id = $2 and s.artist_id = a.id))
           order by lower(a.name), a.id""",
        org_id,
        user_id,
        filter.q,
        filter.group_id,
        filter.tag,
        filter.own,
    )


async def list_rows(connection: Connection, org_id: UUID, user_id: UUID, artist_ids: Sequence[UUID]) -> dict[UUID, Row]:
    rows = await connection.fetch(
        """select a.id, a.name, a.genres, a.country, a.image_url,
             array(select g.name from artist_tags t join tags g on g.org_id = t.org_id and g.id = t.tag_id
                   where t.org_id = a.org_id and t.artist_id = a.id order by lower(g.name)) as tags,
             array(select m.group_id from artist_group_members m
                   where m.org_id = a.org_id and m.artist_id = a.id order by m.group_id) as group_ids,
             exists (select from starred_artists s
                     where s.org_id = $1 and s.user_id = $2 and s.artist_id = a.id) as is_starred
           from artists a where a.org_id = $1 and a.id = any ($3)""",
        org_id,
        user_id,
        list(artist_ids),
    )
    return {row["id"]: row for row in rows}


async def list_filters(connection: Connection, org_id: UUID) -> Row:
    """Return the groups and the used tags that the caller sees, by name."""
    return await fetch_one(
        connection,
        """select coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by lower(g.name))
             from artist_groups g where g.org_id = $1), '[]') as groups,
             array(select g.name from tags g where g.org_id = $1 and exists (
               select from artist_tags t where t.org_id = $1 and t.tag_id = g.id) order by lower(g.name)) as tags""",
        org_id,
    )


async def list_columns(connection: Connection, org_id: UUID, *, known_on: date | None) -> list[Row]:
    """Return (provider, metric, artists): of each platform the first main metric that half of its artists have.

    With `known_on` they count as having what had a value by the end of that day (UTC).
    """
    return await connection.fetch(
        "select * from private.columns_of_roster($1, $2, $3, $4)",
        org_id,
        list(HEADLINE_METRICS),
        MAX_COLUMNS,
        known_on,
    )


async def list_newest_days(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], *, known_on: date | None
) -> list[Row]:
    """Return (artist_id, newest_on): the newest day of the main numbers of each artist that has any."""
    return await connection.fetch(
        """select b.artist_id, max(b.newest_on) as newest_on
           from private.best_series($1, $2, metrics => $3, known_on => $4) b group by b.artist_id""",
        org_id,
        list(artist_ids),
        list(HEADLINE_METRICS),
        known_on,
    )


async def list_figures(
    connection: Connection,
    org_id: UUID,
    artist_ids: Sequence[UUID],
    columns: Sequence[Row],
    *,
    days: int,
    spark: int,
    known_on: date | None,
) -> list[Row]:
    """Return the numbers of these columns of the last `days`, with as many days for the chart as `spark`."""
    return await connection.fetch(
        """with best as materialized (
             select b.artist_id, b.provider, b.metric, b.series_id
             from private.best_series($1, $2, metrics => $3, providers => $4, known_on => $7) b
             join unnest($3::text[], $4::text[]) c (metric, provider) on c.metric = b.metric and c.provider = b.provider
             where b.newest_on is not null
           )
           select best.artist_id, best.provider, best.metric, f.value, f.change, f.change_percent, f.change_note,
             f.as_of, f.stale, f.spark
           from best
           join private.series_figures($1, (select array_agg(series_id) from best), clock.today(), $5, true, $7, $6) f
             on f.series_id = best.series_id
           where f.as_of is not null""",
        org_id,
        list(artist_ids),
        [column["metric"] for column in columns],
        [column["provider"] for column in columns],
        days,
        spark,
        known_on,
    )
