"""`./arti up --scale` and `--service`: several processes of a service, parts of the gateway, a proxy before them."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from postgrest import AsyncPostgrestClient
from realtime import AsyncRealtimeClient, RealtimeSubscribeStates
from supabase_auth import AsyncGoTrueClient

from arti_core.errors import Misconfigured
from local_stack.data_directory import DataDirectory
from local_stack.processes.selection import ServiceSelection, parse_scale
from local_stack.run_state import ServiceStatus, read_state
from tests.conftest import make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Scaled:
    """A running installation with two or three processes of each service."""

    installation: Installation
    output: str

    @property
    def rows(self) -> dict[str, ServiceStatus]:
        state = read_state(DataDirectory(self.installation.data))
        assert state is not None
        return {row.service: row for row in state.services}

    @property
    def key(self) -> str:
        secrets = json.loads(DataDirectory(self.installation.data).secrets.read_text())
        return str(secrets["supabase_publishable_key"])

    def url(self, service: str) -> str:
        return self.rows[service].url

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.installation.env['ARTI_CADDY_PORT']}"


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaled]:
    folder = tmp_path_factory.mktemp("scaled")
    make_world_executable(folder)
    made = create_installation(folder / "data")
    words = ["--scale", "api=2,worker=3,gateway=2,web=2,console=2", "--with-caddy"]
    words += ["--service", "auth", "--service", "rest", "--service", "realtime"]
    up = made.arti("up", "--detach", "--no-build", *words, seconds=300)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield Scaled(made, up.stdout + up.stderr)
    finally:
        made.arti("down")
        wait_until(lambda: not made.processes())


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        yield client


async def sign_up(http: httpx.AsyncClient, url: str, key: str) -> dict[str, Any]:
    body = {"email": f"{uuid4().hex[:8]}@example.test", "password": PASSWORD}
    answer = await http.post(f"{url}/auth/v1/signup", json=body, headers={"apikey": key})
    session: dict[str, Any] = answer.json()
    assert "access_token" in session, answer.text
    return session


def test_every_process_has_a_port_and_a_row_of_its_own(scaled: Scaled) -> None:
    rows = scaled.rows
    copies = {"api-2", "worker-2", "worker-3", "gateway-2", "web-2", "console-2"}
    assert copies | {"auth", "rest", "realtime", "caddy"} < set(rows)
    assert {row.state for row in rows.values()} == {"up"}
    urls = [row.url for row in rows.values() if row.url]
    assert len(set(urls)) == len(urls)
    assert rows["api"].url.endswith(f":{scaled.installation.env['ARTI_API_PORT']}")
    status = scaled.installation.arti("status")
    assert status.returncode == 0, status.stdout
    for name in copies:
        assert rows[name].title in status.stdout
    doctor = scaled.installation.arti("doctor").stdout
    for name in copies:
        assert f"ok      {'processes':13} {rows[name].title} at {rows[name].url}: up." in doctor


async def test_a_session_of_one_process_holds_at_every_other(scaled: Scaled, http: httpx.AsyncClient) -> None:
    session = await sign_up(http, scaled.url("gateway"), scaled.key)
    headers = {"Authorization": f"Bearer {session['access_token']}", "apikey": scaled.key}

    async def statuses() -> dict[str, int]:
        calls = {name: f"{scaled.url(name)}/auth/me" for name in ("api", "api-2")}
        calls |= {name: f"{scaled.url(name)}/auth/v1/user" for name in ("gateway", "gateway-2", "auth")}
        calls |= {f"rest of {name}": f"{scaled.url(name)}/rest/v1/orgs" for name in ("gateway", "gateway-2", "rest")}
        return {name: (await http.get(url, headers=headers)).status_code for name, url in calls.items()}

    assert set((await statuses()).values()) == {200}
    await http.post(f"{scaled.url('gateway-2')}/auth/v1/logout", headers=headers)
    assert set((await statuses()).values()) <= {401, 403}


async def test_every_worker_reports_and_the_health_is_one(scaled: Scaled, http: httpx.AsyncClient) -> None:
    for name in ("api", "api-2"):
        parts = (await http.get(f"{scaled.url(name)}/api/health")).json()["parts"]
        assert {part["name"]: part["state"] for part in parts}["workers"] == "ok"
    for name in ("worker", "worker-2", "worker-3"):
        assert (await http.get(f"{scaled.url(name)}/healthz")).status_code == 200


async def test_official_clients_reach_each_service_at_its_own_port(scaled: Scaled, http: httpx.AsyncClient) -> None:
    auth = AsyncGoTrueClient(url=scaled.url("auth"), headers={}, persist_session=False, auto_refresh_token=False)
    email = f"{uuid4().hex[:8]}@example.test"
    await auth.sign_up({"email": email, "password": PASSWORD})
    signed_in = await auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert signed_in.session is not None
    token = signed_in.session.access_token
    await auth.close()

    async with AsyncPostgrestClient(scaled.url("rest"), headers={"Authorization": f"Bearer {token}"}) as rest:
        assert (await rest.from_("orgs").select("*").execute()).data == []
    anonymous = await http.get(f"{scaled.url('rest')}/orgs")
    assert anonymous.status_code == 401  # as role anon, which may read nothing
    assert (await http.get(f"{scaled.url('rest')}/rest/v1/orgs")).status_code == 401
    assert (await http.get(f"{scaled.url('rest')}/auth/v1/health")).status_code == 404

    realtime = AsyncRealtimeClient(f"{scaled.url('realtime').replace('http', 'ws')}/socket", scaled.key)
    await realtime.connect()
    await realtime.set_auth(token)
    states: asyncio.Queue[Any] = asyncio.Queue()
    channel = realtime.channel("changes").on_postgres_changes("*", print, table="insights", schema="public")  # type: ignore[arg-type]
    await channel.subscribe(lambda state, _: states.put_nowait(state))
    assert await asyncio.wait_for(states.get(), 20) is RealtimeSubscribeStates.SUBSCRIBED
    await realtime.close()


async def test_the_proxy_goes_on_when_a_gateway_is_killed(scaled: Scaled, http: httpx.AsyncClient) -> None:
    assert "2 processes of gateway: Caddy" in scaled.output
    assert "3 workers share the jobs." in scaled.output
    session = await sign_up(http, scaled.proxy, scaled.key)
    headers = {"Authorization": f"Bearer {session['access_token']}", "apikey": scaled.key}
    for name in ("gateway", "gateway-2"):
        pid = scaled.rows[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        for _ in range(20):
            answer = await http.get(f"{scaled.proxy}/auth/v1/user", headers=headers)
            assert answer.status_code == 200
        wait_until(lambda name=name: scaled.rows[name].state == "up", seconds=60)  # type: ignore[misc]
    assert (await http.get(scaled.proxy)).status_code == 200


@pytest.mark.parametrize("text", ["postgres=2", "api", "api=x", "api=-1", "api=51", "backup=2", "=2", "api=2;worker=3"])
def test_what_cannot_be_scaled_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="--scale"):
        parse_scale(text)


def test_the_options_survive_the_way_to_the_background() -> None:
    selection = ServiceSelection(parse_scale("api=2, worker=0"), ("auth", "rest"), with_caddy=True)
    words = selection.words()
    assert words == ["--with-caddy", "--scale", "api=2,worker=0", "--service", "auth", "--service", "rest"]


def test_a_service_that_is_not_started_cannot_be_scaled(tmp_path: Path) -> None:
    made = create_installation(tmp_path / "data")
    hosted = {
        "SUPABASE_URL": "http://127.0.0.1:9",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_theirs",
        "SUPABASE_SECRET_KEY": "sb_secret_theirs",
        "DATABASE_URL": "postgresql://postgres:of-the-owner@127.0.0.1:9/postgres",
    }
    up = made.arti("up", "--no-build", "--scale", "gateway=2", seconds=120, **hosted)
    assert up.returncode == 1
    assert "There is no gateway of ours here" in up.stderr
