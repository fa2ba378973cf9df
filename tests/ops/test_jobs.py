"""The work that is owed, as people see it."""

from typing import Any
from uuid import UUID, uuid4

from arti.vocabulary import Role
from tests.conftest import Member, World


async def job(world: World, member: Member, **columns: Any) -> UUID:
    columns = {"org_id": member.org_id, "name": "connections.sync", "status": "dead", "attempts": 5} | columns
    names, slots = ", ".join(columns), ", ".join(f"${n + 1}" for n in range(len(columns)))
    rows = await world.database.as_owner(f"insert into jobs ({names}) values ({slots}) returning id", *columns.values())
    return UUID(str(rows[0]["id"]))


async def test_jobs_are_listed_newest_first_and_paged(world: World) -> None:
    member = await world.member(role=Role.ANALYST)
    other = await world.member()
    await job(world, other)
    made = [await job(world, member, status=status) for status in ("done", "dead", "queued")]
    first = (await member.http.get("/api/jobs", params={"limit": 2})).json()
    assert [item["id"] for item in first["items"]] == [str(made[2]), str(made[1])]
    rest = (await member.http.get("/api/jobs", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in rest["items"]] == [str(made[0])]
    assert rest["next_cursor"] is None
    dead = (await member.http.get("/api/jobs", params={"status": "dead"})).json()["items"]
    assert [item["id"] for item in dead] == [str(made[1])]
    assert (await member.http.get("/api/jobs", params={"status": "lost"})).status_code == 422


async def test_a_failed_job_is_tried_again_with_all_its_tries(world: World) -> None:
    admin = await world.member()
    manager = await world.member(admin.org_id, Role.MANAGER)
    failed = await job(world, admin, last_error="The provider does not answer.")
    answer = await manager.http.post(f"/api/jobs/{failed}/retry")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["attempts"]) == ("queued", 0)
    due = await world.database.as_owner("select id from private.due_jobs(10, 10)")
    assert [row["id"] for row in due] == [failed]
    again = await manager.http.post(f"/api/jobs/{failed}/retry")
    assert again.status_code == 409
    assert "queued" in again.json()["message"]
    entry = (await admin.http.get("/api/audit")).json()["items"][0]
    assert (entry["action"], entry["subject_id"]) == ("job.retried", str(failed))


async def test_queued_work_is_not_queued_twice(world: World) -> None:
    member = await world.member()
    failed = await job(world, member, dedupe_key="sync:1")
    await job(world, member, dedupe_key="sync:1", status="queued", attempts=0)
    assert (await member.http.post(f"/api/jobs/{failed}/retry")).status_code == 409


async def test_an_analyst_may_look_but_not_retry_and_a_creator_neither(world: World) -> None:
    analyst = await world.member(role=Role.ANALYST)
    creator = await world.member(analyst.org_id, Role.CREATOR)
    failed = await job(world, analyst)
    assert (await analyst.http.get(f"/api/jobs/{failed}")).status_code == 200
    assert (await analyst.http.post(f"/api/jobs/{failed}/retry")).status_code == 403
    assert (await creator.http.get("/api/jobs")).status_code == 403


async def test_foreign_and_unknown_jobs_are_alike(world: World) -> None:
    member, other = await world.member(), await world.member()
    foreign = await job(world, other)
    answers = [await member.http.get(f"/api/jobs/{id}") for id in (foreign, uuid4())]
    answers += [await member.http.post(f"/api/jobs/{id}/retry") for id in (foreign, uuid4())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["message"] for answer in answers}) == 1
