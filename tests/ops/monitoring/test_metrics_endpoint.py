"""GET /metrics: who may read it, and what each service counts there."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import orjson
import pytest
from pydantic import SecretStr

from arti.api import create_app
from arti.gateway import create_gateway
from arti.insights.knowledge.openai_client import embed_remotely
from arti.jobs import JobRun, WorkerContext
from arti.settings import Settings
from arti_core.database import job_transaction
from arti_core.jobs import enqueue_job, run_job
from arti_core.telemetry.metrics import render
from arti_core.telemetry.requests import ObservedRequests
from local_stack.web.server import create_web
from supabase_local.keys.signing_keys import make_keys
from tests.automation.fake_receivers import run_server
from tests.conftest import World, free_port
from tests.eventually import eventually
from tests.factories.accounts import add_account
from tests.job_runner import run_due_jobs
from tests.ops.monitoring.scrapes import samples, total
from tests.ops.running_worker import running_worker
from tests.supabase_local.conftest import with_own_gateway

PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "CF-Connecting-IP", "X-Real-IP")


def client_of(app: Any, *, client: str = "127.0.0.1", base_url: str = "http://127.0.0.1:3002") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(client, 5), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base_url)


@asynccontextmanager
async def reader(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(world._transport.app) as client:
        yield client


async def test_without_a_token_this_machine_alone_reads_metrics(settings: Settings) -> None:
    app = create_app(settings)
    async with client_of(app) as near, client_of(app, client="203.0.113.9") as far:
        assert (await near.get("/metrics")).status_code == 200
        assert (await far.get("/metrics")).status_code == 404
        for header in PROXY_HEADERS:
            assert (await near.get("/metrics", headers={header: "203.0.113.9"})).status_code == 404, header
        # A page elsewhere whose name leads to this machine.
        assert (await near.get("/metrics", headers={"Host": "evil.example:3002"})).status_code == 404


async def test_with_a_token_it_alone_opens_the_metrics(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"metrics_token": SecretStr("a-long-token")}))
    async with client_of(app, client="203.0.113.9", base_url="https://api.example") as far, client_of(app) as near:
        assert (await near.get("/metrics")).status_code == 404
        assert (await far.get("/metrics", headers={"Authorization": "Bearer another"})).status_code == 404
        answer = await far.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"


async def test_every_service_counts_by_route_and_never_by_what_was_sent(settings: Settings) -> None:
    keys = make_keys()
    gateway = create_gateway(with_own_gateway(settings, keys))
    token = settings.metrics_token
    apps = {
        "api": create_app(settings),
        "gateway": ObservedRequests(gateway, service="gateway", token=token),
        "web": ObservedRequests(create_web(settings), service="web", token=token),
    }
    marker = uuid4().hex
    for service, path, route in (
        ("api", f"/api/jobs/{marker}", "/api/jobs/{job_id}"),
        ("api", f"/api/artists/{uuid4()}/series", "/api/artists/{artist_id}/series"),
        ("api", f"/{marker}", "none"),
        ("gateway", "/healthz", "/healthz"),
        ("gateway", f"/{marker}", "/{rest:path}"),
        ("web", "/config.json", "/config.json"),
    ):
        async with client_of(apps[service]) as client:
            before = total(
                (await client.get("/metrics")).text, "arti_http_requests_total", service=service, route=route
            )
            answer = await client.get(path, headers={"X-ARTi-Org": str(uuid4()), "Authorization": f"Bearer {marker}"})
            text = (await client.get("/metrics")).text
        counted = total(
            text, "arti_http_requests_total", service=service, route=route, method="GET", status=str(answer.status_code)
        )
        assert counted >= 1, path
        assert total(text, "arti_http_requests_total", service=service, route=route) == before + 1
        assert total(text, "arti_http_request_duration_seconds_count", service=service, route=route) == before + 1
        assert marker not in text


async def test_refusals_are_counted_by_kind(world: World) -> None:
    async with reader(world) as client:

        async def count(kind: str) -> float:
            text = (await client.get("/metrics")).text
            return total(text, "arti_security_events_total", service="api", kind=kind)

        tokens, signatures = await count("refused_token"), await count("refused_signature")
        await world.anonymous.get("/auth/me")  # no credential: nobody was refused
        assert await count("refused_token") == tokens
        await world.client("not.a.token").get("/auth/me")
        assert await count("refused_token") == tokens + 1
        await world.anonymous.post("/webhooks/insight-created", json={"id": "x"})
        assert await count("refused_signature") == signatures + 1


async def test_the_installation_is_shown_without_anything_of_a_tenant_but_org_ids(world: World) -> None:
    member = await world.member()
    await add_account(world.database, member.org_id, last_error_class="server_error")
    await world.database.as_owner("insert into jobs (org_id, name) values ($1, 'connections.sync')", member.org_id)
    async with reader(world) as client:
        text = (await client.get("/metrics")).text
    org = str(member.org_id)
    assert total(text, "arti_jobs", org=org, name="connections.sync", status="queued") == 1
    assert total(text, "arti_accounts", provider="spotify", state="failing") == 1
    assert total(text, "arti_part_ok", part="isolation") == 1
    assert total(text, "arti_part_ok", part="database") == 1
    assert 0 <= total(text, "arti_queue_age_seconds") < 60
    allowed = {"org", "name", "status", "provider", "state", "kind", "part", "host", "process", "service"} | {
        *("method", "route", "result", "le", "model")
    }
    for name, labels, _ in samples(text):
        assert labels.keys() <= allowed, name
    for words in (member.email, "Night Owl Records", str(member.user_id)):
        assert words not in text


async def test_orgs_beyond_the_busiest_share_one_label(world: World) -> None:
    orgs = [await world.org(f"Org {number}") for number in range(4)]
    for number, org in enumerate(orgs):
        for _ in range(number + 1):
            await world.database.as_owner("insert into jobs (org_id, name) values ($1, 'x.y')", org)
    rows = await world.database.as_owner(
        "select labels ->> 'org' as org, value from private.monitoring_figures(2) where name = 'jobs'"
    )
    assert {row["org"]: row["value"] for row in rows} == {str(orgs[3]): 4, str(orgs[2]): 3, "other": 3}


async def test_without_the_database_metrics_still_say_so(settings: Settings) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        await app.state.context.pool.close()
        text = (await client.get("/metrics")).text
    assert total(text, "arti_part_ok", part="database") == 0
    assert "arti_http_requests" in text


async def test_jobs_are_counted_by_name_and_result(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    for name in ("insights.check_stale", f"unknown.{uuid4().hex}"):
        async with job_transaction(worker_context.pool, org_id) as connection:
            await enqueue_job(connection, org_id, name, {})
    before = render().decode()
    await run_due_jobs(worker_context)
    after = render().decode()
    for name, result in (("insights.check_stale", "done"), ("other", "queued")):
        runs = [total(text, "arti_job_runs_total", name=name, result=result) for text in (before, after)]
        assert runs[1] == runs[0] + 1, name
    assert "unknown." not in after  # a name that no program knows is no label


async def test_a_job_whose_end_cannot_be_recorded_is_lost_and_not_dead(
    world: World, worker_context: WorkerContext
) -> None:
    org_id = await world.org()
    async with job_transaction(worker_context.pool, org_id) as connection:
        job_id = await enqueue_job(connection, org_id, "insights.check_stale", {})
    assert job_id is not None

    async def lose_the_database(job: JobRun) -> None:
        await job.worker_context.pool.close()

    counts = [render().decode()]
    with pytest.raises(asyncpg.InterfaceError):
        await run_job(worker_context, {"insights.check_stale": lose_the_database}, org_id, job_id)
    counts.append(render().decode())
    name = "insights.check_stale"
    gained = {
        result: total(counts[1], "arti_job_runs_total", name=name, result=result)
        - total(counts[0], "arti_job_runs_total", name=name, result=result)
        for result in ("lost", "dead")
    }
    assert gained == {"lost": 1, "dead": 0}


async def test_processes_of_a_service_count_apart(settings: Settings) -> None:
    """Two workers on one machine: the second one takes another port, and neither counts for the other."""
    ports = [free_port(), free_port()]
    with running_worker(settings, port=ports[0]) as one, running_worker(settings, port=ports[1]) as two:
        pids = [str(one.pid), str(two.pid)]
        seen = []
        async with httpx.AsyncClient() as client:
            for port in ports:
                assert await eventually(lambda port=port: _answers(client, port), seconds=60)  # type: ignore[misc]
                for _ in range(3):
                    await client.get(f"http://127.0.0.1:{port}/healthz")
                seen.append((await client.get(f"http://127.0.0.1:{port}/metrics")).text)
    for text, pid in zip(seen, pids, strict=True):
        processes = {labels["process"].rpartition(":")[2] for _, labels, _ in samples(text)}
        assert processes == {pid}
        assert 3 <= total(text, "arti_http_requests_total", service="worker", route="/healthz") <= 20


async def _answers(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
    except httpx.HTTPError:
        return False


async def test_the_tokens_of_the_model_are_counted() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
        await reader.readexactly(length)
        body = orjson.dumps(
            {
                "object": "list",
                "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.5]}],
                "model": "m",
                "usage": {"prompt_tokens": 7, "total_tokens": 7},
            }
        )
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body))
        writer.write(body)

    model = f"model-{uuid4().hex}"
    async with run_server(serve) as port:
        values = {"openai_base_url": f"http://127.0.0.1:{port}/v1", "openai_embedding_model": model}
        await embed_remotely(["text"], dimensions=2, settings=Settings.model_validate(values))
    text = render().decode()
    assert total(text, "arti_model_tokens_total", model=model, kind="prompt") == 7
    assert total(text, "arti_model_calls_total", model=model, status="200") == 1
