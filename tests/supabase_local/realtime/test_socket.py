"""Realtime's protocol on the wire: serializers, joins, tokens, limits."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from arti.settings import Settings
from arti_core import clock
from supabase_local.keys.signing_keys import SigningKeys
from tests.supabase_local.conftest import Gateway, opened
from tests.supabase_local.realtime.phoenix_client import TASKS, add_task, member, socket


async def test_token_refresh_and_expiry(gateway: Gateway) -> None:
    team = uuid4()
    session = await member(gateway, team)
    keys = SigningKeys(gateway.keys.jwt_keys)
    claims = keys.verify(session["access_token"])
    soon = keys.sign({**claims, "exp": int(clock.timestamp()) + 2})
    async with socket(gateway) as ada:
        await ada.join([TASKS], soon)
        await ada.join([TASKS], soon, "realtime:renewed")
        for nothing in (None, gateway.keys.publishable_key, soon, 7):
            await ada.send("realtime:renewed", "access_token", {"access_token": nothing})
        await ada.send("realtime:renewed", "access_token", {"access_token": session["access_token"]})
        again = await ada.receive()
        assert (again["topic"], again["payload"]["status"]) == ("realtime:renewed", "ok")
        ended = await ada.receive()
        assert (ended["topic"], ended["payload"]["status"]) == ("realtime:t", "error")
        assert ended["payload"]["message"].startswith("Token has expired")
        assert (await ada.receive())["event"] == "phx_close"
        await add_task(gateway, team)
        received = await ada.receive()
        assert (received["topic"], received["event"]) == ("realtime:renewed", "postgres_changes")
        past = keys.sign({**claims, "iat": 1, "exp": int(clock.timestamp()) - 1000})
        for token, sentence in (
            ("", "The token provided is not a valid JWT"),
            ("rubbish", "The token provided is not a valid JWT"),
            (f"{session['access_token'][:-4]}AAAA", "Failed to validate JWT signature"),
            (past, "Token has expired 1000 seconds ago"),
        ):
            await ada.join_private(f"team:{team}", session["access_token"])
            await ada.send(f"realtime:team:{team}", "access_token", {"access_token": token})
            assert (await ada.receive())["payload"] == {
                "extension": "system",
                "status": "error",
                "message": sentence,
                "channel": f"team:{team}",
            }
            assert (await ada.receive())["event"] == "phx_close"


async def test_join_with_an_invalid_token(gateway: Gateway) -> None:
    session = await member(gateway, uuid4())
    keys = SigningKeys(gateway.keys.jwt_keys)
    claims = keys.verify(session["access_token"])
    async with socket(gateway) as ada:
        for token, code in (
            ("rubbish", "MalformedJWT"),
            (session["access_token"][:-4] + "AAAA", "JwtSignatureError"),
            (keys.sign({**claims, "iat": 1, "exp": 1000}), "InvalidJWTToken"),
        ):
            config = {"postgres_changes": [TASKS]}
            reply = await ada.request("realtime:t", "phx_join", {"config": config, "access_token": token})
            assert (reply["status"], reply["response"]["reason"].partition(":")[0]) == ("error", code)


async def test_phx_leave(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        await ada.join([TASKS], None)
        assert (await ada.request("realtime:t", "phx_leave", {}))["status"] == "ok"
        assert (await ada.receive())["event"] == "phx_close"
        assert await ada.request("realtime:t", "phx_leave", {}) == {"status": "ok", "response": {}}  # left already
        beyond = await ada.request("realtime:t", "broadcast", {"type": "broadcast", "event": "x", "payload": {}})
        assert beyond["response"] == {"reason": "unmatched topic"}
        assert (await ada.request("elsewhere", "phx_join", {"config": {}}))["response"] == {"reason": "unmatched topic"}
        nameless = await ada.request("realtime:", "phx_join", {"config": {}})
        assert nameless["response"] == {"reason": "TopicNameRequired: You must provide a topic name"}
        too_long = await ada.request("realtime:" + "x" * 247, "phx_join", {"config": {}})
        assert too_long["response"]["reason"].startswith("TopicNameRequired")


async def test_joining_again_closes_the_former_channel(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        await ada.join([TASKS], None)
        join = {"config": {"postgres_changes": [TASKS]}}
        await ada.send("realtime:t", "phx_join", join, "2")
        received = [await ada.receive() for _ in range(3)]
        assert sorted((one["event"], one["join_ref"]) for one in received) == [
            ("phx_close", "1"),
            ("phx_reply", "2"),
            ("system", "2"),
        ]
        await ada.send("realtime:t", "phx_leave", {}, "1")  # arrives late, for the former channel
        assert await ada.is_silent()
        assert (await ada.request("realtime:t", "phx_leave", {}, "2"))["status"] == "ok"
    async with socket(gateway, 1) as old:  # phx_close of 1.0.0 has no join_ref, so it is not sent
        await old.join([TASKS], None)
        await old.join([TASKS], None)
        assert await old.is_silent()


@pytest.mark.parametrize(
    "invalid",
    [
        {"table": "team_members"},
        {"table": "users; drop table tasks"},
        {"schema": "auth"},
        {"filter": "nothing=eq.1"},
        {"filter": "name"},
        {"filter": "name=eq"},
        {"filter": "name=foo.bar"},
        {"filter": "attempts=eq.many"},
        {"filter": "attempts=in.1,2"},
        {"filter": "status=is.true"},
        {"filter": "name=match.["},
        {"filter": "name=eq.a,"},
        {"filter": "name=eq.a\x00"},
        {"select": ["nothing"]},
        {"select": "id,name"},
        {"table": "*", "select": ["id"]},
    ],
    ids=str,
)
async def test_invalid_binding_is_reported_after_the_join(gateway: Gateway, invalid: dict[str, object]) -> None:
    binding = TASKS | invalid
    async with socket(gateway) as ada:
        reply = await ada.request("realtime:x", "phx_join", {"config": {"postgres_changes": [TASKS, binding]}})
        assert [{**one, "id": 0} for one in reply["response"]["postgres_changes"]] == [
            {**TASKS, "id": 0},
            {**binding, "id": 0},
        ]
        message = (await ada.receive())["payload"]
        assert (message["extension"], message["status"], message["channel"]) == ("postgres_changes", "error", "x")
        waiting = {"postgres_changes": [binding], "postgres_changes_options": {"wait": True}}
        reply = await ada.request("realtime:y", "phx_join", {"config": waiting})
        assert reply["status"] == "error"
        assert reply["response"]["reason"].startswith("RealtimeDisabledForConfiguration")
        assert await ada.is_silent()


async def test_join_waits_for_replication_on_request(gateway: Gateway) -> None:
    config = {"postgres_changes": [TASKS], "postgres_changes_options": {"wait": True}}
    async with socket(gateway) as ada:
        assert (await ada.request("realtime:t", "phx_join", {"config": config}))["status"] == "ok"
        assert (await ada.receive())["payload"]["message"] == "Subscribed to PostgreSQL"


async def test_missing_replication_login_is_reported(
    gateway: Gateway, gateway_settings: Callable[..., Settings]
) -> None:
    settings = gateway_settings(realtime_database_url="")
    async with opened(gateway.database, settings, gateway.keys) as served, socket(served) as ada:
        assert (await ada.request("realtime:t", "phx_join", {"config": {"postgres_changes": [TASKS]}}))[
            "status"
        ] == "ok"
        message = (await ada.receive())["payload"]
        assert (message["status"], "REALTIME_DATABASE_URL" in message["message"]) == ("error", True)
        config = {"private": True, "broadcast": {"replication_ready": True}}
        async with socket(served, key=gateway.keys.secret_key) as service:
            assert (await service.request("realtime:s", "phx_join", {"config": config}))["status"] == "ok"
            assert (await service.receive())["payload"] == {**message, "extension": "system", "channel": "s"}
            assert (await service.receive())["event"] == "phx_close"


async def test_booleans_as_text_and_numeric_presence_keys(gateway: Gateway) -> None:
    async with socket(gateway, key=gateway.keys.secret_key) as service:
        config = {"private": "True", "broadcast": {"ack": "true"}, "presence": {"enabled": "TRUE", "key": 7}}
        assert (await service.request("realtime:any", "phx_join", {"config": config}))["status"] == "ok"
        assert (await service.receive())["event"] == "presence_state"
        broadcast = {"type": "broadcast", "event": "x", "payload": {}}
        assert (await service.request("realtime:any", "broadcast", broadcast))["status"] == "ok"
        assert (await service.request("realtime:any", "presence", {"event": "track", "payload": {}}))["status"] == "ok"
        assert list((await service.receive())["payload"]["joins"]) == ["7"]
        assert await service.request("realtime:any", "presence", {}) == {"status": "ok", "response": {}}


@pytest.mark.parametrize("levels", [201, 300, 900])
async def test_too_deeply_nested_payloads_are_dropped(gateway: Gateway, levels: int) -> None:
    """It can be read but not written: kept as somebody's presence it would end the socket of whoever comes later."""
    team = uuid4()
    token = (await member(gateway, team))["access_token"]
    async with socket(gateway) as ada, socket(gateway) as bob:
        for one in (ada, bob):
            await one.join_private(f"team:{team}", token, presence={"enabled": True})
            assert (await one.receive())["event"] == "presence_state"
        deep = f'{{"a":{"[" * levels}{"]" * levels}}}'
        for event, kind in (("presence", "track"), ("broadcast", "x")):
            payload = f'{{"type":"{event}","event":"{kind}","payload":{deep}}}'
            await ada.connection.send(f'["1","1","realtime:team:{team}","{event}",{payload}]')
        body = f'{{"messages":[{{"topic":"team:{team}","event":"x","private":true,"payload":{deep}}}]}}'
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        refused = await gateway.http.post("/realtime/v1/api/broadcast", content=body, headers=headers)
        assert refused.status_code == 422
        assert await ada.is_silent()
        assert await bob.is_silent()


async def test_public_channels_allow_postgres_changes_only(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        for config in (
            {},
            {"presence": {"enabled": True}},
            {"postgres_changes": [TASKS], "presence": {"enabled": True}},
        ):
            reply = await ada.request("realtime:chat", "phx_join", {"config": config})
            assert reply["response"]["reason"].startswith("PrivateOnly")
        await ada.join([TASKS], None)
        reply = await ada.request("realtime:t", "broadcast", {"type": "broadcast", "event": "x", "payload": {}})
        assert reply["response"]["reason"].startswith("PrivateOnly")
        reply = await ada.request("realtime:t", "presence", {"event": "track", "payload": {}})
        assert reply["status"] == "error"


@pytest.mark.parametrize("version", [1, 2])
async def test_invalid_frames_do_not_close_the_socket(gateway: Gateway, version: int) -> None:
    async with socket(gateway, version) as ada:
        for text in ("", "{", "[]", "[1,2,3]", '{"topic":1}', '["a","b",{},"c",{}]', "null", "[" * 100_000):
            await ada.connection.send(text)
        for data in (
            b"",
            b"\x03",
            b"\x03binary",
            b"\x03\xff\xff\xff\xff\xff\x01",
            bytes(300),
            b"\x04\x01\x01\x00\x01tex{}",
        ):
            await ada.connection.send(data)
        await ada.send("t", "e", [])
        assert (await ada.receive())["payload"]["response"] == {"reason": "unmatched topic"}
        assert await ada.is_silent()


async def test_socket_requires_an_api_key(gateway: Gateway) -> None:
    url = gateway.url.replace("http", "ws") + "/realtime/v1/websocket"
    for query, status in (("", 401), ("?apikey=wrong", 401), (f"?apikey={gateway.keys.publishable_key}&vsn=3", 400)):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url + query)
        assert refused.value.response.status_code == status
        assert "error" in json.loads(refused.value.response.body or b"{}")


async def test_channel_limit(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        for n in range(100):
            await ada.join([TASKS], None, f"realtime:{n}")
        reply = await ada.request("realtime:100", "phx_join", {"config": {"postgres_changes": [TASKS]}})
        assert reply["response"]["reason"].startswith("ChannelRateLimitReached")
        await ada.send(
            "realtime:5", "phx_join", {"config": {"postgres_changes": [TASKS]}}, "2"
        )  # a repeated join is not another channel
        assert {(await ada.receive())["event"] for _ in range(3)} == {"phx_close", "phx_reply", "system"}


async def test_too_large_frame_closes_the_socket(gateway: Gateway) -> None:
    async with socket(gateway) as ada:
        with pytest.raises(ConnectionClosed) as closed:
            await ada.connection.send("x" * 5_000_001)
            await ada.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
