"""GET and PUT /user, and GET /reauthenticate (GoTrue's user.go and reauthenticate.go)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.attempts.failures import record_failure
from supabase_local.auth.attempts.limits import CODE, PASSWORD, begin_attempt, end_attempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from supabase_local.auth.mail import messages
from supabase_local.auth.mail.notices import PASSWORD_CHANGED, enqueue_notice
from supabase_local.auth.mail.rate_limit import check_mail_frequency
from supabase_local.auth.tokens.flow_state_store import CodeChallenge
from supabase_local.auth.tokens.one_time_token_store import Purpose, count_wrong_guess, delete_tokens, use_code
from supabase_local.auth.tokens.pkce import read_challenge
from supabase_local.auth.tokens.sessions import user_of
from supabase_local.auth.users.accounts import (
    audit,
    change_email,
    check_metadata,
    email_exists,
    metadata_of,
    parse_email,
)
from supabase_local.auth.users.models import UserRow, merge_metadata, user_json
from supabase_local.gateway.authentication import AuthResult

_CURRENT_REQUIRED = "Current password required when setting new password."
# A session younger than this needs no reauthentication.
_RECENT = timedelta(hours=24)
# A user who signed in by a mailed link may not know their current password, or have none.
_MAIL_METHODS = frozenset({"otp", "magiclink", "recovery", "invite", "email/signup"})


@dataclass(frozen=True, slots=True)
class _Changes:
    """The validated body of PUT /user."""

    password: str | None
    current_password: str | None
    nonce: str
    email: str | None
    data: dict[str, Any]
    challenge: CodeChallenge | None


async def get_user(context: AuthContext, principal: AuthResult) -> dict[str, Any]:
    """Return the User of an access token. Raises AuthError."""
    async with open_transaction(context.pool, "begin read only") as connection:
        user, _ = await user_of(connection, principal)
        user.identities = await store.list_identities(connection, [user.id])
    return user_json(user)


async def update_user(
    context: AuthContext, principal: AuthResult, body: Mapping[str, Any], *, redirect_to: str, client_info: ClientInfo
) -> dict[str, Any]:
    """Change password, e-mail or metadata of the user of an access token. Returns the User.

    A new password ends all other sessions. A new e-mail stays pending until it is confirmed.
    """
    async with open_transaction(context.pool, "begin read only") as connection:
        unlocked, session_id = await user_of(connection, principal)
        session = await store.find_session(connection, session_id)
        methods = {entry["method"] for entry in await store.list_methods(connection, session_id)}
    changes = _read(body)
    if changes.password is not None:
        await context.passwords.check_strength(changes.password, unlocked.email, unlocked.phone)
    _require_aal2(unlocked, principal, changes)
    assert session is not None  # user_of has found it
    stale = clock.now() > session.created_at + _RECENT
    needs_nonce = context.settings.security_update_password_require_reauthentication and stale
    if changes.password and needs_nonce and not changes.nonce:
        raise bad_request("reauthentication_needed", "Password update requires reauthentication")
    recovering = bool(methods & _MAIL_METHODS)
    hashed = await _hash_new_password(context, unlocked, changes, client_info, recovering=recovering)
    if changes.password and needs_nonce:
        await _use_nonce(context, unlocked, changes.nonce, client_info)
    async with open_transaction(context.pool, "begin") as connection:
        await user_of(connection, principal)
        user = await store.lock_user(connection, unlocked.id)
        if user is None:
            raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
        if hashed:
            user.encrypted_password = hashed
            await store.delete_sessions(connection, user.id, keep=session_id)
            await delete_tokens(connection, user.id)
            await audit(connection, user, "user_updated_password", client_info)
            if context.settings.mailer_notifications_password_changed_enabled:
                await enqueue_notice(connection, context, PASSWORD_CHANGED, user, client_info)
        user.user_metadata = merge_metadata(user.user_metadata, changes.data)
        if changes.data:
            check_metadata(user)
        if changes.email and changes.email != user.email:
            await _begin_email_change(connection, context, user, changes, redirect_to, client_info)
        user.updated_at = clock.now()
        await store.save_user(connection, user)
        await audit(connection, user, "user_modified", client_info)
        user.identities = await store.list_identities(connection, [user.id])
    context.mail_queue.wake()
    return user_json(user)


async def reauthenticate(context: AuthContext, principal: AuthResult, *, client_info: ClientInfo) -> None:
    """Mail the user of an access token a code that allows them to change their password."""
    async with open_transaction(context.pool, "begin") as connection:
        unlocked, _ = await user_of(connection, principal)
        user = await store.lock_user(connection, unlocked.id)
        if user is None or not user.email:
            raise unprocessable(
                "validation_failed", "Reauthentication requires the user to have an email or a phone number"
            )
        if user.email_confirmed_at is None:
            raise unprocessable("email_not_confirmed", "Please verify your email first.")
        check_mail_frequency(context, user.reauthentication_sent_at)
        await messages.send_nonce(connection, context, user, client_info=client_info)
        await store.save_user(connection, user)
        await audit(connection, user, "user_reauthenticate_requested", client_info)
    context.mail_queue.wake()


def _read(body: Mapping[str, Any]) -> _Changes:
    texts: dict[str, str | None] = {}
    for name in ("password", "current_password", "nonce"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise bad_request("validation_failed", f"{name} must be a string")
        texts[name] = body.get(name)
    email = parse_email(body["email"]) if body.get("email") else None
    if body.get("app_metadata") is not None:
        raise forbidden("not_admin", "Updating app_metadata requires admin privileges")
    if body.get("phone"):
        raise bad_request("phone_provider_disabled", "Phone numbers are not supported here")
    return _Changes(
        password=texts["password"],
        current_password=texts["current_password"],
        nonce=texts["nonce"] or "",
        email=email,
        data=metadata_of(body, "data"),
        challenge=read_challenge(body),
    )


def _require_aal2(user: UserRow, principal: AuthResult, changes: _Changes) -> None:
    """Refuse a session without the user's second factor, and an anonymous user's password without an e-mail."""
    has_factor = any(factor["status"] == "verified" for factor in user.factors)
    sensitive = changes.password or (changes.email and changes.email != user.email)
    if has_factor and sensitive and principal.claims.get("aal") != "aal2":
        raise AuthError(
            401, "insufficient_aal", "AAL2 session is required to update email or password when MFA is enabled."
        )
    if user.is_anonymous and changes.password and not changes.email:
        raise unprocessable(
            "validation_failed", "Updating password of an anonymous user without an email or phone is not allowed"
        )


async def _hash_new_password(
    context: AuthContext, user: UserRow, changes: _Changes, client_info: ClientInfo, *, recovering: bool
) -> str | None:
    if changes.password is None:
        return None
    if user.encrypted_password:
        if context.settings.security_update_password_require_current_password and not recovering:
            if not changes.current_password:
                raise bad_request("current_password_required", _CURRENT_REQUIRED)
            await _check_current_password(context, user, changes.current_password, client_info)
        if await context.passwords.matches(user.encrypted_password, changes.password):
            raise unprocessable("same_password", "New password should be different from the old password.")
    return await context.passwords.hash(changes.password)


async def _check_current_password(context: AuthContext, user: UserRow, password: str, client_info: ClientInfo) -> None:
    """Raise AuthError for a wrong password. Whoever has taken over a session guesses no faster than at the sign-in."""
    attempt = await begin_attempt(context, PASSWORD, user.email or str(user.id), client_info, user_id=user.id)
    if not await context.passwords.matches(user.encrypted_password, password):
        await record_failure(context, attempt, client_info, user=user, method="password")
        raise bad_request("current_password_invalid", _CURRENT_REQUIRED)
    async with open_transaction(context.pool, "begin") as connection:
        await end_attempt(connection, attempt)


async def _use_nonce(context: AuthContext, user: UserRow, nonce: str, client_info: ClientInfo) -> None:
    attempt = await begin_attempt(context, CODE, user.email or str(user.id), client_info, user_id=user.id)
    async with open_transaction(context.pool, "begin") as connection:
        used = await use_code(connection, user.email or "", nonce, [Purpose.REAUTHENTICATION])
        if used is None:
            await count_wrong_guess(connection, user.email or "", [Purpose.REAUTHENTICATION])
        else:
            await end_attempt(connection, attempt)
    if used is None or used.user_id != user.id:
        raise unprocessable("reauthentication_not_valid", "Nonce has expired or is invalid")


async def _begin_email_change(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    changes: _Changes,
    redirect_to: str,
    client_info: ClientInfo,
) -> None:
    assert changes.email is not None  # checked by the caller
    # Where addresses are confirmed nobody learns here which have an account: the mail goes to any, and its link is
    # refused. Upstream says it in both cases.
    shows_accounts = context.settings.enable_email_autoconfirm
    if shows_accounts and await store.find_user_by_email(connection, changes.email):
        raise email_exists()
    if user.is_anonymous and context.settings.enable_email_autoconfirm:
        user.email_change = changes.email
        await change_email(connection, user)
        return
    check_mail_frequency(context, user.email_change_sent_at)
    await messages.send_email_change(
        connection,
        context,
        user,
        new_address=changes.email,
        redirect_to=redirect_to,
        challenge=changes.challenge,
        client_info=client_info,
    )
