"""What a campaign aims at is money where its goal is: Realtime shows it to those with money:read alone."""

from uuid import uuid4

from tests.isolation.realtime.conftest import JOBS, Orgs, add_job, member
from tests.supabase_local.realtime.phoenix_client import socket

EVERYTHING = {"event": "*", "schema": "public", "table": "*"}
TARGETS = {"event": "*", "schema": "public", "table": "campaign_targets"}


async def add_campaign(orgs: Orgs, goal: str, target: float) -> None:
    database, campaign, artist = orgs.gateway.database, uuid4(), uuid4()
    await database.as_owner("insert into artists (org_id, id, name) values ($1, $2, $3)", orgs.owl, artist, str(artist))
    await database.as_owner(
        """insert into campaigns (org_id, id, artist_id, name, goal_metric, goal_provider, starts_on, ends_on)
           values ($1, $2, $3, 'Ads', $4, 'youtube', '2026-01-01', '2026-01-31')""",
        *(orgs.owl, campaign, artist, goal),
    )
    await database.as_owner(
        "insert into campaign_targets (org_id, campaign_id, value) values ($1, $2, $3)", orgs.owl, campaign, target
    )


async def test_targets_in_money_are_not_among_the_changes_of_all_tables(orgs: Orgs) -> None:
    async with socket(orgs.gateway) as ada:
        await ada.join([EVERYTHING], orgs.token)
        await add_campaign(orgs, "money.estimated_revenue", 918273)
        job = await add_job(orgs.gateway, orgs.owl)
        change = await ada.receive_change()
        assert (change["table"], change["record"]["id"]) == ("jobs", str(job))


async def test_published_targets_in_money_go_to_those_who_read_money(orgs: Orgs) -> None:
    """An operator may publish the table: its policies hold for changes too."""
    database = orgs.gateway.database
    await database.as_owner("alter publication supabase_realtime add table public.campaign_targets")
    denied = await member(orgs.gateway, orgs.owl)
    await database.as_owner("update memberships set money_access = false where user_id = $1", denied["user"]["id"])
    async with socket(orgs.gateway) as ada, socket(orgs.gateway) as without:
        for client, token in ((ada, orgs.token), (without, denied["access_token"])):
            await client.join([TARGETS, JOBS], token)
        await add_campaign(orgs, "money.estimated_revenue", 918273)
        await add_campaign(orgs, "consumption.views", 5000)
        assert [(await ada.receive_change())["record"]["value"] for _ in range(2)] == [918273, 5000]
        assert (await without.receive_change())["record"]["value"] == 5000
        await database.as_owner("update campaign_targets set value = value + 1 where value > 900000")
        await add_job(orgs.gateway, orgs.owl)
        assert (await ada.receive_change())["record"]["value"] == 918274
        assert (await without.receive_change())["table"] == "jobs"
        assert await without.is_silent()
