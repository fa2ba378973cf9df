"""Which artists a member sees: set by an admin, for a person, an invitation and a key, by artist and by group."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.observations import make_artist
from tests.orgs.conftest import Office, Person
from tests.orgs.test_api_keys import speaking_as

USERS = "/api/admin/users"
GROUPS = "/api/artist-groups"


async def names(member: Member | Person) -> list[str]:
    """Return the artists that a member sees, by the API."""
    answer = await member.http.get("/api/artists")
    assert answer.status_code == 200, answer.text
    return [artist["name"] for artist in answer.json()["items"]]


async def audit(admin: Member | Person, action: str) -> list[dict[str, Any]]:
    """Return the details of the entries of one action, oldest first."""
    items = (await admin.http.get("/api/audit")).json()["items"]
    return [entry["details"] for entry in reversed(items) if entry["action"] == action]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.CREATOR, Role.GUEST])
async def test_an_admin_gives_a_member_artists_at_once(world: World, role: Role) -> None:
    admin = await world.member()
    mira, vera = [await make_artist(world.database, admin.org_id, name) for name in ("Mira Sol", "Vera Lumen")]
    member = await world.member(admin.org_id, role)
    path = f"{USERS}/{member.user_id}"
    assert await names(member) == ["Mira Sol", "Vera Lumen"]

    changed = await admin.http.put(path, json={"artist_access": "list", "artist_ids": [str(vera)]})
    assert changed.status_code == 200, changed.text
    assert changed.json()["artists"] == [{"id": str(vera), "name": "Vera Lumen"}]
    assert (changed.json()["artist_access"], changed.json()["groups"]) == ("list", [])
    assert await names(member) == ["Vera Lumen"]
    assert (await member.http.get(f"/api/artists/{mira}")).status_code == 404
    me = (await member.http.get("/auth/me")).json()["active"]
    assert me["artist_access"] == (await member.http.get("/auth/permissions")).json()["artist_access"] == "list"

    assert (await admin.http.put(path, json={"artist_ids": []})).json()["artists"] == []
    assert await names(member) == []
    everybody = {member["id"]: member for member in (await admin.http.get(USERS)).json()["items"]}
    assert everybody[str(member.user_id)]["artist_access"] == "list"
    listed = role in (Role.CREATOR, Role.GUEST)
    before = {"artist_access": "list" if listed else "all", "artists": ["Mira Sol", "Vera Lumen"] if listed else []}
    assert await audit(admin, "member.artists_changed") == [
        {
            "email": member.email,
            "from": before | {"groups": []},
            "to": {"artist_access": "list", "artists": ["Vera Lumen"], "groups": []},
        },
        {
            "email": member.email,
            "from": {"artist_access": "list", "artists": ["Vera Lumen"], "groups": []},
            "to": {"artist_access": "list", "artists": [], "groups": []},
        },
    ]


async def test_access_that_does_not_fit_the_role_is_refused(world: World) -> None:
    admin = await world.member()
    artist = str(await make_artist(world.database, admin.org_id))
    foreign = await world.member()
    foreign_artist = str(await make_artist(world.database, foreign.org_id))
    creator = await world.member(admin.org_id, Role.CREATOR)
    manager = await world.member(admin.org_id, Role.MANAGER)

    async def refused(member: Member, field: str, **body: Any) -> str:
        answer = await admin.http.put(f"{USERS}/{member.user_id}", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
        return str(answer.json()["message"])

    assert "on their list only" in await refused(creator, "artist_access", artist_access="all")
    assert "sees all artists" in await refused(admin, "artist_access", artist_access="list")
    assert "sees all artists" in await refused(admin, "artist_access", artist_ids=[artist])
    assert "sees all artists" in await refused(manager, "artist_access", artist_access="all", artist_ids=[artist])
    assert "sees money" in await refused(admin, "money_access", money_access=False)
    for unknown in (foreign_artist, str(uuid4())):
        assert await refused(manager, "artist_ids", artist_ids=[unknown]) == "One of these artists is not in this org."
    assert await refused(manager, "group_ids", group_ids=[str(uuid4())]) == "One of these groups is not in this org."
    assert await refused(manager, "platforms", platforms={"own.nothing": {}})
    assert await audit(admin, "member.artists_changed") == []
    # To name artists is to give a list; all artists again empties it.
    path = f"{USERS}/{manager.user_id}"
    assert (await admin.http.put(path, json={"artist_ids": [artist]})).json()["artist_access"] == "list"
    assert (await admin.http.put(path, json={"artist_access": "all"})).json()["artists"] == []
    assert (await admin.http.put(path, json={"artist_access": "list"})).json()["artists"] == []
    # The role decides: a manager with a list who becomes an admin sees all, and as a creator has a list again.
    assert (await admin.http.put(path, json={"role": "admin"})).json()["artist_access"] == "all"
    assert (await admin.http.put(path, json={"role": "creator"})).json()["artist_access"] == "list"
    assert await names(manager) == []


async def test_only_admins_give_access_and_only_by_the_api(office: Office, admin: Person) -> None:
    artist = await office.gateway.artist(UUID(office.org_id), "Mira Sol")
    session = await office.gateway.sign_up("max@example.test")
    await office.gateway.join(session, UUID(office.org_id), Role.MANAGER)
    manager = office.person(session)
    answer = await manager.http.put(f"{USERS}/{manager.id}", json={"artist_ids": [str(artist)]})
    assert answer.status_code == 403
    for token, member in ((session["access_token"], manager), (admin.http.headers["authorization"][7:], admin)):
        headers = {"Authorization": f"Bearer {token}"}
        row = {"org_id": office.org_id, "user_id": str(member.id), "artist_id": str(artist)}
        added = await office.gateway.http.post("/rest/v1/member_artists", json=row, headers=headers)
        assert (added.status_code, added.json()["code"]) == (403, "42501")
        group = {"org_id": office.org_id, "name": "Mine"}
        added = await office.gateway.http.post("/rest/v1/artist_groups", json=group, headers=headers)
        assert (added.status_code, added.json()["code"]) == (403, "42501")


async def test_an_invitation_has_artists_from_the_start(office: Office, admin: Person) -> None:
    org = UUID(office.org_id)
    mira, _ = await office.gateway.artist(org, "Mira Sol"), await office.gateway.artist(org, "Vera Lumen")
    body = {"email": "ida@example.test", "role": "creator", "invite": True, "artist_ids": [str(mira)]}
    made = await admin.http.post(USERS, json=body | {"money_access": True})
    assert made.status_code == 201, made.text
    assert (made.json()["artist_access"], made.json()["money_access"]) == ("list", True)
    assert "money:read" in made.json()["permissions"]
    assert made.json()["artists"] == [{"id": str(mira), "name": "Mira Sol"}]
    ida = await office.add_member(admin, "ida@example.test", "creator", artist_ids=[str(mira)], money_access=True)
    assert await names(ida) == ["Mira Sol"]
    member = next(item for item in (await admin.http.get(USERS)).json()["items"] if item["id"] == str(ida.id))
    assert (member["artists"], member["money_access"]) == (made.json()["artists"], True)
    assert (await audit(admin, "invitation.created")) == [
        {
            "email": "ida@example.test",
            "role": "creator",
            "money_access": True,
            "artist_access": "list",
            "artists": ["Mira Sol"],
            "groups": [],
        }
    ]
    refused = await admin.http.post(USERS, json=body | {"email": "x@example.test", "artist_ids": [str(uuid4())]})
    assert (refused.status_code, refused.json()["field"]) == (422, "artist_ids")


async def test_a_key_sees_its_artists_over_rest(office: Office, admin: Person) -> None:
    org = UUID(office.org_id)
    mira, _ = await office.gateway.artist(org, "Mira Sol"), await office.gateway.artist(org, "Vera Lumen")
    for role in ("manager", "guest"):
        made = await admin.http.post("/api/keys", json={"name": "n8n", "role": role, "artist_ids": [str(mira)]})
        assert made.status_code == 201, made.text
        assert made.json()["key"]["artists"] == [{"id": str(mira), "name": "Mira Sol"}]
        async with speaking_as(office, made.json()["secret"]) as http:
            assert [row["name"] for row in (await http.get("/rest/v1/artists?select=name")).json()] == ["Mira Sol"]
            people = (await http.get("/rest/v1/users?select=email")).json()
            assert len(people) == (1 if role == "guest" else 2)  # a manager sees the admin too
    assert [entry["artists"] for entry in await audit(admin, "key.created")] == [["Mira Sol"]] * 2
    # Its member's list is changed like anybody's.
    path = f"{USERS}/{made.json()['key']['member_id']}"
    assert (await admin.http.put(path, json={"artist_ids": []})).status_code == 200
    assert (await admin.http.get("/api/keys")).json()[0]["artists"] == []


async def test_groups_give_their_artists_as_long_as_these_are_in_them(world: World) -> None:
    admin = await world.member()
    ids = {name: str(await make_artist(world.database, admin.org_id, name)) for name in ("Ann", "Ben", "Cid")}
    group, hidden = [(await admin.http.post(GROUPS, json={"name": name})).json()["id"] for name in ("Ours", "Hidden")]
    path = f"{GROUPS}/{group}"
    await admin.http.put(f"{path}/artists", json={"artist_ids": [ids["Ann"]]})
    await admin.http.put(f"{GROUPS}/{hidden}/artists", json={"artist_ids": [ids["Cid"]]})
    manager = await world.member(admin.org_id, Role.MANAGER)
    changed = await admin.http.put(f"{USERS}/{manager.user_id}", json={"group_ids": [group]})
    assert changed.json()["groups"] == [{"id": group, "name": "Ours"}]
    assert await names(manager) == ["Ann"]

    added = await admin.http.put(f"{path}/artists", json={"artist_ids": [ids["Ann"], ids["Ben"]]})
    assert [artist["id"] for artist in added.json()["artists"]] == [ids["Ann"], ids["Ben"]]
    assert added.json()["member_count"] == 1
    assert await names(manager) == ["Ann", "Ben"]
    # Whoever sees none of its artists does not see the group; nobody but admins changes one.
    seen = (await manager.http.get(GROUPS)).json()["items"]
    assert [(item["name"], [artist["name"] for artist in item["artists"]]) for item in seen] == [
        ("Ours", ["Ann", "Ben"])
    ]
    for answer in (
        await manager.http.post(GROUPS, json={"name": "Mine"}),
        await manager.http.patch(path, json={"name": "Mine"}),
        await manager.http.put(f"{path}/artists", json={"artist_ids": list(ids.values())}),
        await manager.http.delete(path),
    ):
        assert answer.status_code == 403
    guest = await world.member(admin.org_id, Role.GUEST)
    assert {item["member_count"] for item in (await guest.http.get(GROUPS)).json()["items"]} == {None}

    assert (await admin.http.patch(path, json={"name": "Theirs"})).json()["name"] == "Theirs"
    assert (await admin.http.delete(path)).status_code == 204
    assert await names(manager) == []
    assert (await admin.http.delete(path)).status_code == 404
    of_ours = [
        {"name": "Ours", "from": [], "to": ["Ann"]},
        {"name": "Hidden", "from": [], "to": ["Cid"]},
        {"name": "Ours", "from": ["Ann"], "to": ["Ann", "Ben"]},
    ]
    assert await audit(admin, "artist_group.artists_changed") == of_ours
    assert await audit(admin, "artist_group.renamed") == [{"from": "Ours", "to": "Theirs"}]
    assert await audit(admin, "artist_group.deleted") == [
        {"name": "Theirs", "artists": ["Ann", "Ben"], "member_count": 1}
    ]


async def test_an_artist_that_a_member_with_a_list_adds_is_on_it(office: Office, admin: Person) -> None:
    org = UUID(office.org_id)
    hidden = await office.gateway.artist(org, "Hidden")
    session = await office.gateway.sign_up("max@example.test")
    await office.gateway.join(session, org, Role.MANAGER)
    manager = office.person(session)
    await admin.http.put(f"{USERS}/{manager.id}", json={"artist_access": "list"})
    made = await manager.http.post("/api/artists", json={"name": "Mira Sol"})
    assert made.status_code == 201, made.text
    assert await names(manager) == ["Mira Sol"]
    member = next(m for m in (await admin.http.get(USERS)).json()["items"] if m["id"] == str(manager.id))
    assert [artist["name"] for artist in member["artists"]] == ["Mira Sol"]
    assert (await manager.http.post("/api/artists", json={"name": "mira sol"})).status_code == 409
    # Over REST nothing puts an artist on a list, so none is added, nor is one opened that exists.
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    row = {"org_id": office.org_id, "name": "Past the API"}
    assert (await office.gateway.http.post("/rest/v1/artists", json=row, headers=headers)).status_code == 403
    for function in ("add_to_own_list", "rpc/add_to_own_list"):
        body = {"org": office.org_id, "new_artist": str(hidden)}
        answer = await office.gateway.http.post(f"/rest/v1/{function}", json=body, headers=headers)
        assert answer.status_code == 404
    assert await names(manager) == ["Mira Sol"]


async def test_colleagues_see_of_a_list_what_they_see_themselves(world: World) -> None:
    admin = await world.member()
    mira, vera = [str(await make_artist(world.database, admin.org_id, name)) for name in ("Mira Sol", "Vera Lumen")]
    one, two = await world.member(admin.org_id, Role.ANALYST), await world.member(admin.org_id, Role.CREATOR)
    await admin.http.put(f"{USERS}/{one.user_id}", json={"artist_ids": [mira]})
    await admin.http.put(f"{USERS}/{two.user_id}", json={"artist_ids": [mira, vera]})
    seen = {member["id"]: member["artists"] for member in (await one.http.get(USERS)).json()["items"]}
    assert seen[str(two.user_id)] == [{"id": mira, "name": "Mira Sol"}]
