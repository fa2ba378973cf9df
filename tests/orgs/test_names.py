"""The name that colleagues see."""

from arti.vocabulary import Role
from tests.conftest import World


async def test_users_change_their_own_name_only(world: World) -> None:
    creator = await world.member(role=Role.CREATOR)
    changed = await creator.http.patch("/auth/me", json={"display_name": "  Nina Berg "})
    assert changed.status_code == 200
    assert changed.json() == (await creator.http.get("/auth/me")).json()["user"]
    assert changed.json()["display_name"] == "Nina Berg"
    colleague = await world.member(org_id=creator.org_id)
    names = {
        each["id"]: each["display_name"] for each in (await colleague.http.get("/api/admin/users")).json()["items"]
    }
    assert names == {str(creator.user_id): "Nina Berg", str(colleague.user_id): names[str(colleague.user_id)]}
    assert names[str(colleague.user_id)] != "Nina Berg"


async def test_a_name_has_a_minimum_and_maximum_length(world: World) -> None:
    member = await world.member()
    for name in ("", "   ", "x" * 121):
        assert (await member.http.patch("/auth/me", json={"display_name": name})).status_code == 422
