"""Cities over HTTP: search, the texts that are not clear, what a person decides about them, and old series."""

from datetime import timedelta
from typing import Any

import pytest

from arti.dimensions.text import unknown_place, write_dimension
from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Role
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import make_artist, store_observations
from tests.job_runner import run_due_jobs

DAY = clock.today() - timedelta(days=2)
SPRINGFIELD_MISSOURI, MUNICH = 4409896, 2867714


def listeners(city: str, value: float) -> Observation:
    dimension = write_dimension({"city": city, "period": "28day"})
    return Observation("audience.listeners", DAY, value, dimension=dimension)


async def dimensions(world: World, org_id: Any) -> list[str]:
    rows = await world.database.as_owner("select dimension from series where org_id = $1 order by 1", org_id)
    return [row["dimension"] for row in rows]


async def test_places_are_found_in_several_languages(world: World) -> None:
    member = await world.member(role=Role.CREATOR)
    [munich] = (await member.http.get("/api/places", params={"q": "Monaco di Baviera"})).json()["items"]
    assert (munich["id"], munich["name"], munich["country_name"], munich["metro_name"]) == (
        *(MUNICH, "Munich", "Germany"),
        "Munich",
    )
    assert munich["population"] > 1_000_000
    assert (await member.http.get("/api/places", params={"q": ""})).status_code == 422


async def test_a_person_decides_which_place_a_text_means(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    springfield = unknown_place("Springfield", "US")
    await store_observations(
        *(worker_context, member.org_id, artist),
        [listeners(springfield, 9), listeners(unknown_place("München", "DE"), 5)],
    )
    [unknown] = (await member.http.get("/api/places/unknown")).json()["items"]
    assert (unknown["text"], unknown["country"], unknown["series"]) == ("Springfield", "US", 1)
    assert unknown["artist_ids"] == [str(artist)]
    assert SPRINGFIELD_MISSOURI in [candidate["id"] for candidate in unknown["candidates"]]
    decision = {"text": "Springfield", "country": "US", "place_id": SPRINGFIELD_MISSOURI}
    refused = await member.http.put("/api/places/unknown", json=decision | {"place_id": 1})
    assert (refused.status_code, refused.json()["field"]) == (422, "place_id")
    decided = (await member.http.put("/api/places/unknown", json=decision)).json()
    assert (decided["place"]["region"], decided["renamed"], decided["kept"]) == ("MO", 1, 0)
    assert (await member.http.get("/api/places/unknown")).json()["items"] == []
    assert await dimensions(world, member.org_id) == [
        f"city={MUNICH},period=28day",
        f"city={SPRINGFIELD_MISSOURI},period=28day",
    ]
    await store_observations(worker_context, member.org_id, artist, [listeners(springfield, 10)])
    assert len(await dimensions(world, member.org_id)) == 2
    other = await world.member(role=Role.ANALYST)
    assert (await other.http.get("/api/places/unknown")).json()["items"] == []
    entries = await world.database.as_owner("select action from audit_log where org_id = $1", member.org_id)
    assert "place.decided" in [entry["action"] for entry in entries]


async def test_two_texts_of_one_place_on_one_day_are_not_mixed(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        *(worker_context, member.org_id, artist),
        [listeners(unknown_place("München", "DE"), 8), listeners(unknown_place("Munich", "DE"), 2)],
    )
    assert await dimensions(world, member.org_id) == [f"city={MUNICH},period=28day", "city=~Munich|DE,period=28day"]
    kept = {"text": "Munich", "country": "DE", "place_id": MUNICH}
    decided = (await member.http.put("/api/places/unknown", json=kept)).json()
    assert (decided["renamed"], decided["kept"]) == (0, 1)


async def test_old_texts_get_their_places_by_a_job(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await world.database.as_owner(
        """insert into series (org_id, artist_id, provider, metric, dimension)
           values ($1, $2, 'spotify', 'audience.listeners', 'city=~Bogotá%2C Colombia,period=28day'),
                  ($1, $2, 'spotify', 'audience.listeners', 'city=~Springfield%2C United States,period=28day')""",
        member.org_id,
        artist,
    )
    await world.database.as_owner(
        "insert into jobs (org_id, name, dedupe_key) values ($1, 'metrics.resolve_places', 'metrics.resolve_places')",
        member.org_id,
    )
    await run_due_jobs(worker_context)
    assert await dimensions(world, member.org_id) == [
        "city=3688689,period=28day",
        "city=~Springfield%2C United States,period=28day",
    ]


@pytest.mark.parametrize("dimension", ["planet=mars", "gender=Female", "period=28day,age=18-24", "country"])
async def test_the_database_refuses_other_dimensions(world: World, dimension: str) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    with pytest.raises(Exception, match="there is no dimension"):
        await world.database.as_owner(
            """insert into series (org_id, artist_id, provider, metric, dimension)
               values ($1, $2, 'spotify', 'audience.listeners', $3)""",
            member.org_id,
            artist,
            dimension,
        )
