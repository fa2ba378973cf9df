"""The gain of a counter: one definition, day by day and of a period, and where there is none, why."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.database import job_transaction
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

PLAYS, FOLLOWERS, VIEWS_TOTAL = "consumption.plays", "audience.followers", "consumption.views_total"
LAST = date(2026, 3, 10)


async def read(worker_context: WorkerContext, org_id: UUID, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    async with job_transaction(worker_context.pool, org_id) as connection:
        return [tuple(row) for row in await connection.fetch(sql, *values)]


async def store(
    world: World,
    worker_context: WorkerContext,
    observations: list[Observation],
    *,
    provider: Provider = Provider.SOUNDCLOUD,
    assets: list[AssetRecord] | None = None,
) -> tuple[UUID, UUID]:
    """Store observations of one series; returns (org id, series id)."""
    org_id = await world.org()
    artist = await make_artist(world.database, org_id)
    terms = f"{provider}_api"
    await store_observations(worker_context, org_id, artist, observations, assets or [], provider=provider, terms=terms)
    [row] = await world.database.as_owner("select id from series where org_id = $1", org_id)
    return org_id, row["id"]


@pytest.mark.parametrize(
    ("value", "before", "can_fall", "gain"),
    [
        (120, 100, False, 20),
        (100, 100, False, 0),
        (99, 100, False, None),
        (99, 100, True, -1),
        (None, 100, True, None),
        (100, None, True, None),
        (100, None, False, None),
    ],
)
async def test_the_gain_of_two_values(
    world: World, worker_context: WorkerContext, value: float, before: float, can_fall: bool, gain: float
) -> None:
    sql = "select private.counter_gain($1, $2, $3)"
    assert await read(worker_context, await world.org(), sql, value, before, can_fall) == [(gain,)]


async def test_a_day_gains_from_the_day_before_or_says_why_not(world: World, worker_context: WorkerContext) -> None:
    plays = daily_observations(PLAYS, LAST, [100, 130, 110, None, 150, 160])
    plays.append(Observation(PLAYS, LAST + timedelta(days=1), None, "hidden"))
    org_id, series = await store(world, worker_context, plays)
    sql = "select observed_on, gain, no_gain from private.daily_gains($1, $2)"
    days = [(day - LAST).days for day in (LAST + timedelta(days=n) for n in (-5, -4, -3, -1, 0, 1))]
    assert [((day - LAST).days, *rest) for day, *rest in await read(worker_context, org_id, sql, org_id, series)] == [
        (days[0], None, "no_day_before"),
        (days[1], 30, None),
        (days[2], None, "fell"),  # plays cannot be taken back: something left the count
        (days[3], None, "no_day_before"),
        (days[4], 10, None),
        (days[5], None, "no_value"),
    ]
    # A range begins with the gain of its first day, which needs the day before it.
    first = LAST - timedelta(days=4)
    sql = "select gain from private.daily_gains($1, $2, $3, $3)"
    assert await read(worker_context, org_id, sql, org_id, series, first) == [(30,)]


async def test_followers_may_be_lost(world: World, worker_context: WorkerContext) -> None:
    org_id, series = await store(world, worker_context, daily_observations(FOLLOWERS, LAST, [100, 90]))
    sql = "select gain, no_gain from private.period_gain($1, $2, $3, $4)"
    assert await read(worker_context, org_id, sql, org_id, series, LAST - timedelta(days=1), LAST) == [(-10, None)]


@pytest.mark.parametrize(
    ("after", "last", "expected"),
    [
        (-5, 0, (60, None)),  # days in between may be missing
        (-5, -3, (10, None)),
        (-4, -3, (None, "fell")),
        (-2, 0, (None, "no_previous")),
        (-5, -2, (None, "no_value")),
    ],
)
async def test_the_gain_of_a_period(
    world: World, worker_context: WorkerContext, after: int, last: int, expected: tuple[float | None, str | None]
) -> None:
    org_id, series = await store(
        world, worker_context, daily_observations(PLAYS, LAST, [100, 130, 110, None, 150, 160])
    )
    sql = "select gain, no_gain from private.period_gain($1, $2, $3, $4)"
    period = (LAST + timedelta(days=after), LAST + timedelta(days=last))
    assert await read(worker_context, org_id, sql, org_id, series, *period) == [expected]


async def test_no_gain_crosses_a_change_of_definition(world: World, worker_context: WorkerContext) -> None:
    last = date(2026, 8, 26)
    views = daily_observations(VIEWS_TOTAL, last, [100, 200, 300, 500, 700])  # 22 to 26 August
    org_id, series = await store(world, worker_context, views, provider=Provider.YOUTUBE)
    sql = "select gain, no_gain, definition from private.daily_gains($1, $2)"
    assert await read(worker_context, org_id, sql, org_id, series) == [
        (None, "no_day_before", 2),
        (100, None, 2),
        (None, "definition_break", 3),
        (200, None, 3),
        (200, None, 3),
    ]
    sql = "select gain, no_gain, break_on from private.period_gain($1, $2, $3, $4)"
    whole = (last - timedelta(days=4), last)
    assert await read(worker_context, org_id, sql, org_id, series, *whole) == [
        (None, "definition_break", date(2026, 8, 24))
    ]
    since = (date(2026, 8, 24), last)
    assert await read(worker_context, org_id, sql, org_id, series, *since) == [(400, None, None)]


@pytest.mark.parametrize(("kind", "gains"), [("track", [None, 30, 30]), ("video", [None, None, 30])])
async def test_a_change_concerns_the_kinds_of_its_scope(
    world: World, worker_context: WorkerContext, kind: str, gains: list[float | None]
) -> None:
    last, asset = date(2025, 4, 1), [AssetRecord("x", kind, "Tidelight")]
    views = [
        Observation(VIEWS_TOTAL, last - timedelta(days=2 - n), 100.0 + 30 * n, asset_external_id="x") for n in range(3)
    ]
    org_id, series = await store(world, worker_context, views, provider=Provider.YOUTUBE, assets=asset)
    sql = "select gain from private.daily_gains($1, $2)"
    found = [gain for (gain,) in await read(worker_context, org_id, sql, org_id, series)]
    assert found == gains


async def test_a_day_that_is_not_over_is_no_value(world: World, worker_context: WorkerContext) -> None:
    today = clock.today()
    org_id, series = await store(world, worker_context, daily_observations(PLAYS, today, [100, 130, 150]))
    sql = "select observed_on, gain from private.daily_gains($1, $2)"
    assert await read(worker_context, org_id, sql, org_id, series) == [
        (today - timedelta(days=2), None),
        (today - timedelta(days=1), 30),
    ]
    sql = "select gain, no_gain from private.period_gain($1, $2, $3, $4)"
    assert await read(worker_context, org_id, sql, org_id, series, today - timedelta(days=1), today) == [
        (None, "unfinished")
    ]


async def test_another_org_has_no_gains(world: World, worker_context: WorkerContext) -> None:
    org_id, series = await store(world, worker_context, daily_observations(PLAYS, LAST, [100, 130]))
    other = await world.org("Other")
    for sql in ("select * from private.daily_gains($1, $2)", "select * from private.period_gain($1, $2, $3, $3)"):
        values = (org_id, series, LAST) if "$3" in sql else (org_id, series)
        assert await read(worker_context, other, sql, *values) == []
