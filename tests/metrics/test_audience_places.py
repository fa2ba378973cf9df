"""Where to play: cities of several artists, each platform by itself, with growth and the last show."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from arti.dimensions.text import unknown_place, write_dimension
from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Member, World
from tests.factories.observations import change_definition, make_artist, store_observations

LAST = clock.today() - timedelta(days=3)
MUNICH, BERLIN, HAMBURG = 2867714, 2950159, 2911298
LISTENERS, FOLLOWERS = "audience.listeners", "audience.followers"


def city(metric: str, place: int | str, value: float, on: date = LAST, *, period: str | None = "28day") -> Observation:
    parts = {"city": str(place)} | ({"period": period} if period else {})
    return Observation(metric, on, value, dimension=write_dimension(parts))


async def read(member: Member, *artists: UUID) -> dict[str, Any]:
    answer = await member.http.get("/api/audience/places", params={"artist_id": [str(id) for id in artists]})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def cells(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    [place] = [place for place in body["places"] if place["name"] == name]
    found: list[dict[str, Any]] = place["cells"]
    return found


async def test_cities_of_two_artists_stand_beside_each_other(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth, ines = [await make_artist(world.database, member.org_id, name) for name in ("Moth", "Ines")]
    month, year = LAST - timedelta(days=27), LAST - timedelta(days=365)
    numbers = [
        *(city(LISTENERS, place, value) for place, value in ((MUNICH, 600.0), (BERLIN, 200.0), (HAMBURG, 100.0))),
        # An export of the day after the one that is 28 days before; and one of a year before.
        *(city(LISTENERS, place, value, month) for place, value in ((MUNICH, 400.0), (BERLIN, 250.0))),
        *(city(LISTENERS, place, value, year) for place, value in ((MUNICH, 200.0), (BERLIN, 20.0))),
        Observation("audience.monthly_listeners", LAST, 3000.0),
    ]
    await store_observations(worker_context, member.org_id, moth, numbers)
    followers = [city(FOLLOWERS, MUNICH, 50.0, period=None), city(FOLLOWERS, BERLIN, 150.0, period=None)]
    await store_observations(
        worker_context, member.org_id, moth, followers, provider=Provider.INSTAGRAM, terms="instagram_api"
    )
    await store_observations(worker_context, member.org_id, ines, [city(LISTENERS, BERLIN, 40.0)])
    body = await read(member, moth, ines)
    assert [(column["provider"], column["metric"], column["cities"]) for column in body["columns"]] == [
        ("spotify", LISTENERS, 3),
        ("instagram", FOLLOWERS, 2),
        ("spotify", LISTENERS, 1),
    ]
    assert (body["columns"][0]["average"], body["columns"][0]["whole"]) == (300.0, 3000.0)
    assert "unknown, not 0" in body["columns"][0]["absent"]
    # Berlin is listed in three columns, Munich in two, Hamburg in one.
    assert [place["name"] for place in body["places"]] == ["Berlin", "Munich", "Hamburg"]
    [munich, _] = cells(body, "Munich")
    assert (munich["amount"], munich["share_percent"], munich["of_average"], munich["rank"]) == (600.0, 20.0, 2.0, 1)
    assert munich["growth"] == [
        {"days": 28, "base": 400.0, "base_on": str(month), "percent": 50.0, "note": None},
        {"days": 365, "base": 200.0, "base_on": str(year), "percent": 200.0, "note": None},
    ]
    berlin = cells(body, "Berlin")[0]["growth"]
    assert (berlin[0]["percent"], berlin[1]["percent"]) == (-20.0, None)
    assert "below 100" in berlin[1]["note"]
    # Hamburg was on neither list: unknown, not 0.
    assert [(each["base"], each["percent"]) for each in cells(body, "Hamburg")[0]["growth"]] == [(None, None)] * 2
    assert cells(body, "Berlin")[2]["amount"] == 40.0


async def test_growth_of_a_city_does_not_cross_a_definition(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    numbers = [city(LISTENERS, MUNICH, 600.0), city(LISTENERS, MUNICH, 400.0, LAST - timedelta(days=28))]
    await store_observations(worker_context, member.org_id, moth, numbers)
    await change_definition(world.database, LAST - timedelta(days=9), metric=LISTENERS, provider=Provider.SPOTIFY)
    growth = cells(await read(member, moth), "Munich")[0]["growth"][0]
    assert (growth["base"], growth["percent"]) == (400.0, None)
    assert "how it counts" in growth["note"]


async def test_the_last_show_is_found_under_any_name_of_the_city(world: World, worker_context: WorkerContext) -> None:
    member, other = await world.member(), await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    numbers = [city(LISTENERS, MUNICH, 600.0), city(LISTENERS, unknown_place("Somewhere", None), 30.0)]
    await store_observations(worker_context, member.org_id, moth, numbers)
    today = clock.today()
    for title, back in (("Strom, München", 400), ("Muffatwerk, Munich", 90), ("Berghain, Berlin", 5), ("Munich", -30)):
        show = {"kind": "show", "title": title, "artist_id": str(moth), "starts_on": str(today - timedelta(days=back))}
        assert (await member.http.post("/api/calendar", json=show)).status_code == 201
    body = await read(member, moth)
    shows = {place["name"]: place["last_shows"] for place in body["places"]}
    assert [(show["title"], show["on"]) for show in shows["Munich"]] == [
        ("Muffatwerk, Munich", str(today - timedelta(days=90)))
    ]
    assert shows["Somewhere"] == []
    for query, caller, status in (
        ({"artist_id": [str(moth)]}, other, 404),
        ({"artist_id": [str(uuid4())]}, member, 404),
        ({}, member, 422),
    ):
        assert (await caller.http.get("/api/audience/places", params=query)).status_code == status
