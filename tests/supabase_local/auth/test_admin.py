"""Administration of people with the secret key, by protocol and by our own client."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from arti_core.errors import Conflict, Invalid, Misconfigured, NotFound
from arti_core.http_client import OutboundClient
from supabase_local.auth import admin_client
from tests.supabase_local.conftest import Gateway

PASSWORD = "correct horse"


@pytest.fixture
async def http_client(gateway: Gateway) -> AsyncIterator[OutboundClient]:
    client = OutboundClient(allowed_hosts=gateway.settings.private_hosts())
    yield client
    await client.close()


async def test_pages_carry_upstreams_headers(gateway: Gateway) -> None:
    for number in range(5):
        await gateway.admin.post("/auth/v1/admin/users", json={"email": f"p{number}@example.test"})
    page = await gateway.admin.get("/auth/v1/admin/users?page=2&per_page=2")
    assert [user["email"] for user in page.json()["users"]] == ["p2@example.test", "p1@example.test"]
    assert page.headers["x-total-count"] == "5"
    assert page.headers["link"] == (
        '</auth/v1/admin/users?page=3&per_page=2>; rel="next", </auth/v1/admin/users?page=3&per_page=2>; rel="last"'
    )
    last = await gateway.admin.get("/auth/v1/admin/users?per_page=2&page=3")
    assert (
        last.headers["link"] == '</auth/v1/admin/users?page=3&per_page=2>; rel="last"'
    )  # `page` comes first, as clients expect
    most = await gateway.admin.get("/auth/v1/admin/users?per_page=5000")
    assert most.headers["link"] == '</auth/v1/admin/users?page=1&per_page=5000>; rel="last"'
    found = await gateway.admin.get("/auth/v1/admin/users?filter=P3@")
    assert [user["email"] for user in found.json()["users"]] == ["p3@example.test"]
    for query in ("page=0", "page=-1", "per_page=x", "page=99999999999999999999"):
        assert (await gateway.admin.get(f"/auth/v1/admin/users?{query}")).status_code == 400


async def test_only_the_secret_key_administers(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    token = {"Authorization": f"Bearer {session['access_token']}"}
    path = f"/auth/v1/admin/users/{session['user']['id']}"
    for method, url in (("GET", "/auth/v1/admin/users"), ("POST", "/auth/v1/invite"), ("DELETE", path), ("PUT", path)):
        for principal in (gateway.http, gateway.admin):  # a user's token takes precedence over the key
            response = await principal.request(method, url, headers=token, json={"email": "x@example.test"})
            assert (response.status_code, response.json()["error_code"]) == (403, "not_admin")
        assert (await gateway.http.request(method, url, json={})).status_code == 403


async def test_invalid_new_users_are_refused(gateway: Gateway) -> None:
    await gateway.admin.post("/auth/v1/admin/users", json={"email": "ada@example.test"})
    for body, status, code in (
        ({}, 400, "validation_failed"),
        ({"email": "ADA@example.test"}, 422, "email_exists"),
        ({"email": "b@example.test", "role": "service_role"}, 422, "validation_failed"),
        ({"email": "b@example.test", "ban_duration": "forever"}, 400, "validation_failed"),
        ({"email": "b@example.test", "id": "7"}, 400, "validation_failed"),
        ({"email": "b@example.test", "id": str(UUID(int=0))}, 400, "validation_failed"),
        ({"email": "b@example.test", "password_hash": "$2a$10$abc"}, 400, "validation_failed"),
        ({"email": "b@example.test", "password": "abc"}, 422, "weak_password"),
    ):
        response = await gateway.admin.post("/auth/v1/admin/users", json=body)
        assert (response.status_code, response.json()["error_code"]) == (status, code), body
    for method in ("GET", "PUT", "DELETE"):
        assert (await gateway.admin.request(method, f"/auth/v1/admin/users/{uuid4()}", json={})).status_code == 404
        assert (await gateway.admin.request(method, "/auth/v1/admin/users/7", json={})).status_code == 404


async def test_a_new_password_or_a_soft_deletion_ends_every_session(gateway: Gateway) -> None:
    ada = await gateway.sign_up("ada@example.test")
    path, token = f"/auth/v1/admin/users/{ada['user']['id']}", {"Authorization": f"Bearer {ada['access_token']}"}
    await gateway.admin.put(path, json={"password": "quite another one", "email": "new@example.test"})
    assert (await gateway.http.get("/auth/v1/user", headers=token)).json()["error_code"] == "session_not_found"
    body = {"email": "new@example.test", "password": "quite another one"}
    session = (await gateway.http.post("/auth/v1/token?grant_type=password", json=body)).json()
    assert session["user"]["identities"][0]["email"] == "new@example.test"
    deleted = await gateway.admin.request("DELETE", path, json={"should_soft_delete": True})
    assert deleted.json() == {}
    assert (await gateway.http.post("/auth/v1/token?grant_type=password", json=body)).status_code == 400
    kept = await gateway.database.as_owner(
        "select email, encrypted_password as hash, raw_user_meta_data as data from auth.users"
    )
    assert ("@" in kept[0]["email"], kept[0]["hash"], kept[0]["data"]) == (False, None, {})
    await gateway.sign_up("new@example.test")  # the address can be used again


async def test_the_last_admin_of_an_org_cannot_be_deleted(gateway: Gateway) -> None:
    ada = await gateway.sign_up("ada@example.test")
    org = await gateway.org("Night Owl")
    await gateway.join(ada, org, Role.ADMIN)
    path = f"/auth/v1/admin/users/{ada['user']['id']}"
    refused = await gateway.admin.delete(path)
    assert (refused.status_code, refused.json()["error_code"]) == (409, "conflict")
    await gateway.join(await gateway.sign_up("bea@example.test"), org, Role.ADMIN)
    assert (await gateway.admin.delete(path)).status_code == 200
    left = await gateway.database.as_owner(
        "select u.email from memberships m join public.users u on u.id = m.user_id where org_id = $1", org
    )
    assert [row["email"] for row in left] == ["bea@example.test"]


async def test_administration_is_audited(gateway: Gateway) -> None:
    await gateway.sign_up("ada@example.test")
    await gateway.admin.post("/auth/v1/invite", json={"email": "bea@example.test", "data": {"name": "Bea"}})
    rows = await gateway.database.as_owner(
        "select payload ->> 'action' as action from auth.audit_log_entries order by created_at"
    )
    assert [row["action"] for row in rows] == ["user_signedup", "user_invited"]


async def test_admin_client(gateway: Gateway, http_client: OutboundClient) -> None:
    settings = gateway.settings
    ada = await admin_client.create_user(http_client, settings, email="Ada@example.test", password=PASSWORD)
    found = await admin_client.find_user_by_email(http_client, settings, "ADA@example.test")
    assert found == admin_client.AuthUser(ada, "ada@example.test", confirmed=True, banned=False)
    assert (
        await admin_client.find_user_by_email(http_client, settings, "da@example.test") is None
    )  # only the whole address matches
    with pytest.raises(Conflict):
        await admin_client.create_user(http_client, settings, email="ada@example.test")
    with pytest.raises(Conflict):
        await admin_client.make_invite_token(http_client, settings, email="ada@example.test")
    with pytest.raises(Invalid) as weak:
        await admin_client.create_user(http_client, settings, email="b@example.test", password="abc")
    assert weak.value.field == "password"
    with pytest.raises(Invalid) as odd:
        await admin_client.create_user(http_client, settings, email="nonsense")
    assert odd.value.field == "email"
    used, token = [
        await admin_client.make_invite_token(
            http_client, settings, email="bea@example.test", user_metadata={"name": "Bea"}
        )
        for _ in range(2)
    ]
    for token_hash, status in ((used, 403), (token, 200), (token, 403)):
        answer = await gateway.http.post("/auth/v1/verify", json={"type": "invite", "token_hash": token_hash})
        assert answer.status_code == status, answer.text
    await admin_client.set_password(http_client, settings, ada, "quite another one")
    await admin_client.delete_user(http_client, settings, ada)
    with pytest.raises(NotFound):
        await admin_client.delete_user(http_client, settings, ada)
    wrong = settings.model_copy(update={"supabase_secret_key": type(settings.supabase_secret_key)("sb_secret_no")})
    with pytest.raises(Misconfigured, match="SUPABASE_SECRET_KEY"):
        await admin_client.find_user_by_email(http_client, wrong, "ada@example.test")
