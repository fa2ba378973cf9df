"""The official JavaScript client, unmodified, under Node (serializer 2.0.0, binary broadcasts)."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.supabase_local.node import NODE, WEB, node_environment
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import add_task
from tests.supabase_local.test_js_client import Node


async def test_supabase_js(stage: Stage) -> None:
    await run_supabase_js(stage, stage.gateway.url)


async def run_supabase_js(stage: Stage, other_url: str) -> None:
    """Ada is at the gateway of `stage`, her second tab and Bob at the gateway of `other_url`."""
    if not NODE.exists() or not (WEB / "node_modules/@supabase/supabase-js").is_dir():
        pytest.fail("needs Node of requirements.lock, and npm ci in web/. Run ./arti test.")
    process = await asyncio.create_subprocess_exec(
        NODE,
        Path(__file__).with_name("js_realtime.mjs"),
        WEB,
        stage.gateway.url,
        stage.gateway.keys.publishable_key,
        json.dumps(stage.ada),
        json.dumps(stage.bob),
        str(stage.team),
        other_url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=node_environment(),
    )
    node = Node(process)

    states = await node.receive()
    assert [states["ada"]["status"], states["bob"]["status"]] == ["SUBSCRIBED", "SUBSCRIBED"]
    assert states["bad"]["status"] == "CHANNEL_ERROR"
    assert "RealtimeDisabledForConfiguration" in states["bad"]["error"]

    a, b = await add_task(stage.gateway, stage.team, "a"), await add_task(stage.gateway, stage.team, "b")
    await stage.run(f"update tasks set status = 'done' where id = '{a}'", f"delete from tasks where id = '{b}'")
    other = await add_task(stage.gateway, stage.other_team)
    await node.go_on()
    received = await node.receive()
    assert [one["type"] for one in received["ada"]] == ["INSERT", "INSERT", "UPDATE", "DELETE"]
    assert received["ada"][2]["new"]["status"] == "done"
    assert received["ada"][3]["old"] == {"team_id": str(stage.team), "id": str(b)}
    assert [one["new"]["id"] for one in received["named"]] == [str(b)]
    assert [one["new"]["id"] for one in received["bob"]] == [str(other)]

    talk = await node.receive()
    assert [one["status"] for one in talk["entered"]] == ["SUBSCRIBED", "SUBSCRIBED"]
    assert talk["refused"]["status"] == "CHANNEL_ERROR"
    assert "Unauthorized" in talk["refused"]["error"]
    assert talk["sent"] == ["ok", "ok", "ok"]
    assert talk["messages"] == [{"n": 1, "ü": "🦉"}, [0, 255], {"n": 2}, {"n": 4}]
    assert talk["crowds"] == [["calm"], ["glad"], []]
