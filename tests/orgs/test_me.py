"""Who am I, what may I do."""

from uuid import uuid4

from arti.vocabulary import Permission, Provider, Role
from tests.conftest import World


async def test_the_first_call_creates_the_user_from_the_token(world: World) -> None:
    user_id = uuid4()
    await world.database.as_owner(
        """insert into auth.users (id, email, raw_user_meta_data)
           values ($1, 'new@example.test', '{"email": "boss@example.test", "role": "admin"}')""",
        user_id,
    )
    answer = await world.client(await world.token(user_id, "new@example.test")).get("/auth/me")
    assert answer.status_code == 200
    assert answer.json()["user"] == {
        "id": str(user_id),
        "email": "new@example.test",
        "display_name": "",
        **dict.fromkeys(("language", "time_zone", "currency", "week_start", "number_form")),
    }
    assert (answer.json()["orgs"], answer.json()["active"]) == ([], None)
    assert answer.json()["token_expires_at"].endswith("Z")
    rows = await world.database.as_owner("select email from users where id = $1", user_id)
    assert rows[0]["email"] == "new@example.test"


async def test_a_changed_address_is_taken_over_from_the_token(world: World) -> None:
    member = await world.member()
    moved = world.client(await world.token(member.user_id, "moved@example.test"))
    assert (await moved.get("/auth/me")).json()["user"]["email"] == "moved@example.test"


async def test_me_lists_orgs_and_the_active_one(world: World) -> None:
    member = await world.member(role=Role.ANALYST)
    me = (await member.http.get("/auth/me")).json()
    org = {
        "id": str(member.org_id),
        "name": "Night Owl Records",
        "language": "en",
        "role": "analyst",
        "logo_id": None,
        "time_zone": "UTC",
        "currency": "EUR",
        "week_start": "monday",
        "number_form": "language",
    }
    assert me["orgs"] == [org]
    assert me["active"]["role"] == "analyst"
    assert "imports:write" in me["active"]["permissions"]
    assert "members:manage" not in me["active"]["permissions"]
    foreign_member = world.client(member.token, uuid4())
    assert (await foreign_member.get("/auth/me")).json()["active"] is None
    foreign = world.client(member.token, await world.org("Other"))
    assert (await foreign.get("/auth/me")).json()["active"] is None


async def test_permissions_follow_role_and_platform(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    await world.database.as_owner(
        "insert into user_permissions values ($1, $2, 'youtube', true, false, false)", member.org_id, member.user_id
    )
    own = (await member.http.get("/auth/permissions")).json()
    assert own["role"] == "manager"
    assert own["platforms"]["youtube"] == {"can_read": True, "can_write": False, "can_delete": False}
    assert own["platforms"]["spotify"] == {"can_read": True, "can_write": True, "can_delete": True}

    async def ask(permission: Permission, provider: Provider | None = None) -> tuple[bool, str]:
        body = {"permission": permission, "provider": provider}
        answer = (await member.http.post("/auth/permissions", json=body)).json()
        return answer["allowed"], answer["reason"]

    assert await ask(Permission.CONNECTIONS_MANAGE) == (True, "The role manager has connections:manage.")
    assert (await ask(Permission.CONNECTIONS_MANAGE, Provider.SPOTIFY))[0] is True
    allowed, reason = await ask(Permission.CONNECTIONS_MANAGE, Provider.YOUTUBE)
    assert not allowed
    assert "closed youtube" in reason
    assert (await ask(Permission.METRICS_READ, Provider.YOUTUBE))[0] is True
    assert (await ask(Permission.ORG_MANAGE))[0] is False


async def test_a_disabled_member_is_refused_at_once(world: World) -> None:
    member = await world.member()
    assert (await member.http.get("/auth/permissions")).status_code == 200
    await world.member(member.org_id)  # a second admin, so that the first may go
    await world.database.as_owner("update memberships set status = 'disabled' where user_id = $1", member.user_id)
    assert (await member.http.get("/auth/permissions")).status_code == 404
    assert (await member.http.get("/auth/me")).json()["orgs"] == []
