"""SQL of deliveries and their attempts, of the mailbox and of events, one statement a function."""

from datetime import datetime
from uuid import UUID

from arti.automation.channels.transport import OutboundMessage
from arti_core.database import Connection, Row

_DELIVERY = """
  select d.id, d.event_id, e.type as event_type, d.rule_id, r.name as rule_name, d.channel_id, c.name as channel_name,
    d.kind, d.recipient, d.subject, d.status, d.last_error, d.sent_at, d.created_at, d.period_until,
    case when d.status in ('pending', 'failed') then d.next_attempt_at end as next_attempt_at,
    coalesce((select jsonb_agg(jsonb_build_object('attempt', a.attempt, 'started_at', a.started_at,
        'outcome', a.outcome, 'duration_seconds', a.duration_seconds, 'response_status', a.response_status,
        'error', a.error) order by a.attempt)
      from delivery_attempts a where a.org_id = d.org_id and a.delivery_id = d.id), '[]') as attempts
  from deliveries d
  left join events e on e.org_id = d.org_id and e.id = d.event_id
  left join rules r on r.org_id = d.org_id and r.id = d.rule_id
  left join channels c on c.org_id = d.org_id and c.id = d.channel_id"""
_MESSAGE = "id, kind, recipient, subject, body, payload, created_at, read_at"


async def list_deliveries(
    connection: Connection, org_id: UUID, *, status: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        f"""{_DELIVERY}
            where d.org_id = $1 and ($2::text is null or d.status = $2)
              and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4::uuid))
            order by d.created_at desc, d.id desc limit $5""",
        org_id,
        status,
        *(after or (None, None)),
        limit,
    )


async def find_delivery(connection: Connection, org_id: UUID, delivery_id: UUID) -> Row | None:
    return await connection.fetchrow(f"{_DELIVERY} where d.org_id = $1 and d.id = $2", org_id, delivery_id)


async def list_dead(
    connection: Connection, org_id: UUID, *, since: datetime, until: datetime | None, limit: int
) -> list[UUID]:
    rows = await connection.fetch(
        """select id from deliveries where org_id = $1 and status in ('dead', 'held') and created_at >= $2
             and ($3::timestamptz is null or created_at < $3) order by created_at, id limit $4""",
        org_id,
        since,
        until,
        limit,
    )
    return [row["id"] for row in rows]


async def list_mailbox(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        f"""select {_MESSAGE} from deliveries
            where org_id = $1 and status = 'mailbox'
              and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
            order by created_at desc, id desc limit $4""",  # noqa: S608 - a constant list of columns
        org_id,
        *(after or (None, None)),
        limit,
    )


async def find_message(connection: Connection, org_id: UUID, message_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_MESSAGE} from deliveries where org_id = $1 and id = $2 and status = 'mailbox'",  # noqa: S608
        org_id,
        message_id,
    )


async def mark_message(connection: Connection, org_id: UUID, message_id: UUID, *, read: bool) -> Row | None:
    return await connection.fetchrow(
        f"""update deliveries set read_at = case when $3 then coalesce(read_at, clock.now()) end
            where org_id = $1 and id = $2 and status = 'mailbox' returning {_MESSAGE}""",  # noqa: S608
        org_id,
        message_id,
        read,
    )


async def list_events(
    connection: Connection, org_id: UUID, *, type: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        """select e.id, e.type, e.payload, e.created_at, e.dispatched_at,
             (select count(*) from deliveries d where d.org_id = e.org_id and d.event_id = e.id) as deliveries
           from events e
           where e.org_id = $1 and ($2::text is null or e.type = $2)
             and ($3::timestamptz is null or (e.created_at, e.id) < ($3, $4::uuid))
           order by e.created_at desc, e.id desc limit $5""",
        org_id,
        type,
        *(after or (None, None)),
        limit,
    )


async def create_delivery(
    connection: Connection,
    message: OutboundMessage,
    *,
    event_id: UUID | None,
    insight_id: UUID | None,
    rule_id: UUID | None,
    channel_id: UUID | None,
    provider: str | None,
    recipient: str,
    user_id: UUID | None = None,
    settings_id: UUID | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Store a message to send. Returns False when this event already has a delivery to this channel or member."""
    done = await connection.execute(
        """insert into deliveries (org_id, id, event_id, insight_id, rule_id, channel_id, kind, provider, recipient,
             subject, body, payload, user_id, settings_id, next_attempt_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8::text, $9, $10, $11, $12, $13, $14, coalesce($15, clock.now()))
           on conflict do nothing""",
        message.org_id,
        message.delivery_id,
        event_id,
        insight_id,
        rule_id,
        channel_id,
        message.kind,
        provider,
        recipient,
        message.subject,
        message.body,
        dict(message.payload),
        user_id,
        settings_id,
        due_at,
    )
    return done.endswith(" 1")


async def has_too_many_unsent(connection: Connection, org_id: UUID) -> bool:
    """Return whether more messages wait to be sent than the org may have."""
    too_many: bool = await connection.fetchval(
        """select count(*) > private.quota_of($1, 'messages not sent') from (
             select 1 from deliveries where org_id = $1 and status in ('pending', 'sending', 'failed')
             limit (select private.quota_of($1, 'messages not sent') + 1)) unsent""",
        org_id,
    )
    return too_many


async def lock_delivery(connection: Connection, org_id: UUID, delivery_id: UUID) -> Row | None:
    """Return a delivery with its channel's state, locked until the end of the transaction.

    `due_in_seconds`: until the next attempt. `attempt_age_seconds`: since the last attempt began.
    `unknown_attempts`: how many attempts ended without a known result.
    """
    return await connection.fetchrow(
        """select d.id, d.event_id, d.channel_id, d.kind, d.recipient, d.subject, d.body, d.payload, d.status,
             d.attempts, d.user_id, d.settings_id, d.rule_id, d.insight_id, d.period_from, d.period_until,
             d.is_copy, c.enabled as channel_enabled, coalesce(i.status = 'withdrawn', false) as withdrawn,
             extract(epoch from d.next_attempt_at - clock.now())::float8 as due_in_seconds,
             (select extract(epoch from clock.now() - a.started_at)::float8 from delivery_attempts a
              where a.org_id = d.org_id and a.delivery_id = d.id and a.attempt = d.attempts) as attempt_age_seconds,
             (select count(*) from delivery_attempts a
              where a.org_id = d.org_id and a.delivery_id = d.id and a.outcome = 'unknown') as unknown_attempts
           from deliveries d
           left join channels c on c.org_id = d.org_id and c.id = d.channel_id
           left join insights i on i.org_id = d.org_id and i.id = d.insight_id
           where d.org_id = $1 and d.id = $2 for no key update of d""",
        org_id,
        delivery_id,
    )


async def may_receive(connection: Connection, org_id: UUID, delivery_id: UUID) -> bool:
    """Return whether a member still wants mails at once, and sees what this one is about."""
    may: bool = await connection.fetchval(
        """select exists (
             select from deliveries d join notification_settings s on s.org_id = d.org_id and s.id = d.settings_id
             where d.org_id = $1 and d.id = $2 and s.at_once <> 'off'
               and private.member_sees(d.user_id, d.artist_id, d.provider, d.is_money))""",
        org_id,
        delivery_id,
    )
    return may


async def rule_may_send(connection: Connection, org_id: UUID, delivery_id: UUID) -> bool:
    """Return whether the rule of a message is still there, and the member for whom it runs sees what this is about."""
    may: bool = await connection.fetchval(
        """select exists (
             select from deliveries d join rules r on r.org_id = d.org_id and r.id = d.rule_id
             where d.org_id = $1 and d.id = $2
               and (r.run_as is null or private.member_sees(r.run_as, d.artist_id, d.provider, d.is_money)))""",
        org_id,
        delivery_id,
    )
    return may


async def begin_attempt(connection: Connection, org_id: UUID, delivery_id: UUID, attempt: int) -> None:
    await connection.execute(
        """with marked as (
             update deliveries set status = 'sending', attempts = $3 where org_id = $1 and id = $2 returning id)
           insert into delivery_attempts (org_id, delivery_id, attempt) select $1, id, $3 from marked""",
        org_id,
        delivery_id,
        attempt,
    )


async def end_attempt(
    connection: Connection,
    org_id: UUID,
    delivery_id: UUID,
    attempt: int,
    *,
    outcome: str,
    response_status: int | None,
    error: str | None,
) -> None:
    """Record the result of an attempt. A result replaces `unknown`, and no other result."""
    await connection.execute(
        """update delivery_attempts set outcome = $4, response_status = $5, error = $6,
             duration_seconds = extract(epoch from clock.now() - started_at)
           where org_id = $1 and delivery_id = $2 and attempt = $3 and outcome in ('sending', 'unknown')""",
        org_id,
        delivery_id,
        attempt,
        outcome,
        response_status,
        error,
    )


async def finish_delivery(
    connection: Connection,
    org_id: UUID,
    delivery_id: UUID,
    *,
    attempt: int,
    status: str,
    error: str | None,
    wait_seconds: float = 0.0,
    message: OutboundMessage | None = None,
) -> None:
    """Record the state of a delivery, unless a later attempt has begun or it was marked unknown or dead meanwhile.

    `message`: what a digest would have been, which the mailbox keeps.
    """
    await connection.execute(
        """update deliveries set status = $4, last_error = $5,
             subject = coalesce($7, subject), body = coalesce($8, body), payload = coalesce($9, payload),
             next_attempt_at = clock.now() + make_interval(secs => $6),
             sent_at = case when $4 = 'sent' then clock.now() end
           where org_id = $1 and id = $2 and attempts = $3 and status <> 'sent'
             and not ($4 = 'failed' and status in ('unknown', 'dead'))""",
        org_id,
        delivery_id,
        attempt,
        status,
        error,
        wait_seconds,
        message.subject if message else None,
        message.body if message else None,
        dict(message.payload) if message else None,
    )
