"""A person sees their own sign-ins and the failed ones, with time, address and browser, and nobody else's."""

from typing import Any

import httpx2 as httpx

from arti.api import create_app
from tests.supabase_local.conftest import Gateway

ADA, BEA, PASSWORD = "ada@example.test", "bea@example.test", "correct horse"


async def sign_ins_of(gateway: Gateway, session: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    app = create_app(gateway.settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
            headers = {"Authorization": f"Bearer {session['access_token']}"}
            response = await http.get("/auth/sign-ins", headers=headers, params=query)
    assert response.status_code == 200, response.text
    listed: list[dict[str, Any]] = response.json()
    return listed


async def test_a_person_sees_their_own_sign_ins_and_failures(gateway: Gateway) -> None:
    ada, bea = await gateway.sign_up(ADA), await gateway.sign_up(BEA)
    for password in ("a guess", PASSWORD):
        await gateway.http.post(
            "/auth/v1/token?grant_type=password",
            json={"email": ADA, "password": password},
            headers={"user-agent": "Browser/7"},
        )
    bearer = {"authorization": f"Bearer {ada['access_token']}"}
    await gateway.http.put("/auth/v1/user", json={"password": "a wholly new one"}, headers=bearer)
    listed = await sign_ins_of(gateway, ada)
    assert [(entry["result"], entry["method"]) for entry in listed] == [
        ("password_changed", ""),
        ("signed_in", "password"),
        ("failed", "password"),
        ("signed_in", ""),
    ]
    assert {entry["address"] for entry in listed} == {"127.0.0.1"}
    assert [entry["user_agent"] for entry in listed[1:3]] == ["Browser/7"] * 2
    assert listed == sorted(listed, key=lambda entry: entry["happened_at"], reverse=True)
    assert await sign_ins_of(gateway, ada, limit=1) == listed[:1]
    assert [entry["result"] for entry in await sign_ins_of(gateway, bea)] == ["signed_in"]
