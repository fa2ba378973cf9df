"""Campaigns, their costs, and their results."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from arti.campaigns import lift, store
from arti.campaigns.schemas import (
    Campaign,
    CampaignChange,
    CampaignDetail,
    CampaignResult,
    Cost,
    NewCampaign,
    NewCost,
    WindowResult,
)
from arti.metrics.catalogue import METRICS
from arti.metrics.growth import growth_percent
from arti.music.store import has_artists
from arti.providers.terms import terms_of
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, NotFound
from arti_core.paging import Page, make_page_by_creation, read_cursor

_NOTE = (
    "Compares periods of equal length. Releases, seasons and other activity can also explain a change, so this does "
    "not prove the effect of the campaign."
)


async def list_campaigns(
    connection: Connection, org_id: UUID, *, artist_id: UUID | None, cursor: str | None, limit: int
) -> Page[Campaign]:
    rows = await store.list_campaigns(
        connection, org_id, artist_id=artist_id, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([Campaign.model_validate(dict(row)) for row in rows], limit)


async def create_campaign(
    connection: Connection, org_id: UUID, *, new: NewCampaign, created_by: UUID
) -> CampaignDetail:
    if not await has_artists(connection, org_id, [new.artist_id]):
        raise NotFound("artist")
    values = new.model_dump(exclude={"artist_id"})
    _check_values(values)
    campaign_id = await store.insert_campaign(
        connection, org_id, artist_id=new.artist_id, values=values, created_by=created_by
    )
    return await get_campaign(connection, org_id, campaign_id)


async def get_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> CampaignDetail:
    row = await _get_row(connection, org_id, campaign_id)
    costs = await store.list_costs(connection, org_id, campaign_id)
    return CampaignDetail.model_validate(dict(row) | {"costs": [dict(cost) for cost in costs]})


async def update_campaign(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, change: CampaignChange
) -> CampaignDetail:
    row = await _get_row(connection, org_id, campaign_id)
    changes = change.model_dump(exclude_unset=True)
    for field in ("name", "goal_metric", "goal_provider", "starts_on", "ends_on", "notes"):
        if field in changes and changes[field] is None:
            raise Invalid("This cannot be empty.", field=field)
    values = {column: row[column] for column in store.COLUMNS} | changes
    _check_values(values)
    if values["currency"] is None and row["spent_minor"]:
        raise Invalid("The campaign has costs, so it needs a currency.", field="currency")
    await store.update_campaign_row(connection, org_id, campaign_id, values)
    return await get_campaign(connection, org_id, campaign_id)


async def delete_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> None:
    if not await store.delete_campaign(connection, org_id, campaign_id):
        raise NotFound("campaign")


async def add_cost(connection: Connection, org_id: UUID, campaign_id: UUID, *, new: NewCost) -> Cost:
    row = await _get_row(connection, org_id, campaign_id)
    if row["currency"] is None:
        raise Invalid("Set the campaign's currency before adding costs.", field="currency")
    cost_id = await store.add_cost(
        connection, org_id, campaign_id, spent_on=new.spent_on, amount_minor=new.amount_minor, note=new.note
    )
    return Cost(id=cost_id, **new.model_dump())


async def read_result(connection: Connection, org_id: UUID, campaign_id: UUID) -> CampaignResult:
    """Compare the goal metric before, during and after. A value is null if days are missing."""
    row = await _get_row(connection, org_id, campaign_id)
    before, during, after = _find_windows(row, "UTC")
    series = await store.find_goal_series(
        connection,
        org_id,
        artist_id=row["artist_id"],
        metric=row["goal_metric"],
        provider=row["goal_provider"],
        from_on=before.from_on - lift.ONE_DAY,
        to_on=(after or during).to_on,
    )
    if series is not None:
        before, during, after = _find_windows(row, series["time_zone"])
    last = (after or during).to_on
    days: list[Row] = []
    if series is not None:
        days = await store.list_days(
            connection, org_id, series["id"], from_on=before.from_on - lift.ONE_DAY, to_on=last
        )
    basis = lift.choose_basis(row["goal_kind"], row["goal_aggregation"])
    value_before, value_during = (_measure(window, basis, days) for window in (before, during))
    change = _compute_change(value_before, value_during, days)
    base, value = value_before.value, value_during.value
    target, spent = row["goal_target"], row["spent_minor"]
    return CampaignResult(
        metric=row["goal_metric"],
        unit=row["goal_unit"],
        provider=row["goal_provider"],
        basis=basis,
        series_id=series["id"] if series else None,
        source=terms_of(series["terms"]).source_name if series else "no data",
        before=_public_window(value_before),
        during=_public_window(value_during),
        after=_public_window(_measure(after, basis, days)) if after else None,
        change=change,
        change_percent=growth_percent(value, base, base_days=before.days if basis == "mean" else 1)
        if change is not None and value is not None and base is not None
        else None,
        goal_target=target,
        goal_progress_percent=100 * value / target if value is not None and target else None,
        spent_minor=spent,
        currency=row["currency"],
        cost_per_result_minor=spent / change if change is not None and change > 0 and spent else None,
        note=_NOTE,
    )


def _find_windows(row: Row, time_zone: str) -> tuple[lift.DayRange, lift.DayRange, lift.DayRange | None]:
    """Return the windows before, during and after; they end at the latest yesterday in the provider's time zone."""
    yesterday = clock.today_in(time_zone) - timedelta(days=1)
    return lift.lift_windows(row["starts_on"], row["ends_on"], last_day=yesterday)


def _measure(window: lift.DayRange, basis: lift.Basis | None, days: list[Row]) -> lift.WindowValue:
    if basis is None:
        return lift.WindowValue(window, 0, None, "The daily values of this metric cannot be combined into one.")
    values = {day["observed_on"]: day["value"] for day in days}
    definitions = {day["observed_on"]: day["definition"] for day in days}
    return lift.measure_window(window, basis=basis, values=values, definitions=definitions)


def _compute_change(before: lift.WindowValue, during: lift.WindowValue, days: list[Row]) -> float | None:
    """Return during minus before; None across a change of definition or without both values."""
    first, last = before.window.from_on, during.window.to_on
    definitions = {day["definition"] for day in days if first <= day["observed_on"] <= last}
    if before.value is None or during.value is None or len(definitions) > 1:
        return None
    return during.value - before.value


def _public_window(measured: lift.WindowValue) -> WindowResult:
    return WindowResult.model_validate(
        {
            "from": measured.window.from_on,
            "to": measured.window.to_on,
            "days": measured.window.days,
            "days_with_data": measured.days_with_data,
            "value": measured.value,
            "null_reason": measured.null_reason,
        }
    )


async def _get_row(connection: Connection, org_id: UUID, campaign_id: UUID) -> Row:
    row = await store.find_campaign(connection, org_id, campaign_id)
    if row is None:
        raise NotFound("campaign")
    return row


def _check_values(values: Mapping[str, Any]) -> None:
    days = (values["ends_on"] - values["starts_on"]).days
    if days < 0:
        raise Invalid("The campaign ends before it starts.", field="ends_on")
    if days > lift.MAX_DAYS:
        raise Invalid(f"A campaign may last {lift.MAX_DAYS} days at most.", field="ends_on")
    if values["budget_minor"] is not None and values["currency"] is None:
        raise Invalid("A budget needs a currency, e.g. EUR.", field="currency")
    metric = METRICS.get(values["goal_metric"])
    if metric is None:
        raise Invalid("There is no such metric. GET /api/metrics lists them.", field="goal_metric")
    if lift.choose_basis(metric.kind, metric.aggregation) is None:
        raise Invalid(
            f"The daily values of {metric.name} cannot be combined into one; choose another goal.",
            field="goal_metric",
        )
