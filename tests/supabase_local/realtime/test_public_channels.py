"""With REALTIME_ALLOW_PUBLIC anyone with a key may use a public channel; private ones are separate."""

from typing import Any

import pytest

from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import socket


@pytest.fixture(scope="module")
def gateway_changes() -> dict[str, Any]:
    return {"realtime_allow_public": True}


async def test_public_channels_are_open_to_every_key(stage: Stage) -> None:
    name = f"team:{stage.team}"
    async with socket(stage.gateway) as private, socket(stage.gateway) as ada, socket(stage.gateway, 1) as anyone:
        await private.join_private(name, stage.token)
        for client in (ada, anyone):
            config = {"broadcast": {"self": True, "replication_ready": True}, "presence": {"enabled": True, "key": "k"}}
            assert (await client.request(f"realtime:{name}", "phx_join", {"config": config}))["status"] == "ok"
            assert (await client.receive())["event"] == "presence_state"
            assert (await client.receive())["payload"]["message"] == "Replication connection established"
        message = {"type": "broadcast", "event": "x", "payload": {"a": 1}}
        await anyone.send(f"realtime:{name}", "broadcast", message)
        for client in (ada, anyone):
            assert (await client.receive())["payload"] == message
        response = await stage.gateway.http.post(f"/realtime/v1/api/broadcast/{name}/events/y", json={"b": 2})
        assert response.status_code == 202
        for client in (ada, anyone):
            assert (await client.receive())["payload"]["payload"] == {"b": 2}
        tracked = await anyone.request(f"realtime:{name}", "presence", {"event": "track", "payload": {}})
        assert tracked["status"] == "ok"
        assert (await ada.receive())["event"] == "presence_diff"
        assert (await anyone.receive())["event"] == "presence_diff"
        await stage.run(f"select realtime.send('{{\"c\": 3}}', 'z', '{name}', false)")
        for client in (ada, anyone):
            assert (await client.receive())["payload"]["payload"]["c"] == 3
        assert await private.is_silent()
