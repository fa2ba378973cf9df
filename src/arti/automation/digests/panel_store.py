"""SQL of what a digest holds, one statement a function, for a worker: of what the named member sees at the moment.

For a member who reads a digest in the app, `member` is None: the policies show what they see.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from arti.insights.store import NUMBERS
from arti.metrics.summary_store import HEADLINE_METRICS
from arti_core.database import Connection, Row

_SEVERITIES: Final = "array['info', 'notice', 'important']"


def _sees(member: UUID | None, artist_id: str, provider: str, is_money: str = "false") -> str:
    """Return the condition that the member $2 sees a row. What a worker calls for it, a member may not."""
    if member is None:
        return "$2::uuid is null"
    return f"private.member_sees($2, {artist_id}, {provider}, {is_money})"


def _seen_insight(member: UUID | None) -> str:
    """Return whether $2 sees an insight i, and the reader chose its artist. Money is in no channel's digest."""
    return f"""i.org_id = $1 and (cardinality($3::uuid[]) = 0 or i.artist_id = any ($3))
      and (not i.is_money or $4) and {_sees(member, "i.artist_id", "i.provider", "i.is_money")}"""


async def list_stories(
    connection: Connection,
    org_id: UUID,
    *,
    member: UUID | None,
    artist_ids: list[UUID],
    with_money: bool,
    after: datetime,
    until: datetime,
    min_severity: str,
    limit: int,
) -> list[Row]:
    """Return the stories of a period, falls first, then the gravest; `total`: of all of them."""
    return await connection.fetch(
        f"""select i.*, a.name as artist_name, m.name as metric_name, m.unit, {NUMBERS}, p.name as provider_name,
              s.interval_days as step_days, m.kind = 'counter' as is_counter, count(*) over () as total
            from insights i
            join artists a on a.org_id = i.org_id and a.id = i.artist_id and a.archived_at is null
            join series s on s.org_id = i.org_id and s.id = i.series_id
            join private.known_metrics m on m.slug = i.metric and (m.org_id is null or m.org_id = i.org_id)
            left join private.known_providers p on p.slug = i.provider and (p.org_id is null or p.org_id = i.org_id)
            where {_seen_insight(member)} and i.status in ('new', 'acknowledged') and not i.quiet
              and i.detector not in ('stale_data', 'past_numbers')
              and i.created_at > $5 and i.created_at <= $6 and coalesce(i.snoozed_until <= clock.today(), true)
              and array_position({_SEVERITIES}, i.severity) >= array_position({_SEVERITIES}, $7)
            order by i.direction >= 0, array_position({_SEVERITIES}, i.severity) desc, i.happened_on desc, i.id
            limit $8""",  # noqa: S608 - constants
        org_id,
        member,
        artist_ids,
        with_money,
        after,
        until,
        min_severity,
        limit,
    )


async def list_notes(
    connection: Connection,
    org_id: UUID,
    *,
    member: UUID | None,
    artist_ids: list[UUID],
    detector: str,
    after: datetime,
    until: datetime,
    limit: int,
) -> list[Row]:
    """Return the insights of one detector of a period: what arrived, or what got no new numbers."""
    return await connection.fetch(
        f"""select i.*, a.name as artist_name, {NUMBERS}, count(*) over () as total
            from insights i join artists a on a.org_id = i.org_id and a.id = i.artist_id and a.archived_at is null
            where {_seen_insight(member)} and i.status <> 'withdrawn' and i.detector = $5
              and i.created_at > $6 and i.created_at <= $7
            order by a.name, i.id limit $8""",  # noqa: S608 - constants
        org_id,
        member,
        artist_ids,
        False,
        detector,
        after,
        until,
        limit,
    )


async def list_accounts_to_reconnect(
    connection: Connection,
    org_id: UUID,
    *,
    member: UUID | None,
    artist_ids: list[UUID],
    after: datetime,
    until: datetime,
) -> list[Row]:
    """Return the accounts that wait for a person; `is_new`: since this period, as far as the reader may know."""
    is_new = """exists (select from events e where e.org_id = c.org_id and e.type = 'account.needs_reauth'
               and e.payload ->> 'account_id' = c.id::text and e.created_at > $4 and e.created_at <= $5)"""
    if member is None:  # no member reads events
        is_new = "$4::timestamptz is null and $5::timestamptz is null"
    return await connection.fetch(
        f"""select c.id, c.provider, c.display_name, a.name as artist_name, {is_new} as is_new
           from accounts c join artists a on a.org_id = c.org_id and a.id = c.artist_id and a.archived_at is null
           where c.org_id = $1 and c.status = 'needs_reauth' and (cardinality($3::uuid[]) = 0 or c.artist_id = any ($3))
             and {_sees(member, "c.artist_id", "c.provider")}
           order by a.name, c.provider limit 20""",  # noqa: S608 - constants
        org_id,
        member,
        artist_ids,
        after,
        until,
    )


async def list_releases_ahead(
    connection: Connection, org_id: UUID, *, member: UUID | None, artist_ids: list[UUID], first: date, last: date
) -> list[Row]:
    return await connection.fetch(
        f"""select e.title, e.starts_on, e.artist_id, a.name as artist_name
           from calendar_entries e
           join artists a on a.org_id = e.org_id and a.id = e.artist_id and a.archived_at is null
           where e.org_id = $1 and e.kind = 'release' and e.starts_on between $4 and $5
             and (cardinality($3::uuid[]) = 0 or e.artist_id = any ($3))
             and {_sees(member, "e.artist_id", "null")}
           order by e.starts_on, a.name limit 10""",  # noqa: S608 - constants
        org_id,
        member,
        artist_ids,
        first,
        last,
    )


async def list_roster_changes(
    connection: Connection,
    org_id: UUID,
    *,
    member: UUID | None,
    artist_ids: list[UUID],
    today: date,
    days: int,
    limit: int,
) -> list[Row]:
    """Return of each artist the main number that changed most before a day against the days before, falls first.

    Numbers that are late, and changes below one per cent, say nothing and are left out.
    """
    return await connection.fetch(
        f"""with seen as (
             select a.id, a.name from artists a
             where a.org_id = $1 and a.archived_at is null and (cardinality($3::uuid[]) = 0 or a.id = any ($3))
           ), best as (
             select distinct on (b.artist_id, b.provider) b.artist_id, b.provider, b.metric, b.series_id
             from private.best_series($1, array(select id from seen), metrics => $4) b
             where b.newest_on is not null and {_sees(member, "b.artist_id", "b.provider")}
             order by b.artist_id, b.provider, array_position($4, b.metric)
           ), moved as (
             select distinct on (best.artist_id) best.*, f.value, f.change_percent, f.from_on, f.as_of
             from best join private.series_figures(
               $1, (select array_agg(series_id) from best), $7, $5, true) f on f.series_id = best.series_id
             where not f.stale and abs(f.change_percent) >= 1
             order by best.artist_id, abs(f.change_percent) desc
           )
           select moved.*, seen.name as artist_name, m.name as metric_name, m.kind = 'counter' as is_counter,
             p.name as provider_name
           from moved join seen on seen.id = moved.artist_id
           join private.known_metrics m on m.slug = moved.metric and (m.org_id is null or m.org_id = $1)
           left join private.known_providers p on p.slug = moved.provider and (p.org_id is null or p.org_id = $1)
           order by moved.change_percent > 0, abs(moved.change_percent) desc, seen.name limit $6""",  # noqa: S608 - constants
        org_id,
        member,
        artist_ids,
        list(HEADLINE_METRICS),
        days,
        limit,
        today,
    )
