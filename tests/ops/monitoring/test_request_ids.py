"""One id of a request, from the browser through the API into events, jobs and their log lines."""

import json
import subprocess
import sys
from pathlib import Path

import structlog
from structlog.testing import capture_logs

from arti.jobs import WorkerContext
from arti.vocabulary import EventType
from arti.worker import dispatch_events
from arti_core.database import job_transaction
from arti_core.outbox import record_event
from arti_core.telemetry.request_ids import current_request_id
from tests.conftest import World
from tests.job_runner import run_due_jobs

REQUEST_ID = "0123456789abcdef0123456789abcdef"


async def test_the_id_of_the_browser_reaches_the_answer_the_job_and_its_log(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    document = {"title": "Notes", "body": "The tour begins in May."}
    sent = {"X-Request-Id": REQUEST_ID}
    merge = [structlog.contextvars.merge_contextvars]
    with capture_logs(processors=merge) as lines:
        answer = await member.http.post("/api/documents", json=document, headers=sent)
        refused = await member.http.post("/api/documents", json={}, headers=sent)
    assert answer.status_code == 201, answer.text
    assert answer.headers["x-request-id"] == REQUEST_ID
    assert refused.json()["request_id"] == REQUEST_ID
    assert next(line for line in lines if line["event"] == "request")["request_id"] == REQUEST_ID
    rows = await world.database.as_owner("select id, request_id from jobs where name = 'insights.index_document'")
    assert [row["request_id"] for row in rows] == [REQUEST_ID]
    structlog.contextvars.clear_contextvars()
    with capture_logs(processors=merge) as lines:
        await run_due_jobs(worker_context)
    [ended] = [line for line in lines if line["event"] == "job ended" and line["job_id"] == str(rows[0]["id"])]
    assert (ended["request_id"], ended["job"], ended["result"]) == (REQUEST_ID, "insights.index_document", "done")
    assert current_request_id() is None  # it is of that job only


async def test_ids_that_are_none_are_replaced(world: World) -> None:
    for sent in ("x", "A" * 32, REQUEST_ID + "0", "' or 1=1 --", "\n"):
        answer = await world.anonymous.get("/healthz", headers={"X-Request-Id": sent.strip() or "-"})
        assert answer.headers["x-request-id"] != sent
        assert len(answer.headers["x-request-id"]) == 32


async def test_what_an_event_causes_is_of_its_request(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    with structlog.contextvars.bound_contextvars(request_id=REQUEST_ID):
        async with job_transaction(worker_context.pool, org_id) as connection:
            await record_event(connection, org_id, EventType.IMPORT_UNDONE, {})
    async with job_transaction(worker_context.pool, org_id) as connection:
        await record_event(connection, org_id, EventType.IMPORT_UNDONE, {})  # of no request
    while await dispatch_events(worker_context):
        pass
    rows = await world.database.as_owner("select request_id, count(*) from jobs where org_id = $1 group by 1", org_id)
    counts = {row["request_id"]: row["count"] for row in rows}
    assert counts[REQUEST_ID] == counts[None] > 0


def test_in_production_every_line_is_one_json_object_of_the_service() -> None:
    program = """
import logging, structlog
from arti_core.log import configure_log
configure_log(service="api", json=True)
structlog.contextvars.bind_contextvars(request_id="r")
structlog.get_logger().warning("ours", n=1)
logging.getLogger("uvicorn.error").warning("of a %s", "library")
"""
    src = str(Path(__file__).parents[3] / "src")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": src})
    ours, library = [json.loads(line) for line in done.stderr.splitlines()]
    assert (ours["event"], library["event"]) == ("ours", "of a library")
    for line in (ours, library):
        assert (line["service"], line["request_id"], line["level"]) == ("api", "r", "warning")
        assert line["timestamp"]
