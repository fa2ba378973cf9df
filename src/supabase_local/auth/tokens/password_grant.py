"""The grant password of POST /token (GoTrue's ResourceOwnerPasswordGrant)."""

from collections.abc import Mapping
from typing import Any, Literal

from starlette.requests import Request

from arti_core.database import open_transaction
from supabase_local.auth import store
from supabase_local.auth.attempts.failures import record_failure
from supabase_local.auth.attempts.limits import PASSWORD, begin_attempt, end_attempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import bad_request, invalid_credentials, unprocessable
from supabase_local.auth.middleware import context_of
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.accounts import audit
from supabase_local.auth.users.models import UserRow


async def password_grant(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Session for an e-mail address or a telephone number with its password. Raises AuthError.

    An unknown user costs as much time and gets the same answer as a wrong password, and is limited like a known one.
    """
    context, client_info = context_of(request), ClientInfo.of(request)
    if body.get("phone"):
        return await _sign_in_by_phone(context, body, client_info)
    return await _sign_in_by_email(context, body, client_info)


async def _sign_in_by_email(context: AuthContext, body: Mapping[str, Any], client_info: ClientInfo) -> dict[str, Any]:
    email, password = body.get("email"), body.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        raise invalid_credentials()
    address = email.strip().lower()
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await store.find_user_by_email(connection, address)
    return await _sign_in(context, user, address, password, identifier="email", client_info=client_info)


async def _sign_in_by_phone(context: AuthContext, body: Mapping[str, Any], client_info: ClientInfo) -> dict[str, Any]:
    password = body.get("password")
    if body.get("email"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided on login.")
    if not context.settings.enable_phone_signup:
        raise unprocessable("phone_provider_disabled", "Phone logins are disabled")
    if not isinstance(password, str):
        raise invalid_credentials()
    number = str(body["phone"]).replace(" ", "").removeprefix("+")
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await store.find_user_by_phone(connection, number)
    return await _sign_in(context, user, number, password, identifier="phone", client_info=client_info)


async def _sign_in(
    context: AuthContext,
    found_user: UserRow | None,
    account: str,
    password: str,
    *,
    identifier: Literal["email", "phone"],
    client_info: ClientInfo,
) -> dict[str, Any]:
    user_id, stored_hash = (found_user.id, found_user.encrypted_password) if found_user else (None, None)
    attempt = await begin_attempt(context, PASSWORD, account, client_info, user_id=user_id)
    if not await context.passwords.matches(stored_hash, password) or found_user is None or stored_hash is None:
        await record_failure(context, attempt, client_info, user=found_user, method="password")
        raise invalid_credentials()
    outdated = context.passwords.is_outdated(stored_hash)
    new_hash = await context.passwords.hash(password) if outdated else stored_hash
    async with open_transaction(context.pool, "begin") as connection:
        user = await store.lock_user(connection, found_user.id)
        if user is None or user.encrypted_password != stored_hash:  # changed since it was compared
            raise invalid_credentials()
        if user.is_banned:
            raise bad_request("user_banned", "User is banned")
        if (user.email_confirmed_at if identifier == "email" else user.phone_confirmed_at) is None:
            raise bad_request(f"{identifier}_not_confirmed", f"{identifier.capitalize()} not confirmed")
        user.encrypted_password = new_hash
        await end_attempt(connection, attempt)
        await audit(connection, user, "login", client_info, traits={"method": "password"})
        session = await open_session(connection, context, user, method="password", client_info=client_info)
    weakness = await context.passwords.weakness(password, user.email, user.phone)
    return session | ({"weak_password": weakness} if weakness else {})
