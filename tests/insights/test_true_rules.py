"""What must hold of every series: what is said of it is true, and said once."""

from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.detectors.series import until
from arti.jobs import WorkerContext
from tests.conftest import World
from tests.factories.insights import (
    FOLLOWERS,
    STREAMS,
    at,
    run_detection,
    series,
    text_of,
    weekly_series,
    with_spike,
    yesterday,
)
from tests.factories.observations import daily_observations, make_artist, store_observations

LAST = date(2026, 6, 30)
PLAYS = "consumption.plays"


def counter(gains: list[float], *, start: float = 400_000, **more: Any) -> DailySeries:
    return series(list(accumulate(gains, initial=start)), kind="counter", **({"metric": PLAYS, "unit": "plays"} | more))


def found_in(*made: DailySeries, on: date = LAST + timedelta(days=1)) -> list[Finding]:
    found = detect(list(made), today_in=at(on))
    for finding in found:
        assert text_of(finding)
    return found


def reported(made: DailySeries, days: int) -> list[tuple[date, Finding]]:
    """Return what is new on each of the last days, as a team would get it."""
    listed: list[tuple[date, Finding]] = []
    for ago in range(days, -1, -1):
        day = made.last_day - timedelta(days=ago)
        for finding in found_in(until(made, day), on=day + timedelta(days=1)):
            same = [one for _, one in listed if one.detector == finding.detector]
            if not any(one.fingerprint == finding.fingerprint or finding.is_same_as(one.happened_on) for one in same):
                listed.append((day, finding))
    return listed


@pytest.mark.parametrize("seed", range(6))
def test_a_counter_is_never_up_while_its_gains_fell(seed: int) -> None:
    gains = weekly_series(120, level=4_000, last=LAST, seed=seed)
    gains[-28:] = [gain * (0.42 + 0.02 * seed) for gain in gains[-28:]]
    found = [one for one in found_in(counter(gains)) if one.detector != "milestone"]
    assert found
    assert {one.shape.partition("_")[0] for one in found} == {"down"}
    assert not any(" up " in text_of(one) for one in found)


@pytest.mark.parametrize("rate", [0.0, 0.001, 0.003, 0.006])
def test_steady_growth_reports_nothing(rate: float) -> None:
    values = [value * (1 + rate) ** day for day, value in enumerate(weekly_series(300, level=2_000, last=LAST, seed=3))]
    assert [one for _, one in reported(series(values), 120)] == []
    gains = [one for _, one in reported(counter(values), 120) if one.detector != "milestone"]
    assert gains == []


def test_a_slid_window_reports_nothing_twice() -> None:
    """Twenty-five days of a Christmas rise, looked at on each day of the three months after."""
    values = weekly_series(400, last=LAST, seed=5)
    for day in range(100, 125):
        values[-day] *= 2.2 + 0.3 * ((day * 7) % 5)
    listed = [one for _, one in reported(series(values), 130)]
    rises = [one for one in listed if one.shape == "up"]
    first = LAST - timedelta(days=124)
    assert rises
    assert all(one.period_from - timedelta(days=3) <= first + timedelta(days=25) for one in rises)
    days_reported = [day for day, one in reported(series(values), 130) if one.shape == "up"]
    assert all((day - first).days <= 32 for day in days_reported)
    assert len({one.fingerprint for one in listed}) == len(listed)


@pytest.mark.parametrize("share", [0.03, 0.2, 0.6])
def test_a_purge_is_a_correction_and_no_change_of_what_came_in(share: float) -> None:
    gains = weekly_series(160, level=4_000, last=LAST, seed=7)
    gains[-9] = -share * 900_000
    [finding] = [one for one in found_in(counter(gains)) if one.detector != "milestone"]
    assert (finding.detector, finding.shape) == ("correction", "taken_back")
    assert "took back" in text_of(finding)
    assert "%" not in text_of(finding)


def test_people_who_leave_at_once_are_no_percentage_of_a_day() -> None:
    gains = weekly_series(160, level=300, last=LAST, seed=7)
    gains[-9] = -9_000
    [finding] = [
        one for one in found_in(counter(gains, metric=FOLLOWERS, unit="people")) if one.detector != "milestone"
    ]
    assert (finding.detector, finding.shape) == ("correction", "lost")


def test_a_value_that_is_back_the_next_day_reports_nothing() -> None:
    totals = list(accumulate(weekly_series(160, level=4_000, last=LAST, seed=9), initial=400_000))
    totals[-12] = 0
    made = series(totals, kind="counter", metric=PLAYS, unit="plays")
    assert [one for one in found_in(made) if one.detector != "milestone"] == []


@pytest.mark.parametrize("days", [1, 2, 3])
def test_late_zeros_report_nothing(days: int) -> None:
    values = weekly_series(160, last=LAST, seed=11)
    values[-days:] = [0.0] * days
    assert found_in(series(values)) == []


def test_zeros_that_stay_are_a_fall() -> None:
    values = weekly_series(160, last=LAST, seed=11)
    values[-6:] = [0.0] * 6
    assert "down" in {one.shape for one in found_in(series(values))}


@pytest.mark.parametrize("missing", [None, 0.0])
def test_a_day_booked_on_the_next_reports_nothing(missing: float | None) -> None:
    values: list[float | None] = [*weekly_series(160, last=LAST, seed=13)]
    values[-7] = (values[-7] or 0) + (values[-8] or 0)
    values[-8] = missing
    assert found_in(series(values)) == []


@pytest.mark.parametrize("metric", ["reach.unique", "reach.accounts_engaged", "audience.new_viewers"])
def test_people_of_unknown_periods_are_never_compared(metric: str) -> None:
    values = [value * (1 if day < 130 else 1.6) for day, value in enumerate(weekly_series(160, last=LAST, seed=15))]
    assert found_in(series(values, kind="rolling", metric=metric, unit="people")) == []


def test_a_wave_through_a_window_of_four_weeks_is_no_new_level() -> None:
    daily = np.array(weekly_series(220, last=LAST, seed=17))
    daily[-60:-56] *= 4
    window = [float(daily[max(day - 27, 0) : day + 1].sum()) for day in range(len(daily))][28:]
    listed = reported(series(window, kind="rolling", metric="audience.monthly_listeners", unit="people"), 60)
    assert "level_shift" not in {one.detector for _, one in listed}


@pytest.mark.parametrize("times", [1.6, 2.0, 4.0])
def test_a_fall_weighs_as_much_as_a_rise(times: float) -> None:
    values = weekly_series(160, last=LAST, seed=19)
    [up] = found_in(series(with_spike(values, days_ago=3, times=times)))
    [down] = found_in(series(with_spike(values, days_ago=3, times=1 / times)))
    assert (up.shape, down.shape) == ("up", "down")
    assert up.severity == down.severity


def test_what_all_works_do_is_one_finding_of_the_artist() -> None:
    works = []
    for seed in range(8):
        values = with_spike(weekly_series(160, last=LAST, seed=30 + seed), days_ago=3, times=2.5)
        made = series(values, asset=True)
        works.append(made)
    total = [float(sum(day)) for day in zip(*(one.values for one in works), strict=True)]
    found = found_in(series(total), *works)
    assert [one.series.about.asset_id for one in found] == [None]


def monthly(values: list[float]) -> DailySeries:
    """Return a series with one value on the first day of each month."""
    months = [date(2023 + n // 12, n % 12 + 1, 1) for n in range(len(values))]
    days = (months[-1] - months[0]).days + 1
    grid: list[float | None] = [None] * days
    for month, value in zip(months, values, strict=True):
        grid[(month - months[0]).days] = value
    return series(grid, last=months[-1])


def test_a_month_far_from_the_usual_is_found() -> None:
    values = [2_700_000.0 + 90_000 * (n % 4) for n in range(18)]
    assert found_in(monthly(values), on=date(2024, 6, 3)) == []
    [finding] = found_in(monthly([*values, 10_700_000.0]), on=date(2024, 7, 3))
    assert (finding.detector, finding.shape, finding.happened_on) == ("spike", "up", date(2024, 7, 1))
    assert "In July 2024," in text_of(finding)


def test_a_month_as_high_as_a_year_ago_is_a_season() -> None:
    year = [100_000.0, 98_000, 103_000, 99_000, 101_000, 97_000, 102_000, 100_000, 99_000, 104_000, 110_000, 300_000]
    assert found_in(monthly([*year, *year]), on=date(2024, 12, 3)) == []


async def test_a_day_that_is_not_over_reports_nothing(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    values = [*weekly_series(160), 3_000.0]
    seen = daily_observations(STREAMS, yesterday() + timedelta(days=1), values)
    await store_observations(worker_context, member.org_id, artist, seen)
    await run_detection(worker_context, member.org_id, artist)
    assert (await member.http.get("/api/insights")).json()["items"] == []


async def test_a_level_that_went_back_is_withdrawn(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    values = weekly_series(200)
    values[-40:-20] = [value * 1.6 for value in values[-40:-20]]
    start, end = yesterday() - timedelta(days=199), yesterday() - timedelta(days=20)
    await store_observations(worker_context, member.org_id, artist, daily_observations(STREAMS, end, values[:-20]))
    await run_detection(worker_context, member.org_id, artist)
    assert "level_shift" in {one["detector"] for one in (await member.http.get("/api/insights")).json()["items"]}
    later = daily_observations(STREAMS, yesterday(), values[-20:])
    await store_observations(worker_context, member.org_id, artist, later)
    await run_detection(worker_context, member.org_id, artist)
    gone = (await member.http.get("/api/insights?status=withdrawn")).json()["items"]
    assert any("The level has gone back" in one["withdrawn_reason"] for one in gone)
    assert start < end
