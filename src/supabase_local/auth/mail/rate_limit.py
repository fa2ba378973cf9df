"""One mail in SMTP_MAX_FREQUENCY seconds for each address and topic."""

from datetime import datetime, timedelta
from typing import Literal

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError
from supabase_local.auth.mail import store

Topic = Literal["confirmation", "sign_in", "email_change"]


async def record_mail_request(
    connection: Connection,
    context: AuthContext,
    *,
    topic: Topic,
    address: str,
    sealed: bytes | None = None,
) -> None:
    """Record a request for a mail on `topic` to `address`. Raises AuthError within SMTP_MAX_FREQUENCY of the last."""
    at = clock.now()
    frequency = context.settings.smtp_max_frequency
    recorded = await store.upsert_request(
        connection,
        address=address,
        topic=topic,
        at=at,
        sealed=sealed,
        not_since=at - timedelta(seconds=frequency),
    )
    if not recorded:
        last = await store.find_requested_at(connection, address=address, topic=topic)
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
    return AuthError(429, "over_email_send_rate_limit", sentence, retry_after=max(1, int(seconds)))
