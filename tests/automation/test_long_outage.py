"""A receiver is down for 60 hours, on a clock that is moved: every message arrives, each once."""

import os
from collections import Counter
from datetime import timedelta

import pytest

from arti_core import clock
from local_stack.postgres import SUPERUSER
from tests.automation.conftest import Scenario
from tests.automation.fake_receivers import Receiver
from tests.clock import move_database
from tests.job_runner import run_due_jobs

LONG = bool(os.environ.get("ARTI_TEST_LONG"))
EVENTS = 1_000 if LONG else 15
# The clock moves by as much at least: of a thousand pauses that each differ, else every attempt had a step of its own.
STEP = timedelta(minutes=2) if LONG else timedelta(milliseconds=1)
OUTAGE = timedelta(hours=60)


async def move_on(scenario: Scenario, by: timedelta) -> None:
    clock.move(clock.ahead() + by)
    await move_database(scenario.world.database.dsn(SUPERUSER))


@pytest.mark.timeout(3600)
async def test_messages_outlast_an_outage_of_sixty_hours(
    scenario: Scenario, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_ahead_seconds", clock.ahead().total_seconds())  # put back afterwards
    scenario.change_settings(n8n_url=f"{receiver.url}/")
    channel = await scenario.create_channel("n8n", target={"workflow_id": await scenario.register_workflow()})
    await scenario.create_rule(channel)
    for _ in range(EVENTS):
        await scenario.create_insight_with_event()
    database, began, refused = scenario.world.database, clock.now(), 0
    receiver.answers = [(503, {})]
    while True:
        if clock.now() - began >= OUTAGE and receiver.answers != [(200, {})]:
            receiver.answers, refused = [(200, {})], len(receiver.calls)
        await run_due_jobs(scenario.worker_context, rounds=100 + EVENTS)
        [row] = await database.as_owner("select min(run_at) - clock.now() as wait from jobs where status = 'queued'")
        if row["wait"] is None:
            break
        await move_on(scenario, max(row["wait"], timedelta(0)) + STEP)
    delivered = Counter(call.headers["webhook-id"] for call in receiver.calls[refused:])
    assert len(delivered) == EVENTS
    assert set(delivered.values()) == {1}
    assert {call.headers["webhook-id"] for call in receiver.calls[:refused]} == set(delivered)
    rows = await database.as_owner(
        "select status, count(*) as n from deliveries where org_id = $1 group by status", scenario.org_id
    )
    assert {row["status"]: row["n"] for row in rows} == {"sent": EVENTS}
    # The tenth attempt comes 75 h 35 min after the first, each pause up to a fifth shorter or longer.
    assert OUTAGE < clock.now() - began < timedelta(hours=92)
