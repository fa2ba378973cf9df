"""SQL of the settings, readers and deliveries of digests, one statement a function, for a worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from arti.orgs.locale_store import LOCALE_OF_MEMBER
from arti_core.database import Connection, Row

SettingsRow: TypeAlias = Row | Mapping[str, Any]  # of notification_settings
_SETTINGS: Final = """s.id, s.user_id, s.channel_id, s.run_as, s.frequency, s.weekday, s.hour, s.time_zone, s.by_mail,
  s.at_once, s.min_severity, s.artist_ids, s.cc, s.quiet_from, s.quiet_to, s.covered_until"""


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
