"""TOTP factors: enroll, challenge, verify, unenroll (GoTrue's mfa.go)."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store as user_store
from supabase_local.auth.attempts.limits import FACTOR, begin_attempt, end_attempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from supabase_local.auth.mail.generate_link import ADMINISTRATOR
from supabase_local.auth.mfa import store, totp
from supabase_local.auth.tokens.sessions import session_json, user_of
from supabase_local.auth.users.accounts import audit
from supabase_local.auth.users.models import UserRow, factor_json
from supabase_local.gateway.authentication import AuthResult

_MAX_FACTORS = 10
_CHALLENGE_LIFE = timedelta(seconds=300)
_ABANDONED_AFTER = timedelta(seconds=300)
_MAX_NAME_LENGTH = 255


class _Binding(TypedDict):
    owner_id: UUID
    kind: str
    ref: str


async def enroll(
    context: AuthContext, principal: AuthResult, body: Mapping[str, Any], *, client_info: ClientInfo
) -> dict[str, Any]:
    """Enroll an authenticator app. The factor is unverified until one of its codes was verified."""
    kind = body.get("factor_type")
    if kind == "phone":
        raise unprocessable("mfa_phone_enroll_not_enabled", "MFA enroll is disabled for Phone")
    if kind == "webauthn":
        raise unprocessable("mfa_webauthn_enroll_not_enabled", "MFA enroll is disabled for WebAuthn")
    if kind != "totp":
        raise bad_request("validation_failed", "factor_type needs to be totp, phone, or webauthn")
    name, issuer = _text(body, "friendly_name"), _text(body, "issuer") or urlsplit(context.settings.site_url).netloc
    secret, factor_id, at = totp.new_secret(), uuid4(), clock.now()
    async with open_transaction(context.pool, "begin") as connection:
        user, session = await _lock_principal(connection, principal)
        await store.delete_abandoned_factors(connection, user.id, before=at - _ABANDONED_AFTER)
        factors = await store.list_factors(connection, [user.id])
        if any((factor.friendly_name or "") == name for factor in factors):
            raise _name_conflict(name)
        if len(factors) >= _MAX_FACTORS:
            raise unprocessable(
                "too_many_enrolled_mfa_factors", "Maximum number of verified factors reached, unenroll to continue"
            )
        if any(factor.is_verified for factor in factors) and session.aal != "aal2":
            raise forbidden("insufficient_aal", "AAL2 required to enroll a new factor")
        sealed = base64.b64encode(context.vault.seal(secret, **_key_context(user.id, factor_id))).decode()
        await store.insert_totp_factor(connection, factor_id, user_id=user.id, friendly_name=name, secret=sealed, at=at)
        await audit(connection, user, "factor_in_progress", client_info)
    uri = totp.key_uri(secret, issuer=issuer, account=user.email or str(user.id))
    return {
        "id": str(factor_id),
        "type": "totp",
        "friendly_name": name,
        "totp": {"qr_code": totp.qr_svg(uri), "secret": secret, "uri": uri},
    }


async def challenge(
    context: AuthContext, principal: AuthResult, factor_id: UUID, *, client_info: ClientInfo
) -> dict[str, Any]:
    """Create a challenge of a factor. It must be verified from the same address, within 300 seconds."""
    at = clock.now()
    async with open_transaction(context.pool, "begin") as connection:
        user, _ = await _lock_principal(connection, principal)
        factor = await _own_factor(connection, factor_id, user)
        challenge_id = await store.insert_challenge(connection, factor.id, ip=_ip(client_info), at=at)
        await audit(connection, user, "challenge_created", client_info)
    return {
        "id": str(challenge_id),
        "type": factor.factor_type,
        "expires_at": int((at + _CHALLENGE_LIFE).timestamp()),
    }


async def verify(
    context: AuthContext, principal: AuthResult, factor_id: UUID, body: Mapping[str, Any], *, client_info: ClientInfo
) -> dict[str, Any]:
    """Verify a code of a challenge and upgrade the session to aal2. Returns the Session.

    Ends the user's sessions of aal1 and deletes their unverified factors.
    """
    code = body.get("code")
    if not isinstance(code, str) or not code:
        raise bad_request("validation_failed", "Code needs to be non-empty")
    challenge_id = _uuid(body.get("challenge_id"))
    user_id = UUID(principal.claims["sub"]) if "sub" in principal.claims else None
    # Three of a million codes are valid at any time.
    attempt = await begin_attempt(context, FACTOR, f"{user_id} {factor_id}", client_info, user_id=user_id)
    async with open_transaction(context.pool, "begin") as connection:
        outcome = await _try_verify(connection, context, principal, factor_id, challenge_id, code, client_info)
        if not isinstance(outcome, AuthError):
            await end_attempt(connection, attempt)
    if isinstance(outcome, AuthError):  # raised after the commit: a failed attempt must stay counted
        raise outcome
    return outcome


async def _try_verify(
    connection: Connection,
    context: AuthContext,
    principal: AuthResult,
    factor_id: UUID,
    challenge_id: UUID,
    code: str,
    client_info: ClientInfo,
) -> dict[str, Any] | AuthError:
    user, _ = await _lock_principal(connection, principal)
    factor = await store.lock_factor(connection, factor_id, user_id=user.id)
    if factor is None:
        return _unknown_factor()
    at = clock.now()
    issued = await store.find_challenge(connection, challenge_id, factor_id=factor.id)
    if issued is None:
        return unprocessable("mfa_factor_not_found", "MFA factor with the provided challenge ID not found")
    if issued.verified_at is not None or issued.ip_address != _ip(client_info):
        return unprocessable("mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.")
    if issued.created_at + _CHALLENGE_LIFE < at:
        await store.delete_challenge(connection, issued.id)
        return unprocessable(
            "mfa_challenge_expired",
            f"MFA challenge {issued.id} has expired, verify against another challenge or create a new challenge.",
        )
    secret = context.vault.open(base64.b64decode(factor.secret or ""), **_key_context(user.id, factor.id))
    step = totp.find_step(str(secret), code, at=at.timestamp())
    if step is None or step <= (factor.last_used_step or 0):  # a code works once
        await audit(connection, user, "verification_failed", client_info)
        return unprocessable("mfa_verification_failed", "Invalid TOTP code entered")
    await store.record_success(connection, factor.id, step=step, at=at)
    await store.record_verified(connection, issued.id, at=at)
    await audit(connection, user, "verification_attempted", client_info)  # upstream's action of a success
    return await _upgrade_session(connection, context, principal, factor, at)


async def _upgrade_session(
    connection: Connection, context: AuthContext, principal: AuthResult, factor: store.Factor, at: datetime
) -> dict[str, Any]:
    session = await user_store.lock_session(connection, UUID(principal.claims["session_id"]))
    if session is None:
        raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
    # By two: the previous refresh token is still accepted, and must not yield a session of aal2.
    counter = (session.refresh_token_counter or 0) + 2
    await store.upgrade_session(connection, session.id, factor_id=factor.id, counter=counter, at=at)
    await store.record_method(connection, session.id, method=factor.factor_type, at=at)
    await store.delete_aal1_sessions(connection, factor.user_id)
    await store.delete_unverified_factors(connection, factor.user_id)
    user = await user_store.find_user(connection, factor.user_id)
    assert user is not None  # the locked factor references the user
    return await session_json(connection, context, user, replace(session, aal="aal2"), counter=counter, method="totp")


async def unenroll(
    context: AuthContext, principal: AuthResult, factor_id: UUID, *, client_info: ClientInfo
) -> dict[str, Any]:
    """Delete a factor, a verified one only in a session of aal2. Sessions that it upgraded fall back to aal1."""
    async with open_transaction(context.pool, "begin") as connection:
        user, session = await _lock_principal(connection, principal)
        factor = await _own_factor(connection, factor_id, user)
        if factor.is_verified and session.aal != "aal2":
            raise unprocessable("insufficient_aal", "AAL2 required to unenroll verified factor")
        await _remove(connection, factor)
        await audit(connection, user, "factor_unenrolled", client_info)
    return {"id": str(factor.id)}


async def list_factors_of(context: AuthContext, user_id: UUID) -> list[dict[str, Any]]:
    """Return a user's factors, for an administrator."""
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await _get_user(connection, user_id)
    return [factor_json(factor) for factor in user.factors]


async def delete_factor_of(
    context: AuthContext, user_id: UUID, factor_id: UUID, *, client_info: ClientInfo
) -> dict[str, Any]:
    """Delete a user's factor, as an administrator, for example when they lost their phone."""
    async with open_transaction(context.pool, "begin") as connection:
        user = await _get_user(connection, user_id)
        factor = await _own_factor(connection, factor_id, user)
        await _remove(connection, factor)
        await audit(connection, user, "factor_deleted", client_info, actor=ADMINISTRATOR)
    return _factor_json(user, factor_id)


async def update_factor_of(
    context: AuthContext, user_id: UUID, factor_id: UUID, body: Mapping[str, Any], *, client_info: ClientInfo
) -> dict[str, Any]:
    """Rename a user's factor, as an administrator."""
    name = _text(body, "friendly_name")
    try:
        async with open_transaction(context.pool, "begin") as connection:
            user = await _get_user(connection, user_id)
            factor = await _own_factor(connection, factor_id, user)
            if name:
                await store.rename_factor(connection, factor.id, friendly_name=name, at=clock.now())
            await audit(connection, user, "factor_updated", client_info, actor=ADMINISTRATOR)
            return _factor_json(await _get_user(connection, user_id), factor_id)
    except asyncpg.UniqueViolationError:
        raise _name_conflict(name) from None


async def _lock_principal(connection: Connection, principal: AuthResult) -> tuple[UserRow, user_store.Session]:
    """Return the user, locked, and session of the principal. Raises AuthError, also for anonymous users."""
    user, session_id = await user_of(connection, principal)
    if user.is_anonymous:
        raise forbidden("no_authorization", "Anonymous user not allowed to perform these actions")
    locked = await user_store.lock_user(connection, user.id)
    session = await user_store.find_session(connection, session_id)
    if locked is None or session is None:
        raise forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
    return locked, session


async def _get_user(connection: Connection, user_id: UUID) -> UserRow:
    user = await user_store.find_user(connection, user_id)
    if user is None:
        raise AuthError(404, "user_not_found", "User not found")
    return user


async def _own_factor(connection: Connection, factor_id: UUID, user: UserRow) -> store.Factor:
    factor = await store.find_factor(connection, factor_id, user_id=user.id)
    if factor is None:
        raise _unknown_factor()
    return factor


async def _remove(connection: Connection, factor: store.Factor) -> None:
    await store.downgrade_sessions(connection, factor)
    await store.delete_factor(connection, factor.id)


def _key_context(user_id: UUID, factor_id: UUID) -> _Binding:
    return {"owner_id": user_id, "kind": "totp", "ref": str(factor_id)}


def _factor_json(user: UserRow, factor_id: UUID) -> dict[str, Any]:
    return next(factor_json(factor) for factor in user.factors if factor["id"] == str(factor_id))


def _ip(client_info: ClientInfo) -> str:
    return client_info.ip or "0.0.0.0"  # noqa: S104  # "unknown" in a column that must not be null


def _text(body: Mapping[str, Any], name: str) -> str:
    text = body.get(name) or ""
    if not isinstance(text, str) or len(text) > _MAX_NAME_LENGTH or "\x00" in text:
        raise bad_request("validation_failed", f"{name} must be a string of at most {_MAX_NAME_LENGTH} characters")
    return text


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise bad_request("validation_failed", "challenge_id must be an UUID") from None


def _name_conflict(name: str) -> AuthError:
    return unprocessable(
        "mfa_factor_name_conflict", f'A factor with the friendly name "{name}" for this user already exists'
    )


def _unknown_factor() -> AuthError:
    return AuthError(404, "mfa_factor_not_found", "Factor not found")
