"""Campaigns: what was tried, what it cost, and what the goal metric did meanwhile."""

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
from arti.metrics.growth import growth_percent
from arti.providers.terms import terms_of
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Invalid, NotFound
from arti_core.paging import Page, make_page_by_creation, read_cursor

_NOTE = (
    "Windows of equal length, compared as they are. Releases, seasons and other efforts may lie behind a change as "
    "well; this is no proof of what the campaign did."
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
    if not await store.has_artist(connection, org_id, new.artist_id):
        raise NotFound("artist")
    values = new.model_dump(exclude={"artist_id"})
    await _check(connection, values)
    campaign_id = await store.insert_campaign(
        connection, org_id, artist_id=new.artist_id, values=values, created_by=created_by
    )
    return await get_campaign(connection, org_id, campaign_id)


async def get_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> CampaignDetail:
    row = await _row(connection, org_id, campaign_id)
    costs = await store.list_costs(connection, org_id, campaign_id)
    return CampaignDetail.model_validate(dict(row) | {"costs": [dict(cost) for cost in costs]})


async def update_campaign(
    connection: Connection, org_id: UUID, campaign_id: UUID, *, change: CampaignChange
) -> CampaignDetail:
    row = await _row(connection, org_id, campaign_id)
    given = change.model_dump(exclude_unset=True)
    for field in ("name", "goal_metric", "goal_provider", "starts_on", "ends_on", "notes"):
        if field in given and given[field] is None:
            raise Invalid("This cannot be empty.", field=field)
    values = {column: row[column] for column in store.COLUMNS} | given
    await _check(connection, values)
    if values["currency"] is None and row["spent_minor"]:
        raise Invalid("Costs are booked already, so the campaign needs its currency.", field="currency")
    await store.update_campaign_row(connection, org_id, campaign_id, values)
    return await get_campaign(connection, org_id, campaign_id)


async def delete_campaign(connection: Connection, org_id: UUID, campaign_id: UUID) -> None:
    if not await store.delete_campaign(connection, org_id, campaign_id):
        raise NotFound("campaign")


async def add_cost(connection: Connection, org_id: UUID, campaign_id: UUID, *, new: NewCost) -> Cost:
    row = await _row(connection, org_id, campaign_id)
    if row["currency"] is None:
        raise Invalid("Give the campaign a currency before you book costs.", field="currency")
    cost_id = await store.add_cost(
        connection, org_id, campaign_id, spent_on=new.spent_on, amount_minor=new.amount_minor, note=new.note
    )
    return Cost(id=cost_id, **new.model_dump())


async def read_result(connection: Connection, org_id: UUID, campaign_id: UUID) -> CampaignResult:
    """Compare the goal metric before, during and after. Values are null where days are missing."""
    row = await _row(connection, org_id, campaign_id)
    before, during, after = _windows(row, "UTC")
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
        before, during, after = _windows(row, series["time_zone"])
    last = (after or during).to_on
    days: list[Row] = []
    if series is not None:
        days = await store.list_days(
            connection, org_id, series["id"], from_on=before.from_on - lift.ONE_DAY, to_on=last
        )
    basis = lift.basis_of(row["goal_kind"], row["goal_aggregation"])
    readings = [_read(span, basis, days) for span in (before, during)]
    change = _change(readings, days)
    was = readings[0].value
    value, target, spent = readings[1].value, row["goal_target"], row["spent_minor"]
    return CampaignResult(
        metric=row["goal_metric"],
        unit=row["goal_unit"],
        provider=row["goal_provider"],
        basis=basis,
        series_id=series["id"] if series else None,
        source=terms_of(series["terms"]).source_name if series else "no data",
        before=_window(readings[0]),
        during=_window(readings[1]),
        after=_window(_read(after, basis, days)) if after else None,
        change=change,
        change_percent=growth_percent(value, was, base_days=before.days if basis == "mean" else 1)
        if change is not None and value is not None and was is not None
        else None,
        goal_target=target,
        goal_progress_percent=100 * value / target if value is not None and target else None,
        spent_minor=spent,
        currency=row["currency"],
        cost_per_result_minor=spent / change if change is not None and change > 0 and spent else None,
        note=_NOTE,
    )


def _windows(row: Row, time_zone: str) -> tuple[lift.DayRange, lift.DayRange, lift.DayRange | None]:
    """Return before, during and after as far as days are over where they are counted; the present day is not."""
    yesterday = clock.today_in(time_zone) - timedelta(days=1)
    return lift.lift_windows(row["starts_on"], row["ends_on"], last_day=yesterday)


def _read(span: lift.DayRange, basis: lift.Basis | None, days: list[Row]) -> lift.WindowReading:
    if basis is None:
        return lift.WindowReading(span, 0, None, "Days of this metric cannot be added up honestly.")
    values = {day["observed_on"]: day["value"] for day in days}
    definitions = {day["observed_on"]: day["definition"] for day in days}
    return lift.measure_window(span, basis=basis, values=values, definitions=definitions)


def _change(readings: list[lift.WindowReading], days: list[Row]) -> float | None:
    """Return during less before; None across a change of definition or without both values."""
    before, during = readings
    spans = (before.span.from_on, during.span.to_on)
    meanings = {day["definition"] for day in days if spans[0] <= day["observed_on"] <= spans[1]}
    if before.value is None or during.value is None or len(meanings) > 1:
        return None
    return during.value - before.value


def _window(reading: lift.WindowReading) -> WindowResult:
    return WindowResult.model_validate(
        {
            "from": reading.span.from_on,
            "to": reading.span.to_on,
            "days": reading.span.days,
            "days_with_data": reading.days_with_data,
            "value": reading.value,
            "null_reason": reading.null_reason,
        }
    )


async def _row(connection: Connection, org_id: UUID, campaign_id: UUID) -> Row:
    row = await store.find_campaign(connection, org_id, campaign_id)
    if row is None:
        raise NotFound("campaign")
    return row


async def _check(connection: Connection, values: Mapping[str, Any]) -> None:
    days = (values["ends_on"] - values["starts_on"]).days
    if days < 0:
        raise Invalid("The campaign ends before it starts.", field="ends_on")
    if days > lift.MAX_DAYS:
        raise Invalid(f"A campaign may last {lift.MAX_DAYS} days at most.", field="ends_on")
    if values["budget_minor"] is not None and values["currency"] is None:
        raise Invalid("A budget needs a currency, e.g. EUR.", field="currency")
    metric = await store.find_metric(connection, values["goal_metric"])
    if metric is None:
        raise Invalid("There is no such metric. GET /api/metrics lists them.", field="goal_metric")
    if lift.basis_of(metric["kind"], metric["aggregation"]) is None:
        raise Invalid(
            f"Days of {metric['name']} cannot be added up or averaged honestly; choose another goal.",
            field="goal_metric",
        )
