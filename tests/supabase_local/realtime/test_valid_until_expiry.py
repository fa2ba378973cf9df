"""With JWT_VALID_UNTIL_EXPIRY tokens outlive their session on REST and Realtime, as upstream; nothing else changes."""

from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from realtime import RealtimeSubscribeStates
from realtime.types import RealtimePostgresChangesListenEvent as Event

from arti.api import create_app
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.keys.api_keys import AuthResult
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import add_task, member
from tests.supabase_local.realtime.test_python_realtime import Callback, client, subscribed


@pytest.fixture(scope="module")
def gateway_changes() -> dict[str, Any]:
    return {"jwt_valid_until_expiry": True}


async def test_a_client_goes_on_when_another_has_signed_out_everywhere(stage: Stage) -> None:
    session = await member(stage.gateway, stage.team)
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    async with client(stage, session) as joined:
        received, ready = Callback(), Callback()
        tasks = joined.channel("tasks").on_postgres_changes(Event.All, received, table="tasks", schema="public")
        assert await subscribed(tasks.on_system(ready)) is RealtimeSubscribeStates.SUBSCRIBED
        await ready.next()
        signed_out = await stage.gateway.http.post("/auth/v1/logout", params={"scope": "global"}, headers=bearer)
        assert signed_out.status_code == 204
        first = await add_task(stage.gateway, stage.team)
        assert (await received.next())["data"]["record"]["id"] == str(first)
        rows = await stage.gateway.http.get("/rest/v1/tasks?select=id", headers=bearer)
        assert (rows.status_code, rows.json()) == (200, [{"id": str(first)}])
        assert (await stage.gateway.http.get("/rest/v1/", headers=bearer)).status_code == 200
        private: Any = {"config": {"private": True}}
        late = joined.channel(f"team:{stage.team}:{uuid4().hex[:6]}", private)
        assert await subscribed(late) is RealtimeSubscribeStates.SUBSCRIBED
        foreign = joined.channel(f"team:{stage.other_team}", private)
        assert await subscribed(foreign) is RealtimeSubscribeStates.CHANNEL_ERROR
    refreshed = await stage.gateway.http.post(
        "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": session["refresh_token"]}
    )
    assert refreshed.json()["error_code"] == "refresh_token_not_found"
    assert (await stage.gateway.http.get("/auth/v1/user", headers=bearer)).json()["error_code"] == "session_not_found"


async def test_the_api_refuses_an_ended_session_at_once_all_the_same(stage: Stage) -> None:
    session = await member(stage.gateway, stage.team)
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    app = create_app(stage.gateway.settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
            assert (await http.get("/api/orgs", headers=bearer)).status_code == 200
            await stage.gateway.http.post("/auth/v1/logout", headers=bearer)
            assert (await http.get("/api/orgs", headers=bearer)).status_code == 401


def test_keys_of_the_database_are_checked_all_the_same() -> None:
    pool: Any = None
    upstreams = DatabasePools(pool, pool, tokens_outlive_sessions=True)
    key = AuthResult("authenticated", {"sub": str(uuid4()), "key_id": str(uuid4())})
    token = AuthResult("authenticated", {"sub": str(uuid4()), "session_id": str(uuid4())})
    assert (upstreams.checks_session(key), upstreams.checks_session(token)) == (True, False)
    assert DatabasePools(pool, pool).checks_session(token)
