"""Client of the auth service's admin API: this package's own or a hosted Supabase's.

Every request goes to `<supabase_url>/auth/v1` with the secret key, which never leaves the server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import orjson

from arti_core.errors import Conflict, Invalid, Misconfigured, NotFound, RateLimited, Unavailable
from arti_core.http_client import HttpResponse, OutboundClient
from supabase_local.settings import SupabaseLocalSettings

_PAGE_SIZE = 100
MACHINE_DOMAIN = "@keys.invalid"


@dataclass(frozen=True, slots=True)
class AuthUser:
    """A user of the auth service."""

    id: UUID
    email: str
    confirmed: bool
    banned: bool


async def create_user(
    http_client: OutboundClient,
    settings: SupabaseLocalSettings,
    *,
    email: str,
    password: str | None = None,
    confirmed: bool = True,
    user_metadata: Mapping[str, Any] | None = None,
) -> UUID:
    """Create a user who can sign in with `password`; without one they need an invitation or a reset first.

    Raises Conflict when the e-mail is taken, Invalid when e-mail or password is refused.
    """
    body: dict[str, Any] = {"email": email, "email_confirm": confirmed, "user_metadata": dict(user_metadata or {})}
    if password is not None:
        body["password"] = password
    return _user(await _call(http_client, settings, "POST", "/admin/users", body)).id


async def make_invite_token(
    http_client: OutboundClient,
    settings: SupabaseLocalSettings,
    *,
    email: str,
    user_metadata: Mapping[str, Any] | None = None,
) -> str:
    """Create a user, or reset one who never confirmed the address, and return a token that signs them in once.

    No mail is sent: the caller knows that whoever gets the token reads this address. Raises Conflict when a confirmed
    user has it.
    """
    body = {"type": "invite", "email": email, "data": dict(user_metadata or {})}
    return str((await _call(http_client, settings, "POST", "/admin/generate_link", body))["hashed_token"])


async def create_machine(http_client: OutboundClient, settings: SupabaseLocalSettings) -> UUID:
    """Create the user that an API key acts as. It cannot sign in: no password, no mailbox, banned."""
    body = {
        "email": f"{uuid4()}{MACHINE_DOMAIN}",
        "app_metadata": {"machine": True},
        "ban_duration": "876000h",
    }
    return _user(await _call(http_client, settings, "POST", "/admin/users", body)).id


async def find_user_by_email(
    http_client: OutboundClient, settings: SupabaseLocalSettings, email: str
) -> AuthUser | None:
    """Return the user with exactly this e-mail (ignoring case), or None."""
    address = email.strip().lower()
    page = 1
    while True:
        query = f"?filter={quote(address, safe='')}&page={page}&per_page={_PAGE_SIZE}"
        users = (await _call(http_client, settings, "GET", f"/admin/users{query}")).get("users", [])
        for user in users:
            if str(user.get("email", "")).lower() == address:
                return _user(user)
        if len(users) < _PAGE_SIZE:
            return None
        page += 1


async def set_password(
    http_client: OutboundClient, settings: SupabaseLocalSettings, user_id: UUID, password: str
) -> None:
    """Set a user's password and end their sessions. Raises NotFound, Invalid."""
    await _call(http_client, settings, "PUT", f"/admin/users/{user_id}", {"password": password})


async def delete_user(http_client: OutboundClient, settings: SupabaseLocalSettings, user_id: UUID) -> None:
    """Delete a user with everything that refers to them. Raises NotFound."""
    await _call(http_client, settings, "DELETE", f"/admin/users/{user_id}", {"should_soft_delete": False})


async def _call(
    http_client: OutboundClient,
    settings: SupabaseLocalSettings,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    key = settings.supabase_secret_key.get_secret_value()
    if not key:
        raise Misconfigured("SUPABASE_SECRET_KEY is not set, so users cannot be added. Set it.")
    headers = {"apikey": key}
    if not key.startswith("sb_"):  # a legacy service_role key is a token of its own
        headers["Authorization"] = f"Bearer {key}"
    response = await http_client.call(method, f"{settings.supabase_url}/auth/v1{path}", headers=headers, json=body)
    if response.status >= 400:
        raise _error_of(response)
    decoded: dict[str, Any] = orjson.loads(response.body or b"{}")
    return decoded


def _error_of(response: HttpResponse) -> Exception:
    """Return the auth service's error as an ArtiError, with its message where it is about the caller's input."""
    try:
        body = orjson.loads(response.body)
        code = str(body.get("error_code") or body.get("code") or "")
        sentence = str(body.get("msg") or body.get("message") or "").rstrip(".")
    except (ValueError, AttributeError):
        code, sentence = "", ""
    if code in ("email_exists", "user_already_exists"):
        return Conflict("Someone with this e-mail has an account already.", field="email")
    if code == "weak_password":
        return Invalid(f"{sentence}." if sentence else "This password is too weak.", field="password")
    if response.status == 404:
        return NotFound("user")
    if response.status in (401, 403):
        return Misconfigured("The sign-in service refuses SUPABASE_SECRET_KEY. Check that key and SUPABASE_URL.")
    if response.status in (400, 422):
        return Invalid(f"{sentence or 'The sign-in service refuses this'}.", field="email")
    if response.status == 429:
        return RateLimited("A mail was sent to this address a moment ago. Wait a minute before the next one.")
    if response.status == 409:
        return Conflict(f"{sentence or 'The sign-in service refuses this'}.")
    return Unavailable("The sign-in service does not answer as expected. Try again soon.")


def _user(body: Mapping[str, Any]) -> AuthUser:
    return AuthUser(
        id=UUID(str(body["id"])),
        email=str(body.get("email", "")),
        confirmed=bool(body.get("email_confirmed_at")),
        banned=bool(body.get("banned_until")),
    )
