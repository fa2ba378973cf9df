"""What the auth module opened once, and who knocks."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakValueDictionary

from starlette.requests import Request

from arti.base.crypto import Vault
from arti.base.database import Pool
from arti.base.http import Outside
from arti.settings import Settings
from arti.supabase.auth.oauth.openid import Issuers
from arti.supabase.auth.passwords import Passwords
from arti.supabase.auth.redirects import Redirects
from arti.supabase.auth.refresh import RefreshTokens
from arti.supabase.keys import SigningKeys


@dataclass(frozen=True, slots=True)
class AuthDoors:
    """Kept on `app.state.auth` of the gateway."""

    settings: Settings
    pool: Pool  # logs in as supabase_auth_admin
    keys: SigningKeys
    passwords: Passwords
    refresh_tokens: RefreshTokens
    issuer: str
    vault: Vault  # seals what must not be read in a copy of the database
    outside: Outside
    issuers: Issuers
    redirects: Redirects
    # Refreshes of one session that meet in this process line up here and not at the database.
    refreshing: WeakValueDictionary[UUID, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    # Set after the commit, so that the postman need not wait for his next round.
    requests_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    mails_waiting: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from, as sessions and the audit log keep it.

    Proxy headers are believed from this machine alone, where a proxy such as Caddy stands: uvicorn's rule.
    """

    ip: str | None
    user_agent: str | None

    @classmethod
    def of(cls, request: Request) -> "Visit":
        agent = request.headers.get("user-agent")
        return cls(request.client.host if request.client else None, agent[:512] if agent else None)
