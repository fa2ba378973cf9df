"""Come in with a telephone number and a password. There is no SMS provider: nobody proves a number by a code."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from arti.base import clock
from arti.base.database import open_transaction
from arti.supabase.auth import store
from arti.supabase.auth.accounts import audit, new_user, parse_phone
from arti.supabase.auth.doors import AuthDoors, Visit
from arti.supabase.auth.errors import AuthError, bad_request, invalid_credentials, unprocessable
from arti.supabase.auth.service import refuse_closed, sign_in
from arti.supabase.auth.sessions import open_session


async def sign_up_by_phone(
    doors: AuthDoors, body: Mapping[str, Any], *, data: Mapping[str, Any], visit: Visit
) -> dict[str, Any]:
    """Make an account with a number that is taken for theirs. Returns a Session. Raises AuthError."""
    refuse_closed(doors)
    password = body.get("password")
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    doors.passwords.refuse_weak(password)
    if body.get("email"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided on signup.")
    if body.get("code_challenge"):
        raise bad_request("validation_failed", "PKCE not supported for phone signups")
    if not doors.settings.enable_phone_signup:
        raise bad_request("phone_provider_disabled", "Phone signups are disabled")
    number = parse_phone(body["phone"])
    if not doors.settings.enable_phone_autoconfirm:
        raise cannot_send()
    user = new_user(None, hashed=await doors.passwords.hash(password), data=data, confirmed=False)
    user.phone, user.phone_confirmed_at, user.is_anonymous = number, clock.now(), False
    user.app_metadata = {"provider": "phone", "providers": ["phone"]}
    user.user_metadata |= {"sub": str(user.id), "email_verified": False, "phone_verified": False}
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            await store.insert_user(connection, user)
            await store.upsert_phone_identity(connection, user, user.phone_confirmed_at)
            await audit(connection, user, "user_signedup", visit)
            return await open_session(connection, doors, user, method="password", visit=visit)
    except asyncpg.UniqueViolationError:
        raise unprocessable("user_already_exists", "User already registered") from None


async def sign_in_by_phone(doors: AuthDoors, body: Mapping[str, Any], *, visit: Visit) -> dict[str, Any]:
    """Sign in with a password. An unknown number costs as much time and gets the same answer as a wrong password."""
    password = body.get("password")
    if body.get("email"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided on login.")
    if not doors.settings.enable_phone_signup:
        raise unprocessable("phone_provider_disabled", "Phone logins are disabled")
    if not isinstance(password, str):
        raise invalid_credentials()
    number = str(body["phone"]).replace(" ", "").removeprefix("+")
    async with open_transaction(doors.pool, "begin read only") as connection:
        known = await store.find_user_by_phone(connection, number)
    return await sign_in(doors, known, password, proven="phone", visit=visit)


def cannot_send() -> AuthError:
    return unprocessable("sms_send_failed", "Error sending confirmation OTP to provider: there is no SMS provider")
