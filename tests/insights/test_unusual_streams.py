"""Streams that are worth checking: what is told, what is not, and the dossier for the distributor."""

import csv
import io
from datetime import timedelta
from itertools import accumulate
from typing import Any

import pytest

from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.stories.grouping import ArtistEvent, OpenStory, group_findings
from arti.jobs import WorkerContext
from tests.conftest import World
from tests.factories.insights import FOLLOWERS, STREAMS, at, run_detection, series, text_of, weekly_series, yesterday
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.insights.test_true_rules import LAST, counter

DAYS = 120
BURST = range(DAYS - 6, DAYS - 3)
PEOPLE: dict[str, Any] = {"unit": "people"}


def made(
    *, streams: float = 1, listeners: float = 1, saves: float = 1, followers: float = 1, seed: int = 1
) -> list[DailySeries]:
    """Return an artist's series, each multiplied by so much on the days of a burst."""

    def multiplied(level: float, times: float, noise: float, seed: int) -> list[float]:
        values = weekly_series(DAYS, level=level, noise=noise, seed=seed, last=LAST)
        return [round(value * (times if day in BURST else 1)) for day, value in enumerate(values)]

    gains = multiplied(60, followers, 0.1, seed + 3)
    return [
        series(multiplied(9_000, streams, 0.03, seed)),
        series(multiplied(4_000, listeners, 0.03, seed + 1), kind="rolling", metric="audience.listeners", **PEOPLE),
        series(multiplied(180, saves, 0.1, seed + 2), metric="engagement.saves", unit="count"),
        series(list(accumulate(gains, initial=50_000))[1:], kind="counter", metric=FOLLOWERS, **PEOPLE),
    ]


def worth_checking(group: list[DailySeries]) -> list[Finding]:
    found = detect(group, today_in=at(LAST + timedelta(days=1)))
    return [one for one in found if one.detector == "unusual_streams"]


@pytest.mark.parametrize("seed", range(5))
def test_five_times_the_streams_for_each_listener_are_worth_checking(seed: int) -> None:
    [finding] = worth_checking(made(streams=5, seed=seed))
    assert (finding.period_from, finding.period_to) == (LAST - timedelta(days=5), LAST - timedelta(days=3))
    numbers = {fact.slot: fact.value for fact in finding.facts}
    assert numbers["each"] > 4 * numbers["usual_each"]
    text = text_of(finding)
    assert "worth checking" in text
    assert not {"fake", "fraud", "bots", "bought", "manipulated"} & set(text.lower().split())


@pytest.mark.parametrize(
    "rise",
    [
        {},
        {"streams": 5, "listeners": 5},
        {"streams": 5, "listeners": 5, "saves": 5, "followers": 5},
        {"streams": 4, "listeners": 1.4, "saves": 3, "followers": 3},
        {"streams": 4, "listeners": 1.4, "followers": 4},
        {"streams": 1.8, "listeners": 1},
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_listeners_or_saves_that_come_along_say_nothing(rise: dict[str, float], seed: int) -> None:
    assert worth_checking(made(**rise, seed=seed)) == []


def test_a_new_level_of_months_is_no_news_each_week() -> None:
    group = made()
    values = group[0].values.copy()
    values[-60:] *= 4
    assert worth_checking([series([float(value) for value in values]), *group[1:]]) == []


def test_it_leads_its_story_and_a_release_is_no_part_of_it() -> None:
    group = made(streams=5)
    found = detect(group, today_in=at(LAST + timedelta(days=1)))
    released = ArtistEvent("release", LAST - timedelta(days=5), "Tidelight")
    stories = group_findings(found, events=(released,), open_stories=(), today_in=at(LAST))
    story = next(one for one in stories if one.lead and one.lead.detector == "unusual_streams")
    assert [part.detector for part in story.parts if part.series.about.metric == STREAMS] == ["spike"]


def test_a_later_purge_names_the_days_that_were_worth_checking() -> None:
    gains = weekly_series(DAYS, level=4_000, last=LAST)
    gains[-2] = -60_000
    day = LAST - timedelta(days=30)
    checked = OpenStory(made()[0].about.series_id, "unusual_streams", 1, day, day, None, provider="spotify")
    found = [one for one in detect([counter(gains)], today_in=at(LAST)) if one.detector == "correction"]
    [story] = group_findings(found, events=(), open_stories=(checked,), today_in=at(LAST))
    assert story.cause == ArtistEvent("unusual streams", day)


async def test_the_dossier_holds_the_days_and_no_formula(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "=Velvet Harbor")
    for one in made(streams=5):
        values = [None if value != value else float(value) for value in one.values]
        await store_observations(
            worker_context, member.org_id, artist, daily_observations(one.about.metric, yesterday(), values)
        )
    await run_detection(worker_context, member.org_id, artist)
    listed = (await member.http.get("/api/insights")).json()["items"]
    [insight] = [one for one in listed if one["detector"] == "unusual_streams"]
    detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    answer = await member.http.get(detail["dossier"])
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    checked = [row for row in rows if row["worth checking"] == "yes"]
    assert len(checked) == len(BURST)
    assert all(float(row["streams per listener"]) > 8 and row["saves or likes"] for row in checked)
    assert {row["what"] for row in rows} == {"'=Velvet Harbor"}
    for number in detail["evidence"]:
        proof = (await member.http.get(f"/api/insights/{insight['id']}/evidence/{number['slot']}/rows")).json()
        assert proof["matches"]
        assert proof["rows"]


async def test_no_other_insight_names_a_dossier(world: World, worker_context: WorkerContext) -> None:
    member, other = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id)
    values = [float(value) for value in made(streams=5, listeners=5)[0].values]
    await store_observations(worker_context, member.org_id, artist, daily_observations(STREAMS, yesterday(), values))
    await run_detection(worker_context, member.org_id, artist)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    assert detail["dossier"] is None
    assert (await other.http.get(f"/api/insights/{insight['id']}/dossier.csv")).status_code == 404
