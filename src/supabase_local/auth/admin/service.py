"""Administration of users with the secret key: list, create, update, ban, delete (GoTrue's admin.go)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from arti_core import clock
from arti_core.database import open_transaction
from supabase_local.auth import audit_log_store, store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.external import store as external_store
from supabase_local.auth.mail.generate_link import ADMINISTRATOR
from supabase_local.auth.mail.notices import PASSWORD_CHANGED, enqueue_notice
from supabase_local.auth.tokens.one_time_token_store import delete_tokens
from supabase_local.auth.users.accounts import (
    audit,
    check_metadata,
    email_exists,
    metadata_of,
    new_user,
    parse_email,
    parse_phone,
)
from supabase_local.auth.users.models import UserRow, merge_metadata, user_json, with_provider
from supabase_local.auth.users.password import check_imported

# Every service refuses tokens of users with another role than `authenticated`.
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|m|s|ms))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_MAX_BAN_SECONDS = 100 * 366 * 86_400


async def list_users(context: AuthContext, *, text: str, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
    """Return one page of users, newest first, and the total count."""
    async with open_transaction(context.pool, "begin read only") as connection:
        total = await store.count_users(connection, text=text)
        users = await store.list_users(connection, text=text, limit=per_page, offset=(page - 1) * per_page)
        identities = await store.list_identities(connection, [user.id for user in users])
    for user in users:
        user.identities = [identity for identity in identities if identity.user_id == user.id]
    return [user_json(user) for user in users], total


async def get_user(context: AuthContext, user_id: UUID) -> dict[str, Any]:
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await store.find_user(connection, user_id)
        if user is None:
            raise _not_found()
        user.identities = await store.list_identities(connection, [user.id])
    return user_json(user)


async def create_user(context: AuthContext, body: Mapping[str, Any], *, client_info: ClientInfo) -> dict[str, Any]:
    """Create a user. Without `email_confirm` they cannot sign in yet, without `password` not by password."""
    if not body.get("email") and not body.get("phone"):
        raise bad_request("validation_failed", "Cannot create a user without either an email or phone")
    if body.get("password") and body.get("password_hash"):
        raise bad_request("validation_failed", "Only a password or a password hash should be provided")
    address = parse_email(body["email"]) if body.get("email") else None
    at = clock.now()
    user = new_user(
        address,
        hashed=await _hash(context, body, address),
        data=metadata_of(body, "user_metadata"),
        confirmed=address is not None and body.get("email_confirm") is True,
    )
    user.is_anonymous = False
    if user.email_confirmed_at:
        user.user_metadata["email_verified"] = True
    if body.get("id"):
        user.id = _uuid(body["id"])
    if body.get("phone"):
        user.phone = parse_phone(body["phone"])
        user.phone_confirmed_at = at if body.get("phone_confirm") is True else None
        user.app_metadata = with_provider(user.app_metadata, "phone")
    user.app_metadata = merge_metadata(user.app_metadata, metadata_of(body, "app_metadata"))
    check_metadata(user)
    user.role = _role(context, body) or user.role
    _ban(user, body.get("ban_duration"))
    try:
        async with open_transaction(context.pool, "begin") as connection:
            await store.insert_user(connection, user)
            if user.email:
                await store.upsert_email_identity(connection, user, at)
            if user.phone:
                await store.upsert_phone_identity(connection, user, at)
            await store.save_user(connection, user)
            await audit(connection, user, "user_signedup", client_info, actor=ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError as violation:
        raise _conflict(violation) from None
    return user_json(user)


async def update_user(
    context: AuthContext, user_id: UUID, body: Mapping[str, Any], *, client_info: ClientInfo
) -> dict[str, Any]:
    """Update a user. A new password or role ends their sessions; a new address or number invalidates their links."""
    role = _role(context, body)
    address = parse_email(body["email"]) if body.get("email") else None
    phone = parse_phone(body["phone"]) if body.get("phone") else None
    hashed = await _hash(context, body, *await _addresses_of(context, user_id), address)
    at = clock.now()
    try:
        async with open_transaction(context.pool, "begin") as connection:
            user = await store.lock_user(connection, user_id)
            if user is None or user.deleted_at is not None:
                raise _not_found()
            if hashed or (role and role != user.role):
                await store.delete_sessions(connection, user.id)
            if hashed or address or phone:
                await delete_tokens(connection, user.id)
            if hashed and context.settings.mailer_notifications_password_changed_enabled:
                await enqueue_notice(connection, context, PASSWORD_CHANGED, user, client_info)  # to the address before
            user.encrypted_password = hashed or user.encrypted_password
            user.role, user.email, user.phone = role or user.role, address or user.email, phone or user.phone
            if address:
                user.email_change = None
                user.app_metadata = with_provider(user.app_metadata, "email")
            if phone:
                user.app_metadata = with_provider(user.app_metadata, "phone")
            if body.get("email_confirm") is True and user.email:
                user.email_confirmed_at = user.email_confirmed_at or at
                user.user_metadata["email_verified"] = True
            if body.get("phone_confirm") is True and user.phone:
                user.phone_confirmed_at = user.phone_confirmed_at or at
            if user.confirmed_at and (address or phone):
                user.is_anonymous = False
            user.user_metadata = merge_metadata(user.user_metadata, metadata_of(body, "user_metadata"))
            user.app_metadata = merge_metadata(user.app_metadata, metadata_of(body, "app_metadata"))
            check_metadata(user)
            _ban(user, body.get("ban_duration"))
            user.updated_at = at
            await store.save_user(connection, user)
            if user.email and (address or body.get("email_confirm") is True):
                await store.upsert_email_identity(connection, user, at)
            if user.phone and (phone or body.get("phone_confirm") is True):
                await store.upsert_phone_identity(connection, user, at)
            await audit(connection, user, "user_modified", client_info, actor=ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError as violation:
        raise _conflict(violation) from None
    context.mail_queue.wake()
    return user_json(user)


async def delete_user(context: AuthContext, user_id: UUID, *, soft: bool, client_info: ClientInfo) -> None:
    """Delete a user with everything that refers to them; `soft` keeps the row without personal data."""
    try:
        async with open_transaction(context.pool, "begin") as connection:
            user = await store.lock_user(connection, user_id)
            if user is None:
                raise _not_found()
            await audit(connection, user, "user_deleted", client_info, actor=ADMINISTRATOR)
            if not soft:
                await store.delete_user(connection, user_id)
                return
            at = clock.now()
            await store.delete_sessions(connection, user_id)
            await delete_tokens(connection, user_id)
            user.phone = None
            user.email = hashlib.sha256(f"{user.id}{user.email}".encode()).hexdigest()
            user.encrypted_password = user.email_change = None
            user.user_metadata, user.app_metadata = {}, {}
            user.deleted_at = user.updated_at = at
            await store.save_user(connection, user)
            await store.upsert_email_identity(connection, user, at)
            await external_store.delete_all_but_email(connection, user_id)
    except asyncpg.IntegrityConstraintViolationError:
        # A constraint of the application keeps the user. Upstream has no code for it.
        raise AuthError(
            409,
            "conflict",
            "This user cannot be deleted: the application's data still needs them. Remove them from it first.",
        ) from None


async def list_audit(context: AuthContext, *, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
    """Return one page of the audit log, newest first, and the total count."""
    async with open_transaction(context.pool, "begin read only") as connection:
        return await audit_log_store.list_entries(connection, limit=per_page, offset=(page - 1) * per_page)


async def _addresses_of(context: AuthContext, user_id: UUID) -> tuple[str | None, ...]:
    """Return a user's e-mail address and telephone number."""
    async with open_transaction(context.pool, "begin read only") as connection:
        user = await store.find_user(connection, user_id)
    return (user.email, user.phone) if user else ()


async def _hash(context: AuthContext, body: Mapping[str, Any], *personal: str | None) -> str | None:
    imported, password = body.get("password_hash"), body.get("password")
    if imported:
        return check_imported(str(imported))
    if password is None or password == "":
        return None
    if not isinstance(password, str):
        raise bad_request("validation_failed", "password must be a string")
    await context.passwords.check_strength(password, *personal)
    return await context.passwords.hash(password)


def _role(context: AuthContext, body: Mapping[str, Any]) -> str | None:
    """Return the role of the request, None for no change. Raises AuthError for a role of the database."""
    role = body.get("role")
    if role in (None, ""):
        return None
    if not isinstance(role, str) or not _ROLE.fullmatch(role) or role.startswith(context.settings.RESERVED_ROLES):
        raise unprocessable("validation_failed", "role: choose another name, for example authenticated")
    return role


def _ban(user: UserRow, duration: object) -> None:
    if duration in (None, ""):
        return
    if duration == "none":
        user.banned_until = None
        return
    if not isinstance(duration, str) or not _DURATION.fullmatch(duration):
        raise bad_request("validation_failed", "invalid format for ban duration: use for example 24h or none")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(duration))
    user.banned_until = clock.now() + timedelta(seconds=min(seconds, _MAX_BAN_SECONDS))


def _uuid(text: object) -> UUID:
    try:
        user_id = UUID(str(text))
    except ValueError:
        raise bad_request("validation_failed", "ID must conform to the uuid v4 format") from None
    if user_id == ADMINISTRATOR:  # stands for the secret key in the audit log
        raise bad_request("validation_failed", "ID cannot be a nil uuid")
    return user_id


def _not_found() -> AuthError:
    return AuthError(404, "user_not_found", "User not found")


def _conflict(error: asyncpg.UniqueViolationError) -> AuthError:
    if "phone" in (error.constraint_name or ""):
        return unprocessable("phone_exists", "Phone number already registered by another user")
    if error.constraint_name == "users_pkey":
        return unprocessable("user_already_exists", "A user with this ID has already been registered")
    return email_exists()
