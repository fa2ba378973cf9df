"""What ends a session ends its access token with the next request, in every process: two APIs and the gateway."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.vocabulary import Role
from tests.supabase_local.conftest import Gateway

Session = dict[str, Any]


@dataclass
class Surfaces:
    """Everything that takes an access token over HTTP."""

    gateway: Gateway
    apis: list[httpx.AsyncClient] = field(repr=False)

    async def answers(self, session: Session) -> list[int]:
        """Return what each API, REST and auth say to the token of `session`."""
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        outcomes = [(await api.get("/api/orgs", headers=bearer)).status_code for api in self.apis]
        outcomes.append((await self.gateway.http.get("/rest/v1/artists?select=id", headers=bearer)).status_code)
        outcomes.append((await self.gateway.http.get("/auth/v1/user", headers=bearer)).status_code)
        return outcomes

    async def sign_in_twice(self, name: str) -> tuple[Session, Session]:
        """Return two sessions of a new user, both used once."""
        first = await self.gateway.sign_up(f"{name}@example.test")
        again = await self.gateway.http.post(
            "/auth/v1/token?grant_type=password", json={"email": f"{name}@example.test", "password": "correct horse"}
        )
        second: Session = again.json()
        for session in (first, second):
            assert await self.answers(session) == IN
        return first, second


IN = [200, 200, 200, 200]
OUT = [401, 401, 401, 403]


@pytest.fixture
async def surfaces(gateway: Gateway) -> AsyncIterator[Surfaces]:
    async with AsyncExitStack() as stack:
        apis = []
        for _ in range(2):
            app = create_app(gateway.settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            apis.append(await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://api")))
        yield Surfaces(gateway, apis)


async def sign_out(surfaces: Surfaces, session: Session, scope: str) -> None:
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    response = await surfaces.gateway.http.post(f"/auth/v1/logout?scope={scope}", headers=bearer)
    assert response.status_code == 204


async def test_sign_out_ends_the_sessions_of_its_scope(surfaces: Surfaces) -> None:
    for scope, expected in {"global": (OUT, OUT), "local": (OUT, IN), "others": (IN, OUT)}.items():
        first, second = await surfaces.sign_in_twice(scope)
        await sign_out(surfaces, first, scope)
        assert (await surfaces.answers(first), await surfaces.answers(second)) == expected, scope


async def test_the_error_has_a_message(surfaces: Surfaces) -> None:
    session, _ = await surfaces.sign_in_twice("ada")
    await sign_out(surfaces, session, "global")
    response = await surfaces.apis[0].get("/auth/me", headers={"Authorization": f"Bearer {session['access_token']}"})
    assert (response.status_code, response.json()["message"]) == (401, "Your sign-in has ended. Sign in again.")


async def test_changes_of_the_user_end_their_tokens(surfaces: Surfaces) -> None:
    admin = surfaces.gateway.admin
    database = surfaces.gateway.database

    def change(body: dict[str, Any]) -> Callable[[str], Awaitable[object]]:
        return lambda user_id: admin.put(f"/auth/v1/admin/users/{user_id}", json=body)

    def delete(soft: bool) -> Callable[[str], Awaitable[object]]:
        return lambda user_id: admin.request(
            "DELETE", f"/auth/v1/admin/users/{user_id}", json={"should_soft_delete": soft}
        )

    def sql(statement: str) -> Callable[[str], Awaitable[object]]:
        return lambda user_id: database.as_owner(statement, user_id)

    cases: dict[str, Callable[[str], Awaitable[object]]] = {
        "ban": change({"ban_duration": "1h"}),
        "password": change({"password": "another horse"}),
        "delete": delete(soft=False),
        "soft-delete": delete(soft=True),
        "role": sql("update auth.users set role = 'somebody_else' where id = $1"),
        "time-limit": sql("update auth.sessions set not_after = clock.now() where user_id = $1"),
    }
    for name, happen in cases.items():
        first, second = await surfaces.sign_in_twice(name)
        await happen(first["user"]["id"])
        for session in (first, second):
            outcomes = await surfaces.answers(session)
            assert outcomes[:3] == OUT[:3], name
            if name not in ("role", "time-limit"):  # only a superuser can do these two
                assert outcomes == OUT, name


async def test_a_password_changed_by_its_owner_ends_their_other_sessions(surfaces: Surfaces) -> None:
    first, second = await surfaces.sign_in_twice("ada")
    changed = await surfaces.gateway.http.put(
        "/auth/v1/user",
        json={"password": "another horse"},
        headers={"Authorization": f"Bearer {first['access_token']}"},
    )
    assert changed.status_code == 200
    assert (await surfaces.answers(first), await surfaces.answers(second)) == (IN, OUT)


async def test_a_lifted_ban_restores_the_session(surfaces: Surfaces) -> None:
    session, _ = await surfaces.sign_in_twice("ada")
    user = f"/auth/v1/admin/users/{session['user']['id']}"
    await surfaces.gateway.admin.put(user, json={"ban_duration": "1h"})
    assert await surfaces.answers(session) == OUT
    await surfaces.gateway.admin.put(user, json={"ban_duration": "none"})
    assert await surfaces.answers(session) == IN


async def test_an_enrolled_second_factor_is_required(surfaces: Surfaces) -> None:
    session, _ = await surfaces.sign_in_twice("ada")
    user_id = session["user"]["id"]
    await surfaces.gateway.database.as_owner(
        """insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at, secret)
           values (gen_random_uuid(), $1, 'totp', 'verified', clock.now(), clock.now(), 'x')""",
        user_id,
    )
    assert await surfaces.answers(session) == [403, 403, 403, 200]
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    response = await surfaces.apis[0].get("/api/orgs", headers=bearer)
    assert (response.json()["error"], bool(response.json()["message"])) == ("mfa_required", True)
    await surfaces.gateway.database.as_owner("update auth.sessions set aal = 'aal2' where user_id = $1", user_id)
    raised = await surfaces.gateway.http.post(
        "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": session["refresh_token"]}
    )
    assert await surfaces.answers(raised.json()) == IN


async def test_a_role_in_the_org_takes_effect_with_the_next_request(surfaces: Surfaces) -> None:
    session, _ = await surfaces.sign_in_twice("ada")
    org_id = await surfaces.gateway.org("Night Owl Records")
    await surfaces.gateway.join(session, org_id, Role.ANALYST)
    headers = {"Authorization": f"Bearer {session['access_token']}", "X-ARTi-Org": str(org_id)}

    async def statuses() -> list[int]:
        outcomes = [
            (await api.post("/api/artists", json={"name": f"Ada {number}"}, headers=headers)).status_code
            for number, api in enumerate(surfaces.apis)
        ]
        written = await surfaces.gateway.http.post(
            "/rest/v1/artists", json={"org_id": str(org_id), "name": "Bob"}, headers=headers
        )
        return [*outcomes, written.status_code]

    assert await statuses() == [403, 403, 403]
    await surfaces.gateway.database.as_owner("update memberships set role = 'manager' where org_id = $1", org_id)
    assert await statuses() == [201, 201, 201]
