"""A real gateway on a free port, over the test's own database."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest
import uvicorn

from arti.gateway import create_gateway
from arti.settings import Settings
from arti.vocabulary import Role
from arti_core.http_server import BoundedHttpProtocol
from supabase_local.keys.signing_keys import LocalKeys, make_keys
from supabase_local.realtime.serializer import MAX_FRAME_BYTES
from tests.conftest import Database, free_port
from tests.supabase_local.auth.browser import Browser
from tests.supabase_local.auth.oidc_issuer import Issuer, ProviderUser, serving_issuer


@dataclass
class Gateway:
    url: str
    settings: Settings
    keys: LocalKeys
    database: Database
    http: httpx.AsyncClient = field(repr=False)  # sends the publishable key
    admin: httpx.AsyncClient = field(repr=False)  # sends the secret key

    async def sign_up(self, email: str, password: str = "correct horse") -> dict[str, Any]:
        """Return the Session of a new user."""
        response = await self.http.post("/auth/v1/signup", json={"email": email, "password": password})
        assert response.status_code == 200, response.text
        session: dict[str, Any] = response.json()
        return session

    async def join(self, session: dict[str, Any], org_id: UUID, role: Role = Role.ADMIN) -> None:
        """Make the user of `session` a member of an org."""
        user = session["user"]
        await self.database.as_owner(
            "insert into public.users (id, email) values ($1, $2) on conflict do nothing", user["id"], user["email"]
        )
        await self.database.as_owner(
            "insert into memberships (org_id, user_id, role) values ($1, $2, $3::text::member_role)",
            org_id,
            user["id"],
            role,
        )

    async def org(self, name: str) -> UUID:
        rows = await self.database.as_owner("insert into orgs (name) values ($1) returning id", name)
        return UUID(str(rows[0]["id"]))

    async def artist(self, org_id: UUID, name: str) -> UUID:
        rows = await self.database.as_owner(
            "insert into artists (org_id, name) values ($1, $2) returning id", org_id, name
        )
        return UUID(str(rows[0]["id"]))


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[None]:
    """Serve the gateway on `port` from a thread until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_gateway(settings),
            host="127.0.0.1",
            port=port,
            http=BoundedHttpProtocol,
            log_config=None,
            ws="websockets-sansio",
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the gateway did not start"
        assert time.monotonic() < until, "the gateway did not start in time"
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(15)


@pytest.fixture(scope="session")
def local_keys() -> LocalKeys:
    return make_keys()


@pytest.fixture
def gateway_settings(settings: Settings, local_keys: LocalKeys) -> Callable[..., Settings]:
    """Return a function that returns the settings of an own gateway; keywords override."""

    return lambda **changes: with_own_gateway(settings, local_keys, **changes)


def with_own_gateway(settings: Settings, keys: LocalKeys, **changes: Any) -> Settings:
    """Return `settings` of a gateway on a free port, changed."""
    values = settings.model_dump() | {
        "supabase_url": f"http://127.0.0.1:{free_port()}",
        "supabase_publishable_key": keys.publishable_key,
        "supabase_secret_key": keys.secret_key,
        "supabase_jwks": "",
        "jwt_keys": keys.jwt_keys,
    }
    return Settings.model_validate(values | changes)


@asynccontextmanager
async def opened(database: Database, settings: Settings, keys: LocalKeys) -> AsyncIterator[Gateway]:
    """Serve a gateway with `settings` over `database`."""
    url = settings.supabase_url
    with serving(settings, int(url.rsplit(":", 1)[1])):
        async with (
            httpx.AsyncClient(base_url=url, headers={"apikey": keys.publishable_key}, timeout=20) as http,
            httpx.AsyncClient(base_url=url, headers={"apikey": keys.secret_key}, timeout=20) as admin,
        ):
            yield Gateway(url, settings, keys, database, http, admin)


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    async with opened(database, gateway_settings(), local_keys) as served:
        yield served


@pytest.fixture(scope="session")
def running_issuer() -> Iterator[Issuer]:
    with serving_issuer(free_port()) as issuer:
        yield issuer


@pytest.fixture
def issuer(running_issuer: Issuer) -> Issuer:
    """Return the providers, in their initial state."""
    running_issuer.user, running_issuer.claims, running_issuer.callback_parameters = ProviderUser(), {}, {}
    running_issuer.authorize_requests.clear()
    return running_issuer


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    browser = Browser()
    yield browser
    await browser.http.aclose()
