"""The database computes each number as numpy does, and only from rows that the role may read."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest

from arti.insights.computations import Aggregate, Computation, Window, compute, list_rows
from arti.insights.detectors.series import Floats
from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti_core.database import job_transaction
from tests.conftest import World
from tests.factories.insights import FOLLOWERS, STREAMS
from tests.factories.observations import make_artist, store_observations

FIRST = date(2026, 1, 5)  # a Monday


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


@pytest.fixture
def values() -> Floats:
    """Return 60 days around a million with gaps."""
    random = np.random.default_rng(5)
    made = random.normal(1e6, 1e5, 60)
    made[[7, 20, 21, 44]] = np.nan
    return made


@pytest.fixture
async def stored(world: World, worker_context: WorkerContext, values: Floats) -> tuple[UUID, UUID]:
    """Store the values as streams and as followers; returns (org id, id of the series of streams)."""
    org_id = await world.org()
    artist_id = await make_artist(world.database, org_id)
    seen = [
        Observation(
            metric, day(at), None if np.isnan(value) else float(value), "not_reported" if np.isnan(value) else None
        )
        for metric in (STREAMS, FOLLOWERS)
        for at, value in enumerate(values)
    ]
    await store_observations(worker_context, org_id, artist_id, seen)
    return org_id, await series_of(world, STREAMS)


async def series_of(world: World, metric: str) -> UUID:
    [row] = await world.database.as_owner("select id from series where metric = $1 and asset_id is null", metric)
    return UUID(str(row["id"]))


def slope(part: Floats) -> float:
    known = ~np.isnan(part)
    return float(np.polyfit(np.flatnonzero(known), part[known], 1)[0] * 7)


AGGREGATES: dict[Aggregate, Callable[[Floats], float]] = {
    "sum": np.nansum,
    "mean": np.nanmean,
    "median": np.nanmedian,
    "max": np.nanmax,
    "min": np.nanmin,
    "count": lambda part: float(np.sum(~np.isnan(part))),
    "first": lambda part: float(part[~np.isnan(part)][0]),
    "last": lambda part: float(part[~np.isnan(part)][-1]),
    "rank": lambda part: 1 + float(np.nansum(part > part[~np.isnan(part)][-1])),
    "slope": slope,
    "milestone": lambda _: 1_000_000.0 if _[~np.isnan(_)][-1] >= 1e6 else 500_000.0,
    "days_since": lambda part: float(len(part) - 1 - np.flatnonzero(~np.isnan(part))[-1]),
}


@pytest.mark.parametrize(("first", "last"), [(0, 59), (3, 20), (8, 44), (30, 30)])
async def test_every_aggregate(
    worker_context: WorkerContext, stored: tuple[UUID, UUID], values: Floats, first: int, last: int
) -> None:
    org_id, series_id = stored
    names = [name for name in AGGREGATES if not (name == "slope" and first == last)]
    items = [Computation(series_id, Window(name, day(first), day(last))) for name in names]
    async with job_transaction(worker_context.pool, org_id) as connection:
        computed = await compute(connection, org_id, items)
    for name, value in zip(names, computed, strict=True):
        assert value == pytest.approx(AGGREGATES[name](values[first : last + 1]), rel=1e-9), name


async def test_weekdays_gains_levels_and_comparisons(
    world: World, worker_context: WorkerContext, stored: tuple[UUID, UUID], values: Floats
) -> None:
    org_id, series_id = stored
    counter = await series_of(world, FOLLOWERS)
    gains = np.diff(values, prepend=np.nan)
    window, base = Window("mean", day(30), day(59)), Window("mean", day(0), day(29))
    now, was = np.nanmean(values[30:]), np.nanmean(values[:30])
    cases: list[tuple[Computation, float]] = [
        (Computation(series_id, Window("median", day(0), day(59), weekday=2)), float(np.nanmedian(values[1::7]))),
        (Computation(counter, Window("sum", day(5), day(50)), differenced=True), float(np.nansum(gains[5:51]))),
        (Computation(counter, Window("pace", day(5), day(50)), differenced=True), float(7 * np.nanmean(gains[5:51]))),
        (
            Computation(counter, Window("count", day(5), day(50)), differenced=True),
            float(np.sum(~np.isnan(gains[5:51]))),
        ),
        # From the day before the window; where that day is not known, from the first known day.
        (Computation(counter, Window("gain", day(5), day(50)), differenced=True), float(values[50] - values[4])),
        (Computation(counter, Window("gain", day(8), day(44)), differenced=True), float(values[43] - values[8])),
        (Computation(series_id, Window("days_at_least", day(0), day(59), level=1e6)), float(np.nansum(values >= 1e6))),
        (Computation(series_id, window, base, "percent_change"), float(100 * (now - was) / was)),
        (Computation(series_id, window, base, "times"), float(now / was)),
        (Computation(series_id, window, base, "change"), float(now - was)),
    ]
    async with job_transaction(worker_context.pool, org_id) as connection:
        computed = await compute(connection, org_id, [item for item, _ in cases])
        again = await compute(connection, org_id, [Computation.from_json(item.as_json()) for item, _ in cases])
    assert computed == again
    for value, (item, expected) in zip(computed, cases, strict=True):
        assert value == pytest.approx(expected, rel=1e-9), item


async def test_a_number_that_cannot_be_computed_is_none(
    world: World, worker_context: WorkerContext, stored: tuple[UUID, UUID]
) -> None:
    org_id, series_id = stored
    counter = await series_of(world, FOLLOWERS)
    empty = Window("sum", day(20), day(21))
    items = [
        Computation(series_id, empty),
        Computation(series_id, Window("sum", day(0), day(3)), empty, "percent_change"),
        Computation(UUID(int=0), Window("sum", day(0), day(3))),
        Computation(series_id, Window("last", day(8), day(8)), differenced=True),  # what flows is not differenced
        Computation(counter, Window("last", day(8), day(8)), differenced=True),
        Computation(counter, Window("gain", day(8), day(8)), differenced=True),
    ]
    async with job_transaction(worker_context.pool, org_id) as connection:
        assert await compute(connection, org_id, items) == [None] * 6
        assert await compute(connection, org_id, []) == []


async def test_another_org_computes_nothing(
    world: World, worker_context: WorkerContext, stored: tuple[UUID, UUID]
) -> None:
    org_id, series_id = stored
    other = await world.org("Other")
    item = Computation(series_id, Window("sum", day(0), day(59)))
    async with job_transaction(worker_context.pool, other) as connection:
        assert await compute(connection, org_id, [item]) == [None]
        assert await compute(connection, other, [item]) == [None]
        assert await list_rows(connection, org_id, item) == []


async def test_rows_are_those_of_both_windows(worker_context: WorkerContext, stored: tuple[UUID, UUID]) -> None:
    org_id, series_id = stored
    item = Computation(
        series_id, Window("last", day(30), day(30)), Window("median", day(2), day(29), weekday=3), "percent_change"
    )
    async with job_transaction(worker_context.pool, org_id) as connection:
        rows = await list_rows(connection, org_id, item)
    assert [(row["window"], row["observed_on"]) for row in rows] == [
        ("current", day(30)),
        *[("base", day(at)) for at in (2, 9, 16, 23)],
    ]
