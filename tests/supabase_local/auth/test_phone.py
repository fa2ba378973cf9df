"""Coming in with a telephone number and a password, where that is on. No SMS is ever sent."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.conftest import Gateway, opened

ADA = {"phone": "+49 170 1234567".replace(" ", ""), "password": "correct horse"}


@pytest.fixture
async def gateway(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> AsyncIterator[Gateway]:
    settings = gateway_settings(enable_phone_signup=True, enable_phone_autoconfirm=True)
    async with opened(database, settings, local_keys) as served:
        yield served


async def refused(gateway: Gateway, path: str, body: dict[str, Any]) -> tuple[int, str]:
    response = await gateway.http.post(f"/auth/v1{path}", json=body)
    return response.status_code, response.json().get("error_code", "")


async def test_sign_up_and_sign_in_by_phone(gateway: Gateway) -> None:
    first = (await gateway.http.post("/auth/v1/signup", json=ADA | {"data": {"name": "Ada"}})).json()
    user = first["user"]
    assert (user["phone"], user["email"], user["role"]) == ("491701234567", "", "authenticated")
    assert (user["app_metadata"], user["is_anonymous"]) == ({"provider": "phone", "providers": ["phone"]}, False)
    assert user["user_metadata"]["name"] == "Ada"
    assert [(identity["provider"], "email" in identity) for identity in user["identities"]] == [("phone", False)]
    second = (await gateway.http.post("/auth/v1/token?grant_type=password", json=ADA)).json()
    assert second["user"]["phone_confirmed_at"]
    response = await gateway.http.get("/auth/v1/user", headers={"Authorization": f"Bearer {second['access_token']}"})
    assert response.json()["id"] == user["id"]
    shown = (await gateway.http.get("/auth/v1/settings")).json()
    assert (shown["external"]["phone"], shown["phone_autoconfirm"], shown["sms_provider"]) == (True, True, "")


async def test_what_is_refused(gateway: Gateway) -> None:
    await gateway.http.post("/auth/v1/signup", json=ADA)
    assert await refused(gateway, "/signup", ADA) == (422, "user_already_exists")
    assert await refused(gateway, "/signup", ADA | {"phone": "1-555"}) == (400, "validation_failed")
    assert await refused(gateway, "/signup", ADA | {"password": "abc"}) == (422, "weak_password")
    assert await refused(gateway, "/signup", ADA | {"email": "ada@example.test"}) == (400, "validation_failed")
    for body in (ADA | {"password": "guess"}, ADA | {"phone": "+4900"}, ADA | {"password": 7}):
        assert await refused(gateway, "/token?grant_type=password", body) == (400, "invalid_credentials")
    both = ADA | {"email": "ada@example.test"}
    assert await refused(gateway, "/token?grant_type=password", both) == (400, "validation_failed")
    unproven = {"phone": "+4917155", "password": "correct horse"}
    await gateway.admin.post("/auth/v1/admin/users", json=unproven)
    assert await refused(gateway, "/token?grant_type=password", unproven) == (400, "phone_not_confirmed")
    assert await refused(gateway, "/otp", {"phone": "+4917155"}) == (422, "sms_send_failed")


async def test_resend_by_phone_sends_nothing(gateway: Gateway) -> None:
    for kind in ("sms", "phone_change"):
        again = await gateway.http.post("/auth/v1/resend", json={"type": kind, "phone": "+4917155"})
        assert (again.status_code, again.json()) == (200, {})
    assert await refused(gateway, "/resend", {"type": "sms", "phone": "nobody"}) == (400, "validation_failed")


async def test_phone_sign_in_is_off_by_default(gateway: Gateway, gateway_settings: Callable[..., Settings]) -> None:
    async with opened(gateway.database, gateway_settings(enable_phone_signup=True), gateway.keys) as unconfirmed:
        assert await refused(unconfirmed, "/signup", ADA) == (422, "sms_send_failed")
    async with opened(gateway.database, gateway_settings(), gateway.keys) as off:
        assert await refused(off, "/signup", ADA) == (400, "phone_provider_disabled")
        assert await refused(off, "/token?grant_type=password", ADA) == (422, "phone_provider_disabled")
        assert await refused(off, "/otp", {"phone": "+4917155"}) == (400, "phone_provider_disabled")
        assert await refused(off, "/resend", {"type": "sms", "phone": "+4917155"}) == (400, "phone_provider_disabled")
