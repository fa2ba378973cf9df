"""Channels of ended sessions are closed within seconds."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, Socket, add_task, member, socket


async def wait_for_close(client: Socket, topic: str) -> str:
    """Wait for the end of a channel; returns the reason given."""
    frame = await client.receive(5)
    assert (frame["topic"], frame["event"], frame["payload"]["status"]) == (topic, "system", "error"), frame
    assert (await client.receive())["event"] == "phx_close"
    return str(frame["payload"]["message"])


async def sign_out(stage: Stage, session: dict[str, Any]) -> None:
    token = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await stage.gateway.http.post("/auth/v1/logout", headers=token)).status_code == 204


async def ban(stage: Stage, session: dict[str, Any]) -> None:
    response = await stage.gateway.admin.put(
        f"/auth/v1/admin/users/{session['user']['id']}", json={"ban_duration": "24h"}
    )
    assert response.status_code == 200


async def delete(stage: Stage, session: dict[str, Any]) -> None:
    response = await stage.gateway.admin.delete(f"/auth/v1/admin/users/{session['user']['id']}")
    assert response.status_code == 200


@pytest.mark.parametrize("do", [sign_out, ban, delete])
async def test_ended_session_closes_its_channels(
    stage: Stage, do: Callable[[Stage, dict[str, Any]], Awaitable[None]]
) -> None:
    leaves = await member(stage.gateway, stage.team)
    async with socket(stage.gateway) as stays, socket(stage.gateway) as ada:
        await stays.join([TASKS], stage.token)
        await ada.join([TASKS], leaves["access_token"])
        await ada.join_private(f"team:{stage.team}", leaves["access_token"])
        await do(stage, leaves)
        await add_task(stage.gateway, stage.team)
        ended = {(await ada.receive(5))["event"] for _ in range(4)}
        assert ended == {"system", "phx_close"}
        reply = await ada.request(
            "realtime:t", "phx_join", {"config": {"postgres_changes": [TASKS]}, "access_token": None}
        )
        assert reply["status"] == "ok"  # with the API key alone, which can read nothing
        assert (await ada.receive())["payload"]["status"] == "ok"
        for topic, private in (("realtime:t", False), (f"realtime:team:{stage.team}", True)):
            config = {"postgres_changes": [TASKS], "private": private}
            reply = await ada.request(topic, "phx_join", {"config": config, "access_token": leaves["access_token"]})
            assert reply["response"]["reason"].startswith("Unauthorized")
        await ada.send("realtime:t", "access_token", {"access_token": leaves["access_token"]})
        assert "ended" in await wait_for_close(ada, "realtime:t")
        assert (await stays.receive_change())["type"] == "INSERT"
    headers = {"Authorization": f"Bearer {leaves['access_token']}"}
    name = f"team:{stage.team}"
    batch = {"messages": [{"topic": name, "event": "x", "payload": {}, "private": True}]}
    for path, body in (("", batch), (f"/{name}/events/x?private=true", {})):
        refused = await stage.gateway.http.post(f"/realtime/v1/api/broadcast{path}", json=body, headers=headers)
        assert (refused.status_code, "ended" in refused.json()["message"]) == (401, True), path
