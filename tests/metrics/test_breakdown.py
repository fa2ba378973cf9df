"""Numbers by country, city, age and source: parts, shares of the whole, what is unknown, and what is not added up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.dimensions.catalogue import DIMENSIONS
from arti.dimensions.rules import RULES
from arti.dimensions.text import unknown_place, write_dimension
from arti.jobs import WorkerContext
from arti.providers.contract import Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from tests.conftest import Database, Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations

TODAY = clock.today()
LAST = TODAY - timedelta(days=3)
MUNICH, BERLIN = 2867714, 2950159
VIEWS, LISTENERS, FOLLOWERS = "consumption.views", "audience.listeners", "audience.followers"


async def read(member: Member, artist: UUID, *, status: int = 200, **query: Any) -> dict[str, Any]:
    """Read a breakdown. A trailing underscore of a name is not sent: from_."""
    query = {name.removesuffix("_"): str(value) for name, value in query.items()}
    answer = await member.http.get(f"/api/artists/{artist}/breakdown", params=query)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def parts_of(body: dict[str, Any]) -> dict[str, Any]:
    return {part["value"]: (part["amount"], part["share_percent"]) for part in body["parts"]}


def split(metric: str, value: float | None, *, on: Any = LAST, reason: str | None = None, **parts: str) -> Observation:
    return Observation(metric, on, value, null_reason=reason, dimension=write_dimension(parts))


async def test_the_catalogue_in_the_database_is_the_one_of_the_code(database: Database) -> None:
    rows = await database.as_owner("select slug, name, description, kind, open from dimensions order by slug")
    assert [tuple(row) for row in rows] == [(d.slug, d.name, d.description, d.kind, d.open) for d in DIMENSIONS]
    values = await database.as_owner("select dimension, value, name from dimension_values order by dimension, position")
    assert [tuple(row) for row in values] == [
        (d.slug, value, name) for d in DIMENSIONS for value, name in d.values.items()
    ]
    rules = await database.as_owner(
        "select dimension, parts, cut, absent, provider, metric, unit, listed from dimension_rules"
    )
    assert {tuple(row) for row in rules} == {
        (r.dimension, r.parts, r.cut, r.absent, r.provider, r.metric, r.unit, r.listed) for r in RULES
    }


async def test_daily_parts_are_summed_and_shared_over_the_days_of_the_whole(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    observations = [
        *daily_observations(VIEWS, LAST, [100.0] * 30),
        *daily_observations(VIEWS, LAST, [60.0] * 28, dimension="traffic_source=search"),
        *daily_observations(VIEWS, LAST, [30.0] * 14, dimension="traffic_source=external"),
    ]
    await store_observations(
        worker_context, member.org_id, artist, observations, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    body = await read(member, artist, metric=VIEWS, provider="youtube", dimension="traffic_source")
    assert parts_of(body) == {"search": (1680, 60), "external": (420, 15)}
    assert [(part["name"], part["source"]) for part in body["parts"]] == [
        ("Search", "sync"),
        ("Other websites and apps", "sync"),
    ]
    assert (body["whole"]["value"], body["whole"]["metric"], body["total"]["value"]) == (2800, VIEWS, 2100)
    assert body["remainder"] == {"value": 700, "share_percent": 25, "note": "A part that is missing had none."}
    assert body["metric"]["unit"] == "views"
    assert body["period"] == {
        "from": str(LAST - timedelta(days=27)),
        "to": str(LAST),
        "days": 28,
        "label": f"28 days up to {LAST}",
    }
    week = await read(
        *(member, artist), metric=VIEWS, provider="youtube", dimension="traffic_source", from_=LAST, to=LAST
    )
    assert (parts_of(week)["search"], week["period"]["label"]) == ((60, 60), f"on {LAST}")


async def test_a_city_that_left_the_list_is_unknown_and_not_its_old_value(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    before = LAST - timedelta(days=7)
    await store_observations(
        *(worker_context, member.org_id, artist),
        [
            Observation("audience.monthly_listeners", LAST, 1000),
            split(LISTENERS, 90, on=before, city=unknown_place("Berlin", "DE"), period="28day"),
            split(LISTENERS, 200, on=before, city=unknown_place("München", "DE"), period="28day"),
            split(LISTENERS, 250, city=unknown_place("Munich", "DE"), period="28day"),
            split(LISTENERS, 150, city=unknown_place("Springfield", "US"), period="28day"),
        ],
    )
    body = await read(member, artist, metric=LISTENERS, provider="spotify", dimension="city")
    assert parts_of(body) == {str(MUNICH): (250, 25), "~Springfield|US": (150, 15)}
    munich, springfield = body["parts"]
    assert (munich["name"], munich["place"]["country"], munich["place"]["metro_name"]) == ("Munich", "DE", "Munich")
    assert (springfield["name"], springfield["place"]) == ("Springfield, United States", None)
    assert body["whole"]["metric"] == "audience.monthly_listeners"
    assert (body["rule"]["cut"], body["rule"]["listed"]) == (True, 50)
    assert body["remainder"]["value"] == 600
    assert "unknown, not 0" in body["remainder"]["note"]
    earlier = await read(
        member, artist, metric=LISTENERS, provider="spotify", dimension="city", to=str(before), period="28day"
    )
    assert parts_of(earlier) == {str(MUNICH): (200, None), str(BERLIN): (90, None)}
    assert "not known" in earlier["whole"]["note"]
    assert (earlier["total"]["value"], earlier["remainder"]["value"]) == (290, None)


async def test_cities_are_grouped_by_metro_area(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    cities = (("Brooklyn, NY, USA", 40), ("New York, NY, USA", 100), ("Potsdam, Germany", 5), ("Berlin, Germany", 30))
    await store_observations(
        *(worker_context, member.org_id, artist),
        [split(LISTENERS, value, city=unknown_place(text), period="28day") for text, value in cities],
    )
    query: dict[str, Any] = {"metric": LISTENERS, "provider": "spotify", "dimension": "city", "group": "metro"}
    body = await read(member, artist, **query)
    assert [(part["name"], part["amount"]) for part in body["parts"]] == [("New York City", 140), ("Berlin", 35)]
    assert body["dimension_name"] == "Metro area"
    refused = await read(member, artist, status=422, **query | {"dimension": "country"})
    assert (refused["field"], "cities" in refused["message"]) == ("group", True)


async def test_people_by_source_are_not_added_up(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        *(worker_context, member.org_id, artist),
        [
            Observation("audience.monthly_listeners", LAST, 100),
            split("audience.monthly_listeners", 80, traffic_source="library"),
            split("audience.monthly_listeners", 70, traffic_source="editorial"),
        ],
    )
    body = await read(
        member, artist, metric="audience.monthly_listeners", provider="spotify", dimension="traffic_source"
    )
    assert parts_of(body) == {"library": (80, 80), "editorial": (70, 70)}
    assert (body["total"]["value"], body["remainder"]["value"]) == (None, None)
    assert "not added up: one person can be in several" in body["total"]["note"]


async def test_shares_and_averages(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    ages = (("18-24", "female", 20.0), ("18-24", "male", 30.0), ("25-34", "female", 40.0))
    observations = [
        *(split("audience.viewer_share", share, age=age, gender=gender, period="28day") for age, gender, share in ages),
        *(split("consumption.average_view_seconds", 60, device=device) for device in ("tv", "mobile")),
    ]
    await store_observations(
        worker_context, member.org_id, artist, observations, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    by_both = await read(member, artist, metric="audience.viewer_share", provider="youtube", dimension="gender,age")
    assert parts_of(by_both) == {"25-34,female": (40, 40), "18-24,male": (30, 30), "18-24,female": (20, 20)}
    assert by_both["parts"][0]["name"] == "25–34, Female"
    by_age = await read(member, artist, metric="audience.viewer_share", provider="youtube", dimension="age")
    assert parts_of(by_age) == {"18-24": (50, 50), "25-34": (40, 40)}
    assert len(by_age["parts"][0]["series_ids"]) == 2
    assert (by_age["remainder"]["value"], by_age["rule"]["parts"]) == (10, "shares")
    averages = await read(
        member, artist, metric="consumption.average_view_seconds", provider="youtube", dimension="device"
    )
    assert parts_of(averages) == {"tv": (60, None), "mobile": (60, None)}
    assert (averages["total"]["value"], "neither added up" in averages["total"]["note"]) == (None, True)


async def test_followers_by_country_and_parts_above_the_whole(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        *(worker_context, member.org_id, artist),
        [
            Observation(FOLLOWERS, LAST, 100),
            split(FOLLOWERS, 70, country="DE"),
            split(FOLLOWERS, 50, country="XK"),
            split(FOLLOWERS, None, reason="too_few", country="FR"),
        ],
        provider=Provider.INSTAGRAM,
        terms="instagram_api",
    )
    body = await read(member, artist, metric=FOLLOWERS, provider="instagram", dimension="country")
    assert parts_of(body) == {"DE": (70, 70), "XK": (50, 50), "FR": (None, None)}
    assert body["parts"][2]["null_reason"] == "too_few"
    assert (body["remainder"]["value"], body["remainder"]["note"][:39]) == (
        None,
        "The parts add up to more than the whole",
    )
    assert body["period"]["label"] == f"as of {LAST}"


async def test_as_known_on_a_day(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    day = TODAY - timedelta(days=20)
    for value in (10, 12):
        await store_observations(worker_context, member.org_id, artist, [split(VIEWS, value, on=day, country="DE")])
    await world.database.as_owner(
        "update observation_batches set known_at = known_at - interval '2 days' where org_id = $1", member.org_id
    )
    await world.database.as_owner(
        """update observation_revisions set known_at = known_at - interval '9 days',
             superseded_at = superseded_at - interval '2 days' where org_id = $1""",
        member.org_id,
    )
    query: dict[str, Any] = {"metric": VIEWS, "provider": "spotify", "dimension": "country", "from": day, "to": day}
    assert parts_of(await read(member, artist, **query))["DE"] == (12, None)
    then = await read(member, artist, **query, known_on=str(TODAY - timedelta(days=5)))
    assert (parts_of(then)["DE"], then["known_on"]) == ((10, None), str(TODAY - timedelta(days=5)))
    before = await read(member, artist, **query, known_on=str(day - timedelta(days=1)))
    assert (before["parts"], before["note"]) == ([], "No views by country in this period.")


async def test_what_cannot_be_answered_is_refused_in_words(world: World) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    query: dict[str, Any] = {"metric": VIEWS, "provider": "youtube", "dimension": "country"}
    for field, value in (("metric", "own.nothing"), ("provider", "myspace"), ("dimension", "period")):
        refused = await read(member, artist, status=422, **query | {field: value})
        assert refused["field"] == field
    nothing = await read(member, artist, **query)
    assert (nothing["parts"], nothing["period"], nothing["note"]) == ([], None, "No views by country in this period.")
    foreign = await world.member()
    assert (await foreign.http.get(f"/api/artists/{artist}/breakdown", params=query)).status_code == 404


async def test_breakdowns_with_numbers_are_listed(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    await store_observations(
        *(worker_context, member.org_id, artist),
        [
            split(LISTENERS, 5, city=unknown_place("Berlin"), period="28day"),
            split("audience.viewer_share", 5, age="18-24", gender="male"),
            Observation(VIEWS, LAST, 3),
        ],
    )
    body = (await member.http.get(f"/api/artists/{artist}/breakdowns")).json()
    assert [(item["metric"], item["dimension"], item["period"], item["parts"]) for item in body["items"]] == [
        (LISTENERS, "city", "28day", 1),
        *(("audience.viewer_share", names, "", 1) for names in ("age", "age,gender", "gender")),
    ]
    dimensions = {each["slug"]: each for each in (await member.http.get("/api/dimensions")).json()["items"]}
    assert {"value": "13-17", "name": "13–17"} in dimensions["age"]["values"]
    countries = (await member.http.get("/api/countries")).json()["items"]
    assert {"code": "DE", "name": "Germany"} in countries


@pytest.mark.parametrize("dimension", ["planet=mars", "country=Germany", "period=28day,city=1", "city=Berlin"])
async def test_other_dimensions_are_refused_wherever_they_are_written(
    world: World, worker_context: WorkerContext, dimension: str
) -> None:
    member = await world.member(role=Role.ANALYST)
    artist = await make_artist(world.database, member.org_id)
    with pytest.raises(ValueError, match=r"dimension|no value"):
        await store_observations(
            worker_context, member.org_id, artist, [Observation(VIEWS, LAST, 1, dimension=dimension)]
        )
