"""A counter that its provider rounds: its gains are known to a step, and one of a few steps is no base of growth."""

from datetime import timedelta

from arti.jobs import WorkerContext
from arti.metrics.growth import is_coarse_gain, rounding_step
from arti.providers.contract import Observation
from arti.providers.states import ROUNDED
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import make_artist, store_observations

FOLLOWERS = "audience.followers"


async def followers(
    world: World, worker_context: WorkerContext, member: Member, *, first: int, step: int, state: str | None
) -> str:
    """Store 60 days of subscribers: they grow by one step in each of the four weeks before, and then no more."""
    artist = await make_artist(world.database, member.org_id, f"{state} {first}")
    days = [today() - timedelta(days=60 - n) for n in range(60)]
    values = [first + step * min(n // 7, 4) for n in range(60)]
    page = [Observation(FOLLOWERS, day, value, state=state) for day, value in zip(days, values, strict=True)]
    await store_observations(
        worker_context, member.org_id, artist, page, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    return str(artist)


async def test_growth_of_a_coarse_gain_is_no_figure(world: World, worker_context: WorkerContext) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await followers(world, worker_context, member, first=1_230_000, step=10_000, state=ROUNDED)
    [tile] = (await member.http.get(f"/api/artists/{artist}/summary?days=28")).json()["tiles"]
    assert (tile["change"], tile["change_percent"], tile["change_note"]) == (0, None, "rounded")
    first, last = today() - timedelta(days=28), today() - timedelta(days=1)
    query = {"metric": FOLLOWERS, "from": str(first), "to": str(last)}
    [series] = (await member.http.get(f"/api/artists/{artist}/series", params=query)).json()["series"]
    assert (series["change_percent"], series["change_note"]) == (None, "rounded")
    question = {"question": "Did followers grow in the last 28 days?", "artist_id": artist}
    answer = (await member.http.post("/api/ask", json=question)).json()
    assert answer["enough_data"]
    assert "percent" not in {number["unit"] for number in answer["numbers"]}
    campaign = {
        "artist_id": artist,
        "name": "Ads",
        "goal_metric": FOLLOWERS,
        "goal_provider": "youtube",
        "starts_on": str(first),
        "ends_on": str(last),
    }
    made = (await member.http.post("/api/campaigns", json=campaign)).json()
    result = (await member.http.get(f"/api/campaigns/{made['id']}/result")).json()
    assert (result["during"]["value"], result["change_percent"]) == (0, None)


async def test_an_exact_counter_and_a_gain_of_many_steps_have_growth(
    world: World, worker_context: WorkerContext
) -> None:
    member = await world.member()
    exact = await followers(world, worker_context, member, first=1_230_000, step=10_000, state=None)
    many = await followers(world, worker_context, member, first=123_000, step=6_000, state=ROUNDED)
    for artist in (exact, many):
        [tile] = (await member.http.get(f"/api/artists/{artist}/summary?days=28")).json()["tiles"]
        assert (tile["change_percent"], tile["change_note"]) == (-100, None)


async def test_the_database_has_the_same_rule(world: World) -> None:
    values = [0, 5, 999, 1000, 1_230, 99_900, 100_000, 1_230_000, 45_600_000]
    rows = await world.database.as_owner(
        """select v, private.rounding_step(v) as step,
             array(select private.is_coarse_gain(g, private.rounding_step(v)) from unnest($1::float8[]) g) as coarse
           from unnest($1::float8[]) v""",
        values,
    )
    for row in rows:
        step = rounding_step(row["v"])
        assert row["step"] == step
        assert row["coarse"] == [is_coarse_gain(gain, step) for gain in values]
