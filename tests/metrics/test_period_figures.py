"""What a period says of a series is the same from the route of series, computed in Python, and from tiles, in SQL."""

import random
from datetime import date, timedelta

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

_CASES = (
    (Provider.SPOTIFY, "consumption.streams"),  # summed
    (Provider.SPOTIFY, "audience.followers"),  # a counter that can fall
    (Provider.YOUTUBE, "audience.followers"),  # a counter that its provider rounds
    (Provider.YOUTUBE, "consumption.views_total"),  # a counter that cannot, with a break in 2025
    (Provider.YOUTUBE, "consumption.views"),  # summed, with a break
    (Provider.SPOTIFY, "audience.monthly_listeners"),  # read on the last day
    (Provider.SPOTIFY, "audience.listeners"),  # averaged
)
_FIELDS = ("as_of", "basis", "total", "previous_total", "change_percent", "change_note", "stale")


@pytest.mark.parametrize("seed", range(6))
async def test_python_and_sql_say_the_same_of_a_period(world: World, worker_context: WorkerContext, seed: int) -> None:
    chance = random.Random(seed)
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    first = (clock.today(), date(2025, 5, 10))[seed % 2] - timedelta(days=100)
    for provider, metric in _CASES:
        rounded = (provider, metric) == (Provider.YOUTUBE, "audience.followers")
        level, values = 200.0, []
        for _ in range(101):
            level = max(0.0, level + chance.choice((0.1, 3, 40, -2)))
            values.append(None if chance.random() < (0.0, 0.02, 0.2)[seed % 3] else level)
        await store_observations(
            worker_context,
            member.org_id,
            artist,
            [
                each._replace(value=150_000 + 20 * each.value, state="rounded") if rounded and each.value else each
                for each in daily_observations(metric, first + timedelta(days=100), values)
            ],
            provider=provider,
        )
    compared = 0
    for _ in range(12):
        to_on = first + timedelta(days=chance.randrange(1, 110))
        from_on = to_on - timedelta(days=chance.choice((0, 6, 27, 40)))
        answer = await member.http.get(f"/api/artists/{artist}/series?from={from_on}&to={to_on}")
        assert answer.status_code == 200, answer.text
        shown = {each["series_id"]: each for each in answer.json()["series"]}
        rows = await world.database.as_owner(
            """select series_id::text, as_of::text, basis, value as total, previous as previous_total, change_percent,
                 change_note, coalesce(stale, true) as stale
               from private.series_figures($1, $2, $3, $4, false)""",
            member.org_id,
            list(shown),
            to_on,
            (to_on - from_on).days + 1,
        )
        assert len(rows) == len(shown)
        compared += len(rows)
        for row in rows:
            series = shown[row["series_id"]]
            for name in _FIELDS:
                expected = pytest.approx(row[name], rel=1e-9) if isinstance(row[name], float) else row[name]
                assert series[name] == expected, (series["metric"], name, from_on, to_on)
    assert compared > 20
