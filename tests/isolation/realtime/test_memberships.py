"""A change of a membership takes effect on the changes and channels of Realtime at once."""

from arti.vocabulary import Role
from tests.isolation.realtime.conftest import JOBS, Orgs, add_job, member
from tests.supabase_local.realtime.phoenix_client import socket
from tests.supabase_local.realtime.test_revocation import wait_for_close


async def test_removed_membership_stops_changes(orgs: Orgs) -> None:
    leaves = await member(orgs.gateway, orgs.owl, Role.ANALYST)
    topic = f"realtime:org:{orgs.owl}"
    async with socket(orgs.gateway) as stays, socket(orgs.gateway) as ada:
        await stays.join([JOBS], orgs.token)
        await ada.join([JOBS], leaves["access_token"])
        await ada.join_private(f"org:{orgs.owl}", leaves["access_token"])
        await add_job(orgs.gateway, orgs.owl)
        for client in (stays, ada):
            assert (await client.receive_change())["type"] == "INSERT"
        # Results are cached; the change of the membership is replicated before that of the job.
        await orgs.gateway.database.as_owner(
            "delete from memberships where user_id = $1 returning 1", leaves["user"]["id"]
        )
        await add_job(orgs.gateway, orgs.owl)
        assert "no longer have permission" in await wait_for_close(ada, topic)
        assert (await stays.receive_change())["type"] == "INSERT"
        assert await ada.is_silent()


async def test_new_membership_starts_changes(orgs: Orgs) -> None:
    async with socket(orgs.gateway) as bob:
        await bob.join([JOBS], orgs.bob["access_token"])
        await add_job(orgs.gateway, orgs.owl)
        await add_job(orgs.gateway, orgs.lark)
        assert (await bob.receive_change())["record"]["org_id"] == str(orgs.lark)
        await orgs.gateway.join(orgs.bob, orgs.owl)
        await add_job(orgs.gateway, orgs.owl)
        assert (await bob.receive_change())["record"]["org_id"] == str(orgs.owl)


async def test_changed_role_stops_and_starts_changes(orgs: Orgs) -> None:
    other = await member(orgs.gateway, orgs.owl)
    async with socket(orgs.gateway) as ada, socket(orgs.gateway) as witness:
        await ada.join([JOBS], orgs.token)
        await witness.join([JOBS], other["access_token"])
        await orgs.gateway.database.as_owner(
            "update memberships set role = 'creator' where user_id = $1 returning 1", orgs.ada["user"]["id"]
        )
        job = await add_job(orgs.gateway, orgs.owl)
        await orgs.gateway.database.as_owner(f"delete from jobs where id = '{job}'")
        assert [(await witness.receive_change())["type"] for _ in range(2)] == ["INSERT", "DELETE"]
        assert await ada.is_silent()
        await orgs.gateway.database.as_owner(
            "update memberships set role = 'manager', artist_access = 'all' where user_id = $1 returning 1",
            orgs.ada["user"]["id"],
        )
        await add_job(orgs.gateway, orgs.owl)
        assert (await ada.receive_change())["type"] == "INSERT"
