"""Sessions: open one, refresh it, mint its access token, and check that it still stands."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import audit_log, store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, forbidden
from supabase_local.auth.tokens.access_token_hook import run_access_token_hook
from supabase_local.auth.tokens.refresh_tokens import RefreshToken, parse_refresh_token
from supabase_local.auth.users.models import User, user_json
from supabase_local.gateway.authentication import AuthResult

# Tabs of one browser refresh at once; within this time an older token gets the current one again.
_REUSE_INTERVAL = timedelta(seconds=10)
_RETRY_SECONDS = 5.0


async def open_session(
    connection: Connection, context: AuthContext, user: User, *, method: str, client_info: ClientInfo
) -> dict[str, Any]:
    """Sign a person in. Returns GoTrue's Session. `method` is the `amr` of this sign-in, e.g. "password"."""
    at = clock.now()
    user.last_sign_in_at = user.updated_at = at
    await store.save_user(connection, user)
    session = store.Session(
        id=uuid4(),
        user_id=user.id,
        refreshed_at=None,
        not_after=None,
        created_at=at,
        aal="aal1",
        refresh_token_hmac_key=context.refresh_tokens.new_key(),
        refresh_token_counter=0,
    )
    await store.insert_session(connection, session, method=method, user_agent=client_info.user_agent, ip=client_info.ip)
    return await session_json(connection, context, user, session, counter=0, method=method)


async def refresh(context: AuthContext, text: str, *, client_info: ClientInfo) -> dict[str, Any]:
    """Return a new Session for a refresh token.

    Whoever comes second while another request holds the session waits here, not on a database connection.
    Raises AuthError.
    """
    token = parse_refresh_token(text)
    if token is None:
        raise _unknown_token()
    lock = context.refreshing.setdefault(token.session_id, asyncio.Lock())
    async with lock:
        return await _refresh_when_free(context, token, client_info)


async def _refresh_when_free(context: AuthContext, token: RefreshToken, client_info: ClientInfo) -> dict[str, Any]:
    until = asyncio.get_running_loop().time() + _RETRY_SECONDS
    while asyncio.get_running_loop().time() < until:
        async with open_transaction(context.pool, "begin") as connection:
            outcome = await _try_refresh(connection, context, token, client_info)
        if isinstance(outcome, AuthError):  # raised only now: what it ended must stay ended
            raise outcome
        if outcome is not None:
            return outcome
        await asyncio.sleep(random.uniform(0.01, 0.03))  # noqa: S311  # spreads waiters, hides nothing
    raise AuthError(409, "conflict", "Too many concurrent token refresh requests on the same session or refresh token")


async def _try_refresh(
    connection: Connection, context: AuthContext, token: RefreshToken, client_info: ClientInfo
) -> dict[str, Any] | AuthError | None:
    """Return the new Session, a refusal, or None when another process holds the session."""
    session = await store.try_lock_session(connection, token.session_id)
    if session is None:
        return None if await store.find_session(connection, token.session_id) else _unknown_token()
    key = session.refresh_token_hmac_key
    if not key or not context.refresh_tokens.is_genuine(token, key):
        return _unknown_token()
    user = await store.find_user(connection, session.user_id)
    if user is None:
        return _unknown_token()
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
    elif behind > 1 and not _refreshed_lately(session, at):
        await store.delete_session(connection, session.id)
        await _audit(connection, user, "token_revoked", client_info, at)
        return bad_request("refresh_token_already_used", "Invalid Refresh Token: Already Used")
    elif token.counter < (session.aal2_since_counter or 0):  # whoever holds it never showed the second factor
        return bad_request("refresh_token_already_used", "Invalid Refresh Token: Already Used")
    await store.refresh_session(
        connection, session.id, counter=counter, at=at, user_agent=client_info.user_agent, ip=client_info.ip
    )
    await _audit(connection, user, "token_refreshed", client_info, at)
    return await session_json(connection, context, user, session, counter=counter)


def _refreshed_lately(session: store.Session, at: datetime) -> bool:
    last = session.refreshed_at
    return last is not None and at - last.replace(tzinfo=UTC) < _REUSE_INTERVAL


async def session_json(
    connection: Connection,
    context: AuthContext,
    user: User,
    session: store.Session,
    *,
    counter: int,
    method: str = "token_refresh",
) -> dict[str, Any]:
    """Return GoTrue's Session, with a new access token and the refresh token of `counter`.

    `method` is what the access token is issued for, as the hook is told.
    """
    user.identities = await store.list_identities(connection, [user.id])
    issued_at = int(clock.now().timestamp())
    lifetime = context.settings.jwt_expiry
    claims = {
        "iss": context.issuer,
        "sub": str(user.id),
        "aud": user.aud,
        "exp": issued_at + lifetime,
        "iat": issued_at,
        "email": user.email or "",
        "phone": user.phone or "",
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "role": user.role,
        "aal": session.aal,
        "amr": await store.list_methods(connection, session.id),
        "session_id": str(session.id),
        "is_anonymous": user.is_anonymous,
    }
    hook = context.settings.gotrue_hook_custom_access_token_uri
    completed = await run_access_token_hook(connection, hook, user_id=user.id, claims=claims, method=method)
    assert session.refresh_token_hmac_key is not None  # both callers hold a session of the counter form
    return {
        "access_token": context.keys.sign(completed),
        "token_type": "bearer",
        "expires_in": lifetime,
        "expires_at": issued_at + lifetime,
        "refresh_token": context.refresh_tokens.encode(session.id, counter, session.refresh_token_hmac_key),
        "user": user_json(user),
    }


async def user_of(connection: Connection, principal: AuthResult) -> tuple[User, UUID]:
    """Return the person and the session of a verified access token. Raises AuthError when either has ended."""
    if "sub" not in principal.claims or "session_id" not in principal.claims:
        raise forbidden("bad_jwt", "invalid claim: missing sub claim")
    user = await store.find_user(connection, UUID(principal.claims["sub"]))
    if user is None or user.deleted_at is not None:
        raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
    session = await store.find_session(connection, UUID(principal.claims["session_id"]))
    if session is None or session.user_id != user.id:
        raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
    if user.is_banned:
        raise forbidden("user_banned", "User is banned")
    return user, session.id


async def _audit(connection: Connection, user: User, action: str, client_info: ClientInfo, at: datetime) -> None:
    entry = {
        "action": action,
        "actor_id": str(user.id),
        "actor_username": user.email or "",
        "log_type": audit_log.type_of(action),
    }
    await audit_log.record_entry(connection, entry, at=at, ip=client_info.ip)


def _unknown_token() -> AuthError:
    return bad_request("refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
