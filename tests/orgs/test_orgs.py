"""Orgs: making, renaming, listing."""

from uuid import uuid4

from arti.vocabulary import Role
from tests.conftest import World


async def test_the_creator_of_an_org_is_its_admin(world: World) -> None:
    member = await world.member(role=Role.CREATOR)
    made = await member.http.post("/api/orgs", json={"name": "  Blue Hour  "})
    assert made.status_code == 201
    assert made.json()["name"] == "Blue Hour"
    assert made.json()["role"] == "admin"
    listed = (await member.http.get("/api/orgs")).json()
    assert [(org["name"], org["role"]) for org in listed] == [
        ("Blue Hour", "admin"),
        ("Night Owl Records", "creator"),
    ]
    audit = await world.client(member.token, made.json()["id"]).get("/api/audit")
    assert [entry["action"] for entry in audit.json()["items"]] == ["org.created"]


async def test_a_user_without_an_org_can_create_one(world: World) -> None:
    user_id = uuid4()
    await world.database.as_owner("insert into auth.users (id, email) values ($1, 'a@example.test')", user_id)
    made = await world.client(await world.token(user_id, "a@example.test")).post("/api/orgs", json={"name": "First"})
    assert made.status_code == 201


async def test_renaming_needs_an_admin_and_is_audited(world: World) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    assert (await manager.http.patch("/api/orgs/current", json={"name": "Mine"})).status_code == 403
    assert (await admin.http.patch("/api/orgs/current", json={"name": "Renamed"})).json()["name"] == "Renamed"
    assert (await manager.http.get("/api/orgs")).json()[0]["name"] == "Renamed"
    entry = (await admin.http.get("/api/audit")).json()["items"][0]
    assert (entry["action"], entry["details"]) == ("org.renamed", {"name": "Renamed"})
    assert entry["actor"] == {"id": str(admin.user_id), "email": admin.email, "key": None}


async def test_unknown_fields_are_refused(world: World) -> None:
    member = await world.member()
    answer = await member.http.post("/api/orgs", json={"name": "X", "id": str(uuid4()), "role": "admin"})
    assert answer.status_code == 422
    assert answer.json()["field"] in ("id", "role")


async def test_the_canary_org_is_in_no_list_and_has_no_work(world: World) -> None:
    member = await world.member()
    assert len((await member.http.get("/api/orgs")).json()) == 1
    ids = await world.database.as_owner("select private.all_org_ids() as id")
    assert [row["id"] for row in ids] == [member.org_id]
    enqueued = await world.database.as_owner("select org_id from private.due_jobs(100, 100)")
    assert enqueued == []
    assert await world.database.as_owner("select org_id from private.pending_events(100, 100)") == []
