"""Who may listen no longer hears nothing more, and is told within moments."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from arti.vocabulary import Role
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import JOBS, Socket, add_job, member, socket


async def ends(one: Socket, topic: str) -> str:
    """Wait for the end of a channel; returns the reason given."""
    said = await one.hear(5)
    assert (said["topic"], said["event"], said["payload"]["status"]) == (topic, "system", "error"), said
    assert (await one.hear())["event"] == "phx_close"
    return str(said["payload"]["message"])


async def sign_out(stage: Stage, session: dict[str, Any]) -> None:
    token = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await stage.gateway.http.post("/auth/v1/logout", headers=token)).status_code == 204


async def ban(stage: Stage, session: dict[str, Any]) -> None:
    answer = await stage.gateway.admin.put(
        f"/auth/v1/admin/users/{session['user']['id']}", json={"ban_duration": "24h"}
    )
    assert answer.status_code == 200


async def delete(stage: Stage, session: dict[str, Any]) -> None:
    await stage.get("delete from memberships where user_id = $1 returning 1", session["user"]["id"])
    answer = await stage.gateway.admin.delete(f"/auth/v1/admin/users/{session['user']['id']}")
    assert answer.status_code == 200


@pytest.mark.parametrize("do", [sign_out, ban, delete])
async def test_a_session_that_ended_ends_its_channels(
    stage: Stage, do: Callable[[Stage, dict[str, Any]], Awaitable[None]]
) -> None:
    leaves = await member(stage.gateway, stage.owl)
    async with socket(stage.gateway) as stays, socket(stage.gateway) as ada:
        await stays.join([JOBS], stage.token)
        await ada.join([JOBS], leaves["access_token"])
        await ada.enter(f"org:{stage.owl}", leaves["access_token"])
        await do(stage, leaves)
        await add_job(stage.gateway, stage.owl)
        ended = {(await ada.hear(5))["event"] for _ in range(4)}
        assert ended == {"system", "phx_close"}
        reply = await ada.ask("realtime:t", "phx_join", {"config": {"postgres_changes": [JOBS]}, "access_token": None})
        assert reply["status"] == "ok"  # as the key alone, which may read nothing
        assert (await ada.hear())["payload"]["status"] == "ok"
        for topic, private in (("realtime:t", False), (f"realtime:org:{stage.owl}", True)):
            config = {"postgres_changes": [JOBS], "private": private}
            reply = await ada.ask(topic, "phx_join", {"config": config, "access_token": leaves["access_token"]})
            assert reply["response"]["reason"].startswith("Unauthorized")
        await ada.send("realtime:t", "access_token", {"access_token": leaves["access_token"]})
        assert "ended" in await ends(ada, "realtime:t")
        assert (await stays.hear_change())["type"] == "INSERT"
    headers = {"Authorization": f"Bearer {leaves['access_token']}"}
    name = f"org:{stage.owl}"
    batch = {"messages": [{"topic": name, "event": "x", "payload": {}, "private": True}]}
    for path, body in (("", batch), (f"/{name}/events/x?private=true", {})):
        refused = await stage.gateway.http.post(f"/realtime/v1/api/broadcast{path}", json=body, headers=headers)
        assert (refused.status_code, "ended" in refused.json()["message"]) == (401, True), path


async def test_a_lost_membership_cuts_the_stream(stage: Stage) -> None:
    leaves = await member(stage.gateway, stage.owl, Role.ANALYST)
    topic = f"realtime:org:{stage.owl}"
    async with socket(stage.gateway) as stays, socket(stage.gateway) as ada:
        await stays.join([JOBS], stage.token)
        await ada.join([JOBS], leaves["access_token"])
        await ada.enter(f"org:{stage.owl}", leaves["access_token"])
        await add_job(stage.gateway, stage.owl)
        for one in (stays, ada):
            assert (await one.hear_change())["type"] == "INSERT"
        # What was known of who may see what is a moment old; the change of the membership comes before that of the job.
        await stage.get("delete from memberships where user_id = $1 returning 1", leaves["user"]["id"])
        await add_job(stage.gateway, stage.owl)
        assert "no longer have permission" in await ends(ada, topic)
        assert (await stays.hear_change())["type"] == "INSERT"
        assert await ada.is_silent()


async def test_a_new_membership_is_heard_at_once(stage: Stage) -> None:
    async with socket(stage.gateway) as bob:
        await bob.join([JOBS], stage.bob["access_token"])
        await add_job(stage.gateway, stage.owl)
        await add_job(stage.gateway, stage.lark)
        assert (await bob.hear_change())["record"]["org_id"] == str(stage.lark)
        await stage.gateway.join(stage.bob, stage.owl)
        await add_job(stage.gateway, stage.owl)
        assert (await bob.hear_change())["record"]["org_id"] == str(stage.owl)


async def test_a_role_that_may_read_no_more_hears_no_more(stage: Stage) -> None:
    other = await member(stage.gateway, stage.owl)
    async with socket(stage.gateway) as ada, socket(stage.gateway) as witness:
        await ada.join([JOBS], stage.token)
        await witness.join([JOBS], other["access_token"])
        await stage.get(
            "update memberships set role = 'creator' where user_id = $1 returning 1", stage.ada["user"]["id"]
        )
        job = await add_job(stage.gateway, stage.owl)
        await stage.run(f"delete from jobs where id = '{job}'")
        assert [(await witness.hear_change())["type"] for _ in range(2)] == ["INSERT", "DELETE"]
        assert await ada.is_silent()
        await stage.get(
            "update memberships set role = 'manager' where user_id = $1 returning 1", stage.ada["user"]["id"]
        )
        await add_job(stage.gateway, stage.owl)
        assert (await ada.hear_change())["type"] == "INSERT"
