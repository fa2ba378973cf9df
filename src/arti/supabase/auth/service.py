"""What a person does for themselves: sign up, sign in, change their account, sign out."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from arti.base import clock
from arti.base.database import Connection, open_transaction
from arti.supabase.auth import store
from arti.supabase.auth.doors import AuthDoors, Visit
from arti.supabase.auth.errors import AuthError, bad_request, forbidden, invalid_credentials, unprocessable
from arti.supabase.auth.people import User, merge_metadata, show_user
from arti.supabase.auth.sessions import open_session, person_of
from arti.supabase.gate import Asker

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")


def parse_email(text: object) -> str:
    """Return the address in lower case. Raises AuthError unless it has the form of one."""
    if not isinstance(text, str) or len(text) > 255 or not _EMAIL.fullmatch(text.strip()):
        raise bad_request("validation_failed", "Unable to validate email address: invalid format")
    return text.strip().lower()


async def sign_up(
    doors: AuthDoors, *, email: object, password: object, data: Mapping[str, Any], visit: Visit
) -> dict[str, Any]:
    """Make an account. Returns a Session, or the bare User who still has to confirm their e-mail.

    Without autoconfirm a taken e-mail answers like a free one, so that nobody can ask who has an account.
    """
    _refuse_closed(doors)
    address = parse_email(email)
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    doors.passwords.refuse_weak(password)
    hashed = await doors.passwords.hash(password)
    confirmed = doors.settings.enable_email_autoconfirm
    user = new_user(address, hashed=hashed, data=data, confirmed=confirmed)
    user.user_metadata |= {
        "sub": str(user.id),
        "email": address,
        "email_verified": confirmed,
        "phone_verified": False,
    }
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            if await store.find_user_by_email(connection, address):
                return _taken(doors, user)
            await add_user(connection, user)
            await audit(connection, user, "user_signedup", visit)
            if confirmed:
                return await open_session(connection, doors, user, method="password", visit=visit)
            user.identities = await store.list_identities(connection, [user.id])
            return show_user(user)
    except asyncpg.UniqueViolationError:  # somebody signed up with the same e-mail at the same time
        return _taken(doors, user)


async def sign_up_anonymously(doors: AuthDoors, *, data: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    _refuse_closed(doors)
    if not doors.settings.enable_anonymous_users:
        raise unprocessable("anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    user = new_user(None, hashed=None, data=data, confirmed=False)
    async with open_transaction(doors.pool, "begin") as connection:
        await store.insert_user(connection, user)
        await audit(connection, user, "user_signedup", visit)
        return await open_session(connection, doors, user, method="anonymous", visit=visit)


async def sign_in(doors: AuthDoors, *, email: object, password: object, visit: Visit) -> dict[str, Any]:
    """Sign in with a password. An unknown e-mail costs as much time and gets the same answer as a wrong password."""
    if not isinstance(email, str) or not isinstance(password, str):
        raise invalid_credentials()
    address = email.strip().lower()
    async with open_transaction(doors.pool, "begin read only") as connection:
        known = await store.find_user_by_email(connection, address)
    known_hash = known.encrypted_password if known else None
    if not await doors.passwords.matches(known_hash, password) or known is None or known_hash is None:
        raise invalid_credentials()
    fresh = await doors.passwords.hash(password) if doors.passwords.is_outdated(known_hash) else known_hash
    async with open_transaction(doors.pool, "begin") as connection:
        user = await store.lock_user(connection, known.id)
        if user is None or user.encrypted_password != known_hash:  # changed while we checked
            raise invalid_credentials()
        if user.is_banned:
            raise bad_request("user_banned", "User is banned")
        if user.confirmed_at is None:
            raise bad_request("email_not_confirmed", "Email not confirmed")
        user.encrypted_password = fresh
        await audit(connection, user, "login", visit)
        return await open_session(connection, doors, user, method="password", visit=visit)


async def get_me(doors: AuthDoors, asker: Asker) -> dict[str, Any]:
    async with open_transaction(doors.pool, "begin read only") as connection:
        user, _ = await person_of(connection, asker)
        user.identities = await store.list_identities(connection, [user.id])
    return show_user(user)


async def update_me(doors: AuthDoors, asker: Asker, changes: Mapping[str, Any], *, visit: Visit) -> dict[str, Any]:
    """Change password, e-mail or metadata of the person who asks.

    A new password ends all other sessions. A new e-mail stays pending until it is confirmed.
    """
    async with open_transaction(doors.pool, "begin read only") as connection:
        seen, _ = await person_of(connection, asker)
    if changes.get("app_metadata") is not None:
        raise forbidden("not_admin", "Updating app_metadata requires admin privileges")
    if changes.get("phone"):
        raise bad_request("phone_provider_disabled", "Phone numbers are not supported here")
    hashed = await _hash_new_password(doors, seen, changes.get("password"))
    address = parse_email(changes["email"]) if changes.get("email") else None
    data = metadata_of(changes, "data")
    at = clock.now()
    async with open_transaction(doors.pool, "begin") as connection:
        _, session_id = await person_of(connection, asker)
        user = await store.lock_user(connection, seen.id)
        if user is None:
            raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
        if address and address != user.email:
            if await store.find_user_by_email(connection, address):
                raise _email_exists()
            user.email_change = address
        if hashed:
            user.encrypted_password = hashed
            await store.delete_sessions(connection, user.id, keep=session_id)
            await audit(connection, user, "user_updated_password", visit)
        user.user_metadata = merge_metadata(user.user_metadata, data)
        user.updated_at = at
        await store.save_user(connection, user)
        await audit(connection, user, "user_modified", visit)
        user.identities = await store.list_identities(connection, [user.id])
    return show_user(user)


async def sign_out(doors: AuthDoors, asker: Asker, *, scope: str, visit: Visit) -> None:
    """End this session (`local`), the person's others (`others`), or all of them (`global`)."""
    async with open_transaction(doors.pool, "begin") as connection:
        user, session_id = await person_of(connection, asker)
        if scope == "local":
            await store.delete_session(connection, session_id)
        else:
            await store.delete_sessions(connection, user.id, keep=session_id if scope == "others" else None)
        await audit(connection, user, "logout", visit)


def new_user(email: str | None, *, hashed: str | None, data: Mapping[str, Any], confirmed: bool) -> User:
    """Return a person who is not stored yet."""
    at = clock.now()
    user = User(id=uuid4(), email=email, encrypted_password=hashed, created_at=at, updated_at=at)
    user.email_confirmed_at = at if confirmed else None
    user.is_anonymous = email is None
    user.app_metadata = {"provider": "email", "providers": ["email"]} if email else {}
    user.user_metadata = dict(data)
    return user


async def add_user(connection: Connection, user: User) -> None:
    """Store a new person and the identity of their e-mail."""
    assert user.created_at is not None  # set by new_user
    await store.insert_user(connection, user)
    await store.upsert_email_identity(connection, user, user.created_at)


async def audit(connection: Connection, user: User, action: str, visit: Visit, *, actor: UUID | None = None) -> None:
    """Write what was done to `user`, by themselves or by an administrator."""
    at: datetime = clock.now()
    entry = {
        "action": action,
        "actor_id": str(actor or user.id),
        "actor_username": user.email or "",
        "log_type": "account" if action in ("login", "logout") else "user",
        "traits": {"user_id": str(user.id)},
    }
    await store.record_audit(connection, entry, at=at, ip=visit.ip)


def metadata_of(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object `name` of a request body, {} when it is not there. Raises AuthError for anything else."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise bad_request("validation_failed", f"{name} must be an object")
    return found


async def _hash_new_password(doors: AuthDoors, user: User, password: object) -> str | None:
    if password is None:
        return None
    if not isinstance(password, str):
        raise bad_request("validation_failed", "password must be a string")
    doors.passwords.refuse_weak(password)
    if user.is_anonymous and not user.email:
        raise unprocessable(
            "validation_failed", "Updating password of an anonymous user without an email or phone is not allowed"
        )
    if await doors.passwords.matches(user.encrypted_password, password):
        raise unprocessable("same_password", "New password should be different from the old password.")
    return await doors.passwords.hash(password)


def _refuse_closed(doors: AuthDoors) -> None:
    if doors.settings.disable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")


def _taken(doors: AuthDoors, lookalike: User) -> dict[str, Any]:
    if doors.settings.enable_email_autoconfirm:
        raise unprocessable("user_already_exists", "User already registered")
    return show_user(lookalike)


def _email_exists() -> AuthError:
    return unprocessable("email_exists", "A user with this email address has already been registered")
