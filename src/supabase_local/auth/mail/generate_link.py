"""POST /invite and /admin/generate_link (GoTrue's invite.go and mail.go)."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request
from supabase_local.auth.external import store as external_store
from supabase_local.auth.external.linking import update_providers
from supabase_local.auth.mail import messages
from supabase_local.auth.mail.mailer import action_link
from supabase_local.auth.tokens.one_time_token_store import Issued, Purpose, issue
from supabase_local.auth.users.accounts import add_user, audit, email_exists, metadata_of, new_user, parse_email
from supabase_local.auth.users.models import UserRow, merge_metadata, user_json

ADMINISTRATOR = UUID(int=0)
_KINDS = ("signup", "invite", "magiclink", "recovery", "email_change_current", "email_change_new")


async def invite(
    context: AuthContext, body: Mapping[str, Any], *, redirect_to: str, client_info: ClientInfo
) -> dict[str, Any]:
    """Mail an invitation to a new user, or again to one who is unconfirmed. Returns the User."""
    address = parse_email(body.get("email"))
    data = metadata_of(body, "data")
    try:
        async with open_transaction(context.pool, "begin") as connection:
            user = await _find_unconfirmed(connection, address)
            if user is None:
                user = new_user(address, hashed=None, data=data, confirmed=False)
                await add_user(connection, user)
            else:
                await _reset_invitation(connection, user, data, hashed=None)
            await messages.send_invite(connection, context, user, redirect_to=redirect_to)
            await store.save_user(connection, user)
            await audit(connection, user, "user_invited", client_info, actor=ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError:
        raise email_exists() from None
    context.mail_queue.wake()
    return user_json(user)


async def generate_link(
    context: AuthContext, body: Mapping[str, Any], *, redirect_to: str, client_info: ClientInfo
) -> dict[str, Any]:
    """Return the User with a link and a code that sign them in; no mail is sent."""
    kind = body.get("type")
    if kind not in _KINDS:
        raise bad_request("validation_failed", f"Invalid email action link type requested: {kind}")
    address, data = parse_email(body.get("email")), metadata_of(body, "data")
    async with open_transaction(context.pool, "begin read only") as connection:
        existing = await store.find_user_by_email(connection, address)
    password = body.get("password")
    if existing is None:
        if kind == "magiclink":
            kind, password = "signup", secrets.token_urlsafe(48)
        elif kind not in ("signup", "invite"):
            raise AuthError(404, "user_not_found", "User with this email not found")
    hashed = None
    if kind == "signup" and (existing is None or password):
        if not isinstance(password, str) or not password:
            raise bad_request("validation_failed", "Signup requires a valid password")
        await context.passwords.check_strength(password, address)
        hashed = await context.passwords.hash(password)
    try:
        async with open_transaction(context.pool, "begin") as connection:
            user = await store.lock_user(connection, existing.id) if existing else None
            if user is None:
                user = new_user(address, hashed=hashed, data=data, confirmed=False)
                await add_user(connection, user)
            elif kind in ("signup", "invite") and not user.confirmed_at:
                await _reset_invitation(connection, user, data, hashed=hashed)
            token = await _issue(connection, context, user, kind, body, data)
            await store.save_user(connection, user)
            action = "user_invited" if kind == "invite" else "user_recovery_requested"
            await audit(connection, user, action, client_info, actor=ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError:
        raise email_exists() from None
    link_kind = "email_change" if kind.startswith("email_change") else kind
    return user_json(user) | {
        "action_link": action_link(context, token.link_token, link_kind, redirect_to),
        "email_otp": token.code,
        "hashed_token": token.link_token,
        "verification_type": kind,
        "redirect_to": redirect_to,
    }


async def _issue(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    kind: str,
    body: Mapping[str, Any],
    data: Mapping[str, Any],
) -> Issued:
    assert user.email  # found or created with it
    at = clock.now()
    if kind in ("magiclink", "recovery"):
        user.recovery_sent_at = at
        return await issue(connection, context.settings, user.id, Purpose.RECOVERY, address=user.email)
    if kind in ("signup", "invite"):
        if user.confirmed_at:
            raise email_exists()
        user.confirmation_sent_at = at
        if kind == "invite":
            user.invited_at = at
        return await issue(connection, context.settings, user.id, Purpose.CONFIRMATION, address=user.email)
    if kind == "email_change_current" and not context.settings.mailer_secure_email_change_enabled:
        raise bad_request("validation_failed", "Enable secure email change to generate link for current email")
    new_address = parse_email(body.get("new_email"))
    if await store.find_user_by_email(connection, new_address):
        raise email_exists()
    user.email_change, user.email_change_sent_at, user.email_change_confirm_status = new_address, at, 0
    purpose, address = Purpose.EMAIL_CHANGE_NEW, new_address
    if kind == "email_change_current":
        purpose, address = Purpose.EMAIL_CHANGE_CURRENT, user.email
    return await issue(connection, context.settings, user.id, purpose, address=address)


async def _reset_invitation(
    connection: Connection, user: UserRow, data: Mapping[str, Any], *, hashed: str | None
) -> None:
    """Delete what an attacker could have stored by signing up with the address before its owner was invited."""
    if user.invited_at is None:
        user.user_metadata = {}
    user.user_metadata = merge_metadata(user.user_metadata, data)
    user.encrypted_password = hashed
    await store.delete_sessions(connection, user.id)
    await external_store.delete_all_but_email(connection, user.id)
    await store.upsert_email_identity(connection, user, clock.now())
    await update_providers(connection, user)


async def _find_unconfirmed(connection: Connection, address: str) -> UserRow | None:
    existing = await store.find_user_by_email(connection, address)
    if existing is not None and existing.confirmed_at:
        raise email_exists()
    return await store.lock_user(connection, existing.id) if existing else None
