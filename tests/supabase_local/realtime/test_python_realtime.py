"""The official Python client, unmodified (serializer 1.0.0): changes, broadcast, presence, tokens, two teams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from realtime import AsyncRealtimeClient, RealtimeSubscribeStates
from realtime.types import RealtimePostgresChangesListenEvent as Event

from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import add_task


@asynccontextmanager
async def client(stage: Stage, session: dict[str, Any]) -> AsyncIterator[AsyncRealtimeClient]:
    client_ = AsyncRealtimeClient(f"{stage.gateway.url}/realtime/v1", stage.gateway.keys.publishable_key)
    await client_.connect()
    await client_.set_auth(session["access_token"])
    try:
        yield client_
    finally:
        await client_.close()


class Callback:
    """Collects what callbacks are given."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[Any] = asyncio.Queue()

    def __call__(self, *arguments: Any) -> None:
        self.received.put_nowait(arguments[0] if len(arguments) == 1 else arguments)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.received.get(), 30)


async def subscribed(channel: Any) -> RealtimeSubscribeStates:
    states = Callback()
    await channel.subscribe(states)
    state: RealtimeSubscribeStates = (await states.next())[0]
    return state


async def test_postgres_changes_of_two_teams(stage: Stage) -> None:
    async with client(stage, stage.ada) as ada, client(stage, stage.bob) as bob:
        callbacks: dict[str, Callback] = {
            name: Callback() for name in ("all", "named", "gone", "ready", "bob", "bob ready")
        }
        ada_tasks = ada.channel("tasks")
        ada_tasks.on_postgres_changes(Event.All, callbacks["all"], table="tasks", schema="public")
        ada_tasks.on_postgres_changes(Event.Insert, callbacks["named"], table="tasks", filter="name=eq.b,attempts=lt.1")
        ada_tasks.on_postgres_changes(Event.Delete, callbacks["gone"], table="tasks", schema="public")
        bob_tasks = bob.channel("tasks").on_postgres_changes(
            Event.All, callbacks["bob"], table="tasks", schema="public"
        )
        assert await subscribed(ada_tasks.on_system(callbacks["ready"])) is RealtimeSubscribeStates.SUBSCRIBED
        await subscribed(bob_tasks.on_system(callbacks["bob ready"]))
        for ready in ("ready", "bob ready"):
            await callbacks[ready].next()
        a, b = await add_task(stage.gateway, stage.team, "a"), await add_task(stage.gateway, stage.team, "b")
        await stage.run(f"update tasks set status = 'done' where id = '{a}'", f"delete from tasks where id = '{b}'")
        other = await add_task(stage.gateway, stage.other_team)
        changes = [(await callbacks["all"].next())["data"] for _ in range(4)]
        assert [one["type"] for one in changes] == ["INSERT", "INSERT", "UPDATE", "DELETE"]
        assert (await callbacks["named"].next())["data"]["record"]["id"] == str(b)
        assert (await callbacks["gone"].next())["data"]["old_record"] == {"team_id": str(stage.team), "id": str(b)}
        assert (await callbacks["bob"].next())["data"]["record"]["id"] == str(other)
        assert callbacks["all"].received.empty()
        assert callbacks["bob"].received.empty()


async def test_broadcast_presence_and_token_refresh(stage: Stage) -> None:
    topic = f"team:{stage.team}:{uuid4().hex[:6]}"
    private: Any = {"config": {"private": True, "broadcast": {"ack": True, "self": False}}}
    async with client(stage, stage.ada) as ada, client(stage, stage.ada) as tab, client(stage, stage.bob) as bob:
        received, crowd = Callback(), Callback()
        present: Any = {"config": {**private["config"], "presence": {"key": "ada", "enabled": False}}}
        one = ada.channel(topic, present)
        two = tab.channel(topic, private).on_broadcast("wave", received).on_presence_sync(crowd)
        three = bob.channel(topic, private)
        assert await subscribed(one) is RealtimeSubscribeStates.SUBSCRIBED
        assert await subscribed(two) is RealtimeSubscribeStates.SUBSCRIBED
        assert await subscribed(three) is RealtimeSubscribeStates.CHANNEL_ERROR
        await one.send_broadcast("wave", {"n": 1})
        assert (await received.next())["payload"] == {"n": 1}
        await one.http_send("wave", {"n": 2})
        assert (await received.next())["payload"] == {"n": 2}
        await crowd.next()
        for mood in ("calm", "glad"):
            await one.track({"mood": mood})
            await crowd.next()
            state: dict[str, Any] = dict(two.presence.state)
            assert [[meta["mood"] for meta in metas] for metas in state.values()] == [[mood]]
        fresh = await stage.gateway.http.post(
            "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": stage.ada["refresh_token"]}
        )
        await ada.set_auth(fresh.json()["access_token"])
        await one.send_broadcast("wave", {"n": 3})
        assert (await received.next())["payload"] == {"n": 3}
        await one.untrack()
        await crowd.next()
        assert two.presence.state == {}
        await one.unsubscribe()
