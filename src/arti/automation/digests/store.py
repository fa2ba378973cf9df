"""SQL of digests, one statement a function, for a worker: of what the named member sees at the moment."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from arti.insights.store import NUMBERS
from arti.metrics.summary_store import HEADLINE_METRICS
from arti.orgs.locale_store import LOCALE_OF_MEMBER
from arti_core.database import Connection, Row

SettingsRow: TypeAlias = Row | Mapping[str, Any]  # of notification_settings
_SETTINGS: Final = """s.id, s.user_id, s.channel_id, s.run_as, s.frequency, s.weekday, s.hour, s.time_zone, s.by_mail,
  s.at_once, s.min_severity, s.artist_ids, s.cc, s.quiet_from, s.quiet_to, s.covered_until"""
_SEVERITIES: Final = "array['info', 'notice', 'important']"
# Whether the member $2 sees an insight i, and the reader chose its artist. Money is in no channel's digest.
_SEEN: Final = """i.org_id = $1 and (cardinality($3::uuid[]) = 0 or i.artist_id = any ($3))
  and (not i.is_money or $4) and private.member_sees($2, i.artist_id, i.provider, i.is_money)"""


async def list_settings_with_digest(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        f"select {_SETTINGS} from notification_settings s where s.org_id = $1 and s.frequency <> 'off' order by s.id",  # noqa: S608
        org_id,
    )


async def find_settings(connection: Connection, org_id: UUID, settings_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_SETTINGS} from notification_settings s where s.org_id = $1 and s.id = $2",  # noqa: S608
        org_id,
        settings_id,
    )


async def find_settings_of_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_SETTINGS} from notification_settings s where s.org_id = $1 and s.channel_id = $2",  # noqa: S608
        org_id,
        channel_id,
    )


async def find_rule_as_settings(connection: Connection, org_id: UUID, rule_id: UUID) -> Row | None:
    """Return what a rule says of its readers in the form of settings: for what arrived, which no settings choose."""
    return await connection.fetchrow(
        """select r.id, null::uuid as user_id, r.channel_id, coalesce(r.run_as, r.created_by) as run_as,
             'off' as frequency, coalesce(s.time_zone, o.time_zone) as time_zone, 'info' as min_severity,
             '{}'::text[] as cc,
             coalesce((select array_agg(a::uuid) from jsonb_array_elements_text(r.conditions -> 'artist_ids') a), '{}')
               as artist_ids
           from rules r join orgs o on o.id = r.org_id
           left join notification_settings s on s.org_id = r.org_id and s.channel_id = r.channel_id
           where r.org_id = $1 and r.id = $2 and r.enabled""",
        org_id,
        rule_id,
    )


async def has_open_arrivals(connection: Connection, org_id: UUID, channel_id: UUID) -> bool:
    """Return whether a message waits that will name what arrives now too."""
    has: bool = await connection.fetchval(
        """select exists (select from deliveries where org_id = $1 and channel_id = $2 and settings_id is null
             and status = 'pending' and attempts = 0 and period_until > clock.now())""",
        org_id,
        channel_id,
    )
    return has


async def cover_period(
    connection: Connection, org_id: UUID, settings_id: UUID, before: datetime, until: datetime
) -> bool:
    """Mark a period as done with. Returns False when another worker has done so."""
    done = await connection.execute(
        """update notification_settings set covered_until = $4
           where org_id = $1 and id = $2 and covered_until = $3 and frequency <> 'off'""",
        org_id,
        settings_id,
        before,
        until,
    )
    return done.endswith(" 1")


async def find_reader(connection: Connection, org_id: UUID, user_id: UUID) -> Row | None:
    """Return an active member with their locale and the org's name; None when the membership has ended."""
    return await connection.fetchrow(
        f"""select u.email, u.display_name, {LOCALE_OF_MEMBER}, m.role, m.artist_access,
             m.money_access, o.name as org_name, o.language as org_language, o.number_form as org_number_form,
             o.time_zone as org_time_zone,
             exists (select from files f where f.org_id = o.id and f.kind = 'logo') as has_logo
           from memberships m join users u on u.id = m.user_id join orgs o on o.id = m.org_id
           where m.org_id = $1 and m.user_id = $2 and m.status = 'active'""",  # noqa: S608 - a constant
        org_id,
        user_id,
    )


async def list_stories(
    connection: Connection,
    org_id: UUID,
    *,
    member: UUID,
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
            where {_SEEN} and i.status in ('new', 'acknowledged') and not i.quiet
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
    member: UUID,
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
            where {_SEEN} and i.status <> 'withdrawn' and i.detector = $5 and i.created_at > $6 and i.created_at <= $7
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
    connection: Connection, org_id: UUID, *, member: UUID, artist_ids: list[UUID], after: datetime, until: datetime
) -> list[Row]:
    """Return the accounts that wait for a person; `is_new`: since this period."""
    return await connection.fetch(
        """select c.id, c.provider, c.display_name, a.name as artist_name, exists (
             select from events e where e.org_id = c.org_id and e.type = 'account.needs_reauth'
               and e.payload ->> 'account_id' = c.id::text and e.created_at > $4 and e.created_at <= $5) as is_new
           from accounts c join artists a on a.org_id = c.org_id and a.id = c.artist_id and a.archived_at is null
           where c.org_id = $1 and c.status = 'needs_reauth' and (cardinality($3::uuid[]) = 0 or c.artist_id = any ($3))
             and private.member_sees($2, c.artist_id, c.provider, false)
           order by a.name, c.provider limit 20""",
        org_id,
        member,
        artist_ids,
        after,
        until,
    )


async def list_releases_ahead(
    connection: Connection, org_id: UUID, *, member: UUID, artist_ids: list[UUID], first: date, last: date
) -> list[Row]:
    return await connection.fetch(
        """select e.title, e.starts_on, e.artist_id, a.name as artist_name
           from calendar_entries e
           join artists a on a.org_id = e.org_id and a.id = e.artist_id and a.archived_at is null
           where e.org_id = $1 and e.kind = 'release' and e.starts_on between $4 and $5
             and (cardinality($3::uuid[]) = 0 or e.artist_id = any ($3))
             and private.member_sees($2, e.artist_id, null, false)
           order by e.starts_on, a.name limit 10""",
        org_id,
        member,
        artist_ids,
        first,
        last,
    )


async def list_roster_changes(
    connection: Connection, org_id: UUID, *, member: UUID, artist_ids: list[UUID], days: int, limit: int
) -> list[Row]:
    """Return of each artist the main number that changed most against the days before, falls first.

    Numbers that are late, and changes below one per cent, say nothing and are left out.
    """
    return await connection.fetch(
        """with seen as (
             select a.id, a.name from artists a
             where a.org_id = $1 and a.archived_at is null and (cardinality($3::uuid[]) = 0 or a.id = any ($3))
           ), best as (
             select distinct on (b.artist_id, b.provider) b.artist_id, b.provider, b.metric, b.series_id
             from private.best_series($1, array(select id from seen), metrics => $4) b
             where b.newest_on is not null and private.member_sees($2, b.artist_id, b.provider, false)
             order by b.artist_id, b.provider, array_position($4, b.metric)
           ), moved as (
             select distinct on (best.artist_id) best.*, f.value, f.change_percent, f.from_on, f.as_of
             from best join private.series_figures(
               $1, (select array_agg(series_id) from best), clock.today(), $5, true) f on f.series_id = best.series_id
             where not f.stale and abs(f.change_percent) >= 1
             order by best.artist_id, abs(f.change_percent) desc
           )
           select moved.*, seen.name as artist_name, m.name as metric_name, m.kind = 'counter' as is_counter,
             p.name as provider_name
           from moved join seen on seen.id = moved.artist_id
           join private.known_metrics m on m.slug = moved.metric and (m.org_id is null or m.org_id = $1)
           left join private.known_providers p on p.slug = moved.provider and (p.org_id is null or p.org_id = $1)
           order by moved.change_percent > 0, abs(moved.change_percent) desc, seen.name limit $6""",
        org_id,
        member,
        artist_ids,
        list(HEADLINE_METRICS),
        days,
        limit,
    )


async def create_digest_delivery(
    connection: Connection,
    org_id: UUID,
    delivery_id: UUID,
    *,
    settings_id: UUID | None,
    rule_id: UUID | None,
    channel_id: UUID | None,
    user_id: UUID | None,
    kind: str,
    recipient: str,
    subject: str,
    period_from: datetime,
    period_until: datetime,
    due_at: datetime,
    is_copy: bool = False,
) -> bool:
    """Store a digest to send, without what it holds. Returns False when this recipient has this period's already."""
    done = await connection.execute(
        """insert into deliveries (org_id, id, settings_id, rule_id, channel_id, user_id, kind, recipient, subject,
             body, payload, period_from, period_until, next_attempt_at, is_copy)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '{}', $10, $11, $12, $13) on conflict do nothing""",
        org_id,
        delivery_id,
        settings_id,
        rule_id,
        channel_id,
        user_id,
        kind,
        recipient,
        subject,
        period_from,
        period_until,
        due_at,
        is_copy,
    )
    return done.endswith(" 1")


async def add_digest_notification(
    connection: Connection, org_id: UUID, user_id: UUID, *, after: datetime, until: datetime
) -> None:
    await connection.execute(
        """insert into notifications (org_id, user_id, kind, period_from, period_until)
           values ($1, $2, 'digest', $3, $4) on conflict do nothing""",
        org_id,
        user_id,
        after,
        until,
    )
