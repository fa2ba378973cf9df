"""A minimal Phoenix client of either serializer version, which returns frames as they are sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect

from tests.supabase_local.conftest import Gateway

TASKS = {"event": "*", "schema": "public", "table": "tasks"}


class Socket:
    def __init__(self, connection: ClientConnection, version: int) -> None:
        self.connection = connection
        self.version = version

    async def send(self, topic: str, event: str, payload: Any, ref: str = "1") -> None:
        frame: Any = [ref, ref, topic, event, payload]
        if self.version == 1:
            frame = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": ref}
        await self.connection.send(json.dumps(frame))

    async def send_binary(self, topic: str, event: str, payload: bytes, *, encoding: int, ref: str = "1") -> None:
        parts = [ref.encode(), ref.encode(), topic.encode(), event.encode(), b""]
        await self.connection.send(bytes([3, *map(len, parts), encoding]) + b"".join(parts) + payload)

    async def receive(self, seconds: float = 30) -> dict[str, Any]:
        """Return the next frame; of a binary one its parts."""
        data = await asyncio.wait_for(self.connection.recv(), seconds)
        if isinstance(data, bytes):
            return _parts(data)
        frame = json.loads(data)
        if self.version == 2:
            frame = dict(zip(("join_ref", "ref", "topic", "event", "payload"), frame, strict=True))
        received: dict[str, Any] = frame
        return received

    async def receive_change(self) -> dict[str, Any]:
        """Return the data of the next change."""
        received = await self.receive()
        assert received["event"] == "postgres_changes", received
        data: dict[str, Any] = received["payload"]["data"]
        return data

    async def request(self, topic: str, event: str, payload: Any, ref: str = "1") -> dict[str, Any]:
        """Send and return the payload of the reply."""
        await self.send(topic, event, payload, ref)
        received = await self.receive()
        assert (received["event"], received["ref"], received["topic"]) == ("phx_reply", ref, topic), received
        reply: dict[str, Any] = received["payload"]
        return reply

    async def join(self, changes: list[dict[str, Any]], token: str | None, topic: str = "realtime:t") -> list[int]:
        """Join for changes and wait until they are sent. Returns the ids of the bindings."""
        reply = await self.request(topic, "phx_join", {"config": {"postgres_changes": changes}, "access_token": token})
        assert reply["status"] == "ok", reply
        system = await self.receive()
        assert system["payload"]["status"] == "ok", system
        bindings = reply["response"]["postgres_changes"]
        assert [{k: v for k, v in binding.items() if k != "id"} for binding in bindings] == changes
        return [binding["id"] for binding in bindings]

    async def join_private(self, name: str, token: str | None, **config: Any) -> dict[str, Any]:
        """Join a private channel. Returns the payload of the reply."""
        payload = {"config": {"private": True, **config}, "access_token": token}
        return await self.request(f"realtime:{name}", "phx_join", payload)

    async def is_silent(self) -> bool:
        """Return whether nothing was sent before the reply to a heartbeat."""
        reply = await self.request("phoenix", "heartbeat", {}, "beat")
        return bool(reply["status"] == "ok")


def _parts(data: bytes) -> dict[str, Any]:
    kind, topic, event, meta, encoding = data[:5]
    at, parts = 5, []
    for size in (topic, event, meta):
        parts.append(data[at : at + size].decode())
        at += size
    payload: Any = json.loads(data[at:]) if encoding == 1 else data[at:]
    inner = {"event": parts[1], "payload": payload, "meta": parts[2]}
    return {"kind": kind, "topic": parts[0], "event": "broadcast", "payload": inner}


@asynccontextmanager
async def socket(gateway: Gateway, version: int = 2, key: str | None = None) -> AsyncIterator[Socket]:
    url = gateway.url.replace("http", "ws") + f"/realtime/v1/websocket?apikey={key or gateway.keys.publishable_key}"
    async with connect(f"{url}&vsn={version}.0.0", max_size=None) as connection:
        yield Socket(connection, version)


async def add_task(gateway: Gateway, team: UUID, name: str = "write") -> UUID:
    rows = await gateway.database.as_owner("insert into tasks (team_id, name) values ($1, $2) returning id", team, name)
    return UUID(str(rows[0]["id"]))


async def member(gateway: Gateway, team: UUID, *, can_read: bool = True) -> dict[str, Any]:
    """Return the Session of a new member of `team`; `can_read`: the policies show them the team's tasks."""
    session = await gateway.sign_up(f"{uuid4().hex[:8]}@example.test")
    await add_member(gateway, session, team, can_read=can_read)
    return session


async def add_member(gateway: Gateway, session: dict[str, Any], team: UUID, *, can_read: bool = True) -> None:
    await gateway.database.as_owner(
        "insert into team_members (team_id, user_id, can_read) values ($1, $2, $3)",
        team,
        session["user"]["id"],
        can_read,
    )


class PresenceClient:
    """What a client makes of presence messages, as the official ones do: metas by key and phx_ref."""

    def __init__(self) -> None:
        self.refs: dict[str, dict[str, Any]] = {}

    def apply(self, frame: dict[str, Any]) -> None:
        payload = frame["payload"]
        if frame["event"] == "presence_state":
            self.refs = {}
            payload = {"joins": payload, "leaves": {}}
        assert frame["event"] in ("presence_state", "presence_diff")
        for key, one in payload["joins"].items():
            for meta in one["metas"]:
                self.refs[meta["phx_ref"]] = {**meta, "key": key}
        for one in payload["leaves"].values():
            for meta in one["metas"]:
                self.refs.pop(meta["phx_ref"], None)

    def shown(self) -> list[tuple[str, Any]]:
        return sorted((meta["key"], meta["mood"]) for meta in self.refs.values())


async def track(one: Socket, topic: str, mood: str) -> None:
    await one.send(topic, "presence", {"type": "presence", "event": "track", "payload": {"mood": mood}})
