"""An org's API keys: they speak as a machine member of the org, may what its role may, and end when revoked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx

from arti.api import create_app
from tests.conftest import World
from tests.eventually import eventually
from tests.isolation.realtime.conftest import JOBS, add_job
from tests.orgs.conftest import Office, Person
from tests.supabase_local.realtime.phoenix_client import socket


async def make_key(admin: Person, role: str = "manager", name: str = "n8n") -> dict[str, Any]:
    made = await admin.http.post("/api/keys", json={"name": name, "role": role})
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return body


@asynccontextmanager
async def speaking_as(office: Office, secret: str) -> AsyncIterator[httpx.AsyncClient]:
    """As n8n's Supabase node speaks: the key twice."""
    headers = {"apikey": secret, "Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=office.gateway.url, headers=headers) as http:
        yield http


async def refused_within_a_second(http: httpx.AsyncClient) -> bool:
    async def refused() -> bool:
        return (await http.get("/rest/v1/artists?select=name")).status_code == 401

    return await eventually(refused, seconds=1)


async def test_a_key_reads_and_writes_as_its_role_in_its_org_only(office: Office, admin: Person) -> None:
    other = await office.gateway.org("Other")
    await office.gateway.artist(other, "Not Yours")
    secret = (await make_key(admin))["secret"]
    async with speaking_as(office, secret) as http:
        added = await http.post("/rest/v1/artists", json={"org_id": office.org_id, "name": "Ada & the Engines"})
        assert added.status_code == 201, added.text
        assert (await http.post("/rest/v1/artists", json={"org_id": str(other), "name": "x"})).status_code == 403
        found = await http.get("/rest/v1/artists?select=name")
        assert [row["name"] for row in found.json()] == ["Ada & the Engines"]
    reader = (await make_key(admin, role="analyst"))["secret"]
    async with speaking_as(office, reader) as http:
        assert len((await http.get("/rest/v1/artists?select=name")).json()) == 1
        refused = await http.post("/rest/v1/artists", json={"org_id": office.org_id, "name": "x"})
        assert refused.status_code == 403


async def test_the_secret_is_returned_once_and_not_stored(office: Office, admin: Person) -> None:
    made = await make_key(admin)
    listed = (await admin.http.get("/api/keys")).json()
    assert [key["id"] for key in listed] == [made["key"]["id"]]
    assert listed[0] == made["key"] | {"last_used_at": None}
    assert made["secret"].startswith(made["key"]["start"])
    assert len(made["key"]["start"]) < 20
    stored = await office.gateway.database.as_owner("select k::text as row from private.org_keys k")
    assert not any(made["secret"] in row["row"] or made["secret"][15:] in row["row"] for row in stored)
    trace = (await admin.http.get("/api/audit")).json()["items"][0]
    assert (trace["action"], trace["subject_id"]) == ("key.created", made["key"]["id"])
    assert made["secret"] not in str(trace)


async def test_a_revoked_key_is_refused_by_every_gateway_within_a_second(office: Office, admin: Person) -> None:
    made = await make_key(admin)
    async with speaking_as(office, made["secret"]) as http:
        assert (await http.get("/rest/v1/artists?select=name")).status_code == 200
        assert (await admin.http.delete(f"/api/keys/{made['key']['id']}")).status_code == 204
        assert await refused_within_a_second(http)
    (key,) = (await admin.http.get("/api/keys")).json()
    assert key["revoked_at"] is not None
    assert key["role"] is None
    assert key["last_used_at"] is not None
    assert (await admin.http.delete(f"/api/keys/{made['key']['id']}")).status_code == 204
    actions = [entry["action"] for entry in (await admin.http.get("/api/audit")).json()["items"]]
    assert "key.revoked" in actions
    assert (await admin.http.delete(f"/api/keys/{uuid4()}")).status_code == 404


async def test_a_key_receives_live_changes_of_its_org_until_it_is_revoked(office: Office, admin: Person) -> None:
    made = await make_key(admin)
    other = await office.gateway.org("Other")
    async with socket(office.gateway, key=made["secret"]) as phoenix:
        await phoenix.join([JOBS], None)
        await add_job(office.gateway, other)
        job = await add_job(office.gateway, UUID(office.org_id))
        assert (await phoenix.receive_change())["record"]["id"] == str(job)
        assert (await phoenix.join_private(f"org:{office.org_id}", None))["status"] == "ok"
        await admin.http.delete(f"/api/keys/{made['key']['id']}")
        ended = [await phoenix.receive(3) for _ in range(4)]
        assert {(one["topic"], one["event"]) for one in ended} == {
            (topic, event)
            for topic in ("realtime:t", f"realtime:org:{office.org_id}")
            for event in ("system", "phx_close")
        }
        await add_job(office.gateway, UUID(office.org_id))
        assert await phoenix.is_silent()
        reply = await phoenix.request("realtime:again", "phx_join", {"config": {"postgres_changes": [JOBS]}})
        assert reply["status"] == "error"


async def test_a_key_whose_member_is_removed_or_disabled_is_refused(office: Office, admin: Person) -> None:
    for change in ("disable", "remove"):
        made = await make_key(admin, name=change)
        member = f"/api/admin/users/{made['key']['member_id']}"
        async with speaking_as(office, made["secret"]) as http:
            assert (await http.get("/rest/v1/artists?select=name")).status_code == 200
            if change == "remove":
                assert (await admin.http.delete(member)).status_code == 204
            else:
                assert (await admin.http.put(member, json={"status": "disabled"})).status_code == 200
            assert await refused_within_a_second(http)


async def test_a_keys_role_may_be_changed_but_never_to_admin(office: Office, admin: Person) -> None:
    made = await make_key(admin, role="analyst")
    member = f"/api/admin/users/{made['key']['member_id']}"
    shown = next(one for one in (await admin.http.get("/api/admin/users")).json()["items"] if one["machine"])
    assert (shown["id"], shown["display_name"]) == (made["key"]["member_id"], "n8n")
    async with speaking_as(office, made["secret"]) as http:
        artist = {"org_id": office.org_id, "name": "Later"}
        assert (await http.post("/rest/v1/artists", json=artist)).status_code == 403
        assert (await admin.http.put(member, json={"role": "manager"})).status_code == 200
        assert (await http.post("/rest/v1/artists", json=artist)).status_code == 201
    refused = await admin.http.put(member, json={"role": "admin"})
    assert (refused.status_code, refused.json()["field"]) == (422, "role")
    assert (await admin.http.post("/api/keys", json={"name": "x", "role": "admin"})).status_code == 422


async def test_a_key_neither_signs_in_nor_administers(office: Office, admin: Person) -> None:
    secret = (await make_key(admin))["secret"]
    async with speaking_as(office, secret) as http:
        assert (await http.get("/auth/v1/user")).status_code == 403
        assert (await http.get("/auth/v1/admin/users")).status_code == 403
        # As an application's key it lets people sign in, like the publishable one.
        session = await http.post("/auth/v1/signup", json={"email": "eve@example.test", "password": "correct horse"})
        assert session.status_code == 200
    api = httpx.AsyncClient(transport=office.transport, base_url="http://api.test")
    answer = await api.get("/api/keys", headers={"Authorization": f"Bearer {secret}", "X-ARTi-Org": office.org_id})
    assert answer.status_code == 403
    rows = await office.gateway.database.as_owner(
        "select email, banned_until from auth.users where banned_until > clock.now()"
    )
    assert [row["email"].endswith("@keys.invalid") for row in rows] == [True]


async def test_a_machine_joins_no_other_org(office: Office, admin: Person) -> None:
    made = await make_key(admin)
    rows = await office.gateway.database.as_owner("select email from users where id = $1", made["key"]["member_id"])
    founder = office.person(await office.gateway.sign_up("bob@example.test"))
    other = (await founder.http.post("/api/orgs", json={"name": "Other"})).json()["id"]
    founder.http.headers["X-ARTi-Org"] = other
    body = {"email": rows[0]["email"], "role": "analyst", "invite": True}
    assert (await founder.http.post("/api/admin/users", json=body)).status_code == 422
    headers = {"Authorization": founder.http.headers["Authorization"]}
    forced = await office.gateway.http.post(
        "/rest/v1/memberships",
        json={"org_id": other, "user_id": made["key"]["member_id"], "role": "analyst"},
        headers=headers,
    )
    assert 400 <= forced.status_code < 500
    assert (await founder.http.get("/api/keys")).json() == []
    assert (await founder.http.delete(f"/api/keys/{made['key']['id']}")).status_code == 404


async def test_no_keys_are_created_with_another_supabase(world: World) -> None:
    member = await world.member()
    app = create_app(world.settings.model_copy(update={"arti_own_gateway": False}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://api.test", headers=member.http.headers
        ) as http:
            refused = await http.post("/api/keys", json={"name": "n8n", "role": "manager"})
    assert (refused.status_code, "Supabase" in refused.json()["message"]) == (409, True)
