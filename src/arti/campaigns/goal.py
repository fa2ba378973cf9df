"""The goal metric of a campaign, measured from stored days."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from arti.campaigns import periods, store
from arti.campaigns.schemas import WindowResult
from arti.metrics.catalogue import Metric
from arti.metrics.growth import growth_percent, rounding_step
from arti.metrics.schemas import DefinitionBreak
from arti.providers.states import ROUNDED
from arti_core import clock
from arti_core.database import Connection, Row

_NOT_COMBINED = "The daily values of this metric cannot be combined into one."


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A metric before, during and after a campaign. `change` is None across a change of definition."""

    series_id: UUID | None
    terms: str | None
    basis: periods.Basis | None
    before: periods.WindowValue
    during: periods.WindowValue
    after: periods.WindowValue | None
    change: float | None
    change_percent: float | None
    definition_break: DefinitionBreak | None


async def measure_goal(
    connection: Connection, org_id: UUID, campaign: Row, *, metric: Metric, known_on: date | None
) -> GoalResult:
    """Measure a metric of the campaign's artist on its platform in the campaign's windows.

    With `known_on` it is what that day's end (UTC) knew: its windows, values and definitions.
    """
    basis = periods.choose_basis(metric.kind, metric.aggregation)
    before, during, after = _find_windows(campaign, "UTC", known_on)
    series = await store.find_goal_series(
        connection,
        org_id,
        artist_id=campaign["artist_id"],
        metric=metric.slug,
        provider=campaign["goal_provider"],
        from_on=before.from_on - periods.ONE_DAY,
        to_on=(after or during).to_on,
        known_on=known_on,
    )
    if series is None:
        nothing = [_measure_nothing(window, basis) for window in (before, during, *([after] if after else []))]
        return GoalResult(None, None, basis, nothing[0], nothing[1], nothing[2] if after else None, None, None, None)
    before, during, after = _find_windows(campaign, series["time_zone"], known_on)
    windows = [before, during, *([after] if after else [])]
    interval_days = series["interval_days"]
    if interval_days > 1:
        whole = periods.weekly_windows(
            windows, starts_on=campaign["starts_on"], ends_on=campaign["ends_on"], week_end=series["newest_on"]
        )
        if whole is None:
            nothing = [periods.WindowValue(window, 0, None, periods.NO_WEEK) for window in windows]
            after_value = nothing[2] if after else None
            return GoalResult(
                series["id"], series["terms"], basis, nothing[0], nothing[1], after_value, None, None, None
            )
        windows = whole
    before, during = windows[:2]
    days = await store.list_days(
        connection,
        org_id,
        series["id"],
        from_on=before.from_on - periods.ONE_DAY,
        to_on=windows[-1].to_on,
        known_on=known_on,
    )
    changes = await store.list_breaks(
        connection,
        org_id,
        series["id"],
        from_on=periods.first_day(before, basis),
        to_on=windows[-1].to_on,
        known_on=known_on,
    )
    values, breaks = {day["observed_on"]: day["value"] for day in days}, [row["since_on"] for row in changes]
    measured = []
    for window in windows:
        if basis is None:
            measured.append(periods.WindowValue(window, 0, None, _NOT_COMBINED))
            continue
        gain = None
        if basis == "gain":
            earlier = values.get(window.from_on - periods.ONE_DAY)
            gain = await store.read_gain(connection, earlier, values.get(window.to_on), can_fall=metric.can_fall)
        measured.append(
            periods.measure_window(
                window, basis=basis, values=values, breaks=breaks, gain=gain, interval_days=interval_days
            )
        )
    change = _compute_change(measured[0], measured[1], [day for day in breaks if day <= during.to_on])
    base, value = measured[0].value, measured[1].value
    percent = None
    if change is not None and base is not None and value is not None:
        is_rounded = basis == "gain" and any(day["state"] == ROUNDED for day in days)
        step = rounding_step(max(values.values())) if is_rounded else 1
        counted = before.days // interval_days if basis == "mean" else 1
        percent = growth_percent(value, base, base_days=counted, step=step)
    latest = changes[-1] if changes else None
    return GoalResult(
        series["id"],
        series["terms"],
        basis,
        measured[0],
        measured[1],
        measured[2] if after else None,
        change,
        percent,
        DefinitionBreak.model_validate({**latest, "on": latest["since_on"]}) if latest else None,
    )


def public_window(measured: periods.WindowValue) -> WindowResult:
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


def _find_windows(
    campaign: Row, time_zone: str, known_on: date | None
) -> tuple[periods.DayRange, periods.DayRange, periods.DayRange | None]:
    """Return the windows before, during and after; they end at the latest on the day before in the provider's zone."""
    day = min(known_on or date.max, clock.today_in(time_zone))
    return periods.lift_windows(campaign["starts_on"], campaign["ends_on"], last_day=day - timedelta(days=1))


def _measure_nothing(window: periods.DayRange, basis: periods.Basis | None) -> periods.WindowValue:
    if basis is None:
        return periods.WindowValue(window, 0, None, _NOT_COMBINED)
    return periods.measure_window(window, basis=basis, values={})


def _compute_change(before: periods.WindowValue, during: periods.WindowValue, breaks: list[object]) -> float | None:
    """Return during minus before; None across a change of definition or without both values."""
    if before.value is None or during.value is None or breaks:
        return None
    return during.value - before.value
