"""SQL of notifications, of their settings, and of subscriptions, one statement a function."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from arti.insights.store import NUMBERS
from arti.vocabulary import Role
from arti_core.database import Connection, Row, fetch_one

_FIELDS: Final = (
    *("frequency", "weekday", "hour", "time_zone", "by_mail", "at_once", "min_severity", "artist_ids", "cc"),
    *("quiet_from", "quiet_to"),
)
_SHOWN: Final = ", ".join(("id", "user_id", "channel_id", "run_as", *_FIELDS))
_SET: Final = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS)
_NOTIFICATION: Final = f"""
  select n.id, n.kind, n.created_at, n.read_at, n.period_from, n.period_until, n.insight_id, n.account_id,
    i.title, i.body, i.template, i.cause, i.next_step, i.severity, i.direction, i.happened_on,
    coalesce(i.provider, c.provider) as provider, a.name as artist_name, c.display_name as account_name, {NUMBERS}
  from notifications n
  left join insights i on i.org_id = n.org_id and i.id = n.insight_id
  left join accounts c on c.org_id = n.org_id and c.id = n.account_id
  left join artists a on a.org_id = n.org_id and a.id = coalesce(i.artist_id, c.artist_id)
  where n.org_id = $1 and n.user_id = $2 and coalesce(i.status <> 'withdrawn', true)"""  # noqa: S608 - a constant


async def list_notifications(
    connection: Connection,
    org_id: UUID,
    user_id: UUID,
    *,
    unread: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    return await connection.fetch(
        f"""{_NOTIFICATION} and (not $3::boolean or n.read_at is null)
            and ($4::timestamptz is null or (n.created_at, n.id) < ($4, $5::uuid))
            order by n.created_at desc, n.id desc limit $6""",
        org_id,
        user_id,
        unread,
        *(after or (None, None)),
        limit,
    )


async def find_digest(connection: Connection, org_id: UUID, user_id: UUID, notification_id: UUID) -> Row | None:
    """Return the period of a digest that a member was notified of."""
    return await connection.fetchrow(
        """select period_from, period_until from notifications
           where org_id = $1 and user_id = $2 and id = $3 and kind = 'digest'""",
        org_id,
        user_id,
        notification_id,
    )


async def count_unread(connection: Connection, org_id: UUID, user_id: UUID, *, at_most: int) -> int:
    count: int = await connection.fetchval(
        f"select count(*) from ({_NOTIFICATION} and n.read_at is null limit $3) n",  # noqa: S608 - a constant
        org_id,
        user_id,
        at_most,
    )
    return count


async def mark_read(
    connection: Connection, org_id: UUID, user_id: UUID, ids: Sequence[UUID] | None, *, read: bool
) -> int:
    """Mark some notifications, or all, as read or unread. Returns how many are the caller's."""
    done = await connection.execute(
        """update notifications set read_at = case when $4 then coalesce(read_at, clock.now()) end
           where org_id = $1 and user_id = $2 and ($3::uuid[] is null or id = any ($3))""",
        org_id,
        user_id,
        list(ids) if ids is not None else None,
        read,
    )
    return int(done.split()[-1])


async def add_notifications(
    connection: Connection,
    org_id: UUID,
    *,
    event_id: UUID,
    insight_id: UUID | None,
    account_id: UUID | None,
    artist_id: UUID | None,
    provider: str | None,
    is_money: bool,
    severity: str | None,
    roles: Sequence[Role],
) -> None:
    """Put an event behind the bell of each member who sees what it is about and chose its weight. For a worker."""
    await connection.execute(
        """insert into notifications (org_id, user_id, kind, event_id, insight_id, account_id)
           select m.org_id, m.user_id, case when $3::uuid is null then 'account' else 'story' end, $2, $3, $4
           from memberships m join users u on u.id = m.user_id
           left join notification_settings s on s.org_id = m.org_id and s.user_id = m.user_id
           where m.org_id = $1 and m.status = 'active' and m.role::text = any ($9)
             and private.member_sees(m.user_id, $5, $6, $7)
             and ($8::text is null or array_position(array['info', 'notice', 'important'], $8)
               >= array_position(array['info', 'notice', 'important'], coalesce(s.min_severity, 'notice')))
             and (s.user_id is null or cardinality(s.artist_ids) = 0 or $5 = any (s.artist_ids))
           on conflict do nothing""",
        org_id,
        event_id,
        insight_id,
        account_id,
        artist_id,
        provider,
        is_money,
        severity,
        [role.value for role in roles],
    )


async def list_readers_at_once(
    connection: Connection, org_id: UUID, *, artist_id: UUID | None, provider: str | None, is_money: bool, severity: str
) -> list[Row]:
    """Return the members who get a mail about a story at once, with address and locale. For a worker."""
    return await connection.fetch(
        """select s.id, s.user_id, s.quiet_from, s.quiet_to, u.email,
             coalesce(u.language, o.language) as language, coalesce(u.number_form, o.number_form) as number_form,
             s.time_zone
           from notification_settings s join users u on u.id = s.user_id join orgs o on o.id = s.org_id
           where s.org_id = $1 and (s.at_once = 'all' or s.at_once = 'important' and $5 = 'important')
             and array_position(array['info', 'notice', 'important'], $5)
               >= array_position(array['info', 'notice', 'important'], s.min_severity)
             and (cardinality(s.artist_ids) = 0 or $2 = any (s.artist_ids))
             and private.member_sees(s.user_id, $2, $3, $4)
           order by s.id""",
        org_id,
        artist_id,
        provider,
        is_money,
        severity,
    )


async def find_settings(
    connection: Connection, org_id: UUID, *, user_id: UUID | None = None, channel_id: UUID | None = None
) -> Row | None:
    return await connection.fetchrow(
        f"""select {_SHOWN} from notification_settings
            where org_id = $1 and (user_id = $2 or channel_id = $3)""",  # noqa: S608 - constants
        org_id,
        user_id,
        channel_id,
    )


async def put_settings(
    connection: Connection,
    org_id: UUID,
    values: dict[str, Any],
    *,
    run_as: UUID,
    user_id: UUID | None = None,
    channel_id: UUID | None = None,
) -> Row:
    """Store the settings of a member or a channel. The first period of a digest begins when it is turned on."""
    places = ", ".join(f"${at}" for at in range(5, 5 + len(_FIELDS)))
    return await fetch_one(
        connection,
        f"""insert into notification_settings as s (org_id, user_id, channel_id, run_as, {", ".join(_FIELDS)})
            values ($1, $2, $3, $4, {places})
            on conflict (org_id, {"user_id" if user_id else "channel_id"}) do update set run_as = excluded.run_as,
              {_SET}, updated_at = clock.now(),
              covered_until = case when s.frequency = 'off' then clock.now() else s.covered_until end
            returning {_SHOWN}""",  # noqa: S608 - constants
        org_id,
        user_id,
        channel_id,
        run_as,
        *(values[name] for name in _FIELDS),
    )


async def count_artists(connection: Connection, org_id: UUID, artist_ids: Sequence[UUID]) -> int:
    """Return how many of these artists the caller sees."""
    count: int = await connection.fetchval(
        "select count(*) from artists where org_id = $1 and id = any ($2)", org_id, list(artist_ids)
    )
    return count


async def read_subscription(
    connection: Connection, org_id: UUID, part: str, subject_id: UUID, address: str
) -> Row | None:
    return await connection.fetchrow(
        "select * from private.read_subscription($1, $2, $3, $4)", org_id, part, subject_id, address
    )


async def change_subscription(
    connection: Connection, org_id: UUID, part: str, subject_id: UUID, address: str, frequency: str, reason: str
) -> bool:
    changed: bool = await connection.fetchval(
        "select private.change_subscription($1, $2, $3, $4, $5, $6)",
        org_id,
        part,
        subject_id,
        address,
        frequency,
        reason,
    )
    return changed
