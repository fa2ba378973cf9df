"""The simulators as a real server, and an API and workers that use them."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import httpx2 as httpx
import pytest
import uvicorn

from arti.connections.jobs import HANDLERS
from arti.jobs import WorkerContext
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core.jobs import run_job
from provider_simulators.server import create_simulators
from provider_simulators.world import account_name
from tests.conftest import Member, World


@pytest.fixture(scope="session")
def simulators_url() -> Iterator[str]:
    """A real HTTP server with all simulators, on its own port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_simulators(), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def settings(settings: Settings, simulators_url: str) -> Settings:
    return settings.model_copy(update={"simulators_url": simulators_url})


@dataclass
class SimulatorControl:
    """Controls the simulators: faults, the day, page sizes, revocations."""

    http: httpx.AsyncClient

    async def inject_fault(self, provider: Provider, kind: str, **more: Any) -> None:
        answer = await self.http.post("/_simulator/faults", json={"provider": provider, "kind": kind, **more})
        answer.raise_for_status()

    async def set_day(self, day: str | None) -> None:
        (await self.http.post("/_simulator/today", params={"day": day} if day else {})).raise_for_status()

    async def set_page_size(self, size: int) -> None:
        (await self.http.post("/_simulator/page-size", json={"size": size})).raise_for_status()

    async def revoke(self, provider: Provider, artist: str) -> None:
        body = {"provider": provider, "account": account_name(artist)}
        (await self.http.post("/_simulator/revoke", json=body)).raise_for_status()

    async def calls(self) -> dict[str, int]:
        """Return how often each path was called since the test began."""
        found: dict[str, int] = (await self.http.get("/_simulator/state")).json()["calls"]
        return found


@pytest.fixture
async def simulator(simulators_url: str) -> AsyncIterator[SimulatorControl]:
    async with httpx.AsyncClient(base_url=simulators_url, trust_env=False) as http:
        await http.post("/_simulator/reset")
        yield SimulatorControl(http)
        await http.post("/_simulator/reset")


async def make_artist(world: World, member: Member, name: str) -> UUID:
    rows = await world.database.as_owner(
        "insert into artists (org_id, name) values ($1, $2) returning id", member.org_id, name
    )
    return UUID(str(rows[0]["id"]))


async def give_consent(authorize_url: str, artist: str, *, decision: str = "allow", untick: str = "") -> str:
    """Fill in the simulator's consent page as a person would; return the URL that it redirects to."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        page = await browser.get(authorize_url)
        page.raise_for_status()
        scopes = [part.split('"')[0] for part in page.text.split('name="scope" value="')[1:]]
        form = {
            "account": account_name(artist),
            "other": "",
            "scope": [scope for scope in scopes if not untick or untick not in scope],
            "decision": decision,
        }
        sent = await browser.post(authorize_url, data=form)
    assert sent.status_code == 302, sent.text
    return str(sent.headers["location"])


async def connect(world: World, member: Member, provider: Provider, artist_id: UUID, name: str, **more: Any) -> str:
    """Run the whole OAuth flow; return the URL that it redirects to."""
    started = await member.http.post("/api/accounts/connect", json={"provider": provider, "artist_id": str(artist_id)})
    assert started.status_code == 200, started.text
    back = await give_consent(started.json()["authorize_url"], name, **more)
    finished = await finish(world, member, back)
    if "connect_error" in finished:
        return f"?{urlencode(finished)}"
    assert finished["provider"] == provider
    return f"{finished['return_to']}?connected={provider}"


async def finish(world: World, member: Member, back: str) -> dict[str, str]:
    """Follow the redirect from the provider and finish it as the web app does; return the answer."""
    answer = await world.anonymous.get(back.removeprefix(world.settings.api_url))
    assert answer.status_code == 303, answer.text
    where = urlsplit(answer.headers["location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{world.settings.site_url}/accounts/"
    query = {name: values[0] for name, values in parse_qs(where.query).items()}
    if "connect_error" in query:
        return query
    body = {"state": query["consent_state"], "code": query["consent_code"]}
    finished = await member.http.post("/api/accounts/connect/finish", json=body)
    result: dict[str, str] = finished.json()
    return result if finished.status_code == 200 else {"connect_error": result["message"]}


async def connected(world: World, member: Member, provider: Provider, name: str = "Velvet Harbor") -> dict[str, Any]:
    """Make an artist, connect one account, return it."""
    artist_id = await make_artist(world, member, name)
    assert "connected=" in await connect(world, member, provider, artist_id, name)
    items = (await member.http.get("/api/accounts", params={"artist_id": str(artist_id)})).json()["items"]
    account: dict[str, Any] = items[0]
    return account


async def run_syncs(world: World, worker_context: WorkerContext, org_id: UUID) -> list[str]:
    """Run each queued sync of the org once, due or not."""
    await world.database.as_owner(
        "update jobs set run_at = clock.now() where org_id = $1 and status = 'queued'", org_id
    )
    jobs = await world.database.as_owner(
        "select id from jobs where org_id = $1 and status = 'queued' and name = 'connections.sync'", org_id
    )
    return [await run_job(worker_context, HANDLERS, org_id, job["id"]) for job in jobs]


async def sync_now(
    world: World, worker_context: WorkerContext, member: Member, account: dict[str, Any]
) -> dict[str, Any]:
    """Sync on demand and return the run."""
    request = await member.http.post(f"/api/accounts/{account['id']}/sync")
    assert request.status_code == 202, request.text
    await run_syncs(world, worker_context, member.org_id)
    run: dict[str, Any] = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"][0]
    return run
