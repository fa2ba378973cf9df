"""SQL of auth.mail_requests, and the deletion of expired rows of auth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from arti_core.database import Connection, Row

_EMAIL_LIMIT_LOCK = 4_127_003  # an arbitrary number, the same for every gateway


async def lock_email_limit(connection: Connection) -> None:
    """Serialise transactions that count mails against the hourly limit."""
    await connection.execute("select pg_advisory_xact_lock($1)", _EMAIL_LIMIT_LOCK)


async def upsert_request(
    connection: Connection,
    *,
    address: str,
    topic: str,
    at: datetime,
    sealed: bytes | None,
    not_since: datetime,
) -> bool:
    """Record a request and append `sealed`, if any. Returns False when the last request is after `not_since`."""
    row = await connection.fetchrow(
        """insert into auth.mail_requests as r (address, topic, asked_at, sealed) values ($1, $2, $3, $4)
           on conflict (address, topic) do update
           set asked_at = excluded.asked_at,
               sealed = case when excluded.sealed is null then r.sealed else r.sealed || excluded.sealed end
           where r.asked_at <= $5
           returning asked_at""",
        address,
        topic,
        at,
        [sealed] if sealed else None,
        not_since,
    )
    return row is not None


async def find_requested_at(connection: Connection, *, address: str, topic: str) -> datetime | None:
    at: datetime | None = await connection.fetchval(
        "select asked_at from auth.mail_requests where address = $1 and topic = $2", address, topic
    )
    return at


async def take_next_request(connection: Connection) -> Row | None:
    """Return (address, topic, sealed) of the oldest pending request, which is pending no more; None without any."""
    return await connection.fetchrow(
        """update auth.mail_requests as r set sealed = null
           from (select address, topic, sealed from auth.mail_requests where sealed is not null
                 order by asked_at limit 1 for update skip locked) as next
           where r.address = next.address and r.topic = next.topic
           returning next.address, next.topic, next.sealed"""
    )


async def drop_next_request(connection: Connection) -> None:
    """Drop what is pending of the oldest request, because it cannot be processed."""
    await connection.execute(
        """update auth.mail_requests set sealed = null where (address, topic) in
             (select address, topic from auth.mail_requests where sealed is not null order by asked_at limit 1)"""
    )


async def count_pending_requests(connection: Connection) -> int:
    count: int = await connection.fetchval("select count(*) from auth.mail_requests where sealed is not null")
    return count


async def lock_unsealed(connection: Connection) -> Sequence[Row]:
    """Return (address, topic, unsealed) of the requests that the version before has left in clear."""
    return await connection.fetch(
        "select address, topic, unsealed from auth.mail_requests where unsealed is not null for update"
    )


async def store_sealed(connection: Connection, *, address: str, topic: str, sealed: Sequence[bytes]) -> None:
    await connection.execute(
        """update auth.mail_requests set sealed = sealed || $3, unsealed = null
           where address = $1 and topic = $2""",
        address,
        topic,
        sealed,
    )


async def delete_expired(connection: Connection) -> None:
    """Delete requests, tokens and flows of before yesterday, what limits have forgotten, and old audit entries."""
    for statement in (
        "delete from auth.mail_requests where sealed is null and asked_at < clock.now() - interval '1 day'",
        "delete from auth.one_time_tokens where expires_at < clock.now() - interval '1 day'",
        "delete from auth.flow_state where created_at < clock.now() - interval '1 day'",
        "delete from auth.rate_limits where at < clock.now() - interval '1 hour'",
        "delete from auth.attempts where at < clock.now() - interval '1 day'",
        "delete from auth.mfa_challenges where created_at < clock.now() - interval '1 day'",
        "delete from auth.oauth_client_states where created_at < clock.now() - interval '1 day'",
        "delete from auth.audit_log_entries where created_at < clock.now() - interval '180 days'",
    ):
        await connection.execute(statement)


async def check_storable(connection: Connection, value: Mapping[str, Any]) -> None:
    """Raise asyncpg.UntranslatableCharacterError for what jsonb cannot hold; once sealed it would go unnoticed."""
    await connection.fetchval("select $1::jsonb is null", dict(value))
