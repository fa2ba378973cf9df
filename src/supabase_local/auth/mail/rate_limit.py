"""How often a person may be mailed: once in SMTP_MAX_FREQUENCY seconds for each address and topic."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError

Topic = Literal["confirmation", "sign_in", "email_change"]


async def record_mail_request(
    connection: Connection, context: AuthContext, *, topic: Topic, address: str, owed: Mapping[str, Any] | None = None
) -> None:
    """Note that a mail on `topic` is asked for `address`. Raises AuthError when the last time was too short ago."""
    at = clock.now()
    frequency = context.settings.smtp_max_frequency
    row = await connection.fetchrow(
        """insert into auth.mail_requests as r (address, topic, asked_at, owed) values ($1, $2, $3, $4)
           on conflict (address, topic) do update
           set asked_at = excluded.asked_at,
               owed = case when excluded.owed is null then r.owed else coalesce(r.owed, '[]') || excluded.owed end
           where r.asked_at <= $5
           returning asked_at""",
        address,
        topic,
        at,
        [owed] if owed else None,
        at - timedelta(seconds=frequency),
    )
    if row is None:
        last = await connection.fetchval(
            "select asked_at from auth.mail_requests where address = $1 and topic = $2", address, topic
        )
        raise _too_frequent(frequency - (at - last).total_seconds() if last else frequency)


def check_mail_frequency(context: AuthContext, sent_at: datetime | None) -> None:
    """Raise AuthError when the last mail of this kind is younger than SMTP_MAX_FREQUENCY."""
    if sent_at is None:
        return
    passed = (clock.now() - sent_at).total_seconds()
    if passed < context.settings.smtp_max_frequency:
        raise _too_frequent(context.settings.smtp_max_frequency - passed)


def _too_frequent(seconds: float) -> AuthError:
    sentence = f"For security purposes, you can only request this after {max(1, int(seconds))} seconds."
    return AuthError(429, "over_email_send_rate_limit", sentence)
