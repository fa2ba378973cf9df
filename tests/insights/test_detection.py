"""From a finished sync to an insight with verified numbers: through jobs and HTTP, as real roles."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import EventType, Role
from arti_core.clock import today
from arti_core.database import job_transaction
from arti_core.jobs import enqueue_job
from tests.conftest import Member, World
from tests.factories.insights import STREAMS, record_spike, run_detection, weekly_series, with_spike, yesterday
from tests.factories.observations import (
    add_to_values,
    backdate,
    daily_observations,
    delete_days,
    make_artist,
    store_observations,
)
from tests.job_runner import run_due_jobs


async def feed(member: Member, query: str = "") -> list[dict[str, Any]]:
    answer = await member.http.get(f"/api/insights{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_spike_is_reported_once_and_its_numbers_recompute(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id, "Velvet Harbor")
    day = await record_spike(worker_context, member.org_id, artist_id)

    await run_detection(worker_context, member.org_id, artist_id)
    [insight] = await feed(member)
    assert insight["detector"] == "spike"
    assert insight["happened_on"] == day.isoformat()
    assert insight["title"].startswith("Velvet Harbor: streams up ")
    assert f"{day.day} {day:%B %Y}" in insight["body"]
    assert "{{" not in insight["title"] + insight["body"]
    assert insight["narrator"] == "templates"

    detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    values = {one["slot"]: one for one in detail["evidence"]}
    stored = await world.database.as_owner("select value from observations where observed_on = $1", day)
    assert values["value"]["value"] == stored[0]["value"]
    assert values["value"]["shown"] in insight["body"]
    for slot in values:
        rows = (await member.http.get(f"/api/insights/{insight['id']}/evidence/{slot}/rows")).json()
        assert rows["matches"] is True, rows
        assert rows["recomputed"] == pytest.approx(values[slot]["value"])
        assert rows["rows"]
        assert rows["rows"][0]["source"]["kind"] == "sync"

    events = await world.database.as_owner(
        "select payload from events where type = 'insight.created' and org_id = $1", member.org_id
    )
    assert [event["payload"] for event in events] == [{"insight_id": insight["id"], "artist_id": str(artist_id)}]

    await run_detection(worker_context, member.org_id, artist_id)
    assert [one["id"] for one in await feed(member)] == [insight["id"]]


async def test_a_spike_that_moved_a_day_is_not_reported_again(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    day = await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    [before] = await feed(member)

    # The next day is stronger still, as is common after a release.
    next_day = daily_observations(STREAMS, day + timedelta(days=1), [90_000])
    await store_observations(worker_context, member.org_id, artist_id, next_day)
    await run_detection(worker_context, member.org_id, artist_id)
    assert [one["id"] for one in await feed(member)] == [before["id"]]


async def test_the_rows_behind_a_number_are_read_as_they_were_known(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    day = await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    [insight] = await feed(member)
    await backdate(world.database, member.org_id, 2)
    await store_observations(worker_context, member.org_id, artist_id, daily_observations(STREAMS, day, [7]))
    path, then = f"/api/insights/{insight['id']}/evidence/value/rows", str(today() - timedelta(days=1))
    now = (await member.http.get(path)).json()
    known = (await member.http.get(path, params={"known_on": then})).json()
    assert (now["recomputed"], now["matches"], now["rows"][-1]["value"]) == (7, False, 7)
    assert (known["recomputed"], known["matches"], known["rows"][-1]["value"]) == (known["value"], True, known["value"])


async def test_a_small_restatement_corrects_and_a_large_one_withdraws(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    day = await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    [insight] = await feed(member)

    await add_to_values(world.database, day, 1)
    rows = (await member.http.get(f"/api/insights/{insight['id']}/evidence/value/rows")).json()
    assert rows["matches"] is False
    assert rows["recomputed"] == rows["value"] + 1
    untouched = (await member.http.get(f"/api/insights/{insight['id']}/evidence/usual/rows")).json()
    assert untouched["matches"] is True

    # A small restatement corrects the number of the same insight.
    await run_detection(worker_context, member.org_id, artist_id)
    [corrected] = await feed(member)
    assert corrected["id"] == insight["id"]
    assert f"{rows['value'] + 1:,.0f}" in corrected["body"]
    assert (await member.http.get(f"/api/insights/{insight['id']}/evidence/value/rows")).json()["matches"] is True

    # The provider removes the spike: the insight is withdrawn, and its status cannot change.
    usual = weekly_series(120)[-6]
    await store_observations(worker_context, member.org_id, artist_id, daily_observations(STREAMS, day, [usual]))
    await run_detection(worker_context, member.org_id, artist_id)
    assert await feed(member) == []
    [withdrawn] = await feed(member, "?status=withdrawn")
    assert withdrawn["withdrawn_reason"] == "The provider restated its numbers."
    answer = await member.http.patch(f"/api/insights/{insight['id']}", json={"status": "new"})
    assert answer.status_code == 409

    # The spike returns and is reported again.
    await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    assert len(await feed(member)) == 1


async def test_undoing_an_import_withdraws_its_insights(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    day = await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    await delete_days(world.database, day)
    await run_detection(worker_context, member.org_id, artist_id, type=EventType.IMPORT_UNDONE)
    assert await feed(member) == []
    [withdrawn] = await feed(member, "?status=withdrawn")
    assert "no longer be computed" in withdrawn["withdrawn_reason"]


async def test_deleting_a_series_deletes_its_insights(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    await world.database.as_owner("delete from series where org_id = $1", member.org_id)
    assert await feed(member, "?status=new") == []
    assert await world.database.as_owner("select 1 from insight_evidence where org_id = $1", member.org_id) == []


async def test_another_org_can_neither_read_nor_write(world: World, worker_context: WorkerContext) -> None:
    owner, outsider = await world.member(), await world.member()
    artist_id = await make_artist(world.database, owner.org_id)
    await record_spike(worker_context, owner.org_id, artist_id)
    await run_detection(worker_context, owner.org_id, artist_id)
    [insight] = await feed(owner)
    path = f"/api/insights/{insight['id']}"

    assert await feed(outsider) == []
    unknown = "/api/insights/00000000-0000-4000-8000-000000000000"
    for method, suffix, body in (
        ("GET", "", None),
        ("GET", "/evidence/value/rows", None),
        ("PUT", "/feedback", {"rating": "useful"}),
        ("PATCH", "", {"status": "dismissed"}),
    ):
        foreign = await outsider.http.request(method, path + suffix, json=body)
        nowhere = await outsider.http.request(method, unknown + suffix, json=body)
        assert foreign.status_code == nowhere.status_code == 404
        assert foreign.json()["message"] == nowhere.json()["message"]
    assert (await feed(owner))[0]["status"] == "new"


async def test_insights_are_listed_by_weight_or_by_time(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    await record_spike(worker_context, member.org_id, artist_id)
    await run_detection(worker_context, member.org_id, artist_id)
    # title, severity, status, days since it happened, days since it was found
    wanted = [
        ("important last week", "important", "new", 7, 6),
        ("important long ago", "important", "new", 60, 59),
        ("important and acknowledged", "important", "acknowledged", 7, 5),
        ("notice of yesterday", "notice", "new", 1, 0),
        ("info of today", "info", "new", 0, 1),
    ]
    for title, severity, status, happened, found in wanted:
        changes: dict[str, Any] = {"id": str(uuid4()), "fingerprint": title, "title": title}
        # Without a template the title is shown as it is stored.
        changes |= {"severity": severity, "status": status, "template": {}}
        await world.database.as_owner(
            """insert into insights select (jsonb_populate_record(i, $2::jsonb || jsonb_build_object(
                 'happened_on', clock.today() - $3::int, 'created_at', clock.now() - $4::int * interval '1 day'))).*
               from insights i where org_id = $1 order by created_at desc limit 1""",
            member.org_id,
            changes,
            happened,
            found,
        )
    await world.database.as_owner("delete from insights where org_id = $1 and title <> fingerprint", member.org_id)

    newest = [each[0] for each in sorted(wanted, key=lambda each: each[4])]
    assert [each["title"] for each in await feed(member)] == newest
    weighed = [wanted[each][0] for each in (0, 3, 4, 2, 1)]
    assert [each["title"] for each in await feed(member, "?order=weight")] == weighed
    paged: list[str] = []
    cursor = ""
    for _ in wanted:
        page = (await member.http.get("/api/insights", params={"order": "weight", "limit": 1, "cursor": cursor})).json()
        paged += [each["title"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert paged == weighed
    assert cursor is None


async def test_platform_permission_hides_insights_and_their_rows(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    analyst = await world.member(admin.org_id, Role.ANALYST)
    artist_id = await make_artist(world.database, admin.org_id)
    await record_spike(worker_context, admin.org_id, artist_id)
    await run_detection(worker_context, admin.org_id, artist_id)
    [insight] = await feed(analyst)
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        analyst.org_id,
        analyst.user_id,
    )
    assert await feed(analyst) == []
    for path in ("", "/evidence/value/rows"):
        assert (await analyst.http.get(f"/api/insights/{insight['id']}{path}")).status_code == 404
    assert (await feed(admin))[0]["id"] == insight["id"]


async def test_feedback_and_triage(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    artist_id = await make_artist(world.database, admin.org_id)
    creator = await world.member(admin.org_id, Role.CREATOR)
    await record_spike(worker_context, admin.org_id, artist_id)
    await run_detection(worker_context, admin.org_id, artist_id)
    [insight] = await feed(admin)
    path = f"/api/insights/{insight['id']}"

    for rating in ("useful", "not_useful"):
        answer = await creator.http.put(f"{path}/feedback", json={"rating": rating, "comment": "we knew"})
        assert answer.json()["my_feedback"] == {"rating": rating, "comment": "we knew"}
    assert (await feed(admin))[0]["my_feedback"] is None
    answer = await creator.http.patch(path, json={"status": "acknowledged"})
    assert answer.json()["status"] == "acknowledged"
    assert await feed(admin, "?status=new") == []
    assert (await creator.http.patch(path, json={"status": "withdrawn"})).status_code == 422


async def test_insights_are_filtered_and_paged(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    for number in range(3):
        artist_id = await make_artist(world.database, member.org_id, f"Artist {number}")
        await record_spike(worker_context, member.org_id, artist_id, seed=number)
        await run_detection(worker_context, member.org_id, artist_id)
    assert len(await feed(member)) == 3
    assert len(await feed(member, f"?artist_id={artist_id}&provider=spotify")) == 1
    assert await feed(member, "?provider=youtube") == []

    seen, cursor = [], ""
    for _ in range(3):
        page: httpx.Response = await member.http.get(f"/api/insights?limit=1{cursor}")
        seen += [one["id"] for one in page.json()["items"]]
        cursor = f"&cursor={page.json()['next_cursor']}"
    assert page.json()["next_cursor"] is None
    assert len(set(seen)) == 3


async def test_quiet_and_short_histories_have_no_findings(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    quiet = await make_artist(world.database, member.org_id, "Quiet")
    await store_observations(
        worker_context, member.org_id, quiet, daily_observations(STREAMS, yesterday(), weekly_series(365))
    )
    young = await make_artist(world.database, member.org_id, "Young")
    await store_observations(
        worker_context, member.org_id, young, daily_observations(STREAMS, yesterday(), with_spike(weekly_series(12)))
    )
    for artist_id in (quiet, young):
        await run_detection(worker_context, member.org_id, artist_id)
    assert await feed(member) == []


async def test_stale_data_is_reported_and_withdrawn_when_data_arrives(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id, "Mara Quill")
    last = today() - timedelta(days=12)
    await store_observations(
        worker_context, member.org_id, artist_id, daily_observations(STREAMS, last, weekly_series(60, last=last))
    )
    await check_stale(worker_context, member)
    [insight] = await feed(member)
    assert insight["detector"] == "stale_data"
    assert insight["title"] == "Mara Quill: data from Spotify is 12 days old"
    await check_stale(worker_context, member)
    assert len(await feed(member)) == 1

    await store_observations(
        worker_context, member.org_id, artist_id, daily_observations(STREAMS, yesterday(), weekly_series(8))
    )
    await check_stale(worker_context, member)
    [withdrawn] = await feed(member, "?status=withdrawn")
    assert withdrawn["withdrawn_reason"] == "New data has arrived."
    assert await feed(member) == []


async def check_stale(worker_context: WorkerContext, member: Member) -> None:
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        await enqueue_job(connection, member.org_id, "insights.check_stale", {})
    assert ("insights.check_stale", "done") in await run_due_jobs(worker_context)
