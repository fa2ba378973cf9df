"""Shared by sign-up, sign-in and administration: validate fields, store a user, write the audit log."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth import audit_log_store, store
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.tokens.one_time_token_store import delete_tokens
from supabase_local.auth.users.models import UserRow, with_provider

# As upstream, the addresses that HTML's <input type=email> accepts: without quotes, display names, commas or letters
# beyond ASCII, so that a text is exactly one mailbox.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
_PHONE = re.compile(r"[1-9][0-9]{1,14}")
_MOST_METADATA = 4500  # access tokens carry it, and no service reads one of more than claim_checks.MAX_TOKEN_BYTES


def parse_email(text: object) -> str:
    """Return the address in lower case. Raises AuthError for an invalid one."""
    if text is None or text == "":
        raise bad_request("validation_failed", "An email address is required")
    if not isinstance(text, str) or len(text) > 255 or not _EMAIL.fullmatch(text.strip()):
        raise bad_request("validation_failed", "Unable to validate email address: invalid format")
    return text.strip().lower()


def parse_phone(text: object) -> str:
    """Return the number's digits, as upstream stores them. Raises AuthError for an invalid one (E.164)."""
    digits = str(text).strip().removeprefix("+")
    if not _PHONE.fullmatch(digits):
        raise bad_request("validation_failed", "Invalid phone number format (E.164 required)")
    return digits


def metadata_of(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object `name` of a request body, {} when it is absent. Raises AuthError for another type."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_request("validation_failed", f"{name} must be an object")
    return value


def check_metadata(user: UserRow) -> None:
    """Raise AuthError for metadata with which the user could not sign in any more."""
    size = len(json.dumps([user.user_metadata, user.app_metadata]))
    if size > _MOST_METADATA:
        raise unprocessable(
            "validation_failed",
            f"The user's metadata has {size} bytes; {_MOST_METADATA} fit into an access token. Keep it in a table.",
        )


def new_user(email: str | None, *, hashed: str | None, data: Mapping[str, Any], confirmed: bool) -> UserRow:
    """Return a new user that is not stored yet."""
    at = clock.now()
    user = UserRow(id=uuid4(), email=email, encrypted_password=hashed, created_at=at, updated_at=at)
    user.email_confirmed_at = at if confirmed else None
    user.is_anonymous = email is None
    user.app_metadata = {"provider": "email", "providers": ["email"]} if email else {}
    user.user_metadata = dict(data)
    check_metadata(user)
    return user


async def add_user(connection: Connection, user: UserRow) -> None:
    """Insert a new user with the identity `email`."""
    assert user.created_at is not None  # set by new_user
    await store.insert_user(connection, user)
    await store.upsert_email_identity(connection, user, user.created_at)


async def confirm_email(connection: Connection, user: UserRow) -> None:
    """Mark the user's e-mail address as confirmed and invalidate all their links and codes."""
    at = clock.now()
    user.email_confirmed_at = user.email_confirmed_at or at
    user.user_metadata = {**user.user_metadata, "email_verified": True}
    user.app_metadata = with_provider(user.app_metadata, "email")
    user.updated_at = at
    await delete_tokens(connection, user.id)
    await store.upsert_email_identity(connection, user, at)


async def change_email(connection: Connection, user: UserRow) -> None:
    """Replace the user's e-mail address with the pending one, which they have confirmed."""
    user.email, user.email_change = user.email_change, None
    user.email_change_confirm_status = 0
    user.is_anonymous = False
    user.email_confirmed_at = clock.now()
    user.user_metadata = {**user.user_metadata, "email": user.email}
    await confirm_email(connection, user)


async def audit(
    connection: Connection,
    user: UserRow,
    action: str,
    client_info: ClientInfo,
    *,
    actor: UUID | None = None,
    traits: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry of the audit log about `user`; `actor` is the user themselves by default."""
    at: datetime = clock.now()
    entry = {
        "action": action,
        "actor_id": str(actor or user.id),
        "actor_username": user.email or "",
        "log_type": audit_log_store.type_of(action),
        "traits": {"user_id": str(user.id), "user_agent": client_info.user_agent or "", **(traits or {})},
    }
    await audit_log_store.record_entry(connection, entry, at=at, ip=client_info.ip)


def email_exists() -> AuthError:
    return unprocessable("email_exists", "A user with this email address has already been registered")
