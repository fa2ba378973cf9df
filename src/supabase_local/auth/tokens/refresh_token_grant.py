"""The grant refresh_token of POST /token (GoTrue's token_refresh.go)."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import audit_log_store, store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request
from supabase_local.auth.mail.notices import SESSION_REVOKED, enqueue_notice
from supabase_local.auth.middleware import context_of
from supabase_local.auth.tokens.refresh_tokens import RefreshToken, parse_refresh_token
from supabase_local.auth.tokens.sessions import session_json
from supabase_local.auth.users.models import UserRow

# Tabs of one browser refresh at once: within this time an older token returns the current one again.
_REUSE_INTERVAL = timedelta(seconds=10)
_RETRY_SECONDS = 5.0


async def refresh_token_grant(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new Session for a refresh token. Raises AuthError.

    Concurrent requests of one session wait for a lock of this process, and hold no database connection meanwhile.
    """
    text, context = body.get("refresh_token"), context_of(request)
    if not isinstance(text, str) or not text:
        raise bad_request("validation_failed", "refresh_token required")
    token = parse_refresh_token(text)
    if token is None:
        raise _token_not_found()
    lock = context.refreshing.setdefault(token.session_id, asyncio.Lock())
    async with lock:
        return await _refresh_when_unlocked(context, token, ClientInfo.of(request))


async def _refresh_when_unlocked(context: AuthContext, token: RefreshToken, client_info: ClientInfo) -> dict[str, Any]:
    until = asyncio.get_running_loop().time() + _RETRY_SECONDS
    while asyncio.get_running_loop().time() < until:
        async with open_transaction(context.pool, "begin") as connection:
            outcome = await _try_refresh(connection, context, token, client_info)
        if isinstance(outcome, AuthError):  # raised after the commit: a revoked session must stay revoked
            context.mail_queue.wake()
            raise outcome
        if outcome is not None:
            return outcome
        await asyncio.sleep(random.uniform(0.01, 0.03))  # noqa: S311  # jitter, not a secret
    raise AuthError(409, "conflict", "Too many concurrent token refresh requests on the same session or refresh token")


async def _try_refresh(
    connection: Connection, context: AuthContext, token: RefreshToken, client_info: ClientInfo
) -> dict[str, Any] | AuthError | None:
    """Return the new Session, an error, or None when another process has locked the session."""
    session = await store.try_lock_session(connection, token.session_id)
    if session is None:
        return None if await store.find_session(connection, token.session_id) else _token_not_found()
    key = session.refresh_token_hmac_key
    if not key or not context.refresh_tokens.is_genuine(token, key):
        return _token_not_found()
    user = await store.find_user(connection, session.user_id)
    if user is None:
        return _token_not_found()
    if user.is_banned:
        return bad_request("user_banned", "Invalid Refresh Token: User Banned")
    at = clock.now()
    if session.not_after is not None and session.not_after < at:
        return bad_request("session_expired", "Invalid Refresh Token: Session Expired")
    counter = session.refresh_token_counter or 0
    behind = counter - token.counter
    if behind < 0:
        return bad_request("validation_failed", "Invalid Refresh Token: Not Issued By This Server")
    if behind == 0:
        counter += 1
    elif behind > 1 and not _was_refreshed_recently(session, at):
        await store.delete_session(connection, session.id)
        await _audit(connection, user, "token_revoked", client_info, at)
        await enqueue_notice(connection, context, SESSION_REVOKED, user, client_info)
        return bad_request("refresh_token_already_used", "Invalid Refresh Token: Already Used")
    elif token.counter < (session.aal2_since_counter or 0):  # issued before the second factor was verified
        return bad_request("refresh_token_already_used", "Invalid Refresh Token: Already Used")
    await store.refresh_session(
        connection,
        session.id,
        counter=counter,
        hmac_key=context.refresh_tokens.renew_key(key),
        at=at,
        user_agent=client_info.user_agent,
        ip=client_info.ip,
    )
    await _audit(connection, user, "token_refreshed", client_info, at)
    return await session_json(connection, context, user, session, counter=counter)


def _was_refreshed_recently(session: store.Session, at: datetime) -> bool:
    last = session.refreshed_at
    return last is not None and at - last.replace(tzinfo=UTC) < _REUSE_INTERVAL


async def _audit(connection: Connection, user: UserRow, action: str, client_info: ClientInfo, at: datetime) -> None:
    entry = {
        "action": action,
        "actor_id": str(user.id),
        "actor_username": user.email or "",
        "log_type": audit_log_store.type_of(action),
        "traits": {"user_agent": client_info.user_agent or ""},
    }
    await audit_log_store.record_entry(connection, entry, at=at, ip=client_info.ip)


def _token_not_found() -> AuthError:
    return bad_request("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
