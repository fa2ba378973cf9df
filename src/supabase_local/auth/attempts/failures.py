"""Write failed sign-ins into the audit log."""

from typing import Literal

import structlog

from arti_core import clock
from arti_core.database import open_transaction
from arti_core.telemetry.metrics import SECURITY_EVENTS
from supabase_local.auth import audit_log_store
from supabase_local.auth.attempts.limits import SignInAttempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.users.models import UserRow

log = structlog.get_logger()

ACTION = "login_failed"


async def record_failure(
    context: AuthContext,
    attempt: SignInAttempt,
    client_info: ClientInfo,
    *,
    user: UserRow | None,
    method: Literal["password", "otp"],
) -> None:
    """Record a failed sign-in, also of an account that does not exist: known and unknown ones cost the same.

    What was typed is not recorded: people type their password into the wrong field.
    """
    entry = {
        "action": ACTION,
        "actor_id": str(user.id) if user else "",
        "actor_username": (user.email or "") if user else "",
        "log_type": audit_log_store.type_of(ACTION),
        "traits": {
            "method": method,
            "user_agent": client_info.user_agent or "",
            "blocked_seconds": round(attempt.blocked_seconds),
        },
    }
    async with open_transaction(context.pool, "begin") as connection:
        await audit_log_store.record_entry(connection, entry, at=clock.now(), ip=client_info.ip)
    SECURITY_EVENTS.labels("gateway", "failed_sign_in").inc()
    if attempt.blocked_seconds:
        log.warning("attempts to sign in are blocked", ip=client_info.ip, seconds=round(attempt.blocked_seconds))
