"""Campaigns over HTTP, on stored days, as real roles."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import change_definition, daily_observations, make_artist, store_observations

STREAMS, VIEWS = "consumption.streams", "consumption.views"


async def make_campaign(member: Member, artist_id: UUID, **changes: Any) -> dict[str, Any]:
    body = {
        "artist_id": str(artist_id),
        "name": "Tidelight pre-save",
        "goal_metric": STREAMS,
        "goal_provider": "spotify",
        "goal_target": 2000,
        "budget_minor": 50_000,
        "currency": "EUR",
        "starts_on": (today() - timedelta(days=20)).isoformat(),
        "ends_on": (today() - timedelta(days=11)).isoformat(),
    } | changes
    answer = await member.http.post("/api/campaigns", json=body)
    assert answer.status_code == 201, answer.text
    campaign: dict[str, Any] = answer.json()
    return campaign


async def make_artist_with_numbers(world: World, worker_context: WorkerContext, member: Member) -> UUID:
    """Make an artist who once had streams, followers and plays, so that a campaign can aim at them."""
    artist_id = await make_artist(world.database, member.org_id)
    long_ago = today() - timedelta(days=400)
    for provider, metrics in {
        Provider.SPOTIFY: (STREAMS, "audience.followers"),
        Provider.YOUTUBE: (VIEWS,),
        Provider.SOUNDCLOUD: ("consumption.plays",),
    }.items():
        for metric in metrics:
            seen = daily_observations(metric, long_ago, [1.0])
            await store_observations(worker_context, member.org_id, artist_id, seen, provider=provider)
    return artist_id


async def read_result(member: Member, campaign: dict[str, Any]) -> dict[str, Any]:
    answer = await member.http.get(f"/api/campaigns/{campaign['id']}/result")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


@pytest.fixture
async def manager(world: World) -> Member:
    return await world.member(role=Role.MANAGER)


async def test_small_base_has_a_change_but_no_percentage(
    world: World, worker_context: WorkerContext, manager: Member
) -> None:
    """30 streams before and 300 during are not a rise of 900 %; the tiles have the same rule."""
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    values = [3.0] * 10 + [30.0] * 10 + [3.0] * 10
    await store_observations(
        worker_context, manager.org_id, artist_id, daily_observations(STREAMS, today() - timedelta(days=1), values)
    )
    result = await read_result(manager, await make_campaign(manager, artist_id))
    assert (result["before"]["value"], result["change"], result["change_percent"]) == (30, 270, None)


async def test_result_has_windows_and_no_cost_of_a_difference(
    world: World, worker_context: WorkerContext, manager: Member
) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    values = [100.0] * 10 + [150.0] * 10 + [120.0] * 10
    await store_observations(
        worker_context, manager.org_id, artist_id, daily_observations(STREAMS, today() - timedelta(days=1), values)
    )
    campaign = await make_campaign(manager, artist_id)
    for amount in (20_000, 5_000):
        cost = {"spent_on": campaign["starts_on"], "amount_minor": amount, "note": "adverts"}
        assert (await manager.http.post(f"/api/campaigns/{campaign['id']}/costs", json=cost)).status_code == 201

    result = await read_result(manager, campaign)
    assert [result[window]["value"] for window in ("before", "during", "after")] == [1000, 1500, 1200]
    assert [result[window]["days"] for window in ("before", "during", "after")] == [10, 10, 10]
    assert (result["basis"], result["unit"]) == ("sum", "streams")
    assert (result["change"], result["change_percent"]) == (500, 50)
    assert result["goal_progress_percent"] == 75
    assert (result["spent_minor"], "cost_per_result_minor" in result) == (25_000, False)
    for causal in ("caused", "because", "thanks to", "led to"):
        assert causal not in result["note"]
    detail = (await manager.http.get(f"/api/campaigns/{campaign['id']}")).json()
    assert [cost["amount_minor"] for cost in detail["costs"]] == [20_000, 5_000]
    assert (detail["spent_minor"], detail["state"]) == (25_000, "ended")


async def test_missing_days_are_null_and_not_zero(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    campaign = await make_campaign(manager, artist_id)
    empty = await read_result(manager, campaign)
    assert (empty["series_id"], empty["before"]["value"], empty["change"]) == (None, None, None)

    values = [*[100.0] * 3, None, *[100.0] * 6, *[150.0] * 10, *[120.0] * 10]
    await store_observations(
        worker_context, manager.org_id, artist_id, daily_observations(STREAMS, today() - timedelta(days=1), values)
    )
    result = await read_result(manager, campaign)
    assert result["before"]["value"] is None
    assert result["before"]["days_with_data"] == 9
    assert (result["during"]["value"], result["change"]) == (1500, None)


async def test_goal_of_a_counter_is_its_gain(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    values = [1000.0 + 5 * day for day in range(11)] + [1050.0 + 9 * day for day in range(1, 11)]
    last = today() - timedelta(days=11)
    await store_observations(
        worker_context, manager.org_id, artist_id, daily_observations("audience.followers", last, values)
    )
    campaign = await make_campaign(manager, artist_id, goal_metric="audience.followers", goal_target=None)
    result = await read_result(manager, campaign)
    assert (result["basis"], result["before"]["value"], result["during"]["value"]) == ("gain", 50, 90)
    assert (result["after"]["value"], result["goal_progress_percent"]) == (None, None)


async def test_nothing_is_compared_across_a_change_of_definition(
    world: World, worker_context: WorkerContext, manager: Member
) -> None:
    """The campaign begins with the change: each window has a value, and they are not compared."""
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    campaign = await make_campaign(manager, artist_id, goal_metric=VIEWS, goal_provider="youtube")
    await change_definition(
        world.database,
        date.fromisoformat(campaign["starts_on"]),
        metric=VIEWS,
        provider=Provider.YOUTUBE,
        continued_as="consumption.engaged_views",
    )
    for metric, values in (
        (VIEWS, [100.0] * 10 + [200.0] * 20),
        ("consumption.engaged_views", [90.0] * 10 + [99.0] * 20),
    ):
        seen = daily_observations(metric, today() - timedelta(days=1), values)
        await store_observations(worker_context, manager.org_id, artist_id, seen, provider=Provider.YOUTUBE)
    result = await read_result(manager, campaign)
    assert [result[window]["value"] for window in ("before", "during", "after")] == [1000, 2000, 2000]
    assert (result["change"], result["change_percent"]) == (None, None)
    assert (result["definition_break"]["on"], result["definition_break"]["continued_as"]) == (
        campaign["starts_on"],
        "consumption.engaged_views",
    )
    unbroken = result["unbroken"]
    assert (unbroken["name"], unbroken["change"], unbroken["change_percent"]) == ("Engaged views", 90, 10)
    # Within one window nothing is added up either.
    later = (date.fromisoformat(campaign["starts_on"]) + timedelta(days=2)).isoformat()
    await world.database.as_owner(
        "update metric_definitions set since_on = $1::text::date where id = 'of a test'", later
    )
    result = await read_result(manager, campaign)
    assert result["during"]["value"] is None
    assert result["during"]["null_reason"] == "The provider changed the definition of the metric in this period."


async def test_plays_that_fell_have_no_gain(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    values = [1000.0 + 5 * day for day in range(11)] + [900.0 + 9 * day for day in range(1, 11)]
    last = today() - timedelta(days=11)
    seen = daily_observations("consumption.plays", last, values)
    await store_observations(worker_context, manager.org_id, artist_id, seen, provider=Provider.SOUNDCLOUD)
    campaign = await make_campaign(
        manager, artist_id, goal_metric="consumption.plays", goal_provider="soundcloud", goal_target=None
    )
    result = await read_result(manager, campaign)
    assert (result["before"]["value"], result["during"]["value"], result["change"]) == (50, None, None)
    assert "corrected this total downwards" in result["during"]["null_reason"]


async def test_decrease_is_below_0(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    values = [100.0] * 10 + [80.0] * 20
    await store_observations(
        worker_context, manager.org_id, artist_id, daily_observations(STREAMS, today() - timedelta(days=1), values)
    )
    campaign = await make_campaign(manager, artist_id)
    cost = {"spent_on": campaign["starts_on"], "amount_minor": 100}
    await manager.http.post(f"/api/campaigns/{campaign['id']}/costs", json=cost)
    result = await read_result(manager, campaign)
    assert (result["change"], result["change_percent"]) == (-200, -20)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"starts_on": "1990-01-01", "ends_on": "2026-01-01"}, "ends_on"),
        ({"currency": None}, "currency"),
        ({"currency": "euro"}, "currency"),
        ({"goal_metric": "no.such"}, "goal_metric"),
        ({"goal_metric": "discovery.ctr"}, "goal_metric"),
        ({"goal_metric": "audience.monthly_listeners"}, "goal_metric"),
        ({"goal_metric": "engagement.saves"}, "goal_metric"),
        ({"goal_target": -1}, "goal_target"),
        ({"goal_provider": "napster"}, "goal_provider"),
        ({"name": ""}, "name"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
    ],
)
async def test_invalid_value_is_refused(
    world: World, worker_context: WorkerContext, manager: Member, changes: dict[str, Any], field: str
) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    campaign = await make_campaign(manager, artist_id)
    body = {key: campaign[key] for key in ("artist_id", "name", "goal_metric", "goal_provider", "starts_on", "ends_on")}
    body |= {"budget_minor": 1, "currency": "EUR"} | changes
    for answer in (
        await manager.http.post("/api/campaigns", json=body),
        await manager.http.patch(f"/api/campaigns/{campaign['id']}", json=changes),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["field"] == field


async def test_update_list_and_delete(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    first, second = await make_campaign(manager, artist_id), await make_campaign(manager, artist_id, name="Tour")
    changed = await manager.http.patch(f"/api/campaigns/{first['id']}", json={"name": "Album", "goal_target": None})
    assert (changed.json()["name"], changed.json()["goal_target"]) == ("Album", None)
    assert changed.json()["budget_minor"] == 50_000
    page = (await manager.http.get("/api/campaigns?limit=1")).json()
    assert [item["name"] for item in page["items"]] == ["Tour"]
    rest = (await manager.http.get(f"/api/campaigns?limit=1&cursor={page['next_cursor']}")).json()
    assert ([item["name"] for item in rest["items"]], rest["next_cursor"]) == (["Album"], None)
    assert (await manager.http.delete(f"/api/campaigns/{second['id']}")).status_code == 204
    assert (await manager.http.get(f"/api/campaigns/{second['id']}")).status_code == 404


async def test_permissions_and_isolation(world: World, worker_context: WorkerContext, manager: Member) -> None:
    artist_id = await make_artist_with_numbers(world, worker_context, manager)
    campaign = await make_campaign(manager, artist_id)
    creator = await world.member(manager.org_id, Role.CREATOR)
    foreign_member = await world.member()
    path = f"/api/campaigns/{campaign['id']}"
    assert (await creator.http.get(path)).status_code == 200
    assert (await creator.http.delete(path)).status_code == 403

    cost = {"spent_on": date(2026, 1, 1).isoformat(), "amount_minor": 1}
    for method, suffix, body in (
        ("GET", "", None),
        ("GET", "/result", None),
        ("PATCH", "", {"name": "mine"}),
        ("POST", "/costs", cost),
        ("DELETE", "", None),
    ):
        assert (await foreign_member.http.request(method, path + suffix, json=body)).status_code == 404
    assert (await foreign_member.http.get("/api/campaigns")).json()["items"] == []
    assert (await foreign_member.http.get("/api/campaigns", params={"q": "tide"})).json()["items"] == []
    for q, count in (("PRE-save", 1), ("autumn", 0)):
        assert len((await manager.http.get("/api/campaigns", params={"q": q})).json()["items"]) == count
    body = {key: campaign[key] for key in ("artist_id", "name", "goal_metric", "goal_provider", "starts_on", "ends_on")}
    assert (await foreign_member.http.post("/api/campaigns", json=body)).status_code == 404
    assert (await manager.http.get(path)).json()["name"] == campaign["name"]
