"""Sign up with a telephone number (GoTrue's phone.go). Without an SMS provider no code confirms a number."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from arti_core import clock
from arti_core.database import open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.accounts import audit, new_user, parse_phone
from supabase_local.auth.users.signup import check_signup_enabled


async def sign_up_by_phone(
    context: AuthContext, body: Mapping[str, Any], *, data: Mapping[str, Any], client_info: ClientInfo
) -> dict[str, Any]:
    """Create a user whose number counts as confirmed. Returns a Session. Raises AuthError."""
    check_signup_enabled(context)
    password = body.get("password")
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    await context.passwords.check_strength(password, str(body["phone"]))
    if body.get("email"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided on signup.")
    if body.get("code_challenge"):
        raise bad_request("validation_failed", "PKCE not supported for phone signups")
    if not context.settings.enable_phone_signup:
        raise bad_request("phone_provider_disabled", "Phone signups are disabled")
    number = parse_phone(body["phone"])
    if not context.settings.enable_phone_autoconfirm:
        raise cannot_send()
    user = new_user(None, hashed=await context.passwords.hash(password), data=data, confirmed=False)
    user.phone, user.phone_confirmed_at, user.is_anonymous = number, clock.now(), False
    user.app_metadata = {"provider": "phone", "providers": ["phone"]}
    user.user_metadata |= {"sub": str(user.id), "email_verified": False, "phone_verified": False}
    try:
        async with open_transaction(context.pool, "begin") as connection:
            await store.insert_user(connection, user)
            await store.upsert_phone_identity(connection, user, user.phone_confirmed_at)
            await audit(connection, user, "user_signedup", client_info)
            return await open_session(connection, context, user, method="password", client_info=client_info)
    except asyncpg.UniqueViolationError:
        raise unprocessable("user_already_exists", "User already registered") from None


def cannot_send() -> AuthError:
    return unprocessable("sms_send_failed", "Error sending confirmation OTP to provider: there is no SMS provider")
