"""Several gateways on one database and one Redis: their clients share broadcasts, presence and changes."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import redis

from arti.settings import Settings
from supabase_local.realtime.relay import SILENT_SECONDS
from tests.supabase_local.conftest import Gateway
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, PresenceClient, Socket, add_task, socket, track
from tests.supabase_local.realtime.running_gateway import clients_of, gateway_process, second_gateway
from tests.supabase_local.realtime.test_js_realtime import run_supabase_js

SHOWN_SECONDS = SILENT_SECONDS + 10


@pytest.fixture(scope="module")
def other_url(served: Settings) -> Iterator[str]:
    with gateway_process(served) as (url, _):
        yield url


@pytest.fixture
async def other(gateway: Gateway, other_url: str) -> AsyncIterator[Gateway]:
    """A second gateway, of another process."""
    async with clients_of(other_url, gateway) as running:
        yield running


async def until_shown(eyes: PresenceClient, watcher: Socket, condition: Callable[[], bool]) -> None:
    """Read presence messages until the client shows what it must."""
    async with asyncio.timeout(SHOWN_SECONDS):
        while not condition():
            eyes.apply(await watcher.receive())


async def watch(one: Socket, stage: Stage, name: str) -> PresenceClient:
    """Join to see who is present. Returns what the client shows."""
    eyes = PresenceClient()
    await one.join_private(name, stage.token, presence={"enabled": True}, broadcast={"ack": True})
    eyes.apply(await one.receive())
    return eyes


async def test_broadcasts_reach_the_clients_of_both_gateways(stage: Stage, other: Gateway) -> None:
    name = f"team:{stage.team}:talk"
    topic = f"realtime:{name}"
    async with socket(stage.gateway) as here, socket(other) as there, socket(other, 1) as old, socket(other) as else_:
        for one in (here, there, old):
            assert (await one.join_private(name, stage.token, broadcast={"ack": True}))["status"] == "ok"
        await else_.join_private(f"team:{stage.team}:other", stage.token)
        message = {"type": "broadcast", "event": "wave", "payload": {"n": 1, "ü": "🦉"}}
        assert (await here.request(topic, "broadcast", message))["status"] == "ok"
        for one in (there, old):
            assert (await one.receive())["payload"] == message
        await there.send_binary(topic, "raw", b"\x00\xff", encoding=0)
        assert (await there.receive())["payload"]["status"] == "ok"
        assert (await here.receive())["payload"]["payload"] == b"\x00\xff"
        for n, gateway in enumerate((stage.gateway, other)):
            headers = {"Authorization": f"Bearer {stage.token}"}
            path = f"/realtime/v1/api/broadcast/{name}/events/http?private=true"
            assert (await gateway.http.post(path, json={"n": n}, headers=headers)).status_code == 202
            for one in (here, there, old):
                assert (await one.receive())["payload"]["payload"] == {"n": n}
        for one in (here, there, old, else_):  # each once, and none of another topic
            assert await one.is_silent()


async def test_a_message_of_the_database_arrives_once_at_each_gateway(stage: Stage, other: Gateway) -> None:
    name = f"team:{stage.team}:talk"
    async with socket(stage.gateway) as here, socket(other) as there:
        for one in (here, there):
            await one.join_private(name, stage.token, broadcast={"replication_ready": True})
            assert (await one.receive())["payload"]["status"] == "ok"
        await stage.run(f"select realtime.send('{{\"n\": 1}}', 'news', '{name}')")
        for one in (here, there):
            assert (await one.receive())["payload"]["payload"]["n"] == 1
        await asyncio.sleep(0.3)
        for one in (here, there):
            assert await one.is_silent()


async def test_changes_reach_the_clients_of_both_gateways_once(stage: Stage, other: Gateway) -> None:
    async with socket(stage.gateway) as here, socket(other) as there:
        for one in (here, there):
            await one.join([TASKS], stage.token)
        added = await add_task(stage.gateway, stage.team)
        await add_task(stage.gateway, stage.other_team)
        for one in (here, there):
            assert (await one.receive_change())["record"]["id"] == str(added)
        await stage.run(f"delete from tasks where id = '{added}'")
        for one in (here, there):
            assert (await one.receive_change())["type"] == "DELETE"
            assert await one.is_silent()


async def test_a_permission_that_is_lost_ends_at_both_gateways(stage: Stage, other: Gateway) -> None:
    name = f"team:{stage.team}:talk"
    async with socket(stage.gateway) as here, socket(other) as there:
        for one in (here, there):
            assert (await one.join_private(name, stage.token))["status"] == "ok"
        await stage.gateway.http.post("/auth/v1/logout", headers={"Authorization": f"Bearer {stage.token}"})
        for one in (here, there):
            assert "session has ended" in (await one.receive(5))["payload"]["message"]


async def test_presence_is_one_for_both_gateways(stage: Stage, other: Gateway) -> None:
    name = f"team:{stage.team}:room"
    topic = f"realtime:{name}"
    async with socket(stage.gateway) as here, socket(other) as there:
        near, far = await watch(here, stage, name), await watch(there, stage, name)
        async with socket(stage.gateway) as ada, socket(other, 1) as eve:
            for one, key in ((ada, "ada"), (eve, "eve")):
                await one.join_private(name, stage.token, presence={"key": key})
                await track(one, topic, "calm")
            await track(ada, topic, "glad")
            present = [("ada", "glad"), ("eve", "calm")]
            for eyes, one in ((near, here), (far, there)):
                await until_shown(eyes, one, lambda eyes=eyes: eyes.shown() == present)  # type: ignore[misc]
            async with socket(other) as late:
                assert (await watch(late, stage, name)).shown() == present
            await ada.send(topic, "presence", {"event": "untrack"})
            await until_shown(far, there, lambda: far.shown() == [("eve", "calm")])
        for eyes, one in ((near, here), (far, there)):  # both sockets were closed
            await until_shown(eyes, one, lambda eyes=eyes: eyes.shown() == [])  # type: ignore[misc]


async def test_a_gateway_that_starts_knows_who_is_present(stage: Stage) -> None:
    name = f"team:{stage.team}:room"
    async with socket(stage.gateway) as ada:
        await ada.join_private(name, stage.token, presence={"key": "ada"})
        await track(ada, f"realtime:{name}", "calm")
        async with second_gateway(stage.gateway) as (other, _), socket(other) as late:
            assert (await watch(late, stage, name)).shown() == [("ada", "calm")]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
async def test_the_presences_of_a_gateway_that_ends_are_removed(stage: Stage, end: signal.Signals) -> None:
    name = f"team:{stage.team}:room"
    topic = f"realtime:{name}"
    async with socket(stage.gateway) as watcher, socket(stage.gateway) as ada:
        eyes = await watch(watcher, stage, name)
        await ada.join_private(name, stage.token, presence={"key": "ada"})
        await track(ada, topic, "calm")
        async with second_gateway(stage.gateway) as (other, process), socket(other) as eve:
            await eve.join_private(name, stage.token, presence={"key": "eve"})
            await track(eve, topic, "glad")
            await until_shown(eyes, watcher, lambda: eyes.shown() == [("ada", "calm"), ("eve", "glad")])
            process.send_signal(end)
            started = time.monotonic()
            await until_shown(eyes, watcher, lambda: eyes.shown() == [("ada", "calm")])
            assert time.monotonic() - started < (2 if end is signal.SIGTERM else SILENT_SECONDS + 3)
            message = {"type": "broadcast", "event": "wave", "payload": {}}
            assert (await watcher.request(topic, "broadcast", message))["status"] == "ok"
            if end is signal.SIGSTOP:  # it was frozen only, and goes on
                process.send_signal(signal.SIGCONT)
                await until_shown(eyes, watcher, lambda: eyes.shown() == [("ada", "calm"), ("eve", "glad")])


async def test_presence_repairs_itself_when_redis_was_away(stage: Stage, other: Gateway, redis_url: str) -> None:
    """Connections to Redis are cut while presences change."""
    name = f"team:{stage.team}:room"
    topic = f"realtime:{name}"
    async with socket(stage.gateway) as watcher, socket(other) as eve:
        eyes = await watch(watcher, stage, name)
        await eve.join_private(name, stage.token, presence={"key": "eve"})
        with redis.from_url(redis_url) as client:
            for mood in ("calm", "glad", "tired"):
                client.client_kill_filter(_type="pubsub")
                client.client_kill_filter(_type="normal", skipme=True)
                await track(eve, topic, mood)
                await asyncio.sleep(0.1)
        await until_shown(eyes, watcher, lambda: eyes.shown() == [("eve", "tired")])
        assert len(eyes.refs) == 1


async def test_redis_cannot_read_or_send_broadcasts(stage: Stage, other: Gateway, redis_url: str) -> None:
    name = f"team:{stage.team}:talk"
    async with socket(stage.gateway) as here, socket(other) as there:
        for one in (here, there):
            await one.join_private(name, stage.token, broadcast={"ack": True})
        with redis.from_url(redis_url) as client, client.pubsub() as listener:
            listener.psubscribe("supabase:realtime:*")
            message = {"type": "broadcast", "event": "wave", "payload": {"secret": "the single is out on friday"}}
            await here.request(f"realtime:{name}", "broadcast", message)
            assert (await there.receive())["payload"] == message
            seen = []
            while received := listener.get_message(timeout=0.2):
                if received["type"] == "pmessage":
                    seen.append(received)
            assert seen
            assert all(b"friday" not in one["data"] and b"wave" not in one["data"] for one in seen)
            channel = seen[0]["channel"]
            forged = [b"", b"\x01", b"\x01" + bytes(60), b"\xff" + bytes(60), seen[0]["data"][:-1], b"[]\n"]
            for data in forged:
                client.publish(channel, data)
        await here.request(f"realtime:{name}", "broadcast", message)  # the gateways go on
        assert (await there.receive())["payload"] == message
        assert await there.is_silent()


async def test_supabase_js_with_clients_at_both_gateways(stage: Stage, other: Gateway) -> None:
    await run_supabase_js(stage, other.url)
