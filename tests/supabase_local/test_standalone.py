"""supabase_local alone: `python -m supabase_local` on a bare PostgreSQL, without ARTi's package and migrations."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
import orjson
import pytest
from postgrest.exceptions import APIError
from realtime.types import RealtimePostgresChangesListenEvent as Event
from realtime.types import RealtimeSubscribeStates as States

from arti_core import clock
from local_stack import postgres
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from supabase_local.bootstrap import apply_steps
from tests.clock import clock_environment, move_database
from tests.conftest import free_port, make_world_executable, run_in_thread
from tests.tmp_dirs import make_tmp_dir

_SRC = Path(__file__).parents[2] / "src"
_TABLE = """
  create table public.notes (
    id bigint generated always as identity primary key,
    user_id uuid not null default auth.uid(),
    body text not null
  );
  alter table public.notes enable row level security;
  create policy own_notes on public.notes to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
  alter publication supabase_realtime add table public.notes;
  create policy team_channel on realtime.messages to authenticated
    using (realtime.topic() = 'team') with check (realtime.topic() = 'team');
"""


@dataclass(frozen=True, slots=True)
class Standalone:
    url: str
    publishable_key: str
    superuser_url: str


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the superuser's URL of a PostgreSQL in which nothing was prepared."""
    with make_tmp_dir(tmp_path_factory.mktemp("bare")) as home:
        make_world_executable(home)
        cluster = postgres.Cluster(home / "data", free_port(), secrets.token_hex(16))
        postgres.init_cluster(cluster)
        server = postgres.start_server(cluster, fast_and_unsafe=True)
        try:
            run_in_thread(postgres.wait_for_server(cluster))
            url = cluster.dsn(postgres.SUPERUSER, "postgres")
            if clock.ahead():  # only a database that has a clock can have it moved
                run_in_thread(_prepare_and_move(url))
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


@pytest.fixture(scope="module")
def environment(bare_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a process that can import arti_core and supabase_local, and not arti."""
    packages = tmp_path_factory.mktemp("packages")
    for package in ("arti_core", "supabase_local"):
        (packages / package).symlink_to(_SRC / package)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SSL_CERT_FILE") if name in os.environ}
    own = {"PYTHONPATH": str(packages), "PYTHONSAFEPATH": "1", "SUPABASE_DB_URL": bare_server}
    return kept | own | clock_environment()


@pytest.fixture(scope="module")
def standalone(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """Return a gateway that runs alone."""
    folder, port = tmp_path_factory.mktemp("standalone"), free_port()
    command = [sys.executable, "-m", "supabase_local", "--port", str(port), "--keys", "keys.json"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        url, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            assert process.poll() is None, (folder / "log").read_text()
            try:
                if httpx.get(f"{url}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                assert time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.1)
        keys = orjson.loads((folder / "keys.json").read_bytes())
        assert (folder / "keys.json").stat().st_mode & 0o077 == 0
        superuser_url = environment["SUPABASE_DB_URL"]
        run_in_thread(_execute(superuser_url, _TABLE))
        yield Standalone(url, keys["supabase_publishable_key"], superuser_url)
    finally:
        process.terminate()
        process.wait(20)


async def _prepare_and_move(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await apply_steps(connection)
    finally:
        await connection.close()
    await move_database(url)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def _client(standalone: Standalone, http: httpx.AsyncClient) -> AsyncClient:
    options = AsyncClientOptions(auto_refresh_token=False, httpx_client=http)
    return await create_async_client(standalone.url, standalone.publishable_key, options)


async def _subscribe(client: AsyncClient, access_token: str) -> asyncio.Event:
    """Subscribe to new notes on the private channel `team`. Returns an event that is set when the channel is closed."""
    ready, closed = asyncio.Event(), asyncio.Event()

    def on_state(state: States, error: Exception | None) -> None:
        if state is States.CLOSED:
            closed.set()

    options: Any = {"config": {"private": True}}
    await client.realtime.set_auth(access_token)
    channel = client.channel("team", options).on_system(lambda _: ready.set())
    channel.on_postgres_changes(Event.Insert, lambda _: None, table="notes", schema="public")
    await channel.subscribe(on_state)
    await asyncio.wait_for(ready.wait(), 30)
    return closed


def test_arti_cannot_be_imported(environment: dict[str, str]) -> None:
    code = "import supabase_local.app, importlib.util as u; print(u.find_spec('arti'))"
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "None"


async def test_auth_rest_and_realtime_by_the_official_client(standalone: Standalone) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        client = await _client(standalone, http)
        await client.auth.sign_up({"email": "ada@example.test", "password": "correct horse"})
        signed_in = await client.auth.sign_in_with_password({"email": "ada@example.test", "password": "correct horse"})
        assert signed_in.session is not None
        refreshed = await client.auth.refresh_session()
        assert refreshed.session is not None
        assert refreshed.session.refresh_token != signed_in.session.refresh_token

        await client.realtime.set_auth(refreshed.session.access_token)
        events: asyncio.Queue[Any] = asyncio.Queue()
        ready: asyncio.Queue[Any] = asyncio.Queue()
        options: Any = {"config": {"private": True, "broadcast": {"self": True}}}
        channel = client.channel("team", options)
        channel.on_postgres_changes(Event.Insert, events.put_nowait, table="notes", schema="public")
        channel.on_broadcast("greeting", events.put_nowait).on_system(ready.put_nowait)
        await channel.subscribe()
        await asyncio.wait_for(ready.get(), 30)

        inserted = await client.table("notes").insert({"body": "first"}).execute()
        assert [cast(dict[str, Any], row)["body"] for row in inserted.data] == ["first"]
        change = await asyncio.wait_for(events.get(), 30)
        assert change["data"]["record"]["body"] == "first"
        await channel.send_broadcast("greeting", {"text": "hello"})
        broadcast = await asyncio.wait_for(events.get(), 30)
        assert broadcast["payload"]["text"] == "hello"
        await client.realtime.close()

        other = await _client(standalone, http)
        await other.auth.sign_up({"email": "bob@example.test", "password": "correct horse"})
        assert (await other.table("notes").select("*").execute()).data == []
        assert len((await client.table("notes").select("*").execute()).data) == 1


async def test_a_banned_user_is_refused_by_rest_and_disconnected_from_realtime(standalone: Standalone) -> None:
    """The clock of the database is 12 hours ahead of the server's."""
    async with httpx.AsyncClient(timeout=20) as http:
        client = await _client(standalone, http)
        session = (await client.auth.sign_up({"email": "cleo@example.test", "password": "correct horse"})).session
        assert session is not None
        closed = await _subscribe(client, session.access_token)
        assert (await client.table("notes").select("*").execute()).data == []

        await _execute(standalone.superuser_url, "call clock.move('test', clock.ahead() + interval '12 hours')")
        try:
            ban = (
                f"update auth.users set banned_until = clock.now() + interval '%s hours' where id = '{session.user.id}'"
            )
            await _execute(standalone.superuser_url, ban % -6)  # over, but not by the server's time
            await asyncio.sleep(2)
            assert not closed.is_set()
            assert (await client.table("notes").select("*").execute()).data == []
            await _execute(standalone.superuser_url, ban % 6)
            await asyncio.wait_for(closed.wait(), 10)
            with pytest.raises(APIError) as refused:
                await client.table("notes").select("*").execute()
            assert refused.value.code == "PGRST303"
        finally:
            await _execute(standalone.superuser_url, "call clock.move('test', clock.ahead() - interval '12 hours')")
        await client.realtime.close()


async def test_sign_out_closes_the_channels_of_the_session(standalone: Standalone) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        client, other = await _client(standalone, http), await _client(standalone, http)
        session = (await client.auth.sign_up({"email": "dan@example.test", "password": "correct horse"})).session
        assert session is not None
        closed = await _subscribe(client, session.access_token)
        await other.auth.sign_in_with_password({"email": "dan@example.test", "password": "correct horse"})
        await other.auth.sign_out({"scope": "global"})
        await asyncio.wait_for(closed.wait(), 10)
        await client.realtime.close()


def test_a_database_without_superuser_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "supabase_local", "--keys", str(tmp_path / "keys.json")]
    wrong = environment | {"SUPABASE_DB_URL": "postgresql://nobody:x@127.0.0.1:1/postgres"}
    ended = subprocess.run(command, env=wrong, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 78
    assert "SUPABASE_DB_URL" in ended.stderr
