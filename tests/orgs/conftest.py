"""An API whose people sign in at a real gateway."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest

from arti.api import create_app
from tests.supabase_local.conftest import Gateway, gateway, gateway_settings, local_keys

__all__ = ["gateway", "gateway_settings", "local_keys"]


@dataclass
class Person:
    """Somebody who signed in at the gateway, and an HTTP client that speaks as them."""

    id: UUID
    email: str
    http: httpx.AsyncClient = field(repr=False)


@dataclass
class Office:
    """A running API beside its gateway, and an org with one admin in it."""

    gateway: Gateway
    transport: httpx.ASGITransport
    org_id: str = ""

    def anonymous_client(self) -> httpx.AsyncClient:
        """Return an HTTP client of somebody who is not signed in."""
        return httpx.AsyncClient(transport=self.transport, base_url="http://api.test")

    async def add_member(self, admin: "Person", email: str, role: str, **offer: Any) -> "Person":
        """Invite somebody who has no account yet; they sign up and accept."""
        made = await admin.http.post("/api/admin/users", json={"email": email, "role": role, **offer})
        assert made.status_code == 201, made.text
        # Older than the invitation, so that no link is needed.
        await self.gateway.database.as_owner("update invitations set created_at = clock.now() + interval '1 minute'")
        person = self.person(await self.gateway.sign_up(email))
        accepted = await person.http.post(f"/api/invitations/{made.json()['id']}/accept", json={})
        assert accepted.status_code == 200, accepted.text
        return person

    async def enter(self, email: str, password: str) -> Person | None:
        """Sign in; None when the gateway refuses."""
        answer = await self.gateway.http.post(
            "/auth/v1/token", params={"grant_type": "password"}, json={"email": email, "password": password}
        )
        if answer.status_code != 200:
            return None
        return self.person(answer.json())

    def person(self, session: dict[str, Any]) -> Person:
        headers = {"Authorization": f"Bearer {session['access_token']}", "X-ARTi-Org": self.org_id}
        http = httpx.AsyncClient(transport=self.transport, base_url="http://api.test", headers=headers)
        return Person(UUID(session["user"]["id"]), session["user"]["email"], http)


@pytest.fixture
async def office(gateway: Gateway) -> AsyncIterator[Office]:
    app = create_app(gateway.settings)
    async with app.router.lifespan_context(app):
        yield Office(gateway, httpx.ASGITransport(app=app, raise_app_exceptions=False))


@pytest.fixture
async def admin(office: Office) -> Person:
    founder = office.person(await office.gateway.sign_up("ada@example.test"))
    made = await founder.http.post("/api/orgs", json={"name": "Night Owl Records"})
    office.org_id = made.json()["id"]
    founder.http.headers["X-ARTi-Org"] = office.org_id
    return founder
