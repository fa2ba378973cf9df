"""POST and GET /verify: accept the codes and links of mails (GoTrue's verify.go)."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.attempts.failures import record_failure
from supabase_local.auth.attempts.limits import CODE, begin_attempt, end_attempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from supabase_local.auth.redirects import with_fragment, with_query
from supabase_local.auth.tokens.one_time_token_store import Purpose, Used, count_wrong_guess, use_code, use_link
from supabase_local.auth.tokens.pkce import PKCE_PREFIX, issue_code
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.accounts import (
    audit,
    change_email,
    confirm_email,
    email_exists,
    parse_email,
    parse_phone,
)
from supabase_local.auth.users.models import UserRow

OTHER_ADDRESS_PENDING = "Confirmation link accepted. Please proceed to confirm link sent to the other email"

_PURPOSES: dict[str, Sequence[Purpose]] = {
    "signup": (Purpose.CONFIRMATION,),
    "invite": (Purpose.CONFIRMATION,),
    "recovery": (Purpose.RECOVERY,),
    "magiclink": (Purpose.RECOVERY,),
    "email": (Purpose.CONFIRMATION, Purpose.RECOVERY),
    "email_change": (Purpose.EMAIL_CHANGE_CURRENT, Purpose.EMAIL_CHANGE_NEW),
}
_METHODS = {"signup": "email/signup"}  # the authentication method of a flow, where it differs from the type of the link
_OAUTH_ERRORS = {
    400: "invalid_request",
    401: "unauthorized_client",
    403: "access_denied",
    500: "server_error",
    503: "temporarily_unavailable",
}


async def verify(context: AuthContext, body: Mapping[str, Any], *, client_info: ClientInfo) -> dict[str, Any]:
    """Return the Session for a code (`token` with `email`) or for a `token_hash`. Raises AuthError.

    Returns a message when the other address of a change of e-mail has to confirm too.
    """
    kind, token, token_hash = (_text(body, name) for name in ("type", "token", "token_hash"))
    if not kind:
        raise bad_request("validation_failed", "Verify requires a verification type")
    if bool(token) == bool(token_hash):
        raise bad_request("validation_failed", "Verify requires either a token or a token hash")
    if token_hash:
        if any(body.get(name) for name in ("email", "phone", "redirect_to")):
            raise bad_request("validation_failed", "Only the token_hash and type should be provided")
        purposes = _purposes(kind)
        async with open_transaction(context.pool, "begin") as connection:
            used = await use_link(connection, token_hash, purposes)
            return await _sign_in(connection, context, used, kind, client_info, refusal=_bad_link())
    if bool(body.get("email")) == bool(body.get("phone")):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided on verify")
    if body.get("phone"):  # no code is ever sent by telephone
        parse_phone(body["phone"])
        raise _bad_code()
    purposes = _purposes(kind)
    try:
        address = parse_email(body["email"])
    except AuthError:
        raise unprocessable("validation_failed", "Invalid email format") from None
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await store.find_user_by_email(connection, address)
    user_id = user.id if user else None
    attempt = await begin_attempt(context, CODE, address, client_info, user_id=user_id)
    async with open_transaction(context.pool, "begin") as connection:
        used = await use_code(connection, address, token, purposes)
        if used is not None:
            await end_attempt(connection, attempt)
            return await _sign_in(connection, context, used, kind, client_info, refusal=_bad_code())
        await count_wrong_guess(connection, address, purposes)
    await record_failure(context, attempt, client_info, user=user, method="otp")
    raise _bad_code()  # raised after the commit: the guess must stay counted


async def follow_link(context: AuthContext, token: str, kind: str, *, redirect_to: str, client_info: ClientInfo) -> str:
    """Return the URL to which a mailed link redirects: with a session, a code or an error."""
    pkce = token.startswith(PKCE_PREFIX)
    try:
        purposes = _purposes(kind)
        async with open_transaction(context.pool, "begin") as connection:
            used = await use_link(connection, token, purposes)
            user, kind = await _accept(connection, context, used, kind, client_info, refusal=_bad_link())
            if user is None:
                return _with(redirect_to, {"message": OTHER_ADDRESS_PENDING}, pkce=pkce)
            await store.save_user(connection, user)
            if pkce:
                code = await issue_code(connection, user, authentication_method=_METHODS.get(kind, kind))
                return with_query(redirect_to, {"code": code})
            session = await open_session(connection, context, user, method="otp", client_info=client_info)
    except asyncpg.UniqueViolationError:
        return error_redirect(email_exists(), redirect_to, pkce=pkce)
    except AuthError as refused:
        return error_redirect(refused, redirect_to, pkce=pkce)
    names = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    fragment = {name: session[name] for name in names} | {"sb": "", "type": kind}
    return with_fragment(redirect_to, fragment)


def error_redirect(error: AuthError, redirect_to: str, *, pkce: bool) -> str:
    """Return `redirect_to` with the error in its fragment and, for PKCE, in its query too."""
    parameters = {"error_code": error.code, "error_description": error.message}
    if error.status in _OAUTH_ERRORS:
        parameters["error"] = _OAUTH_ERRORS[error.status]
    return _with(redirect_to, parameters, pkce=pkce)


def _with(url: str, parameters: Mapping[str, str], *, pkce: bool) -> str:
    return with_fragment(with_query(url, parameters) if pkce else url, {**parameters, "sb": ""})


async def _sign_in(
    connection: Connection,
    context: AuthContext,
    used: Used | None,
    kind: str,
    client_info: ClientInfo,
    *,
    refusal: AuthError,
) -> dict[str, Any]:
    try:
        user, _ = await _accept(connection, context, used, kind, client_info, refusal=refusal)
        if user is None:
            return {"msg": OTHER_ADDRESS_PENDING, "code": "200"}
        return await open_session(connection, context, user, method="otp", client_info=client_info)
    except asyncpg.UniqueViolationError:
        raise email_exists() from None


async def _accept(
    connection: Connection,
    context: AuthContext,
    used: Used | None,
    kind: str,
    client_info: ClientInfo,
    *,
    refusal: AuthError,
) -> tuple[UserRow | None, str]:
    """Apply the token. Returns the user (None: the other address must confirm too) and the exact type."""
    user = await store.lock_user(connection, used.user_id) if used else None
    if used is None or user is None or user.deleted_at is not None:
        raise refusal
    if user.is_banned:
        raise forbidden("user_banned", "User is banned")
    if kind == "email":
        kind = "magiclink" if used.purpose is Purpose.RECOVERY else "signup"
    if kind == "email_change":
        return await _confirm_change(connection, context, user, client_info, refusal=refusal), kind
    action = "user_signedup" if user.email_confirmed_at is None else "login"
    if user.email_confirmed_at is None and used.purpose is Purpose.RECOVERY:
        user.encrypted_password = None  # it was set before the address was verified
    await confirm_email(connection, user)
    await audit(connection, user, action, client_info, traits={"method": "otp"})
    return user, kind


async def _confirm_change(
    connection: Connection, context: AuthContext, user: UserRow, client_info: ClientInfo, *, refusal: AuthError
) -> UserRow | None:
    if not user.email_change:
        raise refusal
    # In upstream autoconfirm disables the second confirmation too. Here only its own setting does.
    if context.settings.mailer_secure_email_change_enabled and user.email and user.email_change_confirm_status == 0:
        user.email_change_confirm_status = 1
        await store.save_user(connection, user)
        return None
    await change_email(connection, user)
    await audit(connection, user, "user_modified", client_info)
    return user


def _purposes(kind: str) -> Sequence[Purpose]:
    if kind not in _PURPOSES:
        raise bad_request("validation_failed", "Invalid email verification type")
    return _PURPOSES[kind]


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise bad_request("validation_failed", f"{name} must be a string")
    return value


def _bad_link() -> AuthError:
    return forbidden("otp_expired", "Email link is invalid or has expired")


def _bad_code() -> AuthError:
    return forbidden("otp_expired", "Token has expired or is invalid")
