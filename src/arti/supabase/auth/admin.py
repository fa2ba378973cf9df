"""What the secret key may do to anybody: list, create, update, ban, delete, invite."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from arti.base import clock
from arti.base.database import open_transaction
from arti.supabase.auth import store
from arti.supabase.auth.doors import AuthDoors, Visit
from arti.supabase.auth.errors import AuthError, bad_request, unprocessable
from arti.supabase.auth.people import User, merge_metadata, show_user
from arti.supabase.auth.service import add_user, audit, metadata_of, new_user, parse_email

_ADMINISTRATOR = UUID(int=0)
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|m|s|ms))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_LONGEST_BAN_SECONDS = 100 * 366 * 86_400


async def list_users(doors: AuthDoors, *, wanted: str, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
    """Return one page of people, newest first, and how many there are in all."""
    async with open_transaction(doors.pool, "begin read only") as connection:
        total = await store.count_users(connection, wanted=wanted)
        users = await store.list_users(connection, wanted=wanted, limit=per_page, offset=(page - 1) * per_page)
        identities = await store.list_identities(connection, [user.id for user in users])
    for user in users:
        user.identities = [identity for identity in identities if identity.user_id == user.id]
    return [show_user(user) for user in users], total


async def get_user(doors: AuthDoors, user_id: UUID) -> dict[str, Any]:
    async with open_transaction(doors.pool, "begin read only") as connection:
        user = await store.find_user(connection, user_id)
        if user is None:
            raise _not_found()
        user.identities = await store.list_identities(connection, [user.id])
    return show_user(user)


async def create_user(doors: AuthDoors, body: Mapping[str, Any], *, visit: Visit) -> dict[str, Any]:
    """Make a person. Without `email_confirm` they cannot sign in yet, without `password` not by password."""
    _refuse_unknown(body)
    if not body.get("email"):
        raise bad_request("validation_failed", "Cannot create a user without an email")
    address = parse_email(body["email"])
    user = new_user(
        address,
        hashed=await _hash(doors, body.get("password")),
        data=metadata_of(body, "user_metadata"),
        confirmed=body.get("email_confirm") is True,
    )
    if body.get("id") is not None:
        user.id = _uuid(body["id"])
    user.app_metadata = merge_metadata(user.app_metadata, metadata_of(body, "app_metadata"))
    _ban(user, body.get("ban_duration"))
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            await add_user(connection, user)
            await store.save_user(connection, user)
            await audit(connection, user, "user_signedup", visit, actor=_ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError:
        raise _email_exists() from None
    return show_user(user)


async def update_user(doors: AuthDoors, user_id: UUID, body: Mapping[str, Any], *, visit: Visit) -> dict[str, Any]:
    """Change anything of a person. A new password ends their sessions."""
    _refuse_unknown(body)
    hashed = await _hash(doors, body.get("password"))
    address = parse_email(body["email"]) if body.get("email") else None
    at = clock.now()
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            user = await store.lock_user(connection, user_id)
            if user is None or user.deleted_at is not None:
                raise _not_found()
            if body.get("email_confirm") is True and user.email_confirmed_at is None:
                user.email_confirmed_at = at
            if hashed:
                user.encrypted_password = hashed
                await store.delete_sessions(connection, user.id)
            if address and address != user.email:
                user.email = address
            user.user_metadata = merge_metadata(user.user_metadata, metadata_of(body, "user_metadata"))
            user.app_metadata = merge_metadata(user.app_metadata, metadata_of(body, "app_metadata"))
            _ban(user, body.get("ban_duration"))
            user.updated_at = at
            await store.save_user(connection, user)
            if user.email:
                await store.upsert_email_identity(connection, user, at)
            await audit(connection, user, "user_modified", visit, actor=_ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError:
        raise _email_exists() from None
    return show_user(user)


async def delete_user(doors: AuthDoors, user_id: UUID, *, soft: bool, visit: Visit) -> None:
    """Delete a person and all that belongs to them; `soft` keeps the row, emptied of who they were."""
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            user = await store.lock_user(connection, user_id)
            if user is None:
                raise _not_found()
            await audit(connection, user, "user_deleted", visit, actor=_ADMINISTRATOR)
            if not soft:
                await store.delete_user(connection, user_id)
                return
            at = clock.now()
            await store.delete_sessions(connection, user_id)
            user.email = hashlib.sha256(f"{user.id}{user.email}".encode()).hexdigest()
            user.encrypted_password = None
            user.user_metadata, user.app_metadata = {}, {}
            user.deleted_at = user.updated_at = at
            await store.save_user(connection, user)
            await store.upsert_email_identity(connection, user, at)
    except asyncpg.IntegrityConstraintViolationError:
        # Ours: the last admin of an org cannot go. Upstream has no such rule, so it has no code for it either.
        raise AuthError(
            409, "conflict", "This user is the last admin of an org. Give the org another admin first."
        ) from None


async def invite(doors: AuthDoors, body: Mapping[str, Any], *, visit: Visit) -> dict[str, Any]:
    """Make an unconfirmed person, or show the one invited before. Sends no mail yet."""
    address = parse_email(body.get("email"))
    user = new_user(address, hashed=None, data=metadata_of(body, "data"), confirmed=False)
    user.invited_at = clock.now()
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            before = await store.find_user_by_email(connection, address)
            if before and before.confirmed_at:
                raise _email_exists()
            if before is None:
                await add_user(connection, user)
            user = before or user
            await audit(connection, user, "user_invited", visit, actor=_ADMINISTRATOR)
            user.identities = await store.list_identities(connection, [user.id])
    except asyncpg.UniqueViolationError:
        raise _email_exists() from None
    return show_user(user)


async def _hash(doors: AuthDoors, password: object) -> str | None:
    if password is None or password == "":
        return None
    if not isinstance(password, str):
        raise bad_request("validation_failed", "password must be a string")
    doors.passwords.refuse_weak(password)
    return await doors.passwords.hash(password)


def _refuse_unknown(body: Mapping[str, Any]) -> None:
    """Refuse what would be silently lost, or would let a token name another database role."""
    if body.get("role") not in (None, "", "authenticated"):
        raise unprocessable("validation_failed", "role: every person has the role authenticated here")
    for name in ("phone", "password_hash"):
        if body.get(name):
            raise unprocessable("validation_failed", f"{name} is not supported here")


def _ban(user: User, duration: object) -> None:
    if duration in (None, ""):
        return
    if duration == "none":
        user.banned_until = None
        return
    if not isinstance(duration, str) or not _DURATION.fullmatch(duration):
        raise bad_request("validation_failed", "invalid format for ban duration: use for example 24h or none")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(duration))
    user.banned_until = clock.now() + timedelta(seconds=min(seconds, _LONGEST_BAN_SECONDS))


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise bad_request("validation_failed", "ID must conform to the uuid v4 format") from None


def _not_found() -> AuthError:
    return AuthError(404, "user_not_found", "User not found")


def _email_exists() -> AuthError:
    return unprocessable("email_exists", "A user with this email address has already been registered")
