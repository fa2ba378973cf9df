"""Private channels: authorization, broadcasts between both serializers and over HTTP, presence."""

import asyncio
import json
import time
from typing import Any

import pytest

from arti_core import clock
from supabase_local.keys.signing_keys import SigningKeys
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, PresenceClient, member, socket, track

REACH = {"broadcast": {"self": True, "ack": True}}


def team_topic(stage: Stage, name: str = "talk") -> str:
    return f"team:{stage.team}:{name}"


async def test_topics_of_a_team_are_limited_to_its_members(stage: Stage) -> None:
    async with socket(stage.gateway) as one, socket(stage.gateway, key=stage.gateway.keys.secret_key) as service:
        for token, name, may in (
            (stage.token, team_topic(stage), True),
            (stage.token, f"team:{stage.team}", True),
            (stage.token, f"team:{stage.other_team}", False),
            (stage.token, f"team:{stage.other_team}:{stage.team}", False),
            (stage.token, f"x:{stage.team}", False),
            (stage.token, "team:", False),
            (stage.bob["access_token"], team_topic(stage), False),
            (None, team_topic(stage), False),
        ):
            reply = await one.join_private(name, token)
            assert reply["status"] == ("ok" if may else "error"), name
            if not may:
                assert reply["response"]["reason"].startswith("Unauthorized: You do not have permissions to read")
        assert (await service.join_private("anything", None))["status"] == "ok"


@pytest.mark.parametrize(("from_version", "to_version"), [(1, 1), (1, 2), (2, 1), (2, 2)])
async def test_broadcast_between_serializer_versions(stage: Stage, from_version: int, to_version: int) -> None:
    other = await member(stage.gateway, stage.team)
    name, topic = team_topic(stage), f"realtime:{team_topic(stage)}"
    async with (
        socket(stage.gateway, from_version) as ada,
        socket(stage.gateway, to_version) as eve,
        socket(stage.gateway, to_version) as elsewhere,
    ):
        await ada.join_private(name, stage.token, broadcast={"ack": True})
        await eve.join_private(name, other["access_token"])
        await elsewhere.join_private(team_topic(stage, "other"), other["access_token"])
        payload = {"type": "broadcast", "event": "wave", "payload": {"n": 1, "ü": "🦉"}}
        assert (await ada.request(topic, "broadcast", payload, "9"))["status"] == "ok"
        received = await eve.receive()
        assert (received["topic"], received["event"], received["payload"]) == (topic, "broadcast", payload)
        if from_version == 2:
            await ada.send_binary(topic, "wave", json.dumps(payload["payload"]).encode(), encoding=1, ref="10")
            assert (await ada.receive())["ref"] == "10"
            received = await eve.receive()
            assert (received["payload"]["event"], received["payload"]["payload"]) == ("wave", payload["payload"])
            assert received.get("kind", 4) == 4
        assert await ada.is_silent()
        assert await elsewhere.is_silent()


async def test_binary_broadcasts_require_version_2(stage: Stage) -> None:
    name, topic = team_topic(stage), f"realtime:{team_topic(stage)}"
    async with socket(stage.gateway, 2) as ada, socket(stage.gateway, 1) as old:
        await ada.join_private(name, stage.token, **REACH)
        await old.join_private(name, stage.token)
        await ada.send_binary(topic, "blob", bytes(range(256)), encoding=0)
        received = [await ada.receive(), await ada.receive()]
        assert [one["payload"]["payload"] for one in received if "kind" in one] == [bytes(range(256))]
        assert await old.is_silent()


async def noticed(stage: Stage, name: str, **config: Any) -> None:
    """Wait until a new policy lets Ada enter: it is noticed within a second."""
    async with socket(stage.gateway) as ada:
        until = time.monotonic() + 30
        while (await ada.join_private(name, stage.token, **config))["status"] != "ok":
            assert time.monotonic() < until
            await asyncio.sleep(0.1)


async def test_read_and_write_policies_are_separate(stage: Stage) -> None:
    await stage.run(
        "drop policy if exists news on realtime.messages",
        "create policy news on realtime.messages for select to authenticated using (realtime.topic() = 'news')",
    )
    await noticed(stage, "news")
    async with socket(stage.gateway) as ada, socket(stage.gateway) as bob:
        await ada.join_private("news", stage.token, broadcast={"ack": True})
        await bob.join_private("news", stage.bob["access_token"])
        payload = {"type": "broadcast", "event": "x", "payload": {}}
        assert (await ada.request("realtime:news", "broadcast", payload))["status"] == "error"
        await bob.send("realtime:news", "broadcast", payload)  # without ack there is no reply
        assert (await ada.request("realtime:news", "presence", {"event": "track", "payload": {}}))["status"] == "error"
        response = await stage.gateway.http.post(
            "/realtime/v1/api/broadcast/news/events/x?private=true",
            json={},
            headers={"Authorization": f"Bearer {stage.token}"},
        )
        assert (response.status_code, response.json()) == (403, {"message": "Unauthorized"})
        assert await bob.is_silent()
        assert await ada.is_silent()


async def test_policies_by_extension(stage: Stage) -> None:
    await stage.run(
        "drop policy if exists seen on realtime.messages",
        """create policy seen on realtime.messages for all to authenticated
           using (realtime.topic() = 'seen' and extension = 'presence')
           with check (realtime.topic() = 'seen' and extension = 'presence')""",
    )
    await noticed(stage, "seen", presence={"enabled": True})
    async with socket(stage.gateway) as ada:
        assert (await ada.join_private("seen", stage.token))["status"] == "error"
        assert (await ada.join_private("seen", stage.token, presence={"enabled": True}))["status"] == "ok"
        assert (await ada.receive())["event"] == "presence_state"
        response = await ada.request("realtime:seen", "presence", {"event": "track", "payload": {"a": 1}})
        assert response["status"] == "ok"
        assert (await ada.receive())["event"] == "presence_diff"
        keys = SigningKeys(stage.gateway.keys.jwt_keys)
        renewed = keys.sign({**keys.verify(stage.token), "iat": int(clock.timestamp()) - 7})
        await ada.send("realtime:seen", "access_token", {"access_token": renewed})
        assert await ada.is_silent()  # it reads presence only, which is still allowed
        reply = await ada.join_private("seen", stage.token, presence={"enabled": True}, broadcast={"replay": {}})
        assert reply["response"]["reason"].startswith("Unauthorized")


async def test_broadcasts_over_http(stage: Stage) -> None:
    name = team_topic(stage)
    http, token = stage.gateway.http, {"Authorization": f"Bearer {stage.token}"}
    foreign = {"Authorization": f"Bearer {stage.bob['access_token']}"}
    batch = "/realtime/v1/api/broadcast"
    async with socket(stage.gateway) as ada:
        await ada.join_private(name, stage.token)
        message = {"topic": name, "event": "e", "payload": {"n": 1}, "private": True}
        assert (await http.post(batch, json={"messages": [message]}, headers=foreign)).status_code == 202  # as upstream
        assert (await http.post(batch, json={"messages": [message, message]}, headers=token)).status_code == 202
        for _ in range(2):
            assert (await ada.receive())["payload"] == {"type": "broadcast", "event": "e", "payload": {"n": 1}}
        one = f"{batch}/{name}/events/wave%2Fhand?private=true"
        assert (await http.post(one, json=[1, None], headers=token)).status_code == 202
        received = await ada.receive()
        assert (received["payload"]["event"], received["payload"]["payload"]) == ("wave/hand", [1, None])
        raw = {**token, "Content-Type": "application/octet-stream"}
        assert (await http.post(one, content=b"\x00\xff", headers=raw)).status_code == 202
        assert (await ada.receive())["payload"]["payload"] == b"\x00\xff"
        assert (await stage.gateway.admin.post(one, json={})).status_code == 202
        assert (await ada.receive())["payload"]["payload"] == {}
        assert await ada.is_silent()
        lacks = await http.post(batch, json={"messages": [{"topic": name}, message, 7]}, headers=token)
        assert (lacks.status_code, lacks.json()) == (
            422,
            {
                "errors": {
                    "messages": [
                        {"event": ["can't be blank"], "payload": ["can't be blank"]},
                        {},
                        {"topic": ["is invalid"]},
                    ]
                }
            },
        )
        for content, status in (
            ('{"messages": []}', 422),
            ('{"messages": "x"}', 422),
            ("[", 400),
            ("[]", 422),
            ('{"messages": [{"topic": "t", "event": "e", "payload": {}}]}', 403),  # public
            (json.dumps({"messages": [{**message, "payload": {"a": "x" * 3_000_000}}]}), 413),
        ):
            assert (await http.post(batch, content=content, headers=token)).status_code == status, content[:99]
        refused = await http.post(one, content="x", headers={**token, "Content-Type": "text/plain"})
        assert refused.status_code == 415
        assert refused.json() == {"error": "Unsupported Media Type. Use application/json or application/octet-stream"}
        assert (await http.post(one, content="{}", headers=token)).status_code == 202  # without Content-Type it is JSON
        assert (await ada.receive())["payload"]["payload"] == {}
        for wrong in ("Bearer x", "Basic x"):
            refused = await http.post(one, json={}, headers={"Authorization": wrong})
            assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
        assert (await http.post(one, json={}, headers=foreign)).status_code == 403


async def test_broadcasts_from_the_database(stage: Stage) -> None:
    name = team_topic(stage)
    async with socket(stage.gateway, 2) as ada, socket(stage.gateway, 1) as old:
        for one in (ada, old):
            await one.join_private(name, stage.token, broadcast={"replication_ready": True})
            assert (await one.receive())["payload"] == {
                "extension": "system",
                "status": "ok",
                "message": "Replication connection established",
                "channel": name,
            }
        await stage.run(
            "drop table if exists public.songs",
            "create table public.songs (id int primary key, team uuid, title text)",
            """create or replace function public.broadcast_song() returns trigger language plpgsql as $$ begin
                 perform realtime.broadcast_changes('team:' || coalesce(new.team, old.team) || ':talk', tg_op, tg_op,
                   tg_table_name, tg_table_schema, new, old); return null; end $$""",
            "create trigger broadcast after insert or delete on songs for each row execute function broadcast_song()",
            f"insert into songs values (1, '{stage.team}', 'One')",
            f"insert into songs values (2, '{stage.other_team}', 'Other')",
            "delete from songs",
            f"select realtime.send_binary('\\xdead', 'blob', '{name}')",
            f"select realtime.send('{{}}', 'public', '{name}', false)",
        )
        for one in (ada, old):
            received = [(await one.receive())["payload"] for _ in range(2)]
            assert [(h["event"], h["payload"]["operation"]) for h in received] == [("INSERT",) * 2, ("DELETE",) * 2]
            assert received[0]["payload"]["record"] == {"id": 1, "team": str(stage.team), "title": "One"}
            assert (received[1]["payload"]["record"], received[1]["payload"]["old_record"]["title"]) == (None, "One")
        assert (await ada.receive())["payload"]["payload"] == b"\xde\xad"
        assert await ada.is_silent()
        assert await old.is_silent()


async def test_replay(stage: Stage) -> None:
    name, topic = team_topic(stage), f"realtime:{team_topic(stage)}"
    async with socket(stage.gateway) as witness:  # so that they are broadcast before the others join
        await witness.join_private(name, stage.token)
        await witness.join([TASKS], stage.token)
        await stage.run(
            *(f"select realtime.send('{{\"n\": {n}}}', 'e', '{name}')" for n in range(4)),
            f"select realtime.send('{{\"n\": 9}}', 'e', 'team:{stage.other_team}:talk')",
            "update realtime.messages set inserted_at = inserted_at - interval '1 hour' where payload->>'n' = '0'",
        )
        assert [(await witness.receive())["payload"]["payload"]["n"] for _ in range(4)] == [0, 1, 2, 3]
    since = int((clock.timestamp() - 60) * 1000)
    async with socket(stage.gateway, 2) as ada, socket(stage.gateway, 1) as old:
        for one, limit in ((ada, 2), (old, 25)):
            assert (
                await one.join_private(name, stage.token, broadcast={"replay": {"since": since, "limit": limit}})
            ) == {
                "status": "ok",
                "response": {"postgres_changes": []},
            }
        received = [await ada.receive() for _ in range(2)]
        assert [one["payload"]["payload"]["n"] for one in received] == [2, 3]
        assert json.loads(received[0]["payload"]["meta"])["replayed"] is True
        assert [(await old.receive())["payload"]["payload"]["n"] for _ in range(3)] == [1, 2, 3]
        for wrong in ({"since": "x"}, {"limit": 0}, {"since": True}):
            reply = await ada.join_private(name, stage.token, broadcast={"replay": wrong})
            assert reply["response"]["reason"].startswith("UnableToReplayMessages")
        reply = await ada.request(topic, "phx_join", {"config": {"broadcast": {"replay": {}}}})
        assert reply["status"] == "error"


async def test_replayed_messages_are_not_broadcast_again(stage: Stage) -> None:
    name = f"{team_topic(stage)}:again"
    since = int((clock.timestamp() - 60) * 1000)
    async with socket(stage.gateway) as keeper, socket(stage.gateway, 1) as ada:
        await keeper.join(
            [TASKS], stage.token
        )  # the log is read already, so the message may also be broadcast after the join
        for n in range(10):
            await stage.run(f"select realtime.send('{{\"n\": {n}}}', 'e', '{name}')")
            reply = await ada.join_private(name, stage.token, broadcast={"replay": {"since": since, "limit": 1}})
            assert reply["status"] == "ok"
            await stage.run(f"select realtime.send('{{\"n\": \"end\"}}', 'e', '{name}')")
            assert [(await ada.receive())["payload"]["payload"]["n"] for _ in range(2)] == [n, "end"]
            await ada.request(f"realtime:{name}", "phx_leave", {})
            assert (await ada.receive())["event"] == "phx_close"


@pytest.mark.parametrize("version", [1, 2])
async def test_presence_state_and_diffs(stage: Stage, version: int) -> None:
    name, topic = team_topic(stage), f"realtime:{team_topic(stage)}"
    eyes = PresenceClient()
    async with socket(stage.gateway, version) as watcher:
        await watcher.join_private(name, stage.token, presence={"enabled": True})
        eyes.apply(await watcher.receive())
        assert eyes.shown() == []
        async with socket(stage.gateway, version) as ada, socket(stage.gateway, 3 - version) as eve:
            for one in (ada, eve):  # one user on two devices
                await one.join_private(name, stage.token, presence={"key": "ada", "enabled": False})
                await track(one, topic, "calm")
                eyes.apply(await watcher.receive())
            assert eyes.shown() == [("ada", "calm"), ("ada", "calm")]
            await track(ada, topic, "glad")
            diff = await watcher.receive()
            (meta,) = diff["payload"]["joins"]["ada"]["metas"]
            assert meta["phx_ref_prev"] in {one["phx_ref"] for one in diff["payload"]["leaves"]["ada"]["metas"]}
            eyes.apply(diff)
            assert eyes.shown() == [("ada", "calm"), ("ada", "glad")]
            await track(ada, topic, "glad")  # unchanged
            assert await watcher.is_silent()
            async with socket(stage.gateway) as late:
                await late.join_private(name, stage.token, presence={"enabled": True})
                latecomer = PresenceClient()
                latecomer.apply(await late.receive())
                assert latecomer.shown() == eyes.shown()
            await ada.send(topic, "presence", {"event": "untrack"})
            eyes.apply(await watcher.receive())
            assert eyes.shown() == [("ada", "calm")]
        eyes.apply(await watcher.receive())  # the socket was closed
        assert eyes.shown() == []


async def test_presence_limits(stage: Stage) -> None:
    name, topic = team_topic(stage), f"realtime:{team_topic(stage)}"
    async with socket(stage.gateway) as ada:
        await ada.join_private(name, stage.token, presence={"key": "a"})
        assert (await ada.request(topic, "presence", {"event": "track", "payload": [1]}))["status"] == "error"
        assert (await ada.request(topic, "presence", {"event": "dance"}))["status"] == "error"
        for _ in range(3):
            assert (await ada.request(topic, "presence", {"event": "untrack"}))["status"] == "ok"
        await track(ada, topic, "calm")
        frame = await ada.receive()
        assert frame["payload"]["message"] == "Client presence rate limit exceeded"
        assert (await ada.receive())["event"] == "phx_close"
