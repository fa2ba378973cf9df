"""Campaigns, their costs, and their results."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from arti.campaigns import periods, store
from arti.campaigns.goal import GoalResult, measure_goal, public_window
from arti.campaigns.lift import goals, reading
from arti.campaigns.lift.reading import summarise
from arti.campaigns.lift.schemas import CampaignLift
from arti.campaigns.lift.service import enqueue_measurement
from arti.campaigns.schemas import (
    Campaign,
    CampaignChange,
    CampaignDetail,
    CampaignResult,
    Cost,
    NewCampaign,
    NewCost,
    UnbrokenResult,
)
from arti.metrics.catalogue import METRICS
from arti.metrics.sources.known import get_metric
from arti.music.store import has_artists
from arti.orgs.audit import audit, changed_values
from arti.orgs.authorization import Access
from arti.providers.terms import terms_of
from arti.vocabulary import Permission
from arti_core.database import Connection, Row
from arti_core.errors import Forbidden, Invalid, NotFound
from arti_core.paging import Page, make_page_by_creation, read_cursor

_NO_MONEY = f"Budgets, costs and targets in money need {Permission.MONEY_READ}. Ask an admin of the org."
_MONEY = ("budget_minor", "goal_target")
_NOTE = (
    "Compares periods of equal length. Releases, seasons and other activity can also explain a change, so this does "
    "not prove the effect of the campaign."
)


async def list_campaigns(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    q: str | None,
    cursor: str | None,
    limit: int,
    known_on: date | None,
) -> Page[Campaign]:
    rows = await store.list_campaigns(
        connection, org_id, artist_id=artist_id, q=q, after=read_cursor(cursor), limit=limit + 1, known_on=known_on
    )
    return make_page_by_creation([Campaign.model_validate(_fields(row)) for row in rows], limit)


async def create_campaign(access: Access, *, new: NewCampaign) -> CampaignDetail:
    connection, org_id = access.connection, access.org_id
    if not await has_artists(connection, org_id, [new.artist_id]):
        raise NotFound("artist")
    values = new.model_dump(exclude={"artist_id"})
    await _check_values(connection, org_id, values)
    await goals.check_goal(connection, org_id, new.artist_id, metric=new.goal_metric, provider=new.goal_provider)
    campaign_id = await store.insert_campaign(
        connection, org_id, artist_id=new.artist_id, values=values, created_by=access.principal.user_id
    )
    if new.budget_minor is not None:
        _require_money(access, field="budget_minor")
        await store.save_budget(connection, org_id, campaign_id, new.budget_minor)
    if new.goal_target is not None:
        await _save_target(access, campaign_id, new.goal_target)
    await enqueue_measurement(connection, org_id, campaign_id, requested_by=access.principal.user_id)
    await audit(access, "campaign.created", campaign_id, {"name": new.name})
    return await get_campaign(connection, org_id, campaign_id)


async def get_campaign(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, known_on: date | None = None
) -> CampaignDetail:
    row = await _get_row(connection, org_id, campaign_id, known_on)
    fields = _fields(row)
    costs = await store.list_costs(connection, org_id, campaign_id)
    shown = None if fields["money_null_reason"] else [dict(cost) for cost in costs]
    return CampaignDetail.model_validate(fields | {"costs": shown})


async def update_campaign(access: Access, campaign_id: UUID, *, change: CampaignChange) -> CampaignDetail:
    connection, org_id = access.connection, access.org_id
    row = await _get_row(connection, org_id, campaign_id)
    changes = change.model_dump(exclude_unset=True)
    for field in ("name", "goal_metric", "goal_provider", "starts_on", "ends_on", "notes"):
        if field in changes and changes[field] is None:
            raise Invalid("This cannot be empty.", field=field)
    values = {column: row[column] for column in (*store.COLUMNS, "budget_minor")} | changes
    await _check_values(connection, org_id, values)
    if values["currency"] != row["currency"]:
        # What is hidden from the caller would change its meaning too.
        _require_money(access, field="currency")
        if values["currency"] is None and row["spent_minor"]:
            raise Invalid("The campaign has costs, so it needs a currency.", field="currency")
    if row["has_money_goal"] and values["goal_metric"] != row["goal_metric"]:
        _require_money(access, field="goal_metric")
    goal = ("goal_metric", "goal_provider")
    if any(values[field] != row[field] for field in goal):
        metric, provider = (values[field] for field in goal)
        await goals.check_goal(connection, org_id, row["artist_id"], metric=metric, provider=provider)
    await store.update_campaign_row(connection, org_id, campaign_id, values)
    if "budget_minor" in changes:
        _require_money(access, field="budget_minor")
        await store.save_budget(connection, org_id, campaign_id, changes["budget_minor"])
    if "goal_target" in changes:
        await _save_target(access, campaign_id, changes["goal_target"])
    if any(values[field] != row[field] for field in (*goal, "starts_on", "ends_on")):
        await enqueue_measurement(connection, org_id, campaign_id, requested_by=access.principal.user_id)
    # Not everybody who reads the log may see money: of budget and target only the field is named.
    about = {
        "name": row["name"],
        "changes": changed_values(row, {field: value for field, value in changes.items() if field not in _MONEY}),
        "fields": [field for field in _MONEY if field in changes],
    }
    await audit(access, "campaign.updated", campaign_id, about)
    return await get_campaign(connection, org_id, campaign_id)


async def _save_target(access: Access, campaign_id: UUID, value: float | None) -> None:
    """Set what a campaign aims at. That of a money goal is money. Raises Forbidden."""
    campaign = await _get_row(access.connection, access.org_id, campaign_id)
    if campaign["has_money_goal"]:
        _require_money(access, field="goal_target")
    await store.save_target(access.connection, access.org_id, campaign_id, value)


async def delete_campaign(access: Access, campaign_id: UUID) -> None:
    """Delete a campaign with its costs. Raises NotFound."""
    row = await _get_row(access.connection, access.org_id, campaign_id)
    if not await store.delete_campaign(access.connection, access.org_id, campaign_id):
        raise NotFound("campaign")
    await audit(access, "campaign.deleted", campaign_id, {"name": row["name"]})


async def add_cost(access: Access, campaign_id: UUID, *, new: NewCost) -> Cost:
    connection, org_id = access.connection, access.org_id
    row = await _get_row(connection, org_id, campaign_id)
    if row["currency"] is None:
        raise Invalid("Set the campaign's currency before adding costs.", field="currency")
    cost_id = await store.add_cost(
        connection, org_id, campaign_id, spent_on=new.spent_on, amount_minor=new.amount_minor, note=new.note
    )
    # Not everybody who reads the log may see money: of a cost only its day is named.
    about = {"name": row["name"], "spent_on": new.spent_on.isoformat()}
    await audit(access, "campaign.cost_added", campaign_id, about)
    return Cost(id=cost_id, **new.model_dump())


async def update_cost(access: Access, campaign_id: UUID, cost_id: UUID, *, new: NewCost) -> Cost:
    """Put other values in the place of a cost's. Raises NotFound."""
    values = new.model_dump()
    row = await _get_row(access.connection, access.org_id, campaign_id)
    if not await store.update_cost(access.connection, access.org_id, campaign_id, cost_id, **values):
        raise NotFound("cost")
    about = {"name": row["name"], "spent_on": new.spent_on.isoformat()}
    await audit(access, "campaign.cost_changed", campaign_id, about)
    return Cost(id=cost_id, **values)


async def delete_cost(access: Access, campaign_id: UUID, cost_id: UUID) -> None:
    row = await _get_row(access.connection, access.org_id, campaign_id)
    if not await store.delete_cost(access.connection, access.org_id, campaign_id, cost_id):
        raise NotFound("cost")
    await audit(access, "campaign.cost_removed", campaign_id, {"name": row["name"]})


async def read_result(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, known_on: date | None = None
) -> CampaignResult:
    """Compare the goal metric before, during and after. A value is null if days are missing."""
    row = await _get_row(connection, org_id, campaign_id)
    metric = await get_metric(connection, org_id, row["goal_metric"])
    goal = await measure_goal(connection, org_id, row, metric=metric, known_on=known_on)
    value, target, spent = goal.during.value, row["goal_target"], row["spent_minor"]
    return CampaignResult(
        metric=row["goal_metric"],
        unit=row["goal_unit"],
        provider=row["goal_provider"],
        basis=goal.basis,
        series_id=goal.series_id,
        source=terms_of(goal.terms).source_name if goal.terms else "no data",
        before=public_window(goal.before),
        during=public_window(goal.during),
        after=public_window(goal.after) if goal.after else None,
        change=goal.change,
        change_percent=goal.change_percent,
        definition_break=goal.definition_break,
        unbroken=await _read_unbroken(connection, org_id, row, goal, known_on),
        goal_target=target,
        goal_progress_percent=100 * value / target if value is not None and target else None,
        spent_minor=spent,
        money_null_reason=_fields(row)["money_null_reason"],
        currency=row["currency"],
        note=_NOTE,
    )


async def read_lift(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, known_on: date | None = None
) -> CampaignLift:
    """Return what a campaign added, as it was measured last, or last by the end of a day (UTC)."""
    row = await _get_row(connection, org_id, campaign_id)
    reason = _fields(row)["money_null_reason"]
    return await reading.read_lift(connection, org_id, row, money_null_reason=reason, known_on=known_on)


async def _read_unbroken(
    connection: Connection, org_id: UUID, row: Row, goal: GoalResult, known_on: date | None
) -> UnbrokenResult | None:
    """Return the comparison by the metric that goes on across a change of definition; None without one."""
    metric = METRICS.get(goal.definition_break.continued_as or "") if goal.definition_break else None
    if metric is None:
        return None
    other = await measure_goal(connection, org_id, row, metric=metric, known_on=known_on)
    if other.series_id is None:
        return None
    return UnbrokenResult(
        metric=metric.slug,
        name=metric.name,
        unit=metric.unit,
        series_id=other.series_id,
        before=public_window(other.before),
        during=public_window(other.during),
        after=public_window(other.after) if other.after else None,
        change=other.change,
        change_percent=other.change_percent,
    )


def _fields(row: Row) -> dict[str, Any]:
    """Return a campaign's fields, with why amounts are null."""
    return dict(row) | {
        "money_null_reason": _NO_MONEY if row["spent_minor"] is None else None,
        "lift": summarise(row),
    }


def _require_money(access: Access, *, field: str) -> None:
    if Permission.MONEY_WRITE not in access.permissions:
        raise Forbidden(
            f"Budgets, costs and targets in money need {Permission.MONEY_WRITE}. Ask an admin of the org.", field=field
        )


async def _get_row(connection: Connection, org_id: UUID, campaign_id: UUID, known_on: date | None = None) -> Row:
    row = await store.find_campaign(connection, org_id, campaign_id, known_on=known_on)
    if row is None:
        raise NotFound("campaign")
    return row


async def _check_values(connection: Connection, org_id: UUID, values: Mapping[str, Any]) -> None:
    days = (values["ends_on"] - values["starts_on"]).days
    if days < 0:
        raise Invalid("The campaign ends before it starts.", field="ends_on")
    if days > periods.MAX_DAYS:
        raise Invalid(f"A campaign may last {periods.MAX_DAYS} days at most.", field="ends_on")
    if values["budget_minor"] is not None and values["currency"] is None:
        raise Invalid("A budget needs a currency, e.g. EUR.", field="currency")
