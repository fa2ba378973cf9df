"""Without logical replication, postgres_changes are refused with a reason and everything else works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.supabase_local.conftest import opened, with_own_gateway
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, add_member, socket


@asynccontextmanager
async def replica_proxy(dsn: str) -> AsyncIterator[str]:
    """Stand before a PostgreSQL and say that its wal_level is `replica`, as of every server that nobody prepared."""
    place = urlsplit(dsn)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data.replace(b"\0\0\0\7logical", b"\0\0\0\7replica"))
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(place.hostname, place.port)
        await asyncio.gather(pass_on(reader, back), pass_on(there, writer), return_exceptions=True)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield dsn.replace(f"{place.hostname}:{place.port}", f"127.0.0.1:{port}")


async def test_only_postgres_changes_require_logical_replication(
    stage: Stage, settings: Settings, local_keys: LocalKeys
) -> None:
    name, topic = f"team:{stage.team}", f"realtime:team:{stage.team}"
    async with replica_proxy(settings.realtime_database_url.get_secret_value()) as dsn:
        own = with_own_gateway(settings, local_keys, realtime_database_url=dsn)
        async with opened(stage.gateway.database, own, local_keys) as served, socket(served) as ada:
            session = await served.sign_up("eve@example.test")
            assert (await served.http.get("/rest/v1/tasks", headers=bearer(session["access_token"]))).json() == []
            await add_member(served, session, stage.team)
            token = session["access_token"]
            join = {"config": {"postgres_changes": [TASKS]}, "access_token": token}
            assert (await ada.request("realtime:t", "phx_join", join))["status"] == "ok"
            sentence = "The database provides no changes: wal_level is not logical, see docs/supabase.md"
            assert (await ada.receive())["payload"] == {
                "extension": "postgres_changes",
                "status": "error",
                "message": sentence,
                "channel": "t",
            }
            waits = {"postgres_changes": [TASKS], "postgres_changes_options": {"wait": True}}
            reply = await ada.request("realtime:u", "phx_join", {"config": waits, "access_token": token})
            assert reply["response"] == {"reason": f"RealtimeDisabledForConfiguration: {sentence}"}
            config = {"broadcast": {"self": True, "ack": True}, "presence": {"enabled": True, "key": "eve"}}
            assert (await ada.join_private(name, token, **config))["status"] == "ok"
            assert (await ada.receive())["event"] == "presence_state"
            message = {"type": "broadcast", "event": "x", "payload": {"n": 1}}
            await ada.send(topic, "broadcast", message)
            assert {(await ada.receive())["event"] for _ in range(2)} == {"broadcast", "phx_reply"}
            url = f"/realtime/v1/api/broadcast/{name}/events/y?private=true"
            assert (await served.http.post(url, json={"n": 2}, headers=bearer(token))).status_code == 202
            assert (await ada.receive())["payload"]["payload"] == {"n": 2}
            await ada.send(topic, "presence", {"event": "track", "payload": {}})
            assert {(await ada.receive())["event"] for _ in range(2)} == {"presence_diff", "phx_reply"}
            assert (await served.http.get("/realtime/v1/api/ping")).json() == {"message": "Success"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
