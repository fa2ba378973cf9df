"""Sign up by e-mail or anonymously (GoTrue's signup.go and anonymous.go)."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import bad_request, unprocessable
from supabase_local.auth.mail import mailer, messages
from supabase_local.auth.mail.rate_limit import record_mail_request
from supabase_local.auth.tokens.flow_state_store import CodeChallenge
from supabase_local.auth.tokens.sessions import open_session
from supabase_local.auth.users.accounts import add_user, audit, new_user, parse_email
from supabase_local.auth.users.models import UserRow, user_json


async def sign_up(
    context: AuthContext,
    *,
    email: object,
    password: object,
    data: Mapping[str, Any],
    challenge: CodeChallenge | None,
    redirect_to: str,
    client_info: ClientInfo,
) -> dict[str, Any]:
    """Create a user. Returns a Session, or the User who still has to confirm their e-mail.

    Without autoconfirm an e-mail that is taken gets a User that does not exist, without identities, as upstream does.
    """
    check_signup_enabled(context)
    address = parse_email(email)
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    await context.passwords.check_strength(password, address)
    hashed = await context.passwords.hash(password)
    confirmed = context.settings.enable_email_autoconfirm
    conflicting = not confirmed and await _has_other_password(context, address, password)
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
            unconfirmed = await _send_confirmation(
                connection, context, user, challenge, redirect_to, client_info, drop_password=conflicting
            )
    except asyncpg.UniqueViolationError:  # a concurrent sign-up with the same e-mail
        return _taken(context, user)
    context.mail_queue.wake()
    return unconfirmed


async def _has_other_password(context: AuthContext, address: str, password: str) -> bool:
    """Return whether an unconfirmed sign-up for `address` has another password.

    The owner of the address confirms without knowing which password counts, and one may be an attacker's, so neither
    may be kept.
    """
    async with open_transaction(context.pool, "begin read only") as connection:
        existing = await store.find_user_by_email(connection, address)
    stored_hash = existing.encrypted_password if existing is not None and not existing.confirmed_at else None
    return not await context.passwords.matches(stored_hash, password) and stored_hash is not None


async def _send_confirmation(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    challenge: CodeChallenge | None,
    redirect_to: str,
    client_info: ClientInfo,
    *,
    drop_password: bool,
) -> dict[str, Any]:
    assert user.email  # set by sign_up
    await mailer.check_mail_limit(connection, context)  # before the response depends on the user
    await mailer.take_request(connection, context, user.email)
    await record_mail_request(connection, context, topic="confirmation", address=user.email)
    existing = await store.find_user_by_email(connection, user.email)
    if existing is not None and existing.confirmed_at:
        await mailer.take_newcomer_mail(connection, context, client_info)
        await audit(connection, existing, "user_repeated_signup", client_info)
        return _taken(context, user)
    if existing is None:
        await add_user(connection, user)
        await audit(connection, user, "user_confirmation_requested", client_info)
    else:  # data stays: the address is not verified yet
        user = await store.lock_user(connection, existing.id) or existing
        if drop_password:
            user.encrypted_password = None
    await messages.send_confirmation(
        connection, context, user, redirect_to=redirect_to, challenge=challenge, client_info=client_info
    )
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


def _taken(context: AuthContext, existing_user: UserRow) -> dict[str, Any]:
    if context.settings.enable_email_autoconfirm:
        raise unprocessable("user_already_exists", "User already registered")
    existing_user.role, existing_user.confirmation_sent_at = "", clock.now()
    return user_json(existing_user)
