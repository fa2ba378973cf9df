"""Sessions: create one, and issue its access token and refresh token."""

from typing import Any
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import forbidden
from supabase_local.auth.hooks import run_access_token_hook
from supabase_local.auth.users.models import UserRow, user_json
from supabase_local.gateway.authentication import AuthResult


async def open_session(
    connection: Connection, context: AuthContext, user: UserRow, *, method: str, client_info: ClientInfo
) -> dict[str, Any]:
    """Create a session of `user`. Returns GoTrue's Session. `method` is the `amr` of this sign-in, e.g. "password"."""
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


async def session_json(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    session: store.Session,
    *,
    counter: int,
    method: str = "token_refresh",
) -> dict[str, Any]:
    """Return GoTrue's Session, with a new access token and the refresh token of `counter`.

    `method` is what the access token is issued for, as the hook receives it.
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
    hooked_claims = await run_access_token_hook(connection, hook, user_id=user.id, claims=claims, method=method)
    assert session.refresh_token_hmac_key is not None  # both callers hold a session of the counter form
    return {
        "access_token": context.keys.sign(hooked_claims),
        "token_type": "bearer",
        "expires_in": lifetime,
        "expires_at": issued_at + lifetime,
        "refresh_token": context.refresh_tokens.encode(session.id, counter, session.refresh_token_hmac_key),
        "user": user_json(user),
    }


async def user_of(connection: Connection, principal: AuthResult) -> tuple[UserRow, UUID]:
    """Return the user and the session id of a verified access token. Raises AuthError when either no longer exists."""
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
