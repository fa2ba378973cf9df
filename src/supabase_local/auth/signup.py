"""How a person comes and goes: sign up, sign in, ask who they are, sign out."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import bad_request, unprocessable
from supabase_local.auth.mail import messages, outbox
from supabase_local.auth.mail.rate_limit import record_mail_request
from supabase_local.auth.tokens.flow_state_store import Challenge
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.accounts import add_user, audit, new_user, parse_email
from supabase_local.auth.users.models import User, user_json


async def sign_up(
    context: AuthContext,
    *,
    email: object,
    password: object,
    data: Mapping[str, Any],
    challenge: Challenge | None,
    redirect_to: str,
    client_info: ClientInfo,
) -> dict[str, Any]:
    """Make an account. Returns a Session, or the bare User who still has to confirm their e-mail.

    Without autoconfirm a taken e-mail gets the User of nobody, without identities, as upstream shows it.
    """
    check_signup_enabled(context)
    address = parse_email(email)
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    context.passwords.check_strength(password)
    hashed = await context.passwords.hash(password)
    confirmed = context.settings.enable_email_autoconfirm
    disputed = not confirmed and await _is_disputed(context, address, password)
    user = new_user(address, hashed=hashed, data=data, confirmed=confirmed)
    user.user_metadata |= {
        "sub": str(user.id),
        "email": address,
        "email_verified": confirmed,
        "phone_verified": False,
    }
    try:
        async with open_transaction(context.pool, "begin") as connection:
            if confirmed:
                if await store.find_user_by_email(connection, address):
                    return _taken(context, user)
                await add_user(connection, user)
                await audit(connection, user, "user_signedup", client_info)
                return await open_session(connection, context, user, method="password", client_info=client_info)
            shown = await _send_confirmation(
                connection, context, user, challenge, redirect_to, client_info, disputed=disputed
            )
    except asyncpg.UniqueViolationError:  # somebody signed up with the same e-mail at the same time
        return _taken(context, user)
    context.mail_queue.wake()
    return shown


async def _is_disputed(context: AuthContext, address: str, password: str) -> bool:
    """Say whether somebody signed up for `address` before with another password and has not confirmed it.

    Whoever confirms now cannot know the other one, so none of the two may count: one is a stranger's, who waits.
    """
    async with open_transaction(context.pool, "begin read only") as connection:
        known = await store.find_user_by_email(connection, address)
    waiting = known.encrypted_password if known is not None and not known.confirmed_at else None
    return not await context.passwords.matches(waiting, password) and waiting is not None


async def _send_confirmation(
    connection: Connection,
    context: AuthContext,
    user: User,
    challenge: Challenge | None,
    redirect_to: str,
    client_info: ClientInfo,
    *,
    disputed: bool,
) -> dict[str, Any]:
    assert user.email  # new_user was given one
    await outbox.check_mail_limit(connection, context)  # before it shows whether a mail is due
    await record_mail_request(connection, context, topic="confirmation", address=user.email)
    known = await store.find_user_by_email(connection, user.email)
    if known is not None and known.confirmed_at:
        await audit(connection, known, "user_repeated_signup", client_info)
        return _taken(context, user)
    if known is None:
        await add_user(connection, user)
        await audit(connection, user, "user_confirmation_requested", client_info)
    else:  # not changed: nobody has proven yet that the address is theirs
        user = await store.lock_user(connection, known.id) or known
        if disputed:
            user.encrypted_password = None
    await messages.send_confirmation(connection, context, user, redirect_to=redirect_to, challenge=challenge)
    await store.save_user(connection, user)
    user.identities = await store.list_identities(connection, [user.id])
    return user_json(user)


def check_anonymous_enabled(context: AuthContext) -> None:
    """Raise AuthError unless anonymous sign-ins are on."""
    if not context.settings.enable_anonymous_users:
        raise unprocessable("anonymous_provider_disabled", "Anonymous sign-ins are disabled")


async def sign_up_anonymously(
    context: AuthContext, *, data: Mapping[str, Any], client_info: ClientInfo
) -> dict[str, Any]:
    check_signup_enabled(context)
    user = new_user(None, hashed=None, data=data, confirmed=False)
    async with open_transaction(context.pool, "begin") as connection:
        await store.insert_user(connection, user)
        await audit(connection, user, "user_signedup", client_info)
        return await open_session(connection, context, user, method="anonymous", client_info=client_info)


def check_signup_enabled(context: AuthContext) -> None:
    """Raise AuthError unless sign-ups are open."""
    if context.settings.disable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")


def _taken(context: AuthContext, existing_user: User) -> dict[str, Any]:
    if context.settings.enable_email_autoconfirm:
        raise unprocessable("user_already_exists", "User already registered")
    existing_user.role, existing_user.confirmation_sent_at = "", clock.now()
    return user_json(existing_user)
