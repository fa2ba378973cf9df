"""The inbox: read by a member, given to one, put off, commented on, and what the audit log says of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider, Role
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.home.test_home import add_insight

LISTENERS = "audience.monthly_listeners"


@pytest.fixture
async def two(world: World, worker_context: WorkerContext) -> tuple[Member, list[UUID]]:
    """A manager, and two insights about one artist."""
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    observations = daily_observations(LISTENERS, clock.today() - timedelta(days=1), [1000.0] * 60)
    await store_observations(worker_context, member.org_id, artist, observations, provider=Provider.SPOTIFY)
    return member, [await add_insight(world.database, member.org_id, artist, title) for title in ("first", "second")]


async def listed(member: Member, **query: Any) -> list[dict[str, Any]]:
    answer = await member.http.get("/api/insights", params={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def change(member: Member, ids: list[UUID], **fields: Any) -> int:
    return (
        await member.http.patch("/api/insights", json={"insight_ids": [str(id) for id in ids], **fields})
    ).status_code


async def test_read_is_each_members_own(world: World, two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    other = await world.member(member.org_id, Role.GUEST)
    assert (await member.http.put("/api/insight-reads", json={"insight_ids": [str(ids[0])]})).status_code == 204
    assert [item["title"] for item in await listed(member, unread=True)] == ["second"]
    assert len(await listed(other, unread=True)) == 2
    body = {"insight_ids": [str(ids[0])], "read": False}
    assert (await member.http.put("/api/insight-reads", json=body)).status_code == 204
    assert {item["is_read"] for item in await listed(member)} == {False}


async def test_insights_are_found_by_words(world: World, two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    await world.database.as_owner("update insights set title = 'Mara Quill: a fall' where id = $1", ids[0])
    titles = {"quill FALL", "mara", "Mara spotify", "mara listeners"}
    for q in titles:
        assert [item["id"] for item in await listed(member, q=q)] == [str(ids[0])], q
    assert await listed(member, q="mara views") == []
    assert {item["id"] for item in await listed(member, q="spotify")} == {str(id) for id in ids}
    await world.database.as_owner("update users set language = 'de' where id = $1", member.user_id)
    assert [item["id"] for item in await listed(member, q="Mara Hörer")] == [str(ids[0])]
    assert await listed(await world.member(), q="mara") == []
    assert (await member.http.get("/api/insights", params={"q": "a\x00"})).status_code == 422


async def test_put_off_until_a_day(world: World, two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    today = clock.today()
    assert await change(member, ids[:1], snoozed_until=today.isoformat()) == 422
    assert await change(member, ids[:1], snoozed_until=(today + timedelta(days=7)).isoformat()) == 204
    assert [item["title"] for item in await listed(member)] == ["second"]
    assert [item["title"] for item in await listed(member, snoozed=True)] == ["first"]
    # On the day itself it is back.
    await world.database.as_owner("update insights set snoozed_until = clock.today() where id = $1", ids[0])
    assert len(await listed(member)) == 2


async def test_assigned_to_a_member_who_sees_the_artist(world: World, two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    colleague = await world.member(member.org_id, Role.ANALYST)
    outsider = await world.member()
    creator = await world.member(member.org_id, Role.CREATOR)
    await world.database.as_owner("delete from member_artists where user_id = $1", creator.user_id)
    for other in (outsider.user_id, creator.user_id, uuid4()):
        assert await change(member, ids, assigned_to=str(other)) == 422
    assert await change(member, ids, assigned_to=str(colleague.user_id)) == 204
    assert len(await listed(colleague, assigned_to=colleague.user_id)) == 2
    assert (await listed(member))[0]["assignee"]["id"] == str(colleague.user_id)
    # What is left out stays as it is.
    assert await change(member, ids, status="acknowledged") == 204
    assert (await listed(member))[0]["assignee"] is not None
    assert await change(member, ids, assigned_to=None) == 204
    assert await listed(colleague, assigned_to=colleague.user_id) == []
    entries = await world.database.as_owner(
        "select action, count(*) from audit_log where org_id = $1 group by action", member.org_id
    )
    assert {entry["action"]: entry["count"] for entry in entries} == {"insight.assigned": 4, "insight.triaged": 2}


async def test_comments_are_read_by_members_and_deleted_by_their_author(
    world: World, two: tuple[Member, list[UUID]]
) -> None:
    member, ids = two
    path = f"/api/insights/{ids[0]}/comments"
    [comment] = (await member.http.post(path, json={"body": "A playlist, I think."})).json()
    colleague = await world.member(member.org_id, Role.ANALYST)
    [seen] = (await colleague.http.get(path)).json()
    assert (seen["body"], seen["is_own"]) == ("A playlist, I think.", False)
    assert (await colleague.http.delete(f"{path}/{comment['id']}")).status_code == 404
    guest = await world.member(member.org_id, Role.GUEST)  # sees no other member
    assert (await guest.http.get(path)).json() == []
    assert (await guest.http.post(path, json={"body": "x"})).status_code == 403
    assert (await listed(member))[-1]["comment_count"] + (await listed(member))[0]["comment_count"] == 1
    assert (await member.http.delete(f"{path}/{comment['id']}")).status_code == 204
    assert (await member.http.get(path)).json() == []


async def test_an_insight_has_no_end_of_comments(world: World, two: tuple[Member, list[UUID]]) -> None:
    """They are one answer: 500,000 of 4 kB each, as many as an org may have, would fill the memory of the API."""
    member, ids = two
    await world.database.as_owner(
        """insert into insight_comments (org_id, insight_id, user_id, body)
           select $1, $2, $3, 'a' from generate_series(1, 499)""",
        *(member.org_id, ids[0], member.user_id),
    )
    path = f"/api/insights/{ids[0]}/comments"
    last = await member.http.post(path, json={"body": "b"})
    assert (last.status_code, len(last.json())) == (201, 500)
    refused = await member.http.post(path, json={"body": "c"})
    assert (refused.status_code, "at most 500 comments" in refused.text) == (409, True)
    assert (await member.http.delete(f"{path}/{last.json()[-1]['id']}")).status_code == 204
    assert (await member.http.post(path, json={"body": "c"})).status_code == 201


async def test_one_unknown_insight_changes_none(two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    assert await change(member, [ids[0], uuid4()], status="dismissed") == 404
    assert {item["status"] for item in await listed(member)} == {"new"}


async def test_a_dismissed_insight_is_listed_by_its_status_only(two: tuple[Member, list[UUID]]) -> None:
    member, ids = two
    assert await change(member, ids[:1], status="dismissed") == 204
    assert {item["id"] for item in await listed(member)} == {str(ids[1])}
    assert {item["id"] for item in await listed(member, status="dismissed")} == {str(ids[0])}
