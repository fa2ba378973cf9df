"""Tiles and series around a change of definition, and the gains of counters, over HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import change_definition, daily_observations, make_artist, store_observations

VIEWS, ENGAGED, PLAYS = "consumption.views", "consumption.engaged_views", "consumption.plays"


def yesterday() -> date:
    return clock.today() - timedelta(days=1)


async def read_tile(member: Member, artist: UUID, metric: str) -> dict[str, Any]:
    answer = await member.http.get(f"/api/artists/{artist}/summary", params={"days": 7})
    assert answer.status_code == 200, answer.text
    tiles: dict[str, dict[str, Any]] = {tile["metric"]: tile for tile in answer.json()["tiles"]}
    return tiles[metric]


@pytest.fixture
async def member(world: World) -> Member:
    return await world.member()


@pytest.fixture
async def artist(world: World, member: Member) -> UUID:
    return await make_artist(world.database, member.org_id)


async def test_the_unbroken_series_stands_beside_the_one_that_changed(
    world: World, worker_context: WorkerContext, member: Member, artist: UUID
) -> None:
    since = yesterday() - timedelta(days=6)
    await change_definition(world.database, since, metric=VIEWS, provider=Provider.YOUTUBE, continued_as=ENGAGED)
    for metric, values in ((VIEWS, [100.0] * 14 + [140.0] * 7), (ENGAGED, [100.0] * 14 + [110.0] * 7)):
        seen = daily_observations(metric, yesterday(), values)
        await store_observations(
            worker_context, member.org_id, artist, seen, provider=Provider.YOUTUBE, terms="youtube_api"
        )
    changed, goes_on = await read_tile(member, artist, VIEWS), await read_tile(member, artist, ENGAGED)
    assert (changed["value"], changed["change"], changed["change_note"]) == (980, None, "definition_break")
    assert (changed["definition_break"]["on"], changed["definition_break"]["continued_as"]) == (str(since), ENGAGED)
    assert (goes_on["value"], goes_on["change_percent"], goes_on["definition_break"]) == (770, 10, None)
    query = {"metric": [VIEWS, ENGAGED], "from": str(since - timedelta(days=7)), "to": str(yesterday())}
    answer = (await member.http.get(f"/api/artists/{artist}/series", params=query)).json()
    breaks = {series["metric"]: series["breaks"] for series in answer["series"]}
    assert [(item["on"], item["continued_as"]) for item in breaks[VIEWS]] == [(str(since), ENGAGED)]
    assert breaks[ENGAGED] == []
    assert answer["unbroken"] == []  # it is among the series
    # Whoever reads the changed series alone is offered the one that goes on, over the same days.
    alone = (await member.http.get(f"/api/artists/{artist}/series", params=query | {"metric": VIEWS})).json()
    assert [series["metric"] for series in alone["series"]] == [VIEWS]
    [offered] = alone["unbroken"]
    assert (offered["metric"], offered["total"], len(offered["points"])) == (ENGAGED, 1470, 14)
    after = query | {"metric": VIEWS, "from": str(since)}
    assert (await member.http.get(f"/api/artists/{artist}/series", params=after)).json()["unbroken"] == []


async def test_the_change_of_a_counter_is_its_gain(worker_context: WorkerContext, member: Member, artist: UUID) -> None:
    """Plays: 100 a day, then 150. The level is up by 15 %, the gain by half."""
    levels = [10_000.0 + 100 * day for day in range(15)]
    levels += [levels[-1] + 150 * day for day in range(1, 8)]
    seen = daily_observations(PLAYS, yesterday(), levels)
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.SOUNDCLOUD)
    tile = await read_tile(member, artist, PLAYS)
    assert (tile["value"], tile["change"], tile["change_percent"]) == (levels[-1], 1050, 50)


async def test_plays_that_fell_are_no_loss(worker_context: WorkerContext, member: Member, artist: UUID) -> None:
    levels = [10_000.0 + 100 * day for day in range(18)] + [9_000.0] * 4
    seen = daily_observations(PLAYS, yesterday(), levels)
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.SOUNDCLOUD)
    tile = await read_tile(member, artist, PLAYS)
    assert (tile["value"], tile["change"], tile["change_percent"], tile["change_note"]) == (9_000, None, None, "fell")
