"""PKCE, and the grant pkce of POST /token (GoTrue's pkce.go).

A client keeps a secret (`code_verifier`) and sends its hash (`code_challenge`). The browser brings back only a code,
which is worthless without the secret (RFC 7636).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request

from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.middleware import context_of
from supabase_local.auth.tokens import flow_state_store
from supabase_local.auth.tokens.flow_state_store import CodeChallenge, Flow
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.models import UserRow

PKCE_PREFIX = "pkce_"
_CHALLENGE = re.compile(r"[a-zA-Z._~0-9-]+")


def read_challenge(source: Mapping[str, Any]) -> CodeChallenge | None:
    """Return the challenge of a request; None when it has none (the implicit flow). Raises AuthError."""
    text, method = source.get("code_challenge") or "", source.get("code_challenge_method") or ""
    if not isinstance(text, str) or not isinstance(method, str):
        raise bad_request("validation_failed", "code_challenge and code_challenge_method must be strings")
    if not text and not method:
        return None
    if not text or not method:
        raise bad_request("validation_failed", "PKCE flow requires code_challenge_method and code_challenge")
    if not 43 <= len(text) <= 128:
        raise bad_request("validation_failed", "code challenge has to be between 43 and 128 characters")
    if not _CHALLENGE.fullmatch(text):
        raise bad_request(
            "validation_failed",
            "code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes",
        )
    if method.lower() not in ("s256", "plain"):
        raise bad_request("validation_failed", f'unsupported code_challenge method "{method}"')
    return CodeChallenge(text, method.lower())


async def complete_flow(
    connection: Connection,
    context: AuthContext,
    flow_id: UUID,
    *,
    user_id: UUID,
    provider_access_token: str,
    provider_refresh_token: str,
) -> None:
    """Store the user that a provider authenticated, so that the flow's code can be exchanged for a session."""
    await flow_state_store.update_flow(
        connection,
        flow_id,
        user_id=user_id,
        provider_access_token=_seal(context, provider_access_token, user_id=user_id, flow_id=flow_id),
        provider_refresh_token=_seal(context, provider_refresh_token, user_id=user_id, flow_id=flow_id),
    )


async def issue_code(connection: Connection, user: UserRow, *, authentication_method: str) -> str:
    """Return the code of the user's latest flow of this kind. Raises AuthError without one."""
    code = await flow_state_store.issue_code(connection, user.id, authentication_method=authentication_method)
    if code is None:
        raise bad_request(
            "flow_state_not_found",
            "No associated flow state found. 422: No valid flow state found for user.",
        )
    return code


async def pkce_grant(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Session for a code and the verifier of its challenge. A code works once. Raises AuthError."""
    context, client_info = context_of(request), ClientInfo.of(request)
    code, verifier = body.get("auth_code"), body.get("code_verifier")
    if not isinstance(code, str) or not isinstance(verifier, str) or not code or not verifier:
        raise bad_request("validation_failed", "invalid request: both auth code and code verifier should be non-empty")
    async with open_transaction(context.pool, "begin") as connection:
        flow = await flow_state_store.lock_flow_by_code(connection, code)
        if flow is None or flow.user_id is None:
            raise AuthError(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        if flow.is_expired:
            raise unprocessable("flow_state_expired", "invalid flow state, flow state has expired")
        _check_verifier(flow, verifier)
        user = await store.lock_user(connection, flow.user_id)
        if user is None or user.deleted_at is not None:
            raise AuthError(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        if user.is_banned:
            raise bad_request("user_banned", "User is banned")
        await flow_state_store.delete_flow(connection, flow.id)
        session = await open_session(
            connection, context, user, method=flow.authentication_method, client_info=client_info
        )
    if flow.provider_access_token:
        session["provider_token"] = _open(context, flow.provider_access_token, user_id=user.id, flow_id=flow.id)
    if flow.provider_refresh_token:
        session["provider_refresh_token"] = _open(
            context, flow.provider_refresh_token, user_id=user.id, flow_id=flow.id
        )
    return session


def _seal(context: AuthContext, token: str, *, user_id: UUID, flow_id: UUID) -> str:
    if not token:
        return ""
    return base64.b64encode(
        context.vault.seal(token, owner_id=user_id, kind="provider token", ref=str(flow_id))
    ).decode()


def _open(context: AuthContext, sealed: str, *, user_id: UUID, flow_id: UUID) -> object:
    return context.vault.open(base64.b64decode(sealed), owner_id=user_id, kind="provider token", ref=str(flow_id))


def _check_verifier(flow: Flow, verifier: str) -> None:
    challenge = verifier
    if flow.code_challenge_method == "s256":
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest((flow.code_challenge or "").encode(), challenge.encode()) or not flow.code_challenge:
        raise bad_request("bad_code_verifier", "code challenge does not match previously saved code verifier")
