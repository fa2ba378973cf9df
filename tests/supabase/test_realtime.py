"""Realtime on the wire: both framings, who hears what, and when it ends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from arti.settings import Settings
from arti.supabase.keys import SigningKeys
from arti.vocabulary import Role
from tests.supabase.conftest import Gateway, opened


class Socket:
    """A raw Phoenix client of one version."""

    def __init__(self, connection: ClientConnection, version: int) -> None:
        self._connection = connection
        self._version = version

    async def send(self, topic: str, event: str, payload: Any, ref: str = "1") -> None:
        frame: Any = [ref, ref, topic, event, payload]
        if self._version == 1:
            frame = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": ref}
        await self._connection.send(json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        frame = json.loads(await asyncio.wait_for(self._connection.recv(), 10))
        if self._version == 2:
            frame = dict(zip(("join_ref", "ref", "topic", "event", "payload"), frame, strict=True))
        heard: dict[str, Any] = frame
        return heard

    async def ask(self, topic: str, event: str, payload: Any, ref: str = "1") -> dict[str, Any]:
        """Send and return the payload of the reply."""
        await self.send(topic, event, payload, ref)
        heard = await self.hear()
        assert (heard["event"], heard["ref"], heard["topic"]) == ("phx_reply", ref, topic), heard
        reply: dict[str, Any] = heard["payload"]
        return reply

    async def join(self, changes: list[dict[str, Any]], token: str | None, topic: str = "realtime:t") -> list[int]:
        reply = await self.ask(topic, "phx_join", {"config": {"postgres_changes": changes}, "access_token": token})
        assert reply["status"] == "ok", reply
        assert (await self.hear())["payload"]["status"] == "ok"
        told = reply["response"]["postgres_changes"]
        assert [{k: v for k, v in one.items() if k != "id"} for one in told] == changes
        return [one["id"] for one in told]

    async def is_silent(self) -> bool:
        """Say whether nothing was sent up to the answer to a heartbeat."""
        reply = await self.ask("phoenix", "heartbeat", {}, "beat")
        return bool(reply["status"] == "ok")


@asynccontextmanager
async def socket(gateway: Gateway, version: int = 2, key: str | None = None) -> AsyncIterator[Socket]:
    url = gateway.url.replace("http", "ws") + f"/realtime/v1/websocket?apikey={key or gateway.keys.publishable_key}"
    async with connect(f"{url}&vsn={version}.0.0") as connection:
        yield Socket(connection, version)


JOBS = {"event": "*", "schema": "public", "table": "jobs"}


async def add_job(gateway: Gateway, org: UUID, name: str = "connections.sync") -> UUID:
    rows = await gateway.database.as_owner("insert into jobs (org_id, name) values ($1, $2) returning id", org, name)
    return UUID(str(rows[0]["id"]))


async def member(gateway: Gateway, org: UUID, role: Role = Role.MANAGER) -> dict[str, Any]:
    session = await gateway.sign_up(f"{uuid4().hex[:8]}@example.test")
    await gateway.join(session, org, role)
    return session


@pytest.mark.parametrize("version", [1, 2])
async def test_a_member_hears_inserts_and_updates(gateway: Gateway, version: int) -> None:
    org, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    session = await member(gateway, org)
    async with socket(gateway, version) as ada:
        assert (await ada.ask("phoenix", "heartbeat", {}, "7"))["response"] == {}
        every, only = await ada.join([JOBS, JOBS | {"filter": "name=eq.insights.detect"}], session["access_token"])
        await add_job(gateway, foreign)
        job = await add_job(gateway, org)
        heard = await ada.hear()
        assert (heard["event"], heard["ref"], heard["payload"]["ids"]) == ("postgres_changes", None, [every])
        data = heard["payload"]["data"]
        assert (data["type"], data["schema"], data["table"], data["errors"]) == ("INSERT", "public", "jobs", None)
        assert (data["record"]["id"], data["record"]["org_id"]) == (str(job), str(org))
        assert {"name": "attempts", "type": "int4"} in data["columns"]
        await add_job(gateway, org, "insights.detect")
        assert (await ada.hear())["payload"]["ids"] == [every, only]
        await gateway.database.as_owner("update jobs set status = 'done' where id = $1", job)
        changed = (await ada.hear())["payload"]["data"]
        assert (changed["type"], changed["record"]["status"]) == ("UPDATE", "done")
        assert changed["old_record"] == {"org_id": str(org), "id": str(job)}
        await gateway.database.as_owner("update jobs set lease_until = now() where id = $1", job)
        assert await ada.is_silent()


async def test_whoever_may_not_read_hears_nothing(gateway: Gateway) -> None:
    org = await gateway.org("Night Owl")
    manager, creator = await member(gateway, org), await member(gateway, org, Role.CREATOR)
    async with socket(gateway) as told, socket(gateway) as other_role, socket(gateway) as nobody:
        await told.join([JOBS], manager["access_token"])
        await other_role.join([JOBS], creator["access_token"])  # a creator has no jobs:read
        await nobody.join([JOBS], None)
        await add_job(gateway, org)
        assert (await told.hear())["event"] == "postgres_changes"
        assert await other_role.is_silent()
        assert await nobody.is_silent()


async def test_a_lost_membership_cuts_the_stream_at_once(gateway: Gateway) -> None:
    org = await gateway.org("Night Owl")
    stays, leaves = await member(gateway, org), await member(gateway, org, Role.ANALYST)
    async with socket(gateway) as one, socket(gateway) as two:
        await one.join([JOBS], stays["access_token"])
        await two.join([JOBS], leaves["access_token"])
        await gateway.database.as_owner("delete from memberships where user_id = $1", leaves["user"]["id"])
        await add_job(gateway, org)
        assert (await one.hear())["event"] == "postgres_changes"
        assert await two.is_silent()


async def test_tokens_are_renewed_and_end(gateway: Gateway) -> None:
    org = await gateway.org("Night Owl")
    session = await member(gateway, org)
    keys = SigningKeys(gateway.keys.jwt_keys)
    claims = keys.verify(session["access_token"])
    soon = keys.sign(claims | {"exp": int(time.time()) + 2})
    async with socket(gateway) as ada:
        await ada.join([JOBS], soon)
        await ada.join([JOBS], soon, "realtime:renewed")
        for nothing in (None, "", gateway.keys.publishable_key, soon, 7):
            await ada.send("realtime:renewed", "access_token", {"access_token": nothing})
        await ada.send("realtime:renewed", "access_token", {"access_token": session["access_token"]})
        ended = await ada.hear()
        assert (ended["topic"], ended["payload"]["status"]) == ("realtime:t", "error")
        assert (await ada.hear())["event"] == "phx_close"
        await add_job(gateway, org)
        heard = await ada.hear()
        assert (heard["topic"], heard["event"]) == ("realtime:renewed", "postgres_changes")
        await ada.send("realtime:renewed", "access_token", {"access_token": "rubbish"})
        assert (await ada.hear())["payload"]["status"] == "error"
        assert (await ada.hear())["event"] == "phx_close"


async def test_leaving_and_what_is_refused(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        await ada.join([JOBS], None)
        assert (await ada.ask("realtime:t", "phx_leave", {}))["status"] == "ok"
        assert (await ada.hear())["event"] == "phx_close"
        assert (await ada.ask("realtime:t", "phx_leave", {}))["response"] == {"reason": "unmatched topic"}
        for payload in (
            {"config": {"postgres_changes": [JOBS | {"event": "DELETE"}]}},
            {"config": {"postgres_changes": [JOBS | {"table": "artists"}]}},
            {"config": {"postgres_changes": [JOBS | {"table": "users; drop table jobs"}]}},
            {"config": {"postgres_changes": [JOBS | {"schema": "auth"}]}},
            {"config": {"postgres_changes": [JOBS | {"filter": "nothing=eq.1"}]}},
            {"config": {"postgres_changes": [JOBS | {"filter": "name"}]}},
            {"config": {"postgres_changes": [JOBS | {"filter": "name=eq.a,status=eq.b"}]}},
            {"config": {"postgres_changes": [JOBS | {"filter": "name=in.(a),status=in.(b)"}]}},
            {"config": {"postgres_changes": [JOBS] * 51}},
            {"config": {"postgres_changes": "all"}},
            {"config": {"private": True}},
            {"config": {"presence": {"enabled": True}}},
            {"config": {}, "access_token": "rubbish"},
        ):
            assert (await ada.ask("realtime:x", "phx_join", payload))["status"] == "error", payload
        assert (await ada.ask("elsewhere", "phx_join", {"config": {}}))["status"] == "error"
        assert (await ada.ask("realtime:chat", "phx_join", {"config": {}}))["status"] == "ok"
        said = await ada.ask("realtime:chat", "broadcast", {"type": "broadcast", "event": "x", "payload": {}})
        assert "docs/supabase.md" in said["response"]["reason"]


async def test_rubbish_does_not_end_the_socket(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        for text in ("", "{", "[]", "[1,2,3]", '{"topic":1}', '["a","b",{},"c",{}]', "null", '[null,null,"t","e",[]]'):
            await ada._connection.send(text)
        await ada._connection.send(b"\x03binary")
        assert (await ada.hear())["payload"]["response"] == {"reason": "unmatched topic"}
        assert await ada.is_silent()


async def test_only_with_a_key(gateway: Gateway) -> None:
    url = gateway.url.replace("http", "ws") + "/realtime/v1/websocket"
    for query, status in (("", 401), ("?apikey=wrong", 401), (f"?apikey={gateway.keys.publishable_key}&vsn=3", 400)):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url + query)
        assert refused.value.response.status_code == status
        assert "error" in json.loads(refused.value.response.body or b"{}")


async def test_a_lost_database_connection_makes_clients_join_again(
    gateway: Gateway, gateway_settings: Callable[..., Settings]
) -> None:
    org = await gateway.org("Night Owl")
    session = await member(gateway, org)
    async with opened(gateway.database, gateway_settings(), gateway.keys) as served, socket(served) as ada:
        fresh = await served.http.post(
            "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": session["refresh_token"]}
        )
        token = fresh.json()["access_token"]
        await ada.join([JOBS], token)
        await gateway.database.as_owner(
            "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = $1",
            gateway.database.name,
        )
        assert (await ada.hear())["event"] == "phx_error"
        joining = {"config": {"postgres_changes": [JOBS]}, "access_token": token}
        until = time.monotonic() + 10
        while (await ada.ask("realtime:t", "phx_join", joining))["status"] != "ok":
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
        assert (await ada.hear())["event"] == "system"
        await add_job(gateway, org)
        assert (await ada.hear())["event"] == "postgres_changes"
