"""Where a provider changed what it counts: what detectors, insights and answers do, through jobs and HTTP."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from tests.conftest import Member, World
from tests.factories.insights import run_detection, weekly_series, with_spike, yesterday
from tests.factories.observations import change_definition, daily_observations, make_artist, store_observations

VIEWS, ENGAGED = "consumption.views", "consumption.engaged_views"
DAYS = 140


@pytest.fixture
async def member(world: World) -> Member:
    return await world.member()


@pytest.fixture
async def artist(world: World, member: Member) -> UUID:
    return await make_artist(world.database, member.org_id, "Velvet Harbor")


def changed_on() -> date:
    return yesterday() - timedelta(days=45)


def jumping(values: list[float]) -> list[float]:
    """Return the values with 60 % more since the change, as a first frame counts more than a view that lasted."""
    since = DAYS - 1 - (yesterday() - changed_on()).days
    return [*values[:since], *[round(value * 1.6) for value in values[since:]]]


async def store_views(
    worker_context: WorkerContext, member: Member, artist: UUID, values: list[float], *, metric: str = VIEWS
) -> None:
    seen = daily_observations(metric, yesterday(), values)
    await store_observations(
        worker_context, member.org_id, artist, seen, provider=Provider.YOUTUBE, terms="youtube_api"
    )


async def insights(member: Member, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await member.http.get(f"/api/insights{query}")).json()["items"]
    return items


async def ask(member: Member, question: str) -> dict[str, Any]:
    answer = await member.http.post("/api/ask", json={"question": question})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_change_of_definition_is_no_growth_but_its_findings_say_so(
    world: World, worker_context: WorkerContext, member: Member, artist: UUID
) -> None:
    await change_definition(world.database, changed_on(), metric=VIEWS, provider=Provider.YOUTUBE, continued_as=ENGAGED)
    await store_views(worker_context, member, artist, jumping(weekly_series(DAYS)))
    await run_detection(worker_context, member.org_id, artist)
    assert await insights(member) == []

    # A real spike after the change is told, with what was left out. The other series is named when the artist has it.
    await store_views(worker_context, member, artist, with_spike(jumping(weekly_series(DAYS))))
    await store_views(worker_context, member, artist, weekly_series(DAYS), metric=ENGAGED)
    await run_detection(worker_context, member.org_id, artist)
    [insight] = await insights(member)
    assert insight["detector"] == "spike"
    day = f"{changed_on().day} {changed_on():%B %Y}"
    assert (
        f"YouTube changed what it counts as views on {day}, and earlier days are left out. "
        "The old meaning goes on as engaged views." in insight["body"]
    )


async def test_an_insight_from_before_the_change_was_known_is_withdrawn(
    world: World, worker_context: WorkerContext, member: Member, artist: UUID
) -> None:
    await store_views(worker_context, member, artist, jumping(weekly_series(DAYS)))
    await run_detection(worker_context, member.org_id, artist)
    [insight] = await insights(member)
    assert insight["detector"] == "level_shift"

    await change_definition(world.database, changed_on(), metric=VIEWS, provider=Provider.YOUTUBE)
    await run_detection(worker_context, member.org_id, artist)
    assert await insights(member) == []
    [withdrawn] = await insights(member, "?status=withdrawn")
    day = f"{changed_on().day} {changed_on():%B %Y}"
    assert withdrawn["withdrawn_reason"] == (
        f"YouTube changed what it counts on {day}: numbers from before and after that day are not compared."
    )


async def test_an_answer_across_a_change_comes_from_what_goes_on(
    world: World, worker_context: WorkerContext, member: Member, artist: UUID
) -> None:
    await change_definition(world.database, changed_on(), metric=VIEWS, provider=Provider.YOUTUBE, continued_as=ENGAGED)
    await store_views(worker_context, member, artist, jumping([100.0] * DAYS))
    question = "Did views of Velvet Harbor on YouTube grow in the last 28 days?"
    day = f"{changed_on().day} {changed_on():%B %Y}"
    refused = await ask(member, question)
    assert refused["enough_data"] is False
    assert refused["answer"].startswith(f"YouTube changed what it counts as views on {day}, so numbers from before")

    await store_views(worker_context, member, artist, [100.0] * (DAYS - 28) + [150.0] * 28, metric=ENGAGED)
    answer = await ask(member, question)
    assert answer["answer"].startswith(
        f"YouTube changed what it counts as views on {day}; the old meaning goes on as engaged views. From "
    )
    assert "engaged views of Velvet Harbor on YouTube came to 4,200, up 50.0% from 2,800" in answer["answer"]
    # A period on one side of the change is answered as it is.
    recent = await ask(member, "How many views had Velvet Harbor on YouTube in the last 10 days?")
    assert "came to 1,600." in recent["answer"]


async def test_a_counter_is_reported_by_its_gains(worker_context: WorkerContext, member: Member, artist: UUID) -> None:
    """Followers that go on growing faster: the level is up by a little, the gain by a quarter and more."""
    rising = [round(gain * (1 + 0.7 * day / 28)) for day, gain in enumerate(weekly_series(28, level=100))]
    gains = [*weekly_series(DAYS - 28, level=100), *rising]
    levels = [50_000.0]
    for gain in gains:
        levels.append(levels[-1] + gain)
    seen = daily_observations("audience.followers", yesterday(), levels)
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.INSTAGRAM)
    await run_detection(worker_context, member.org_id, artist)
    [growth] = [insight for insight in await insights(member) if insight["detector"] == "growth"]
    evidence = (await member.http.get(f"/api/insights/{growth['id']}")).json()["evidence"]
    shown = {one["slot"]: one["shown"] for one in evidence}
    assert shown["value"] == f"{sum(gains[-28:]):,.0f}"
    assert (
        growth["title"]
        == f"Velvet Harbor gained {shown['value']} followers in four weeks, {shown['change']} more than before"
    )
    last = yesterday()
    first = last - timedelta(days=27)
    assert growth["body"].startswith(
        f"From {first.day} {first:%B %Y} to {last.day} {last:%B %Y}, Velvet Harbor gained {shown['value']} followers "
        f"on Instagram, {shown['change']} more than the {shown['previous']} of the four weeks before."
    )
    for one in evidence:
        path = f"/api/insights/{growth['id']}/evidence/{one['slot']}/rows"
        rows = (await member.http.get(path)).json()
        assert rows["matches"] is True, one
        assert rows["rows"], one
