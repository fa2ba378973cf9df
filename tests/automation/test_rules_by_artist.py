"""A rule notifies of what the member sees for whom it runs, when it fires; a message is seen by who sees its artist."""

from dataclasses import replace
from typing import Any

from arti.vocabulary import Role
from tests.automation.conftest import Scenario
from tests.conftest import Member
from tests.factories.observations import make_artist

USERS = "/api/admin/users"


async def listed_manager(scenario: Scenario, *artists: str) -> Member:
    member = await scenario.world.member(scenario.org_id, Role.MANAGER)
    body = {"artist_access": "list", "artist_ids": list(artists)}
    assert (await scenario.manager.http.put(f"{USERS}/{member.user_id}", json=body)).status_code == 200
    return member


async def subjects(member: Member, path: str = "/api/deliveries") -> list[str]:
    answer = await member.http.get(path)
    assert answer.status_code == 200, answer.text
    return [item["subject"] for item in answer.json()["items"]]


async def test_a_rule_fires_for_what_its_member_sees_at_that_moment(scenario: Scenario) -> None:
    other = replace(scenario, artist_id=await make_artist(scenario.world.database, scenario.org_id))
    artist = str(scenario.artist_id)
    member = await listed_manager(scenario, artist)
    as_member = replace(scenario, manager=member)
    rule = await as_member.create_rule(await scenario.create_channel("slack"))  # without a condition on the artist
    assert (rule["run_as"], rule["is_ownerless"]) == (str(member.user_id), False)

    async def fire(of: Scenario) -> int:
        before = len(await scenario.list_deliveries())
        await of.create_insight_with_event()
        await scenario.run_due_jobs()
        return len(await scenario.list_deliveries()) - before

    assert [await fire(scenario), await fire(other)] == [1, 0]
    path = f"{USERS}/{member.user_id}"
    await scenario.manager.http.put(path, json={"artist_ids": [str(other.artist_id)]})
    assert [await fire(scenario), await fire(other)] == [0, 1]
    closed = {"spotify": {"can_read": False, "can_write": False, "can_delete": False}}
    await scenario.manager.http.put(path, json={"artist_ids": [artist], "platforms": closed})
    assert await fire(scenario) == 0
    await scenario.manager.http.put(path, json={"platforms": {"spotify": {}}, "status": "disabled"})
    assert await fire(scenario) == 0
    assert (await scenario.manager.http.get("/api/rules")).json()["items"][0]["is_ownerless"] is True
    # Whoever saves it next takes it over; to turn off or rename a rule of somebody who is here is not to take it.
    saved = await scenario.manager.http.patch(f"/api/rules/{rule['id']}", json={"name": "Ours now"})
    assert (saved.json()["run_as"], saved.json()["is_ownerless"]) == (str(scenario.manager.user_id), False)
    assert [await fire(scenario), await fire(other)] == [1, 1]
    await scenario.manager.http.put(path, json={"status": "active"})
    second = await as_member.create_rule(await scenario.create_channel("n8n"))
    kept = await scenario.manager.http.patch(f"/api/rules/{second['id']}", json={"name": "x", "enabled": False})
    assert kept.json()["run_as"] == str(member.user_id)
    taken = await scenario.manager.http.patch(f"/api/rules/{second['id']}", json={"conditions": {}})
    assert taken.json()["run_as"] == str(scenario.manager.user_id)


async def test_money_is_sent_for_members_who_may_see_it(scenario: Scenario) -> None:
    metric = "money.estimated_revenue"
    member = await listed_manager(scenario, str(scenario.artist_id))
    as_member = replace(scenario, manager=member)
    await as_member.create_rule(await scenario.create_channel("slack"), conditions={"metrics": [metric]})
    about: dict[str, Any] = {"metric": metric, "provider": "youtube"}
    await scenario.create_insight_with_event(**about)
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1
    await scenario.manager.http.put(f"{USERS}/{member.user_id}", json={"money_access": False})
    await scenario.create_insight_with_event(**about)
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1
    assert await subjects(member) == []
    assert (await member.http.get("/api/events")).json()["items"] == []


async def test_messages_are_seen_by_who_sees_their_artist(scenario: Scenario) -> None:
    other = replace(scenario, artist_id=await make_artist(scenario.world.database, scenario.org_id))
    channel = await scenario.create_channel("email", target={"address": "team@example.test"})
    await scenario.create_rule(channel, name="Of everybody")
    member = await listed_manager(scenario, str(scenario.artist_id))
    await scenario.create_insight_with_event(title="Hers rose")
    await other.create_insight_with_event(title="His rose")
    await scenario.run_due_jobs()
    assert len(await subjects(scenario.manager)) == len(await subjects(scenario.manager, "/api/mailbox")) == 2
    for path in ("/api/deliveries", "/api/mailbox"):
        assert ["Hers rose" in subject for subject in await subjects(member, path)] == [True]
    hidden = next(item for item in await scenario.list_deliveries() if "His rose" in item["subject"])
    for answer in (
        await member.http.get(f"/api/mailbox/{hidden['id']}"),
        await member.http.patch(f"/api/mailbox/{hidden['id']}", json={"read": True}),
        await member.http.post(f"/api/deliveries/{hidden['id']}/retry"),
    ):
        assert answer.status_code == 404
    # The rule of somebody else is theirs to see: it may name artists off the list.
    assert (await member.http.get("/api/rules")).json()["items"] == []
    assert [item["rule_name"] for item in (await member.http.get("/api/deliveries")).json()["items"]] == [None]
    # A message that tests a channel is about nobody, so whoever asked for it sees it.
    assert (await member.http.post(f"/api/channels/{channel['id']}/test")).status_code == 202
    await scenario.run_due_jobs()
    assert [job["name"] for job in (await member.http.get("/api/jobs")).json()["items"]].count(
        "automation.test_channel"
    ) == 1
    assert len(await subjects(member, "/api/mailbox")) == 2


async def test_a_condition_names_artists_on_the_list_only(scenario: Scenario) -> None:
    hidden = await make_artist(scenario.world.database, scenario.org_id)
    member = await listed_manager(scenario, str(scenario.artist_id))
    channel = await scenario.create_channel("slack")
    rule = {"name": "x", "channel_id": channel["id"], "conditions": {"artist_ids": [str(hidden)]}}
    answer = await member.http.post("/api/rules", json=rule)
    assert (answer.status_code, answer.json()["field"]) == (422, "conditions.artist_ids")


async def test_who_redirects_a_channel_gets_what_they_see(scenario: Scenario) -> None:
    other = replace(scenario, artist_id=await make_artist(scenario.world.database, scenario.org_id))
    channel = await scenario.create_channel("email", target={"address": "team@example.test"})
    rule = await scenario.create_rule(channel, name="Of everybody")
    digest = {"frequency": "daily", "hour": 8}
    path = f"/api/channels/{channel['id']}"
    assert (await scenario.manager.http.put(f"{path}/notification-settings", json=digest)).status_code == 200
    member = await listed_manager(scenario, str(scenario.artist_id))
    assert (await member.http.patch(path, json={"name": "Renamed"})).status_code == 200

    async def runs_for() -> set[Any]:
        found = await scenario.world.database.as_owner(
            """select run_as from rules where org_id = $1
               union all select run_as from notification_settings where org_id = $1""",
            scenario.org_id,
        )
        return {row["run_as"] for row in found}

    assert await runs_for() == {scenario.manager.user_id}
    answer = await member.http.patch(path, json={"target": {"address": "mine@example.test"}})
    assert answer.status_code == 200, answer.text
    assert await runs_for() == {member.user_id}
    await scenario.create_insight_with_event(title="Hers rose")
    await other.create_insight_with_event(title="His rose")
    await scenario.run_due_jobs()
    [sent] = await scenario.list_deliveries()
    assert "Hers rose" in sent["subject"]
    assert (await scenario.manager.http.get("/api/rules")).json()["items"][0]["id"] == rule["id"]


async def test_what_waits_is_not_sent_to_a_channel_that_was_redirected(scenario: Scenario) -> None:
    other = replace(scenario, artist_id=await make_artist(scenario.world.database, scenario.org_id))
    channel = await scenario.create_channel("email", target={"address": "team@example.test"})
    path = f"/api/channels/{channel['id']}"
    quiet = {"quiet_from": 0, "quiet_to": 23}
    assert (await scenario.manager.http.put(f"{path}/notification-settings", json=quiet)).status_code == 200
    await scenario.create_rule(channel, name="Of everybody")
    await other.create_insight_with_event(title="His rose")
    await scenario.run_due_jobs()
    await scenario.world.database.as_owner(
        "update deliveries set status = 'pending', next_attempt_at = clock.now() where org_id = $1", scenario.org_id
    )
    member = await listed_manager(scenario, str(scenario.artist_id))
    await member.http.patch(path, json={"target": {"address": "mine@example.test"}})
    [waiting] = await scenario.list_deliveries()
    answer = await scenario.manager.http.post(f"/api/deliveries/{waiting['id']}/retry")
    assert answer.status_code == 202, answer.text
    await scenario.run_due_jobs()
    [kept] = await scenario.list_deliveries()
    assert (kept["status"], kept["last_error"]) == (
        "cancelled",
        "Its rule was deleted, or runs for a member who does not see this.",
    )


async def test_who_sees_some_artists_sets_up_no_webhook_that_writes_about_all(scenario: Scenario) -> None:
    member = await listed_manager(scenario, str(scenario.artist_id))
    made = await scenario.manager.http.post("/api/webhook-sources", json={"source": "custom"})
    assert made.status_code == 201, made.text
    for answer in (
        await member.http.post("/api/webhook-sources", json={"source": "custom"}),
        await member.http.post("/api/webhook-sources", json={"source": "n8n"}),
        await member.http.delete("/api/webhook-sources/custom"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    listed = (await scenario.manager.http.get("/api/webhook-sources")).json()["items"]
    assert [source["source"] for source in listed] == ["custom"]
