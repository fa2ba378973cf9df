"""Show the stored measurement of a campaign to a reader, with the names that they may see."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from arti.campaigns.lift import sentences, store
from arti.campaigns.lift.estimate import COVERAGE
from arti.campaigns.lift.schemas import (
    CalibratedMetric,
    Calibration,
    CampaignLift,
    LeftOut,
    LiftDay,
    LiftDonor,
    LiftReason,
    LiftSummary,
    State,
)
from arti.metrics.sources.known import get_provider
from arti.providers.terms import terms_of
from arti_core.database import Connection, Row

NO_DATA = "There are no daily numbers of this goal. Connect the account or import its files, and it is measured."
_NOT_MEASURED = "not measured yet"
_NOT_MEASURED_BY = "By that day it had not been measured as the campaign stands now."
_WAITS = "It is measured by a worker within a few minutes of a change."


def summarise(row: Row | Mapping[str, Any]) -> LiftSummary:
    """Return what a list says. `row` has `lift_result`, `lift_low`, `lift_high` and `lift_reasons`."""
    result, reasons = row["lift_result"], row["lift_reasons"] or []
    if result == "measured":
        low, high = row["lift_low"], row["lift_high"]
        text = sentences.range_text(low, high)
        return LiftSummary(state="measured", low_percent=100 * low, high_percent=100 * high, text=text)
    state = _state(result, reasons)
    # Of what is not over, also what will forbid a result; else the first reason is enough for a list.
    shown = reasons if state == "open" else reasons[:1]
    text = "; ".join(map(sentences.short_reason, shown)) or _NOT_MEASURED
    return LiftSummary(state=state, low_percent=None, high_percent=None, text=text)


async def read_lift(
    connection: Connection, org_id: UUID, campaign: Row, *, money_null_reason: str | None, known_on: date | None
) -> CampaignLift:
    """Return the lift of a campaign. Costs are null for those who see no money."""
    row = await store.find_lift(connection, org_id, campaign["id"], known_on=known_on)
    platform = (await get_provider(connection, org_id, campaign["goal_provider"])).name
    detail: dict[str, Any] = row["detail"] if row else {}
    reasons = detail.get("reasons", [])
    unit = "week" if detail.get("interval_days") == 7 else "day"
    metric = campaign["goal_metric_name"]
    described = [
        LiftReason(
            code=reason["code"],
            sentence=sentences.describe_reason(reason, platform=platform, metric=metric, unit=unit),
        )
        for reason in reasons
    ]
    state = _state(row["result"] if row else None, reasons)
    lines = [each.sentence for each in described]
    if row is None and known_on is not None:
        lines = [_NOT_MEASURED_BY]
    elif row is None:
        lines = [_WAITS if await _has_series(connection, org_id, campaign) else NO_DATA]
    elif state == "measured":
        lines = sentences.describe_lift(
            metric=metric,
            unit=campaign["goal_unit"],
            platform=platform,
            detail=detail,
            lift=row["lift"],
            low=row["low"],
            high=row["high"],
        )
    elif state == "open" and (outlook := sentences.describe_outlook(detail)):
        lines.append(outlook)
    added = _added(row) if row is not None and state == "measured" else (None, None)
    cost = _cost(campaign["spent_minor"], *added)
    donors = await _name_donors(connection, org_id, detail.get("donors", []))
    return CampaignLift(
        state=state,
        text=summarise(_summary_row(row)).text,
        sentences=lines,
        reasons=described,
        metric=campaign["goal_metric"],
        unit=campaign["goal_unit"],
        provider=campaign["goal_provider"],
        source=terms_of(row["terms"]).source_name if row else "no data",
        series_id=row["series_id"] if row else None,
        **{"from": detail.get("from"), "to": detail.get("to")},
        actual=detail.get("actual"),
        expected=detail.get("expected"),
        lift_percent=_percent(row["lift"] if row else None),
        low_percent=_percent(row["low"] if row else None),
        high_percent=_percent(row["high"] if row else None),
        added_low=added[0],
        added_high=added[1],
        detectable_percent=_percent(detail.get("detectable")),
        spent_minor=campaign["spent_minor"],
        currency=campaign["currency"],
        money_null_reason=money_null_reason,
        cost_low_minor=cost[0],
        cost_high_minor=cost[1],
        days=[LiftDay(**day, during=detail["from"] <= day["on"] <= detail["to"]) for day in detail.get("days", [])],
        donors=donors,
        compared=detail.get("compared", 0),
        left_out=[
            LeftOut(count=count, reason=sentences.LEFT_OUT[why])
            for why, count in sorted(detail.get("left_out", {}).items())
        ],
        placebos_percent=[100 * error for error in detail.get("placebos", [])],
        measured_at=row["measured_at"] if row else None,
    )


async def read_calibration(connection: Connection, org_id: UUID) -> Calibration:
    """Return how often intervals were right in the org's past, of the metrics that the caller sees."""
    rows = await store.list_calibrations(connection, org_id)
    windows, answered = sum(row["windows"] for row in rows), sum(row["answered"] for row in rows)
    held, seen = sum(row["held"] for row in rows), sum(row["seen"] for row in rows)
    coverage = 100 * held / answered if answered else None
    return Calibration(
        windows=windows,
        answered=answered,
        coverage_percent=coverage,
        false_positive_percent=100 - coverage if coverage is not None else None,
        inconclusive_percent=100 * (1 - answered / windows) if windows else None,
        power_percent=100 * seen / windows if windows else None,
        text=sentences.describe_calibration(windows=windows, answered=answered, held=held, goal=COVERAGE),
        metrics=[
            CalibratedMetric(
                provider=row["provider"],
                provider_name=row["provider_name"],
                metric=row["metric"],
                name=row["metric_name"],
                windows=row["windows"],
                answered=row["answered"],
                held=row["held"],
                seen=row["seen"],
                detectable_percent=_percent(row["detectable"]),
            )
            for row in rows
        ],
        measured_at=max((row["measured_at"] for row in rows), default=None),
    )


def _state(result: str | None, reasons: list[dict[str, Any]]) -> State:
    if result == "measured":
        return "measured"
    return "open" if result is None or any(each["code"] in sentences.OPEN for each in reasons) else "inconclusive"


def _summary_row(row: Row | None) -> dict[str, Any]:
    return {
        "lift_result": row["result"] if row else None,
        "lift_low": row["low"] if row else None,
        "lift_high": row["high"] if row else None,
        "lift_reasons": row["detail"].get("reasons") if row else None,
    }


async def _has_series(connection: Connection, org_id: UUID, campaign: Row) -> bool:
    goals = await store.list_goals(connection, org_id, campaign["artist_id"])
    return any(
        (row["metric"], row["provider"]) == (campaign["goal_metric"], campaign["goal_provider"]) for row in goals
    )


def _added(row: Row) -> tuple[float, float]:
    """Return the least and the most that the window had above what was expected."""
    actual = float(row["detail"]["actual"])
    return actual - actual / (1 + row["low"]), actual - actual / (1 + row["high"])


def _cost(spent: int | None, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Return the least and the most that one more has cost. There is none without a range, or if nothing was added."""
    if not spent or low is None or high is None or high <= 0:
        return None, None
    return spent / high, spent / low if low > 0 else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


async def _name_donors(connection: Connection, org_id: UUID, donors: list[dict[str, Any]]) -> list[LiftDonor]:
    """Name the donors that the caller sees; the others stay without a name."""
    names = await store.list_names(connection, org_id, [UUID(donor["series_id"]) for donor in donors])
    named = []
    for donor in donors:
        seen = names.get(UUID(donor["series_id"]))
        named.append(
            LiftDonor(
                artist_id=seen["artist_id"] if seen else None,
                artist_name=seen["artist_name"] if seen else None,
                title=seen["title"] if seen else None,
                weight_percent=100 * donor["weight"],
            )
        )
    return named
