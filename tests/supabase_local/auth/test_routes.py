"""GoTrue's protocol, route by route: statuses, codes and shapes as upstream has them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest

from arti.settings import Settings
from supabase_local.auth.users import password as passwords
from tests.supabase_local.conftest import Gateway, opened

PASSWORD = "correct horse"


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_public_and_protected_routes(gateway: Gateway) -> None:
    without_key = {"apikey": ""}
    keys = await gateway.http.get("/auth/v1/.well-known/jwks.json", headers=without_key)
    assert keys.headers["cache-control"] == "public, max-age=600"
    assert [(key["kty"], "d" in key) for key in keys.json()["keys"]] == [("EC", False)]
    assert (await gateway.http.get("/healthz", headers=without_key)).json() == {"status": "ok"}
    for path in ("/auth/v1/health", "/auth/v1/user", "/rest/v1/artists"):
        refused = await gateway.http.get(path, headers=without_key)
        assert (refused.status_code, refused.json()["message"]) == (401, "No API key found in request")
        refused = await gateway.http.get(path, headers={"apikey": "sb_publishable_made_up"})
        assert (refused.status_code, refused.json()["message"]) == (401, "Invalid API key")
    assert (await gateway.http.get("/auth/v1/health")).json()["name"] == "GoTrue"
    shown = (await gateway.http.get("/auth/v1/settings")).json()
    assert (shown["external"]["email"], shown["external"]["google"]) == (True, False)
    assert (shown["mailer_autoconfirm"], shown["disable_signup"]) == (True, False)
    assert (await gateway.http.get("/nowhere")).status_code == 404


async def test_browsers_may_call(gateway: Gateway) -> None:
    headers = {
        "Origin": "https://app.example.test",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "apikey,authorization,prefer,x-client-info,x-retry-count,traceparent",
    }
    response = await gateway.http.options("/rest/v1/artists", headers=headers)
    assert response.status_code == 200
    assert "x-retry-count" in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-max-age"] == "86400"
    refused = await gateway.http.get("/auth/v1/user", headers={"Origin": "https://app.example.test"})
    exposed = refused.headers["access-control-expose-headers"].lower()
    assert all(name in exposed for name in ("content-range", "x-total-count", "link", "x-supabase-api-version"))


async def test_errors_follow_the_requested_api_version(gateway: Gateway) -> None:
    wrong = {"email": "nobody@example.test", "password": "whatever"}
    old = await gateway.http.post("/auth/v1/token?grant_type=password", json=wrong)
    assert old.json() == {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
    new = await gateway.http.post(
        "/auth/v1/token?grant_type=password", json=wrong, headers={"X-Supabase-Api-Version": "2024-01-01"}
    )
    assert new.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert new.headers["x-supabase-api-version"] == "2024-01-01"
    odd = await gateway.http.post(
        "/auth/v1/token?grant_type=password", json=wrong, headers={"X-Supabase-Api-Version": "newest"}
    )
    assert odd.json() == old.json()
    assert old.headers["x-sb-error-code"] == new.headers["x-sb-error-code"] == "invalid_credentials"


CANNOT_BE: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"email": "ada@example.test"}, 400, "validation_failed"),
    ({"email": "ada@example.test", "password": ""}, 400, "validation_failed"),
    ({"email": "ada@example.test", "password": "abc"}, 422, "weak_password"),
    ({"email": "ada@example.test", "password": "qX9-vBn!4Lz"}, 422, "weak_password"),  # eleven characters
    ({"email": "ada@example.test", "password": "Password1234!"}, 422, "weak_password"),
    ({"email": "ada@example.test", "password": "x" * 73}, 400, "validation_failed"),
    ({"email": "ada@example.test", "password": "é" * 37}, 400, "validation_failed"),
    ({"email": "not an address", "password": PASSWORD}, 400, "validation_failed"),
    ({"email": "a" * 250 + "@example.test", "password": PASSWORD}, 400, "validation_failed"),
    ({"email": ["ada@example.test"], "password": PASSWORD}, 400, "validation_failed"),
    ({"email": "ada@example.test", "password": PASSWORD, "data": "text"}, 400, "validation_failed"),
    ({"phone": "+4912345", "password": PASSWORD}, 400, "phone_provider_disabled"),
    ({"data": {}}, 422, "anonymous_provider_disabled"),
)


async def test_invalid_sign_ups(gateway: Gateway) -> None:
    for body, status, code in CANNOT_BE:
        response = await gateway.http.post("/auth/v1/signup", json=body)
        assert (response.status_code, response.json()["error_code"]) == (status, code), body
    assert await gateway.database.as_owner("select 1 from auth.users where email like '%example.test'") == []


async def test_bad_bodies_and_grants(gateway: Gateway) -> None:
    for content in (b"{", b"[]", b'"text"', b"\xff"):
        response = await gateway.http.post("/auth/v1/signup", content=content)
        assert (response.status_code, response.json()["error_code"]) == (400, "bad_json")
    response = await gateway.http.post("/auth/v1/signup", content=b" " * (1024 * 1024 + 1))
    assert (response.status_code, response.json()["error_code"]) == (413, "request_too_large")
    response = await gateway.http.post("/auth/v1/token?grant_type=telepathy", json={})
    assert response.json()["msg"] == "unsupported_grant_type"
    response = await gateway.http.post("/auth/v1/horoscope", json={"email": "ada@example.test"})
    assert (response.status_code, "docs/supabase.md" in response.json()["msg"]) == (404, True)


async def test_the_access_token_has_upstreams_claims(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    header = jwt.get_unverified_header(session["access_token"])
    assert (header["alg"], header["typ"]) == ("ES256", "JWT")
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == session["expires_in"] == 3600
    assert claims["exp"] == session["expires_at"]
    assert claims.keys() == {
        *("iss", "sub", "aud", "exp", "iat", "email", "phone", "app_metadata", "user_metadata", "role", "aal", "amr"),
        *("session_id", "is_anonymous", "orgs"),
    }
    assert (claims["aud"], claims["role"], claims["aal"]) == ("authenticated", "authenticated", "aal1")
    assert claims["amr"][0]["method"] == "password"
    stored = await gateway.database.as_owner("select encrypted_password as hash from auth.users")
    assert stored[0]["hash"].startswith("$argon2id$")


async def test_a_bearer_without_session_user_or_role_is_refused(gateway: Gateway) -> None:
    async def refusal(headers: dict[str, str]) -> tuple[int, str]:
        response = await gateway.http.get("/auth/v1/user", headers=headers)
        return response.status_code, response.json()["error_code"]

    ada, bea = await gateway.sign_up("ada@example.test"), await gateway.sign_up("bea@example.test")
    assert await refusal({}) == (401, "no_authorization")
    assert await refusal({"Authorization": f"Bearer {gateway.keys.publishable_key}"}) == (403, "bad_jwt")  # no user
    assert await refusal({"Authorization": "Basic abc"}) == (401, "no_authorization")
    assert await refusal({"Authorization": "Bearer rubbish"}) == (403, "bad_jwt")
    await gateway.admin.put(f"/auth/v1/admin/users/{ada['user']['id']}", json={"ban_duration": "1h30m"})
    assert await refusal(bearer(ada)) == (403, "user_banned")
    await gateway.admin.put(f"/auth/v1/admin/users/{ada['user']['id']}", json={"ban_duration": "none"})
    await gateway.database.as_owner("delete from auth.sessions where user_id = $1", ada["user"]["id"])
    assert await refusal(bearer(ada)) == (403, "session_not_found")
    await gateway.admin.delete(f"/auth/v1/admin/users/{bea['user']['id']}")
    assert await refusal(bearer(bea)) == (403, "user_not_found")


async def test_sign_out_scopes(gateway: Gateway) -> None:
    async def sign_in() -> dict[str, Any]:
        body = {"email": "ada@example.test", "password": PASSWORD}
        session: dict[str, Any] = (await gateway.http.post("/auth/v1/token?grant_type=password", json=body)).json()
        return session

    async def alive(*sessions: dict[str, Any]) -> list[bool]:
        answers = [await gateway.http.get("/auth/v1/user", headers=bearer(session)) for session in sessions]
        return [response.status_code == 200 for response in answers]

    first, two, three = await gateway.sign_up("ada@example.test"), await sign_in(), await sign_in()
    unknown = await gateway.http.post("/auth/v1/logout?scope=some", headers=bearer(first))
    assert unknown.status_code == 400
    assert (await gateway.http.post("/auth/v1/logout?scope=local", headers=bearer(first))).status_code == 204
    assert await alive(first, two, three) == [False, True, True]
    await gateway.http.post("/auth/v1/logout?scope=others", headers=bearer(two))
    assert await alive(two, three) == [True, False]
    four = await sign_in()
    await gateway.http.post("/auth/v1/logout", headers=bearer(four))
    assert await alive(two, four) == [False, False]


async def test_a_user_changes_only_their_own_fields(gateway: Gateway) -> None:
    ada = await gateway.sign_up("ada@example.test")
    await gateway.sign_up("bea@example.test")

    async def put(body: dict[str, Any]) -> tuple[int, Any]:
        response = await gateway.http.put("/auth/v1/user", json=body, headers=bearer(ada))
        return response.status_code, response.json()

    for body, status, code in (
        ({"app_metadata": {"role": "admin"}}, 403, "not_admin"),
        ({"password": PASSWORD}, 422, "same_password"),
        ({"password": "abc"}, 422, "weak_password"),
        ({"email": "BEA@example.test"}, 422, "email_exists"),
        ({"phone": "+4912345"}, 400, "phone_provider_disabled"),
        ({"data": [1]}, 400, "validation_failed"),
    ):
        assert (await put(body))[0] == status
        assert (await put(body))[1]["error_code"] == code
    status, user = await put({"data": {"role": "admin", "name": "Ada"}, "role": "service_role", "id": str(uuid4())})
    assert (status, user["role"], user["id"]) == (200, "authenticated", ada["user"]["id"])
    assert "name" not in (await put({"data": {"name": None}}))[1]["user_metadata"]
    status, user = await put({"email": "ada@elsewhere.test"})  # pending until it is confirmed
    assert (user["email"], user["new_email"]) == ("ada@example.test", "ada@elsewhere.test")


async def test_without_autoconfirm_a_taken_address_is_not_revealed(
    gateway_settings: Callable[..., Settings], gateway: Gateway
) -> None:
    await gateway.sign_up("ada@example.test")
    async with opened(gateway.database, gateway_settings(enable_email_autoconfirm=False), gateway.keys) as strict:
        body = {"email": "ada@example.test", "password": PASSWORD}
        taken = (await strict.http.post("/auth/v1/signup", json=body)).json()
        free = (await strict.http.post("/auth/v1/signup", json=body | {"email": "new@example.test"})).json()
        assert taken.keys() == free.keys()
        assert "access_token" not in free
        assert "email_confirmed_at" not in free
        assert (taken["identities"], len(free["identities"])) == ([], 1)
        assert (taken["role"], free["role"]) == ("", "authenticated")  # as upstream for a User that does not exist
        refused = await strict.http.post(
            "/auth/v1/token?grant_type=password", json=body | {"email": "new@example.test"}
        )
        assert refused.json()["error_code"] == "email_not_confirmed"
        await strict.admin.put(f"/auth/v1/admin/users/{free['id']}", json={"email_confirm": True})
        sign_in_with_identity = await strict.http.post(
            "/auth/v1/token?grant_type=password", json=body | {"email": "new@example.test"}
        )
        assert sign_in_with_identity.status_code == 200
    async with opened(
        gateway.database, gateway_settings(disable_signup=True, enable_anonymous_users=True), gateway.keys
    ) as closed:
        refused = await closed.http.post("/auth/v1/signup", json=body)
        assert (refused.status_code, refused.json()["error_code"]) == (422, "signup_disabled")
    async with opened(gateway.database, gateway_settings(enable_anonymous_users=True), gateway.keys) as open_house:
        guest = (await open_house.http.post("/auth/v1/signup", json={})).json()
        assert (guest["user"]["is_anonymous"], guest["user"]["email"]) == (True, "")


async def test_a_user_has_upstreams_order_without_unset_fields(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    assert " ".join(session["user"]) == (
        "id aud role email email_confirmed_at phone confirmed_at last_sign_in_at app_metadata user_metadata identities "
        "created_at updated_at is_anonymous"
    )
    await gateway.http.get("/auth/v1/reauthenticate", headers=bearer(session))
    await gateway.http.post("/auth/v1/factors", json={"factor_type": "totp"}, headers=bearer(session))
    user = (await gateway.http.get("/auth/v1/user", headers=bearer(session))).json()
    assert " ".join(user).endswith(
        "confirmed_at reauthentication_sent_at last_sign_in_at app_metadata user_metadata factors identities "
        "created_at updated_at is_anonymous"
    )
    body = {"phone": "+49170", "phone_confirm": True, "email": "bea@example.test", "email_confirm": True}
    created = (await gateway.admin.post("/auth/v1/admin/users", json=body | {"user_metadata": {"name": "Bea"}})).json()
    assert created["user_metadata"] == {"name": "Bea", "email_verified": True}
    assert {identity["provider"]: "email" in identity for identity in created["identities"]} == {
        "email": True,
        "phone": False,
    }


async def test_a_password_below_a_new_minimum_signs_in_and_is_reported(
    gateway: Gateway, gateway_settings: Callable[..., Settings]
) -> None:
    body = {"email": "ada@example.test", "password": "secret"}
    lenient = gateway_settings(password_min_length=6, password_refuse_common=False)
    async with opened(gateway.database, lenient, gateway.keys) as before:
        await before.sign_up("ada@example.test", "secret")
        assert "weak_password" not in (await before.http.post("/auth/v1/token?grant_type=password", json=body)).json()
    session = (await gateway.http.post("/auth/v1/token?grant_type=password", json=body)).json()
    assert session["weak_password"] == {
        "message": "Password should be at least 12 characters. "
        "Password is known to be weak and easy to guess, please choose a different one.",
        "reasons": ["length", "pwned"],
    }


async def test_sign_in_does_not_reveal_accounts(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer, and the same costly work: one hash, whoever is headers for."""
    await gateway.sign_up("ada@example.test")
    await gateway.admin.post("/auth/v1/admin/users", json={"email": "no-password@example.test"})
    checked: list[str] = []
    honest = passwords._verify

    def counting(known_hash: str, password: str) -> bool:
        checked.append(known_hash)
        return honest(known_hash, password)

    monkeypatch.setattr(passwords, "_verify", counting)
    answers = set()
    for name in ("ada", "unknown", "no-password"):
        response = await gateway.http.post(
            "/auth/v1/token?grant_type=password", json={"email": f"{name}@example.test", "password": "guess"}
        )
        answers.add((response.status_code, response.text))
    assert len(answers) == 1
    assert len(checked) == 3
    assert {known_hash.rpartition("$")[0].rpartition("$")[0] for known_hash in checked} == {
        "$argon2id$v=19$m=19456,t=2,p=1"
    }


async def test_values_that_cannot_be_stored_are_refused(gateway: Gateway) -> None:
    """JSON can say more than PostgreSQL keeps, and be read deeper than it can be written again."""
    me = bearer(await gateway.sign_up("ada@example.test"))
    fresh = {"email": "eve@example.test", "password": PASSWORD}
    asks: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("POST", "signup", fresh | {"data": {"name": "\x00"}}),
        ("POST", "signup", fresh | {"data": {"\x00": 1}}),
        ("PUT", "user", {"data": {"name": "\x00"}}),
        ("POST", "token?grant_type=password", {"email": "a\x00", "password": PASSWORD}),
        ("POST", "token?grant_type=pkce", {"auth_code": "\x00", "code_verifier": "x"}),
        ("POST", "verify", {"type": "email", "token_hash": "\x00"}),
        ("POST", "otp", {"email": "eve@example.test", "data": {"a": "\x00"}}),
    )
    for method, path, body in asks:
        response = await gateway.http.request(method, f"/auth/v1/{path}", json=body, headers=me)
        assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed"), path
    for page in ("0", "-1", "1e3", "1" * 5_000):
        listed = await gateway.admin.get("/auth/v1/admin/users", params={"page": page})
        assert (listed.status_code, listed.json()["error_code"]) == (400, "validation_failed"), page
    followed = await gateway.http.get("/auth/v1/verify?type=signup&token=%00")
    assert followed.status_code == 400
    for levels in (201, 300, 900):
        deep = '{"data":' + '{"a":' * levels + "1" + "}" * levels + "}"
        response = await gateway.http.put("/auth/v1/user", content=deep, headers=me)
        assert (response.status_code, response.json()["error_code"]) == (400, "bad_json"), levels
    assert (await gateway.http.get("/auth/v1/user", headers=me)).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "a,victim@example.test",
        "me<victim@example.test>",
        '"a b"@example.test',
        "a(b)@example.test",
        "a;b@example.test",
        "a\\@example.test",
        "a@example.test>",
        "a@[127.0.0.1]",
        "a@ex\u00e4mple.test",
        "\u212aim@example.test",  # a Kelvin sign: in lower case a plain k
        "a\u202e@example.test",
        "a\x7f@example.test",
        "\u0130" * 64 + "@" + "\u0130" * 180 + ".test",  # twice as long in lower case
        "a@-example.test",
        "a@example..test",
    ],
)
async def test_an_address_is_one_mailbox(gateway: Gateway, address: str) -> None:
    """Or a mail would go to somebody else, and two people could have the same."""
    for path in ("signup", "otp", "recover"):
        response = await gateway.http.post(f"/auth/v1/{path}", json={"email": address, "password": PASSWORD})
        assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed"), path
