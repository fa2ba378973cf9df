"""The main job on days of every kind: import, sync, past counters, detection and delivery of the demo's data.

Three days in the normal mode; all with ARTI_TEST_LONG=1, as `./arti test --long dates` runs it.
"""

import os
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.metrics.catalogue import METRICS
from arti.providers.connectors import CONNECTORS
from arti.vocabulary import Provider
from arti_core import clock
from local_stack.demo.counter_history import record_counters
from local_stack.demo.roster import ROSTER, DemoArtist, spotify_timeline
from tests.clock import move_database
from tests.conftest import Database, Member, World
from tests.connections.conftest import SimulatorControl, connect, make_artist
from tests.factories.imports import commit_import, count_stored, upload_file
from tests.job_runner import run_due_jobs

SAMPLE = (
    "2026-12-12T12:00Z",  # a Saturday; the artist released a work the day before
    "2027-03-01T03:00Z",  # a Monday, 1st; Pacific is still on 28 February
    "2027-03-14T10:30Z",  # US clocks went forward half an hour ago
)
DAYS = (
    *SAMPLE,
    "2026-12-07T00:10Z",  # Monday; Pacific is still on Sunday
    "2026-12-08T07:59Z",
    "2026-12-09T08:01Z",
    "2026-12-10T12:00Z",
    "2026-12-11T23:00Z",
    "2026-12-13T12:00Z",  # Sunday
    "2026-12-31T23:00Z",
    "2027-01-01T00:30Z",
    "2027-01-31T04:00Z",
    "2027-02-28T23:00Z",
    "2028-02-28T12:00Z",
    "2028-02-29T12:00Z",
    "2028-03-01T07:00Z",
    "2027-03-28T01:30Z",  # European clocks went forward half an hour ago
    "2027-10-31T01:30Z",  # and back
    "2027-11-07T09:30Z",  # US clocks went back half an hour ago
)
ARTIST: DemoArtist = ROSTER[1]
SYNCED_DAYS_AGO = 3  # as the demo's first sync
_ENDS = (("succeeded", False), ("partial", True))
RUNS = [[second, first] for second in _ENDS for first in _ENDS]


@pytest.fixture(params=DAYS if os.environ.get("ARTI_TEST_LONG") else SAMPLE)
async def database(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database whose clock, like this process's and so the simulators', shows the day of the test."""
    before = clock.ahead()
    clock.move(datetime.fromisoformat(request.param) - (clock.now() - before))
    try:
        await move_database(database.dsn("postgres"))
        yield database
    finally:
        clock.move(before)


async def test_the_main_job(world: World, worker_context: WorkerContext, simulator: SimulatorControl) -> None:
    member, today = await world.member(), clock.today()
    await _send_every_insight_by_mail(member)
    artist_id = await make_artist(world, member, ARTIST.name)
    await _import_year(world, member, artist_id, today)

    synced_on = today - timedelta(days=SYNCED_DAYS_AGO)
    await simulator.set_day(str(synced_on))
    for provider in Provider:
        assert "connected=" in await connect(world, member, provider, artist_id, ARTIST.name)
    await _run_all_jobs(world, worker_context, member)
    await record_counters(world.settings, member.org_id, synced_on=synced_on, today=today)
    await simulator.set_day(None)
    accounts = (await member.http.get("/api/accounts")).json()["items"]
    for account in accounts:
        assert (await member.http.post(f"/api/accounts/{account['id']}/sync")).status_code == 202
    await _run_all_jobs(world, worker_context, member)

    assert clock.today() == today, "the day turned during the test"
    for account in accounts:
        runs = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
        # A simulator leaves a day out now and then, as the providers do: then the run is partial and names the day.
        assert [(run["status"], bool(run["gaps"])) for run in runs] in RUNS, runs
        assert all(gap["to"] < str(synced_on) for gap in runs[0]["gaps"]), runs[0]
        assert runs[0]["started_at"].startswith(str(today))
    await _require_finished_days(world, member.org_id)
    insights = await _require_reproducible_insights(member)
    mails = (await member.http.get("/api/mailbox?limit=100")).json()["items"]
    assert mails
    assert len(insights) >= 1


async def _send_every_insight_by_mail(member: Member) -> None:
    channel = {"kind": "email", "name": "Marketing inbox", "target": {"address": "team@example.test"}}
    channel_id = (await member.http.post("/api/channels", json=channel)).json()["id"]
    rule = {"name": "Everything", "channel_id": channel_id, "conditions": {"min_severity": "info"}}
    answer = await member.http.post("/api/rules", json=rule | {"event_type": "insight.created", "enabled": True})
    assert answer.status_code == 201, answer.text


async def _import_year(world: World, member: Member, artist_id: UUID, today: date) -> None:
    text = spotify_timeline(ARTIST, ROSTER.index(ARTIST), today=today)
    [preview] = await upload_file(member, artist_id, f"{ARTIST.name}-audience-timeline.csv", text.encode())
    assert (await commit_import(member, preview))["status"] == "committed"
    rows, _ = await count_stored(world, member.org_id, "consumption.streams")
    assert rows == len(text.splitlines()) - 1
    [newest] = await world.database.as_owner("select max(observed_on) as day from observations")
    assert newest["day"] == today - timedelta(days=1)


async def _run_all_jobs(world: World, worker_context: WorkerContext, member: Member) -> None:
    """Run every queued job, due or not, and what follows from it. None may fail."""
    while True:
        assert {status for _, status in await run_due_jobs(worker_context)} <= {"done"}
        await world.database.as_owner(
            "update deliveries set next_attempt_at = clock.now() where org_id = $1 and status = 'pending'",
            member.org_id,
        )
        queued = await world.database.as_owner(
            """update jobs set run_at = clock.now() where org_id = $1 and status = 'queued'
               returning name, last_error""",
            member.org_id,
        )
        assert not [job for job in queued if job["last_error"]]
        if not queued:
            return


async def _require_finished_days(world: World, org_id: UUID) -> None:
    """Fail when something that is counted over a day was stored for a day that was not over where it is counted."""
    newest = await world.database.as_owner(
        """select s.provider::text as provider, s.metric, max(o.observed_on) as day
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           where o.org_id = $1 and o.value is not null group by 1, 2""",
        org_id,
    )
    assert {row["provider"] for row in newest} == {*Provider}
    for row in newest:
        present = clock.today_in(CONNECTORS[Provider(row["provider"])].time_zone)
        if METRICS[row["metric"]].kind == "counter":
            assert row["day"] <= present, row
        else:
            assert row["day"] < present, row


async def _require_reproducible_insights(member: Member) -> list[dict[str, Any]]:
    """Return the insights; fail unless each happened in the past and each of its numbers is computed again."""
    insights: list[dict[str, Any]] = (await member.http.get("/api/insights?limit=100")).json()["items"]
    for insight in insights:
        assert insight["happened_on"] <= str(clock.today()), insight
        detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
        for one in detail["evidence"]:
            rows = (await member.http.get(f"/api/insights/{insight['id']}/evidence/{one['slot']}/rows")).json()
            assert rows["matches"] is True, (insight["title"], rows)
    return insights
