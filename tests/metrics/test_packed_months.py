"""Daily values have one form, the packed months; `observations` is a view of them, and nobody but ARTi writes them."""

import asyncio
import random
from datetime import date, timedelta
from typing import Any

import pytest

from arti.jobs import WorkerContext
from arti.metrics.service import ObservationCounts
from arti.providers.contract import Observation
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

STREAMS, FOLLOWERS = "consumption.streams", "audience.followers"


async def test_the_values_are_stored_once(world: World) -> None:
    """The view has no storage of its own, and no other table holds a column of daily values."""
    [view] = await world.database.as_owner(
        """select c.relkind::text as kind, c.reloptions from pg_class c where c.oid = 'public.observations'::regclass"""
    )
    assert (view["kind"], view["reloptions"]) == ("v", ["security_invoker=true"])
    dependencies = await world.database.as_owner(
        """select distinct d.refobjid::regclass::text as name from pg_rewrite r
           join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
           where r.ev_class = 'public.observations'::regclass and d.refclassid = 'pg_class'::regclass
             and d.refobjid <> r.ev_class and d.refobjsubid in (
               select a.attnum from pg_attribute a where a.attrelid = d.refobjid and a.attname = 'values')"""
    )
    assert [row["name"] for row in dependencies] == ["observation_months"]
    # The sum of a month is computed by the database from its values; nobody can write another.
    [total] = await world.database.as_owner(
        """select attgenerated::text as generated from pg_attribute
           where attrelid = 'public.observation_months'::regclass and attname = 'total'"""
    )
    assert total["generated"] == "s"


async def test_any_order_of_writes_gives_the_rows_that_were_written(
    world: World, worker_context: WorkerContext
) -> None:
    """Compared with a dict: new days, restated ones, gaps, missing values and remarks, over the ends of months."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    numbers = random.Random(11)
    first = date(2023, 12, 20)
    expected: dict[tuple[str, date], tuple[Any, ...]] = {}
    revisions = 0
    for _ in range(12):
        page, new, restated = [], 0, 0
        for metric in (STREAMS, FOLLOWERS):
            for day in numbers.sample(range(80), numbers.choice((1, 7, 60))):
                on = first + timedelta(days=day)
                value = numbers.choice((None, 0, 1, 2.5, numbers.randrange(5)))
                reason = numbers.choice(("hidden", "late", "not_reported")) if value is None else None
                state = numbers.choice((None, None, "rounded")) if value is not None else None
                page.append(Observation(metric, on, value, null_reason=reason, state=state))
                before = expected.get((metric, on))
                if before is None:
                    new += 1
                elif before[1] == "late":
                    if (value, reason) == before[:2]:
                        continue
                    new += 1
                elif before[0] != value:
                    restated += 1
                elif value is None:
                    continue  # another reason for the same: the first is kept
                expected[metric, on] = (value, reason, state)
        counts = await store_observations(worker_context, member.org_id, artist, page)
        assert counts == ObservationCounts(new, restated, len(page) - new - restated)
        revisions += restated
    rows = await world.database.as_owner(
        """select s.metric, o.observed_on, o.value, o.null_reason, o.state, o.revisions
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id where o.org_id = $1""",
        member.org_id,
    )
    assert {(row["metric"], row["observed_on"]): tuple(row)[2:5] for row in rows} == expected
    assert sum(row["revisions"] for row in rows) == revisions
    [totals] = await world.database.as_owner(
        "select sum(total) as total from observation_months where org_id = $1", member.org_id
    )
    assert totals["total"] == pytest.approx(sum(value[0] or 0 for value in expected.values()))


async def test_two_syncs_write_the_same_month_at_once(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(worker_context, member.org_id, artist, [Observation(STREAMS, date(2026, 1, 1), 0)])

    async def write(start: int) -> ObservationCounts:
        days = [date(2026, 2, 1) + timedelta(days=day) for day in range(start, 60, 6)]
        return await store_observations(
            worker_context, member.org_id, artist, [Observation(STREAMS, day, start) for day in days]
        )

    assert await asyncio.gather(*(write(start) for start in range(6))) == [ObservationCounts(10, 0, 0)] * 6
    rows = await world.database.as_owner(
        """select count(*) as rows, sum(value) as sum, count(distinct sync_run_id) as runs, max(revisions) as revisions
           from observations where org_id = $1""",
        member.org_id,
    )
    assert tuple(rows[0]) == (61, 150, 7, 0)


async def test_two_syncs_restate_the_same_days_at_once(world: World, worker_context: WorkerContext) -> None:
    """Whoever comes later replaces what came before: no value is lost, and each that was replaced is kept once."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    days = [date(2026, 1, 20) + timedelta(days=day) for day in range(30)]

    async def write(value: int) -> ObservationCounts:
        return await store_observations(
            worker_context, member.org_id, artist, [Observation(STREAMS, day, value) for day in days]
        )

    assert await write(0) == ObservationCounts(30, 0, 0)
    assert await asyncio.gather(*(write(value) for value in range(1, 7))) == [ObservationCounts(0, 30, 0)] * 6
    rows = await world.database.as_owner(
        """select o.value, o.revisions, array_agg(r.value order by r.value) as before
           from observations o join observation_revisions r
             on r.org_id = o.org_id and r.series_id = o.series_id and r.observed_on = o.observed_on
           where o.org_id = $1 group by o.observed_on, o.value, o.revisions""",
        member.org_id,
    )
    assert len(rows) == 30
    assert all(sorted([*row["before"], row["value"]]) == [*range(7)] and row["revisions"] == 6 for row in rows)


async def test_an_unchanged_page_writes_nothing(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    page = daily_observations(STREAMS, date(2026, 3, 10), [*range(70)])
    await store_observations(worker_context, member.org_id, artist, page)
    stored = "select ctid::text as place, xmin::text, xmax::text, batches from observation_months where org_id = $1"
    before = await world.database.as_owner(stored, member.org_id)
    assert await store_observations(worker_context, member.org_id, artist, page) == ObservationCounts(0, 0, 70)
    assert await world.database.as_owner(stored, member.org_id) == before
    [batches] = await world.database.as_owner(
        "select count(*) as n from observation_batches where org_id = $1", member.org_id
    )
    assert batches["n"] == 1


async def test_the_copies_in_a_month_are_those_of_its_series(world: World, worker_context: WorkerContext) -> None:
    """Policies read them from the month, so that they need not look up the series of every row."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    seen = [Observation(metric, date(2026, 3, 1), 5) for metric in (STREAMS, "money.estimated_revenue")]
    await store_observations(worker_context, member.org_id, artist, seen)
    rows = await world.database.as_owner(
        """select m.is_money from observation_months m join series s on s.org_id = m.org_id and s.id = m.series_id
           where m.org_id = $1 and (m.artist_id, m.provider, m.is_money) = (s.artist_id, s.provider, s.is_money)
             and m.asset_id is not distinct from s.asset_id order by 1""",
        member.org_id,
    )
    assert [row["is_money"] for row in rows] == [False, True]
