"""Who needs some days of a long history reads their months, and gets the rows of the view `observations`."""

import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from arti.campaigns.store import find_goal_series, list_days
from arti.insights.ask.store import find_extreme_day
from arti.insights.computation_store import aggregate_windows, list_observations
from arti.jobs import WorkerContext
from arti.metrics.breakdown import store as breakdown
from arti.metrics.observation_store import list_rows
from arti.metrics.sources.store import list_days_around
from arti.providers.contract import Observation
from arti_core.database import Connection, Row, job_transaction
from local_stack.postgres import SUPERUSER
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

STREAMS, FOLLOWERS = "consumption.streams", "audience.followers"
LAST = date(2026, 3, 17)
MONTHS = 30
FIRST, UNTIL = date(2025, 5, 30), date(2025, 6, 2)
WINDOW = {"part": "current", "series_id": None, "from": "2025-05-30", "to": "2025-06-02"}
Reader = Callable[[Connection, UUID, UUID, UUID], Awaitable[Any]]

# Each reader, and how many months it may read. Of a counter the day before counts too.
READERS: dict[str, tuple[Reader, int]] = {
    "days of a campaign": (
        lambda c, org, artist, series: list_days(c, org, series, from_on=FIRST, to_on=UNTIL, known_on=None),
        2,
    ),
    "the goal of a campaign": (
        lambda c, org, artist, series: find_goal_series(
            c, org, artist_id=artist, metric=FOLLOWERS, provider="spotify", from_on=FIRST, to_on=UNTIL, known_on=None
        ),
        2,
    ),
    "the best day": (
        lambda c, org, artist, series: find_extreme_day(
            c, org, series, from_on=FIRST, to_on=UNTIL, gains=True, highest=True, known_on=None
        ),
        2,
    ),
    "the number behind a claim": (
        lambda c, org, artist, series: aggregate_windows(
            c, org, [WINDOW | {"ord": 1, "series_id": str(series), "of": "sum", "differenced": True}], known_on=None
        ),
        2,
    ),
    "the gain behind a claim": (
        lambda c, org, artist, series: aggregate_windows(
            c, org, [WINDOW | {"ord": 1, "series_id": str(series), "of": "gain", "differenced": False}], known_on=None
        ),
        8,  # the window, the same and its day before, the gain's two days, and whether one of these is rounded
    ),
    "the days behind a claim": (
        lambda c, org, artist, series: list_observations(
            c, org, [WINDOW | {"series_id": str(series), "differenced": True}], limit=10, known_on=None
        ),
        2,
    ),
    "values of a breakdown": (
        lambda c, org, artist, series: breakdown.list_values(
            c, org, [series], first_on=FIRST, last_on=UNTIL, known_on=None
        ),
        2,
    ),
    "values of a breakdown, as known on a day": (
        lambda c, org, artist, series: breakdown.list_values(
            c, org, [series], first_on=FIRST, last_on=UNTIL, known_on=date(2100, 1, 1)
        ),
        2,
    ),
    "the newest days of breakdowns": (
        lambda c, org, artist, series: breakdown.list_series(
            c, org, artist, assets=[], provider=None, metrics=[FOLLOWERS], last_on=UNTIL, known_on=None
        ),
        1,
    ),
    "the days around a typed one": (
        lambda c, org, artist, series: list_days_around(
            c, org, artist_id=artist, provider="spotify", first_on=FIRST, last_on=UNTIL
        ),
        2,
    ),
    "the rows of a page": (
        lambda c, org, artist, series: list_rows(
            c, org, series, from_on=None, to_on=UNTIL, after=FIRST, limit=3, known_on=None
        ),
        2,
    ),
    "the gains of days": (
        lambda c, org, artist, series: c.fetch(
            "select * from private.daily_gains($1, $2, $3, $4)", org, series, FIRST, UNTIL
        ),
        2,
    ),
    "the gain of a period": (
        lambda c, org, artist, series: c.fetch(
            "select * from private.period_gain($1, $2, $3, $4)", org, series, FIRST, UNTIL
        ),
        2,
    ),
}


_COUNTABLE = """
grant execute on function pg_stat_get_xact_tuples_returned(oid), pg_stat_get_xact_tuples_fetched(oid) to arti_worker
"""


async def _long_history(world: World, context: WorkerContext) -> tuple[UUID, UUID, UUID]:
    """Return org, artist and series of a counter with 30 months."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    days = (LAST - date(2023, 10, 20)).days
    page = daily_observations(FOLLOWERS, LAST, [1000 + day for day in range(days)])
    await store_observations(context, member.org_id, artist, page)
    [series] = await world.database.as_owner("select id from series where org_id = $1", member.org_id)
    [months] = await world.database.as_owner(
        "select count(*) as n from observation_months where org_id = $1", member.org_id
    )
    assert months["n"] == MONTHS
    await world.database.run_script(_COUNTABLE)
    return member.org_id, artist, UUID(str(series["id"]))


@pytest.mark.parametrize("what", READERS)
async def test_a_reader_of_a_few_days_reads_their_months(
    world: World, worker_context: WorkerContext, what: str
) -> None:
    read, at_most = READERS[what]
    keys = await _long_history(world, worker_context)
    async with job_transaction(worker_context.pool, keys[0]) as connection:
        await connection.execute("set local enable_seqscan = off")  # as at 100 million values
        before = await _months_read(connection)
        assert await read(connection, *keys)
        assert await _months_read(connection) - before <= at_most


async def _months_read(connection: Connection) -> int:
    found: int = await connection.fetchval(
        """select pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
             + pg_stat_get_xact_tuples_fetched('public.observation_months_pkey'::regclass)
           from pg_class c where c.oid = 'public.observation_months'::regclass"""
    )
    return found


async def test_a_range_has_the_rows_of_the_view(world: World, worker_context: WorkerContext) -> None:
    """Every column of every day: gaps, days without a value, remarks, restated days and rows of files."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    numbers = random.Random(5)
    for _ in range(4):
        page = []
        for day in numbers.sample(range(150), 70):
            value = numbers.choice((None, 0, 1, 2.5))
            reason = numbers.choice(("hidden", "late", "not_reported")) if value is None else None
            state = numbers.choice((None, "rounded")) if value is not None else None
            on, row = LAST - timedelta(days=day), numbers.choice((None, day))
            page.append(Observation(STREAMS, on, value, null_reason=reason, state=state, source_row=row))
        await store_observations(worker_context, member.org_id, artist, page)
    [series] = await world.database.as_owner("select id from series where org_id = $1", member.org_id)

    async def rows(connection: Connection, sql: str, *values: Any) -> list[Row]:
        return await connection.fetch(f"{sql} order by observed_on", member.org_id, series["id"], *values)

    async with job_transaction(worker_context.pool, member.org_id) as connection:
        whole = await rows(connection, "select * from observations where org_id = $1 and series_id = $2")
        assert len(whole) > 100
        ranges = [(date.min, date.max), (LAST, date.max), (date(2026, 1, 31), date(2026, 2, 1))]
        ranges += [
            (LAST - timedelta(days=first), LAST - timedelta(days=first - length))
            for first, length in zip(numbers.sample(range(160), 40), numbers.choices(range(70), k=40), strict=True)
        ]
        for first, last in ranges:
            found = await rows(connection, "select * from private.observations_between($1, $2, $3, $4)", first, last)
            assert found == [row for row in whole if first <= row["observed_on"] <= last], (first, last)
            [newest] = await connection.fetch(
                "select private.newest_day($1, $2, $3, false), private.newest_day($1, $2, $3, true) as valued",
                *(member.org_id, series["id"], last),
            )
            until = [row for row in whole if row["observed_on"] <= last]
            assert tuple(newest) == (
                max((row["observed_on"] for row in until), default=None),
                max((row["observed_on"] for row in until if row["value"] is not None), default=None),
            )
        oldest = await connection.fetchval("select private.oldest_day($1, $2)", member.org_id, series["id"])
        assert oldest == min(row["observed_on"] for row in whole if row["value"] is not None)


async def test_gains_of_a_range_are_those_of_the_whole_history(world: World, worker_context: WorkerContext) -> None:
    org_id, _, series_id = await _long_history(world, worker_context)
    gains = "select * from private.daily_gains($1, $2{}) order by observed_on"
    async with job_transaction(worker_context.pool, org_id) as connection:
        whole = await connection.fetch(gains.format(""), org_id, series_id)
        assert len(whole) > 800
        for first, last in ((FIRST, UNTIL), (date(2025, 6, 1), date(2025, 6, 1)), (date(2020, 1, 1), FIRST)):
            found = await connection.fetch(gains.format(", $3, $4"), org_id, series_id, first, last)
            assert found == [row for row in whole if first <= row["observed_on"] <= last]


async def test_tiles_look_up_their_own_batches_in_an_installation_of_one_org(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Velvet Harbor")
    await store_observations(worker_context, member.org_id, artist, daily_observations(STREAMS, LAST, [1.0] * 40))
    await world.database.run_script(
        f"""insert into observation_batches (org_id, id, artist_id, provider, sync_run_id)
            select '{member.org_id}', -n, '{artist}', 'spotify', gen_random_uuid() from generate_series(1, 60000) n;
            analyze observation_batches"""
    )
    connection = await asyncpg.connect(world.database.dsn(SUPERUSER))
    plans: list[str] = []
    connection.add_log_listener(lambda _, message: plans.append(str(message)))
    try:
        await connection.execute(
            """load 'auto_explain'; set client_min_messages = log; set auto_explain.log_nested_statements = on;
               set auto_explain.log_min_duration = 0"""
        )
        tiles = await connection.fetch(
            "select * from private.tiles_of_artist_by_policies($1, $2, 28, 28, null)", member.org_id, artist
        )
    finally:
        await connection.close()
    assert [tile["known_at"] is not None for tile in tiles] == [True]
    [plan] = [plan for plan in plans if "on observation_batches" in plan]
    assert "Index Scan using observation_batches_pkey" in plan
