"""A change of a membership takes effect on the changes and channels of Realtime at once."""

from arti.vocabulary import Role
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import JOBS, add_job, member, socket
from tests.supabase_local.realtime.test_revocation import wait_for_close


async def test_removed_membership_stops_changes(stage: Stage) -> None:
    leaves = await member(stage.gateway, stage.owl, Role.ANALYST)
    topic = f"realtime:org:{stage.owl}"
    async with socket(stage.gateway) as stays, socket(stage.gateway) as ada:
        await stays.join([JOBS], stage.token)
        await ada.join([JOBS], leaves["access_token"])
        await ada.join_private(f"org:{stage.owl}", leaves["access_token"])
        await add_job(stage.gateway, stage.owl)
        for one in (stays, ada):
            assert (await one.receive_change())["type"] == "INSERT"
        # What was known of who may see what is a moment old; the change of the membership comes before that of the job.
        await stage.get("delete from memberships where user_id = $1 returning 1", leaves["user"]["id"])
        await add_job(stage.gateway, stage.owl)
        assert "no longer have permission" in await wait_for_close(ada, topic)
        assert (await stays.receive_change())["type"] == "INSERT"
        assert await ada.is_silent()


async def test_new_membership_starts_changes(stage: Stage) -> None:
    async with socket(stage.gateway) as bob:
        await bob.join([JOBS], stage.bob["access_token"])
        await add_job(stage.gateway, stage.owl)
        await add_job(stage.gateway, stage.lark)
        assert (await bob.receive_change())["record"]["org_id"] == str(stage.lark)
        await stage.gateway.join(stage.bob, stage.owl)
        await add_job(stage.gateway, stage.owl)
        assert (await bob.receive_change())["record"]["org_id"] == str(stage.owl)


async def test_changed_role_stops_and_starts_changes(stage: Stage) -> None:
    other = await member(stage.gateway, stage.owl)
    async with socket(stage.gateway) as ada, socket(stage.gateway) as witness:
        await ada.join([JOBS], stage.token)
        await witness.join([JOBS], other["access_token"])
        await stage.get(
            "update memberships set role = 'creator' where user_id = $1 returning 1", stage.ada["user"]["id"]
        )
        job = await add_job(stage.gateway, stage.owl)
        await stage.run(f"delete from jobs where id = '{job}'")
        assert [(await witness.receive_change())["type"] for _ in range(2)] == ["INSERT", "DELETE"]
        assert await ada.is_silent()
        await stage.get(
            "update memberships set role = 'manager' where user_id = $1 returning 1", stage.ada["user"]["id"]
        )
        await add_job(stage.gateway, stage.owl)
        assert (await ada.receive_change())["type"] == "INSERT"
