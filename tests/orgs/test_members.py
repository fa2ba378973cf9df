"""Members: add, invite, change, disable, remove; never without an admin, never without a trace."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from arti.vocabulary import Role
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import World
from tests.orgs.conftest import Office, Person

USERS = "/api/admin/users"
ALL = {"can_read": True, "can_write": True, "can_delete": True}


async def actions(admin: Person) -> list[str]:
    items = (await admin.http.get("/api/audit")).json()["items"]
    return [entry["action"] for entry in reversed(items)]


async def test_a_person_added_with_a_password_can_sign_in_and_work(office: Office, admin: Person) -> None:
    added = await admin.http.post(
        USERS,
        json={
            "email": "Max@Example.Test",
            "role": "manager",
            "password": "a long enough one",
            "display_name": "Max",
            "platforms": {"youtube": {"can_write": False}},
        },
    )
    assert added.status_code == 201, added.text
    member = added.json()
    assert (member["email"], member["display_name"]) == ("max@example.test", "Max")
    assert (member["role"], member["status"]) == ("manager", "active")
    assert member["platforms"]["youtube"] == ALL | {"can_write": False}
    assert member["platforms"]["spotify"] == ALL
    assert "password" not in added.text

    person = await office.enter("max@example.test", "a long enough one")
    assert person is not None
    me = (await person.http.get("/auth/me")).json()
    assert me["active"]["role"] == "manager"
    assert me["user"]["display_name"] == "Max"
    assert await actions(admin) == ["org.created", "member.added"]


async def test_an_invited_person_becomes_a_member_at_their_first_sign_in(office: Office, admin: Person) -> None:
    answer = await admin.http.post(USERS, json={"email": "ida@example.test", "role": "analyst", "invite": True})
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "invited"
    user_id = answer.json()["id"]
    # The link of the mail leads to choosing a password; the administrator's key stands in for the mailbox.
    changed = await office.gateway.admin.put(
        f"/auth/v1/admin/users/{user_id}", json={"password": "chosen by ida", "email_confirm": True}
    )
    assert changed.status_code == 200, changed.text
    person = await office.enter("ida@example.test", "chosen by ida")
    assert person is not None
    assert (await person.http.get("/api/audit")).status_code == 404  # not yet
    assert (await person.http.get("/auth/me")).json()["active"]["role"] == "analyst"
    listed = (await admin.http.get(USERS, params={"q": "ida@"})).json()["items"]
    assert [(item["status"], item["id"]) for item in listed] == [("active", user_id)]
    assert listed[0]["last_seen_at"] is not None


async def test_an_existing_user_keeps_their_password_and_is_invited(office: Office, admin: Person) -> None:
    session = await office.gateway.sign_up("eve@example.test", "her own password")
    body = {"email": "eve@example.test", "role": "creator", "password": "somebody else's idea"}
    added = await admin.http.post(USERS, json=body)
    assert (added.status_code, added.json()["status"]) == (201, "invited")
    assert await office.enter("eve@example.test", "somebody else's idea") is None
    eve = office.person(session)
    assert [org["role"] for org in (await eve.http.get("/auth/me")).json()["orgs"]] == ["creator"]
    assert (await admin.http.post(USERS, json=body)).status_code == 409


async def test_refused_members_name_the_field(admin: Person) -> None:
    async def refused(status: int, **body: Any) -> str:
        answer = await admin.http.post(USERS, json={"email": "x@example.test", "role": "analyst"} | body)
        assert answer.status_code == status, answer.text
        return str(answer.json()["field"])

    assert await refused(422) == "password"
    assert await refused(422, password="long enough", invite=True) == "password"
    assert await refused(422, password="short") == "password"
    assert await refused(422, email="nobody", invite=True) == "email"
    assert await refused(422, role="owner", invite=True) == "role"
    assert await refused(422, org_id=str(uuid4()), invite=True) == "org_id"
    assert await refused(409, email="ada@example.test", invite=True) == "email"
    assert await actions(admin) == ["org.created"]


async def test_without_the_auth_service_no_member_is_added(world: World) -> None:
    admin = await world.member()
    answer = await admin.http.post(USERS, json={"email": "x@example.test", "role": "analyst", "invite": True})
    assert answer.status_code == 503
    assert "SUPABASE_SECRET_KEY" in answer.json()["message"]


async def test_members_are_listed_searched_and_paged(world: World) -> None:
    admin = await world.member(email="ada@example.test")
    for number in range(4):
        await world.member(admin.org_id, Role.ANALYST, f"analyst{number}@example.test")
    disabled = await world.member(admin.org_id, Role.CREATOR, "100%_gone@example.test")
    await world.database.as_owner("update memberships set status = 'disabled' where user_id = $1", disabled.user_id)
    await world.member(email="stranger@example.test")

    async def emails(**params: str | int) -> list[str]:
        return [item["email"] for item in (await admin.http.get(USERS, params=params)).json()["items"]]

    everybody = await emails()
    assert len(everybody) == 6
    assert await emails(q="ANALYST2") == ["analyst2@example.test"]
    assert await emails(q="%") == await emails(q="100%_") == ["100%_gone@example.test"]
    assert await emails(role="analyst") == [f"analyst{n}@example.test" for n in range(4)]
    assert await emails(status="disabled") == ["100%_gone@example.test"]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await admin.http.get(USERS, params={"limit": 4, "cursor": cursor})).json()
        seen += [item["email"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == everybody
    assert (await admin.http.get(USERS, params={"cursor": "nonsense"})).json()["field"] == "cursor"
    assert (await admin.http.get(USERS, params={"limit": 101})).status_code == 422


async def test_changes_apply_at_once_and_are_audited(world: World) -> None:
    admin = await world.member()
    member = await world.member(admin.org_id, Role.CREATOR)
    path = f"{USERS}/{member.user_id}"
    assert (await member.http.get("/api/jobs")).status_code == 403
    assert (await admin.http.put(path, json={"role": "analyst"})).json()["role"] == "analyst"
    assert (await member.http.get("/api/jobs")).status_code == 200

    closed = {"can_read": False, "can_write": False, "can_delete": False}
    changed = (await admin.http.put(path, json={"platforms": {"spotify": closed}})).json()
    assert changed["platforms"]["spotify"] == closed
    assert (await member.http.get("/auth/permissions")).json()["platforms"]["spotify"] == closed

    assert (await admin.http.put(path, json={"status": "disabled"})).json()["status"] == "disabled"
    assert (await member.http.get("/api/jobs")).status_code == 404
    assert (await admin.http.put(path, json={"status": "invited"})).status_code == 422
    assert (await admin.http.put(path, json={"status": "active"})).status_code == 200
    assert (await admin.http.put(path, json={"status": "active", "role": "analyst"})).status_code == 200  # no change
    assert (await admin.http.delete(path)).status_code == 204
    assert (await member.http.get("/api/jobs")).status_code == 404
    assert (await admin.http.delete(path)).status_code == 404

    entries = list(reversed((await admin.http.get("/api/audit")).json()["items"]))
    assert [(entry["action"], entry["details"].get("to")) for entry in entries] == [
        ("member.role_changed", "analyst"),
        ("member.platforms_changed", changed["platforms"]),
        ("member.status_changed", "disabled"),
        ("member.status_changed", "active"),
        ("member.removed", None),
    ]
    assert {entry["subject_id"] for entry in entries} == {str(member.user_id)}


async def test_the_last_admin_stays(world: World) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    path = f"{USERS}/{admin.user_id}"
    for answer in (
        await admin.http.put(path, json={"role": "manager"}),
        await admin.http.put(path, json={"status": "disabled"}),
        await admin.http.delete(path),
    ):
        assert answer.status_code == 409
        assert answer.json()["message"] == "An org needs an admin. Make somebody else an admin first."
    assert (await admin.http.get("/api/audit")).json()["items"] == []
    assert (await admin.http.put(f"{USERS}/{manager.user_id}", json={"role": "admin"})).status_code == 200
    assert (await admin.http.delete(path)).status_code == 204
    assert (await admin.http.get("/auth/me")).json()["orgs"] == []


async def test_two_admins_who_remove_each_other_at_once_leave_one(world: World) -> None:
    for _ in range(10):
        one = await world.member()
        two = await world.member(one.org_id)
        answers = await asyncio.gather(
            one.http.delete(f"{USERS}/{two.user_id}"), two.http.delete(f"{USERS}/{one.user_id}")
        )
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] == 204
        assert statuses[1] in (403, 404, 409)
        left = await world.database.as_owner("select role::text from memberships where org_id = $1", one.org_id)
        assert [row["role"] for row in left] == ["admin"]
        traces = await world.database.as_owner("select action from audit_log where org_id = $1", one.org_id)
        assert [row["action"] for row in traces] == ["member.removed"]


async def test_two_admins_who_step_down_at_once_leave_one(world: World) -> None:
    """The second waits for the first, then counts anew."""
    one = await world.member()
    two = await world.member(one.org_id)
    connections = [await asyncpg.connect(world.database.dsn("postgres")) for _ in range(2)]
    demote = "update memberships set role = 'manager' where org_id = $1 and user_id = $2"
    first, second = (connection.transaction() for connection in connections)
    await first.start()
    await second.start()
    await connections[0].execute(demote, one.org_id, one.user_id)
    waiting = asyncio.create_task(connections[1].execute(demote, one.org_id, two.user_id))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await first.commit()
    with pytest.raises(asyncpg.CheckViolationError):
        await waiting
    await second.rollback()
    for connection in connections:
        await connection.close()


async def test_foreign_and_unknown_members_get_the_same_response(world: World) -> None:
    admin, foreign_member = await world.member(), await world.member()
    for call in ("put", "delete"):
        answers = []
        for user_id in (foreign_member.user_id, uuid4()):
            body = {"json": {"role": "creator"}} if call == "put" else {}
            answers.append(await getattr(admin.http, call)(f"{USERS}/{user_id}", **body))
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["message"] == answers[1].json()["message"]


async def test_only_admins_manage_members(world: World) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    assert (await manager.http.get(USERS)).status_code == 200
    assert (await manager.http.put(f"{USERS}/{manager.user_id}", json={"role": "admin"})).status_code == 403
    assert (await manager.http.delete(f"{USERS}/{admin.user_id}")).status_code == 403
    body = {"email": "x@example.test", "role": "admin", "invite": True}
    assert (await manager.http.post(USERS, json=body)).status_code == 403
    assert (await manager.http.get("/api/audit")).status_code == 403


async def test_an_address_of_another_user_is_refused_by_the_database(world: World) -> None:
    """A member may write their own row through the REST interface too: the policy holds the address to the token."""
    member = await world.member()
    pool = await open_pool(world.database.dsn("arti_api"), size=1)
    principal = Principal(member.user_id, None, member.email)
    async with member_transaction(pool, principal) as connection:
        await connection.execute("update users set display_name = 'Me' where id = $1", member.user_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with member_transaction(pool, principal) as connection:
            await connection.execute("update users set email = 'boss@example.test' where id = $1", member.user_id)
    await pool.close()
