"""Saved views: a page under a name, own or shared with the org, and who is shown which."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.observations import make_artist

PATH = "/api/views"


def content(name: str, path: str = "/", query: str = "", *, is_shared: bool = False) -> dict[str, Any]:
    return {"name": name, "path": path, "query": query, "is_shared": is_shared}


async def save(member: Member, *args: Any, **more: Any) -> dict[str, Any]:
    answer = await member.http.post(PATH, json=content(*args, **more))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def names(member: Member) -> list[str]:
    answer = await member.http.get(PATH)
    assert answer.status_code == 200, answer.text
    return [view["name"] for view in answer.json()["items"]]


async def give(world: World, member: Member, artist: UUID) -> None:
    """Make these the only artists whom a member sees."""
    await world.database.as_owner(
        "update memberships set artist_access = 'list' where org_id = $1 and user_id = $2",
        member.org_id,
        member.user_id,
    )
    await world.database.as_owner(
        "delete from member_artists where org_id = $1 and user_id = $2", member.org_id, member.user_id
    )
    await world.database.as_owner(
        "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3)",
        member.org_id,
        member.user_id,
        artist,
    )


async def test_a_view_is_saved_renamed_replaced_and_deleted(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    view = await save(member, " Launch ", "/artist/", f"id={artist}&days=7&metric=consumption.views")
    assert view["name"] == "Launch"
    assert (view["is_own"], view["is_shared"]) == (True, False)
    assert view["author"]

    taken = await member.http.post(PATH, json=content("launch"))
    assert (taken.status_code, taken.json()["field"]) == (409, "name")
    other = await save(member, "Roster", "/", "sort=spotify&order=desc&q=caf%C3%A9")
    taken = await member.http.put(f"{PATH}/{other['id']}", json=content("LAUNCH"))
    assert (taken.status_code, taken.json()["field"]) == (409, "name")

    path = f"{PATH}/{view['id']}"
    changed = await member.http.put(path, json=content("First week", "/artist/", f"id={artist}", is_shared=True))
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["query"]) == ("First week", f"id={artist}")
    assert await names(member) == ["First week", "Roster"]

    assert (await member.http.delete(path)).status_code == 204
    assert (await member.http.delete(path)).status_code == 404
    assert await names(member) == ["Roster"]
    log = (await member.http.get("/api/audit")).json()["items"]
    entries = [(entry["action"], entry["details"]) for entry in reversed(log) if "saved_view" in entry["action"]]
    assert [action.partition(".")[2] for action, _ in entries] == ["created", "created", "changed", "deleted"]
    fields = ["name", "query", "is_shared"]
    assert entries[2][1] == {"from": "Launch", "to": "First week", "fields": fields, "is_shared": True}
    assert entries[3][1] == {"name": "First week", "is_shared": True}


async def test_what_is_shared_is_shown_to_others_and_is_changed_by_its_author(world: World) -> None:
    admin = await world.member()
    analyst = await world.member(admin.org_id, Role.ANALYST)
    manager = await world.member(admin.org_id, Role.MANAGER)
    outsider = await world.member()
    own = await save(analyst, "Mine")
    shared = await save(analyst, "Ours", "/compare/", "days=90", is_shared=True)
    assert await names(analyst) == ["Mine", "Ours"]
    assert await names(manager) == await names(admin) == ["Ours"]
    assert await names(outsider) == []
    [seen] = (await manager.http.get(PATH)).json()["items"]
    assert (seen["is_own"], seen["author"]) == (False, shared["author"])

    for member in (manager, admin, outsider):
        assert (await member.http.put(f"{PATH}/{own['id']}", json=content("Taken"))).status_code == 404
        assert (await member.http.delete(f"{PATH}/{own['id']}")).status_code == 404
    assert (await manager.http.put(f"{PATH}/{shared['id']}", json=content("Taken"))).status_code == 403
    assert (await manager.http.delete(f"{PATH}/{shared['id']}")).status_code == 403
    assert (await outsider.http.delete(f"{PATH}/{shared['id']}")).status_code == 404
    assert (await admin.http.put(f"{PATH}/{shared['id']}", json=content("Taken"))).status_code == 403
    assert (await admin.http.delete(f"{PATH}/{shared['id']}")).status_code == 204
    assert await names(analyst) == ["Mine"]


async def test_a_shared_view_is_shown_to_whoever_sees_all_that_it_names(world: World) -> None:
    admin = await world.member()
    birch, cedar = [await make_artist(world.database, admin.org_id, name) for name in ("Birch", "Cedar")]
    new = {"title": "Hidden", "credits": [{"artist_id": str(cedar), "role": "main"}]}
    song = (await admin.http.post("/api/recordings", json=new)).json()["id"]
    await save(admin, "Birch's week", "/artist/", f"id={birch}&days=7", is_shared=True)
    await save(admin, "Both", "/compare/", f"artist={birch}&artist={cedar}", is_shared=True)
    await save(admin, "Cedar's song", "/compare/", f"song={song}", is_shared=True)
    await save(admin, "Roster", is_shared=True)
    guest = await world.member(admin.org_id, Role.GUEST)
    await give(world, guest, birch)
    assert await names(guest) == ["Birch's week", "Roster"]
    assert (await guest.http.get(PATH)).json()["items"][0]["author"] is None

    own = await save(guest, "Mine", "/artist/", f"id={birch}")
    for query in (f"artist={cedar}", f"artist={birch}&artist={cedar}", f"artist={uuid4()}", f"song={song}"):
        answer = await guest.http.post(PATH, json=content("Not mine", "/compare/", query))
        assert answer.status_code == 404, answer.text
        answer = await guest.http.put(f"{PATH}/{own['id']}", json=content("Mine", "/compare/", query))
        assert answer.status_code == 404, answer.text
    await give(world, guest, cedar)
    assert await names(guest) == ["Cedar's song", "Roster"]
    assert (await guest.http.delete(f"{PATH}/{own['id']}")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        content(""),
        content("x" * 121),
        content("Elsewhere", "//example.test/"),
        content("Settings", "/settings/"),
        content("Script", "/", "a=<script>"),
        content("Fragment", "/", "a=1#b"),
        content("Long", "/", "a" * 2001),
        content("Malformed", "/artist/", "id=7"),
        content("Many", "/compare/", "&".join(f"artist={uuid4()}" for _ in range(51))),
    ],
    ids=lambda body: str(body["name"])[:10] or "no name",
)
async def test_what_is_no_view_is_refused(world: World, wrong: dict[str, Any]) -> None:
    member = await world.member()
    answer = await member.http.post(PATH, json=wrong)
    assert answer.status_code == 422, answer.text


async def test_views_go_with_the_membership_of_their_author(world: World) -> None:
    admin = await world.member()
    analyst = await world.member(admin.org_id, Role.ANALYST)
    await save(analyst, "Ours", is_shared=True)
    assert (await admin.http.delete(f"/api/admin/users/{analyst.user_id}")).status_code in (200, 204)
    assert await names(admin) == []


async def test_one_member_fills_no_list(world: World) -> None:
    """A guest may share views too: they are bounded for a member, and the list is for all."""
    member = await world.member()
    fill = """insert into saved_views (org_id, user_id, name, path, is_shared)
              select $1, $2, 'view ' || n, '/', true from generate_series(1, $3::int) n"""
    await world.database.as_owner(fill, member.org_id, member.user_id, 199)
    await save(member, "Mine")
    refused = await member.http.post(PATH, json=content("One more"))
    assert (refused.status_code, "at most 200 views" in refused.text) == (409, True)
    for _ in range(5):
        other = await world.member(member.org_id)
        await world.database.as_owner(fill, other.org_id, other.user_id, 200)
    listed = await names(member)
    assert (len(listed), "Mine" in listed) == (1000, True)
