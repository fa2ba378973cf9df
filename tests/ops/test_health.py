"""Alive, ready, and how each part is."""

import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2 as httpx
import pytest
from pydantic import SecretStr

from arti.api import create_app
from arti.settings import Settings
from local_stack.postgres import SUPERUSER
from tests.conftest import Database, Member, World, free_port
from tests.eventually import eventually
from tests.factories.accounts import add_account
from tests.ops.running_worker import running_worker

NEEDED = ["database", "migrations", "keys", "isolation"]
PARTS = ["database", "migrations", "redis", "keys", "isolation"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No gateway runs in these tests, whatever else runs on this machine."""
    return settings.model_copy(update={"supabase_url": "http://127.0.0.1:1"})


@asynccontextmanager
async def serving(settings: Settings, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """An API of its own, without any cached result."""
    app = create_app(settings.model_copy(update=changed))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client


async def failing(settings: Settings, **changed: Any) -> list[str]:
    async with serving(settings, **changed) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == (503 if answer.json()["failing"] else 200)
    assert answer.headers.get("retry-after") == ("2" if answer.json()["failing"] else None)
    assert answer.json()["ready"] is not bool(answer.json()["failing"])
    found: list[str] = answer.json()["failing"]
    return found


async def test_liveness_checks_nothing_else(settings: Settings) -> None:
    app = create_app(settings)  # never started: there is no pool, no key, nothing to ask
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://api.test") as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


async def test_ready_when_all_needed_parts_are(world: World) -> None:
    answer = await world.anonymous.get("/readyz")
    assert answer.status_code == 200, answer.text
    assert answer.json()["parts"] == [{"name": name, "state": "ok"} for name in NEEDED]
    assert answer.json()["ready"] is True


async def test_without_redis_it_is_ready_and_says_that_it_is_degraded(settings: Settings) -> None:
    wrong_password = settings.redis_url.get_secret_value().replace("//:", "//:x")
    for url in (f"redis://127.0.0.1:{free_port()}/0", wrong_password):
        async with serving(settings, redis_url=SecretStr(url)) as client:
            assert (await client.get("/readyz")).status_code == 200
            report = (await client.get("/api/health")).json()
        assert report["state"] == "degraded"
        assert {part["name"]: part["state"] for part in report["parts"]}["redis"] == "down"


async def test_without_keys_it_is_not_ready(settings: Settings) -> None:
    unused_url = f"http://127.0.0.1:{free_port()}"
    assert await failing(settings, supabase_jwks="", supabase_url=unused_url) == ["keys"]


async def test_migrations_must_be_those_of_the_files(settings: Settings, database: Database) -> None:
    last = "20261122000900"
    kept = await database.as_owner("select * from arti_migrations.applied where version = $1", last)
    await database.as_owner("update arti_migrations.applied set checksum = 'x' where version = $1", last)
    assert await failing(settings) == ["migrations"]
    await database.as_owner("delete from arti_migrations.applied where version = $1", last)
    assert await failing(settings) == []  # as the CLI applies it, without a digest
    await database.as_owner("delete from supabase_migrations.schema_migrations where version = $1", last)
    assert await failing(settings) == ["migrations"]
    put_back = "insert into arti_migrations.applied values ($1, $2, $3, $4)"
    await database.as_owner(put_back, *kept[0].values())
    assert await failing(settings) == []
    await database.as_owner("insert into arti_migrations.applied values ('29991231000000', 'future', 'x')")
    assert await failing(settings) == []  # an older program may serve a newer schema


async def test_what_supabase_cli_applied_counts_too(settings: Settings, database: Database) -> None:
    await database.as_owner("drop schema arti_migrations cascade")
    assert await failing(settings) == []
    await database.as_owner("drop schema supabase_migrations cascade")
    assert await failing(settings) == ["migrations"]


async def test_an_opened_policy_takes_it_out_of_service(settings: Settings, database: Database) -> None:
    await database.as_owner("alter policy read on insights using (true)")
    assert await failing(settings) == ["isolation"]


async def test_what_a_newer_schema_adds_is_no_leak_and_a_leak_stays_one(settings: Settings, database: Database) -> None:
    await database.as_owner(
        "create function private.of_later() returns int language sql security definer as 'select 1'"
    )
    assert await failing(settings) == ["isolation"]
    await database.as_owner("insert into arti_migrations.applied values ('29991231000000', 'future', 'x')")
    async with serving(settings) as client:
        ready = (await client.get("/readyz")).json()
    assert ready["ready"] is True
    assert {part["name"]: part["state"] for part in ready["parts"]}["isolation"] == "degraded"
    await database.as_owner("alter policy read on insights using (true)")
    assert await failing(settings) == ["isolation"]


async def test_a_lost_database_is_said_within_two_seconds_and_its_return_too(
    settings: Settings, database: Database
) -> None:
    admin = await asyncpg.connect(database.cluster.dsn(SUPERUSER, "postgres"))
    async with serving(settings) as client:
        assert (await client.get("/readyz")).status_code == 200
        await admin.execute(f'alter database "{database.name}" with allow_connections false')
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
            database.name,
        )
        await _until(client, 503, seconds=2)
        assert "database" in (await client.get("/readyz")).json()["failing"]
        assert (await client.get("/healthz")).status_code == 200
        await admin.execute(f'alter database "{database.name}" with allow_connections true')
        await _until(client, 200, seconds=20)
    await admin.close()


async def _until(client: httpx.AsyncClient, status: int, *, seconds: float) -> None:
    async def answers() -> bool:
        return (await client.get("/readyz")).status_code == status

    assert await eventually(answers, seconds=seconds)


async def test_health_gives_details_to_signed_in_users(world: World) -> None:
    member = await world.member()
    report = (await world.anonymous.get("/api/health")).json()
    assert report["state"] == "degraded"  # no gateway runs in this test
    assert [part["name"] for part in report["parts"]] == [
        *PARTS,
        "sign-in",
        "rest",
        "realtime",
        "workers",
        "providers",
        "files",
        "backups",
    ]
    assert {part["name"]: part["state"] for part in report["parts"]}["sign-in"] == "down"
    for part in report["parts"]:
        assert (part["latency_ms"], part["last_success_age_seconds"], part["detail"]) == (None, None, None)

    parts = {part["name"]: part for part in (await member.http.get("/api/health")).json()["parts"]}
    assert parts["database"]["latency_ms"] > 0
    assert parts["database"]["last_success_age_seconds"] >= 0
    assert parts["sign-in"]["last_success_age_seconds"] is None
    assert parts["sign-in"]["detail"]
    assert (await world.client("nonsense").get("/api/health")).status_code == 401


async def workers_part(member: Member) -> dict[str, Any]:
    """Return the state of the workers, checked just now."""
    state = member.http._transport.app.state  # type: ignore[attr-defined]
    if hasattr(state, "health"):
        state.health._results.clear()
    parts = {part["name"]: part for part in (await member.http.get("/api/health")).json()["parts"]}
    workers: dict[str, Any] = parts["workers"]
    return workers


async def test_work_that_waits_too_long_is_shown(world: World, settings: Settings) -> None:
    member = await world.member()
    await world.database.as_owner(
        "insert into private.worker_heartbeats values (gen_random_uuid(), clock.now(), clock.now())"
    )
    await world.database.as_owner(
        "insert into jobs (org_id, name, run_at) values ($1, 'connections.sync', clock.now() - interval '5 minutes')",
        member.org_id,
    )
    parts = {part["name"]: part for part in (await member.http.get("/api/health")).json()["parts"]}
    assert parts["workers"]["state"] == "degraded"
    assert "Work has been waiting for 300 s" in parts["workers"]["detail"]


async def test_a_frozen_and_a_killed_worker_are_shown_and_one_that_stops_is_not(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the real times: 15 s of silence, checked every 5 s."""
    monkeypatch.setattr("arti.ops.health.SILENT_SECONDS", 3.0)
    member = await world.member()
    assert "No worker is running" in (await workers_part(member))["detail"]

    async def is_ok() -> bool:
        return bool((await workers_part(member))["state"] == "ok")

    async def is_silent() -> bool:
        return "1 of 1 workers have not reported" in ((await workers_part(member))["detail"] or "")

    async def is_gone() -> bool:
        return "No worker is running" in ((await workers_part(member))["detail"] or "")

    with running_worker(settings) as worker:
        assert await eventually(is_ok, seconds=60)
        worker.send_signal(signal.SIGSTOP)
        assert await eventually(is_silent, seconds=30)
        worker.send_signal(signal.SIGCONT)
        assert await eventually(is_ok, seconds=30)
        worker.send_signal(signal.SIGTERM)
        assert await eventually(is_gone, seconds=30)
    with running_worker(settings) as worker:
        assert await eventually(is_ok, seconds=60)
        worker.kill()
        assert await eventually(is_silent, seconds=30)


async def test_a_frozen_gateway_and_a_frozen_provider_are_shown(settings: Settings, database: Database) -> None:
    """As SIGSTOP leaves them: the kernel takes connections, and nothing is ever answered."""
    org = await database.as_owner("insert into orgs (name) values ('Night Owl') returning id")
    await add_account(database, org[0]["id"], provider="youtube")
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        began = time.monotonic()
        async with serving(settings, supabase_url=url, simulators_url=url) as client:
            report = (await client.get("/api/health")).json()
            assert time.monotonic() - began < 30
            ready = await client.get("/readyz")
    states = {part["name"]: part["state"] for part in report["parts"]}
    shown = {"sign-in": "down", "rest": "down", "realtime": "down", "providers": "degraded"}
    assert shown.items() <= states.items()
    assert ready.status_code == 200  # the API itself serves
    assert shown.items() <= {part["name"]: part["state"] for part in ready.json()["parts"]}.items()
