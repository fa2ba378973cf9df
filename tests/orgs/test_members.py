"""Members: list, change, disable, remove; never without an admin, never without a trace."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from arti.vocabulary import Role
from arti_core.database import Principal, member_transaction
from tests.conftest import Member, World

USERS = "/api/admin/users"


async def test_a_member_was_seen_in_their_own_org_only(world: World) -> None:
    """What somebody does in one org shows in no other."""
    admin, other = await world.member(), await world.member()
    await world.database.as_owner(
        "insert into memberships (org_id, user_id, role) values ($1, $2, 'analyst')", other.org_id, admin.user_id
    )

    async def seen(member: Member) -> object:
        items = (await member.http.get(USERS)).json()["items"]
        return next(item["last_seen_at"] for item in items if item["id"] == str(admin.user_id))

    await admin.http.get("/auth/me")
    assert await seen(admin) is not None
    assert await seen(other) is None
    await admin.http.get("/auth/me", headers={"X-ARTi-Org": str(other.org_id)})
    first = await seen(other)
    assert first is not None
    await admin.http.get("/auth/me", headers={"X-ARTi-Org": str(other.org_id)})
    assert await seen(other) == first, "not at each load of a page"
    await world.database.as_owner(
        "update memberships set status = 'disabled', last_seen_at = null where role = 'analyst'"
    )
    await admin.http.get("/auth/me", headers={"X-ARTi-Org": str(other.org_id)})
    assert await seen(other) is None


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
        ("access.refused", None),
        ("member.role_changed", "analyst"),
        ("member.platforms_changed", changed["platforms"]),
        ("member.status_changed", "disabled"),
        ("member.status_changed", "active"),
        ("member.removed", None),
    ]
    assert {entry["subject_id"] for entry in entries[1:]} == {str(member.user_id)}


async def test_changes_of_one_member_at_once_wait_for_each_other(world: World) -> None:
    """A page sends the platforms and the role of a member a moment apart."""
    admin = await world.member()
    member = await world.member(admin.org_id, Role.ANALYST)
    path = f"{USERS}/{member.user_id}"
    for number in range(15):
        bodies: list[dict[str, object]] = [
            {"platforms": {"youtube": {"can_read": bool(number % 2)}, "spotify": {"can_write": bool(number % 2)}}},
            {"role": "analyst" if number % 2 else "manager"},
        ]
        answers = await asyncio.gather(*(admin.http.put(path, json=body) for body in bodies * 2))
        assert [answer.status_code for answer in answers] == [200] * 4


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
        traces = await world.database.as_owner(
            "select action from audit_log where org_id = $1 and action <> 'access.refused'", one.org_id
        )
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
    body = {"email": "x@example.test", "role": "admin"}
    assert (await manager.http.post(USERS, json=body)).status_code == 403
    assert (await manager.http.get("/api/audit")).status_code == 403


async def test_an_address_of_another_user_is_refused_by_the_database(world: World) -> None:
    """A member may write their own row through the REST interface too: the policy holds the address to the token."""
    member = await world.member()
    pool = await world.database.pool("arti_api")
    principal = Principal(member.user_id, None, member.email)
    async with member_transaction(pool, principal) as connection:
        await connection.execute("update users set display_name = 'Me' where id = $1", member.user_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with member_transaction(pool, principal) as connection:
            await connection.execute("update users set email = 'boss@example.test' where id = $1", member.user_id)
    await pool.close()
