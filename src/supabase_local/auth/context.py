"""What auth opens once for a process, and the client info of a request."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from uuid import UUID
from weakref import WeakValueDictionary

from starlette.requests import Request

from arti_core.crypto import Vault
from arti_core.database import Connection, Pool
from arti_core.http_client import OutboundClient
from arti_core.mail_queue import MailQueue
from supabase_local.auth.external.oidc import Issuers
from supabase_local.auth.redirects import Redirects
from supabase_local.auth.tokens.refresh_tokens import RefreshTokens
from supabase_local.auth.users.password import Passwords
from supabase_local.keys.signing_keys import SigningKeys
from supabase_local.settings import SupabaseLocalSettings

# Returns what translates the texts of a mail for a user, by their id and the Accept-Language of whoever asked for it.
MailTranslator = Callable[[Connection, UUID, str], Awaitable[Callable[[str], str]]]


async def keep_english(connection: Connection, user_id: UUID, accept_language: str) -> Callable[[str], str]:
    return str


@dataclass(frozen=True, slots=True)
class AuthContext:
    """Kept on `app.state.auth` of the gateway."""

    settings: SupabaseLocalSettings
    pool: Pool  # logs in as supabase_auth_admin
    keys: SigningKeys
    passwords: Passwords
    refresh_tokens: RefreshTokens
    issuer: str
    vault: Vault  # seals what must not be read in a copy of the database
    http_client: OutboundClient
    issuers: Issuers
    redirects: Redirects
    mail_queue: MailQueue
    find_mail_translator: MailTranslator = keep_english
    # Concurrent refreshes of one session wait here and not on a database connection.
    refreshing: WeakValueDictionary[UUID, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    # Set after the commit, so that the mail worker need not wait for its next poll.
    requests_waiting: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """Address and user agent of a request, as sessions and the audit log store them, and which language it prefers.

    The address is that in the header that RATE_LIMIT_HEADER names, if it does. Other proxy headers are trusted from
    this machine only, as uvicorn does by default.
    """

    ip: str | None
    user_agent: str | None
    accept_language: str = ""

    @classmethod
    def of(cls, request: Request) -> "ClientInfo":
        agent = request.headers.get("user-agent")
        return cls(
            forwarded_address(request) or _peer_address(request),
            agent[:512] if agent else None,
            request.headers.get("accept-language", "")[:200],
        )


def forwarded_address(request: Request) -> str | None:
    """Return the client's address as your proxy writes it; None without RATE_LIMIT_HEADER or without an address."""
    context: AuthContext = request.app.state.auth
    header = context.settings.rate_limit_header
    # The last one: a client can forge the entries before the one that your proxy appends.
    return _address_of(request.headers.get(header, "").rpartition(",")[2].strip()) if header else None


def _peer_address(request: Request) -> str | None:
    return _address_of(request.client.host) if request.client else None


def _address_of(text: str) -> str | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
