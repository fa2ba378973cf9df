"""Budgets and costs are money: null with a reason for those who may not see it, and written by those who may only."""

from datetime import timedelta
from typing import Any

from arti.jobs import WorkerContext
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations


async def make_campaign(manager: Member, world: World, worker_context: WorkerContext) -> str:
    artist = await make_artist(world.database, manager.org_id)
    seen = daily_observations("consumption.streams", today() - timedelta(days=1), [100.0] * 20)
    await store_observations(worker_context, manager.org_id, artist, seen)
    body = {
        "artist_id": str(artist),
        "name": "Ads",
        "goal_metric": "consumption.streams",
        "goal_provider": "spotify",
        "budget_minor": 50_000,
        "currency": "EUR",
        "starts_on": str(today() - timedelta(days=10)),
        "ends_on": str(today() - timedelta(days=5)),
    }
    campaign: dict[str, Any] = (await manager.http.post("/api/campaigns", json=body)).json()
    cost = {"spent_on": body["starts_on"], "amount_minor": 2_500}
    path = f"/api/campaigns/{campaign['id']}"
    assert (await manager.http.post(f"{path}/costs", json=cost)).status_code == 201
    return path


async def test_amounts_are_null_with_a_reason(world: World, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    analyst = await world.member(manager.org_id, Role.ANALYST)
    path = await make_campaign(manager, world, worker_context)
    seen = (await analyst.http.get(path)).json()
    assert (seen["budget_minor"], seen["spent_minor"], seen["costs"]) == (None, None, None)
    assert "money:read" in seen["money_null_reason"]
    [listed] = (await analyst.http.get("/api/campaigns")).json()["items"]
    assert (listed["budget_minor"], listed["spent_minor"]) == (None, None)
    result = (await analyst.http.get(f"{path}/result")).json()
    assert result["spent_minor"] is None
    assert "money:read" in result["money_null_reason"]

    own = (await manager.http.get(path)).json()
    assert (own["budget_minor"], own["spent_minor"], own["money_null_reason"]) == (50_000, 2_500, None)
    assert [cost["amount_minor"] for cost in own["costs"]] == [2_500]


async def test_a_cost_is_corrected_and_removed(world: World, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    path = await make_campaign(manager, world, worker_context)
    [cost] = (await manager.http.get(path)).json()["costs"]
    right = {"spent_on": cost["spent_on"], "amount_minor": 52_000, "note": "posters"}
    denied = await world.member(manager.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set money_access = false where user_id = $1", denied.user_id)
    for method in ("PUT", "DELETE"):
        refused = await denied.http.request(method, f"{path}/costs/{cost['id']}", json=right)
        assert refused.status_code == 403
    corrected = await manager.http.put(f"{path}/costs/{cost['id']}", json=right)
    assert (corrected.status_code, corrected.json()) == (200, right | {"id": cost["id"]})
    assert (await manager.http.get(path)).json()["spent_minor"] == 52_000
    assert (await manager.http.delete(f"{path}/costs/{cost['id']}")).status_code == 204
    seen = (await manager.http.get(path)).json()
    assert (seen["costs"], seen["spent_minor"]) == ([], 0)
    assert (await manager.http.put(f"{path}/costs/{cost['id']}", json=right)).status_code == 404


async def test_who_is_denied_money_keeps_campaigns_without_it(world: World, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    path = await make_campaign(manager, world, worker_context)
    denied = await world.member(manager.org_id, Role.MANAGER)
    await world.database.as_owner("update memberships set money_access = false where user_id = $1", denied.user_id)
    cost = {"spent_on": "2026-03-01", "amount_minor": 1}
    assert (await denied.http.post(f"{path}/costs", json=cost)).status_code == 403
    for change in ({"budget_minor": 1}, {"currency": "USD"}):
        refused = await denied.http.patch(path, json=change)
        assert (refused.status_code, refused.json()["field"]) == (403, next(iter(change)))
    renamed = await denied.http.patch(path, json={"name": "Ads, renamed"})
    assert (renamed.status_code, renamed.json()["budget_minor"]) == (200, None)
    assert (await manager.http.get(path)).json()["budget_minor"] == 50_000
    assert (await manager.http.patch(path, json={"budget_minor": None})).json()["budget_minor"] is None
