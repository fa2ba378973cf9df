"""A day that is not over where it is counted has no value, whoever writes it: it is left out, and the count says so."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Role
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import make_artist, store_observations

EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"


async def stored_days(world: World, org_id: UUID) -> set[str]:
    rows = await world.database.as_owner("select observed_on::text as day from observations where org_id = $1", org_id)
    return {row["day"] for row in rows}


async def test_a_sync_or_file_leaves_it_out(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    today = clock.today_in("UTC")
    days = [today - timedelta(days=1), today, today + timedelta(days=1)]
    page = [Observation("consumption.streams", day, 5.0) for day in days]
    counts = await store_observations(worker_context, member.org_id, artist, page)
    assert (counts.new, counts.unfinished) == (1, 2)
    assert await stored_days(world, member.org_id) == {str(days[0])}
    nothing = await store_observations(worker_context, member.org_id, artist, page[1:])
    assert (nothing.new, nothing.unfinished) == (0, 2)


@pytest.mark.parametrize("zone", [EAST, WEST])
async def test_what_is_typed_or_pushed_leaves_it_out_by_the_zone_of_the_source(world: World, zone: str) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    metric = {"name": "Tickets", "unit": "tickets", "kind": "flow"}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201
    source = {"name": "Box office", "time_zone": zone}
    slug = (await member.http.post("/api/sources", json=source)).json()["slug"]
    today = clock.now().astimezone(ZoneInfo(zone)).date()

    def value(days_ago: int) -> dict[str, Any]:
        day = today - timedelta(days=days_ago)
        return {"metric": "own.tickets", "artist_id": str(artist), "on": str(day), "value": 7}

    body = {"observations": [value(0), value(1)]}
    answer = await member.http.post(f"/api/sources/{slug}/observations", json=body)
    assert answer.json() == {"new": 1, "restated": 0, "unchanged": 0, "unfinished": 1}
    assert await stored_days(world, member.org_id) == {str(today - timedelta(days=1))}
