"""Flows of PKCE and OAuth: remember a code challenge, and give its holder a session for the code.

Whoever starts a sign-in keeps a secret (`code_verifier`) and sends its hash (`code_challenge`). What comes back through
the browser is only a code, worth nothing without the secret (RFC 7636).
"""

# ruff: noqa: S608  # what is put into the statements is the list of columns below, never a value

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection, Row, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.models import User

PKCE_PREFIX = "pkce_"
FLOW_LIFE = timedelta(seconds=300)
_CHALLENGE = re.compile(r"[a-zA-Z._~0-9-]+")
_FLOW = """id, user_id, auth_code, code_challenge, code_challenge_method::text as code_challenge_method, provider_type,
  coalesce(provider_access_token, '') as provider_access_token,
  coalesce(provider_refresh_token, '') as provider_refresh_token, created_at, authentication_method,
  auth_code_issued_at, referrer, linking_target_id"""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The hash of a secret that only the one who started knows."""

    text: str
    method: str  # "s256" or "plain"


@dataclass(frozen=True, slots=True)
class Flow:
    """A row of auth.flow_state."""

    id: UUID
    user_id: UUID | None
    auth_code: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    provider_type: str
    provider_access_token: str
    provider_refresh_token: str
    created_at: datetime
    authentication_method: str
    auth_code_issued_at: datetime | None
    referrer: str | None
    linking_target_id: UUID | None

    @property
    def is_expired(self) -> bool:
        """Say whether it is too late. A magic link may lie in the mailbox: there the clock starts with the code."""
        started = self.created_at
        if self.auth_code_issued_at is not None and self.authentication_method == "magiclink":
            started = self.auth_code_issued_at
        return clock.now() > started + FLOW_LIFE


def read_challenge(source: Mapping[str, Any]) -> Challenge | None:
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
    return Challenge(text, method.lower())


async def create_flow(
    connection: Connection,
    *,
    provider_type: str,
    authentication_method: str,
    challenge: Challenge | None,
    user_id: UUID | None = None,
    referrer: str | None = None,
    linking_target_id: UUID | None = None,
) -> Flow:
    """Remember a flow. `authentication_method` is the `amr` that the session will get, e.g. "magiclink", "oauth".

    Without a challenge (OAuth's implicit flow) it has no code and only carries `referrer` to the callback.
    """
    row = await connection.fetchrow(
        f"""insert into auth.flow_state (id, user_id, auth_code, code_challenge, code_challenge_method, provider_type,
              provider_access_token, provider_refresh_token, created_at, updated_at, authentication_method, referrer,
              linking_target_id)
            values ($1, $2, $3, $4, $5::text::auth.code_challenge_method, $6, '', '', $7, $7, $8, $9, $10)
            returning {_FLOW}""",
        uuid4(),
        user_id,
        str(uuid4()) if challenge else None,
        challenge.text if challenge else None,
        challenge.method if challenge else None,
        provider_type,
        clock.now(),
        authentication_method,
        referrer,
        linking_target_id,
    )
    flow = _flow(row)
    assert flow is not None  # an insert returns its row
    return flow


async def lock_flow(connection: Connection, flow_id: UUID) -> Flow | None:
    """Return a flow; None when it is gone or another request is using it."""
    return _flow(
        await connection.fetchrow(f"select {_FLOW} from auth.flow_state where id = $1 for update skip locked", flow_id)
    )


async def complete_flow(
    connection: Connection,
    context: AuthContext,
    flow_id: UUID,
    *,
    user_id: UUID,
    provider_access_token: str,
    provider_refresh_token: str,
) -> None:
    """Write who came in by a provider, so that the flow's code is worth a session; the provider's tokens sealed."""
    await connection.execute(
        """update auth.flow_state set user_id = $2, provider_access_token = $3, provider_refresh_token = $4,
             auth_code_issued_at = $5, updated_at = $5 where id = $1""",
        flow_id,
        user_id,
        _seal(context, provider_access_token, user_id=user_id, flow_id=flow_id),
        _seal(context, provider_refresh_token, user_id=user_id, flow_id=flow_id),
        clock.now(),
    )


async def delete_flow(connection: Connection, flow_id: UUID) -> None:
    await connection.execute("delete from auth.flow_state where id = $1", flow_id)


async def issue_code(connection: Connection, user: User, *, authentication_method: str) -> str:
    """Return the code of the latest flow of `user` of this kind, and start its clock. Raises AuthError without one."""
    row = await connection.fetchrow(
        """update auth.flow_state set auth_code_issued_at = $3, updated_at = $3
           where id = (select id from auth.flow_state where user_id = $1 and authentication_method = $2
                       order by created_at desc limit 1) and auth_code is not null
           returning auth_code""",
        user.id,
        authentication_method,
        clock.now(),
    )
    if row is None:
        raise bad_request(
            "flow_state_not_found",
            "No associated flow state found. 422: No valid flow state found for user.",
        )
    return str(row["auth_code"])


async def exchange_code(
    context: AuthContext, code: object, verifier: object, *, client_info: ClientInfo
) -> dict[str, Any]:
    """Return the Session for a code and the secret behind its challenge. A code works once."""
    if not isinstance(code, str) or not isinstance(verifier, str) or not code or not verifier:
        raise bad_request("validation_failed", "invalid request: both auth code and code verifier should be non-empty")
    async with open_transaction(context.pool, "begin") as connection:
        # Locked: of two who show the same code at once, one gets the session and the other finds nothing.
        flow = _flow(
            await connection.fetchrow(f"select {_FLOW} from auth.flow_state where auth_code = $1 for update", code)
        )
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
        await delete_flow(connection, flow.id)
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
    shown = verifier
    if flow.code_challenge_method == "s256":
        shown = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest((flow.code_challenge or "").encode(), shown.encode()) or not flow.code_challenge:
        raise bad_request("bad_code_verifier", "code challenge does not match previously saved code verifier")


def _flow(row: Row | None) -> Flow | None:
    return Flow(**dict(row)) if row else None
