"""Detectors on series of weeks: what they find, what they leave alone, and from a typed week to a proven insight."""

from datetime import date, timedelta
from typing import Any, get_args

import numpy as np
import pytest

from arti.insights.detectors import DailySeries, Finding, build_series, detect
from arti.insights.detectors.series import Kind
from arti.jobs import WorkerContext
from arti.vocabulary import EventType, Role
from tests.conftest import Member, World
from tests.factories.insights import at, run_detection, series, text_of
from tests.metrics.test_weekly import week, weekly_source

SUNDAY = date(2026, 6, 28)
WEEK = timedelta(weeks=1)


def weeks(count: int, *, level: float = 5_000, noise: float = 0.08, seed: int = 1) -> list[float]:
    """Return weekly values without findings."""
    random = np.random.default_rng(seed)
    return [round(level * float(value)) for value in random.normal(1, noise, count)]


def clicks(values: list[float] | list[float | None], *, kind: Kind = "flow", **more: Any) -> DailySeries:
    return series(
        values,
        kind=kind,
        metric="own.link_clicks",
        unit="clicks",
        provider="own.linkfire",
        last=SUNDAY,
        interval_days=7,
        **more,
    )


def found_in(made: DailySeries, *, on: date = SUNDAY + timedelta(days=3)) -> list[Finding]:
    found = detect([made], today_in=at(on))
    for finding in found:
        text = text_of(finding)
        for word in ("days compared", "weekday", "daily", " a day"):
            assert word not in text
    return found


@pytest.mark.parametrize(("times", "shape"), [(2.5, "up"), (0.3, "down")])
def test_a_week_far_from_the_usual_is_a_spike(times: float, shape: str) -> None:
    values = weeks(30)
    values[-2] = round(values[-2] * times)
    [finding] = found_in(clicks(values))
    assert (finding.detector, finding.shape) == ("spike", shape)
    assert (finding.happened_on, finding.period_from) == (SUNDAY - WEEK, SUNDAY - 2 * WEEK + timedelta(days=1))
    facts = {fact.slot: fact for fact in finding.facts}
    assert facts["change"].value == pytest.approx(100 * (times - 1), abs=20)
    assert (facts["days"].value, facts["days"].unit) == (13, "weeks")
    assert "in the week to" in text_of(finding)


@pytest.mark.parametrize(("times", "shape"), [(1.8, "up"), (0.5, "down")])
def test_a_new_level_that_holds_is_one_finding(times: float, shape: str) -> None:
    values = weeks(40)
    values[-6:] = [round(value * times) for value in values[-6:]]
    [finding] = found_in(clicks(values))
    assert (finding.detector, finding.shape) == ("level_shift", shape)
    assert finding.happened_on == SUNDAY - 6 * WEEK + timedelta(days=1)  # the Monday of the first week
    assert finding.facts[0].value == pytest.approx(100 * (times - 1), abs=12)
    assert "a week on average" in text_of(finding)


def test_a_fall_of_four_weeks_is_growth_downwards() -> None:
    values = weeks(9, noise=0.02)
    values[-4:] = [round(value * 0.7) for value in values[-4:]]
    [finding] = found_in(clicks(values))
    assert (finding.detector, finding.shape, finding.period_from) == (
        *("growth", "down"),
        SUNDAY - 4 * WEEK + timedelta(days=1),
    )
    assert finding.facts[0].value == pytest.approx(-30, abs=4)


def test_of_a_counter_the_weekly_gains_are_examined() -> None:
    total = np.cumsum(weeks(30, level=900)) + 40_000.0
    values = [float(value) for value in total]
    values[-3:] = [value + 4_000 for value in values[-3:]]
    [finding] = [one for one in found_in(clicks(values, kind="counter")) if one.detector == "spike"]
    assert (finding.happened_on, finding.facts[0].computation.differenced) == (SUNDAY - 2 * WEEK, True)
    missing: list[float | None] = [*values]
    missing[-4] = None  # the jump spans a gap, so its week is unknown
    assert [one.detector for one in found_in(clicks(missing, kind="counter")) if one.detector == "spike"] == []


def test_a_milestone_of_weeks_is_found() -> None:
    values = [float(value) for value in np.cumsum(weeks(30, level=900)) + 27_000.0]
    found = [one for one in found_in(clicks(values, kind="counter")) if one.detector == "milestone"]
    assert [(one.key, one.happened_on <= SUNDAY) for one in found] == [("50000", True)]


@pytest.mark.parametrize(("age", "is_stale"), [(3, False), (10, False), (11, True), (366, False)])
def test_a_week_that_is_missing_is_stale_data(age: int, is_stale: bool) -> None:
    found = found_in(clicks(weeks(12)), on=SUNDAY + timedelta(days=age))
    assert [one.detector for one in found] == ["stale_data"] * is_stale
    if is_stale:
        assert "Type in the newest values" in text_of(found[0])
    assert found_in(clicks(weeks(3)), on=SUNDAY + timedelta(days=20)) == []


@pytest.mark.parametrize("kind", get_args(Kind))
def test_quiet_weeks_have_almost_no_findings(kind: Kind) -> None:
    findings = 0
    for seed in range(100):
        values = weeks(60, noise=0.1, seed=seed)
        made = [float(value) for value in np.cumsum(values)] if kind == "counter" else values
        findings += sum(finding.detector != "milestone" for finding in found_in(clicks([*made], kind=kind)))
    assert findings <= 2


def test_small_numbers_a_short_history_and_steady_growth_have_no_findings() -> None:
    random = np.random.default_rng(4)
    assert found_in(clicks([float(value) for value in random.poisson(6, 50)])) == []
    assert found_in(clicks([*weeks(7), 50_000.0])) == []
    growing = [round(value * 1.01**n) for n, value in enumerate(weeks(52, noise=0.03))]
    assert [one.detector for one in found_in(clicks([float(value) for value in growing]))] == []


def test_weeks_that_end_on_another_day_are_not_compared() -> None:
    made = clicks(weeks(30))
    values = weeks(30)
    days = [SUNDAY - (29 - n) * WEEK - timedelta(days=2 if n < 25 else 0) for n in range(30)]
    moved = build_series(made.about, days, values, [1] * 30)
    assert moved is not None
    assert (len(moved), moved.start) == (5, days[25])
    values[-1] *= 4
    assert found_in(build_series(made.about, days, values, [1] * 30) or made) == []


async def detect_entered(world: World, worker_context: WorkerContext, values: list[float], *, kind: str) -> Member:
    member = await world.member(role=Role.MANAGER)
    artist = await weekly_source(world, member, values, kind=kind)
    await run_detection(worker_context, member.org_id, artist, type=EventType.OBSERVATIONS_ENTERED)
    return member


@pytest.mark.parametrize("kind", ["flow", "counter"])
async def test_a_typed_week_becomes_an_insight_whose_numbers_recompute(
    world: World, worker_context: WorkerContext, kind: str
) -> None:
    gained = weeks(30, level=2_000)
    gained[-2] *= 3
    values = [float(value) for value in np.cumsum(gained)] if kind == "counter" else gained
    member = await detect_entered(world, worker_context, values, kind=kind)
    items = (await member.http.get("/api/insights")).json()["items"]
    [insight] = [one for one in items if one["detector"] == "spike"]
    assert (insight["happened_on"], "in the week to" in insight["title"]) == (str(week(1)), True)
    detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    for fact in detail["evidence"]:
        rows = (await member.http.get(f"/api/insights/{insight['id']}/evidence/{fact['slot']}/rows")).json()
        assert (rows["matches"], rows["recomputed"]) == (True, pytest.approx(fact["value"]))
        assert {row["source"]["kind"] for row in rows["rows"]} == {"entry"}


async def test_quiet_typed_weeks_have_no_insights(world: World, worker_context: WorkerContext) -> None:
    member = await detect_entered(world, worker_context, weeks(30), kind="flow")
    assert (await member.http.get("/api/insights")).json()["items"] == []
