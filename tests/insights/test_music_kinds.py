"""Playlist moves, releases beside earlier ones at the same age, and one quiet summary of the past."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.insights.detectors import DailySeries, Finding, Placed, detect
from arti.insights.narration.clauses import find_misplaced
from arti.insights.stories.grouping import ArtistEvent, OpenStory, direction_of, group_findings
from arti.insights.stories.past_numbers import summarise_past
from arti.insights.stories.sentences import next_step_key
from arti.language.catalogue import LANGUAGES
from arti.vocabulary import Severity
from tests.factories.insights import STREAMS, at, series, text_of, weekly_series, with_spike
from tests.insights.test_true_rules import LAST

SONG = uuid4()


def of_song(values: list[float], *, released_on: date | None = None, title: str = "Tidelight") -> DailySeries:
    made = series(values, asset=True)
    key = SONG if title == "Tidelight" else uuid4()
    about = replace(made.about, asset_id=key, asset_key=title, asset_title=title, released_on=released_on)
    return replace(made, about=about)


def placed(brought: float, *, title: str = "Night Drive", kind: str = "editorial", **more: Any) -> Placed:
    streams = series([brought], asset=True)
    about = replace(streams.about, asset_id=SONG, asset_key="Tidelight", asset_title="Tidelight")
    values: dict[str, Any] = {"entered": None, "left": None, "listeners_id": uuid4(), "listeners": brought / 2}
    values |= {"from_on": LAST - timedelta(days=27), "to_on": LAST, "playlist_key": title} | more
    return Placed(streams=replace(streams, about=about), title=title, kind=kind, **values)


def moves(*lists: Placed, whole: float = 1_000) -> list[Finding]:
    song = of_song(weekly_series(90, level=whole, last=LAST))
    found = detect([song], today_in=at(LAST + timedelta(days=1)), placed=lists)
    return [one for one in found if one.detector == "playlist_move"]


BETWEEN = (LAST - timedelta(days=27), LAST)


@pytest.mark.parametrize(("field", "shape"), [("entered", "up_entered"), ("left", "down_left")])
def test_a_loss_is_reported_like_a_gain(field: str, shape: str) -> None:
    known: dict[str, Any] = {field: BETWEEN}
    opposite: dict[str, Any] = {"left" if field == "entered" else "entered": BETWEEN}
    [finding] = moves(placed(3_000, **known))
    assert (finding.shape, finding.period_from, finding.happened_on) == (shape, *BETWEEN)
    numbers = {fact.slot: fact for fact in finding.facts}
    assert numbers["value"].value == 3_000
    assert numbers["listeners"].value == 1_500
    assert 9 < numbers["share"].value < 11
    [other] = moves(placed(3_000, **opposite))
    assert other.severity == finding.severity


def of_artist(level: float) -> DailySeries:
    return series(weekly_series(90, level=level, last=LAST))


@pytest.mark.parametrize(("level", "shown"), [(1_000, "10."), (4_000, "2.")])
def test_a_lost_playlist_says_what_it_was_to_the_artist(level: float, shown: str) -> None:
    lost = placed(3_000, left=BETWEEN)
    found = detect([of_artist(level)], today_in=at(LAST + timedelta(days=1)), placed=[lost])
    [finding] = [one for one in found if one.detector == "playlist_move"]
    share = next(fact for fact in finding.facts if fact.slot == "artist_share")
    assert share.shown.startswith(shown)
    assert find_misplaced(finding.facts) == []
    assert f"{share.shown} of the artist’s streams" in text_of(finding)
    for language in LANGUAGES:
        assert "{" not in text_of(finding, language)


def test_the_playlist_that_brought_most_leads_what_was_lost() -> None:
    lists = [placed(brought, left=BETWEEN, title=f"List {brought}") for brought in (2_000, 9_000, 4_000)]
    found = detect([of_artist(1_000)], today_in=at(LAST + timedelta(days=1)), placed=lists)
    lost = [one for one in found if one.detector == "playlist_move"]
    [story] = group_findings(lost, events=(), open_stories=(), today_in=at(LAST + timedelta(days=1)))
    assert story.lead is not None
    assert (story.lead.names["playlist"], len(story.parts)) == ("List 9000", 2)
    assert story.lead.severity is Severity.IMPORTANT  # three of ten of the artist's streams


def test_what_to_check_of_a_release_is_not_the_comparison_that_was_made() -> None:
    [less] = ages(release("New", 7, 1_000), release("Before", 60, 2_000))
    [more] = ages(release("New", 7, 3_000), release("Before", 60, 2_000))
    released = ArtistEvent("release", LAST - timedelta(days=7), "New")
    assert [next_step_key(one, released) for one in (less, more)] == ["release_behind", "release_ahead"]


def test_a_song_hangs_on_one_playlist() -> None:
    [finding] = moves(placed(7_000))
    assert finding.shape == "hangs"
    assert direction_of(finding) == 0
    share = next(fact for fact in finding.facts if fact.slot == "share")
    assert share.shown.startswith("2")


@pytest.mark.parametrize(
    "listed",
    [
        placed(3_000),  # was there, is there
        placed(30, entered=BETWEEN),  # brought nothing to speak of
        placed(300, left=BETWEEN),
        placed(9_000, kind="algorithmic", entered=BETWEEN),
    ],
)
def test_no_news_of_lists(listed: Placed) -> None:
    assert moves(listed) == []


def release(title: str, days_ago: int, level: float, *, days: int = 200) -> DailySeries:
    released = LAST - timedelta(days=days_ago)
    values = [round(level * 0.97**day) for day in range(days_ago + 1)]
    return of_song([float(value) for value in values], released_on=released, title=title)


def ages(*works: DailySeries) -> list[Finding]:
    found = detect(list(works), today_in=at(LAST + timedelta(days=1)))
    return [one for one in found if one.detector == "release_age"]


def test_a_release_is_compared_with_the_ones_before_at_the_same_age() -> None:
    [finding] = ages(release("New", 7, 3_000), release("Before", 60, 2_000), release("First", 120, 1_000))
    assert finding.shape == "up_7"
    change = next(fact for fact in finding.facts if fact.slot == "change")
    assert change.value == pytest.approx(50, abs=0.5)
    assert finding.names == {"last_title": "Before", "second_title": "First"}
    assert change.computation.base_series_id != finding.series.about.series_id


def test_an_unfinished_age_and_a_release_without_another_say_nothing() -> None:
    assert ages(release("New", 7, 3_000)) == []
    [finding] = ages(release("New", 5, 3_000), release("Before", 60, 2_000))
    assert finding.shape == "up_3"
    assert ages(release("New", 60, 3_000), release("Before", 160, 2_000)) == []


def test_works_of_one_album_are_one_release() -> None:
    [finding] = ages(release("One", 7, 3_000), release("Two", 7, 900), release("Before", 60, 2_000))
    assert finding.series.about.asset_title == "One"
    assert finding.names["last_title"] == "Before"


def test_an_age_belongs_to_the_story_of_its_release_also_when_it_is_less() -> None:
    [finding] = ages(release("New", 7, 1_000), release("Before", 60, 2_000))
    released = ArtistEvent("release", LAST - timedelta(days=7), "New")
    day = released.on
    known = OpenStory(UUID(int=3), "spike", 1, day, day, day)
    [story] = group_findings([finding], events=(released,), open_stories=(known,), today_in=at(LAST))
    assert (story.lead, story.insight_id) == (None, UUID(int=3))
    [own] = group_findings([finding], events=(released,), open_stories=(), today_in=at(LAST))
    assert own.cause == released


def test_the_past_is_one_quiet_story() -> None:
    made = [
        series(with_spike(weekly_series(200, last=LAST, seed=seed), days_ago=20 + 8 * seed, times=3), metric=metric)
        for seed, metric in enumerate((STREAMS, "consumption.views", "engagement.saves"))
    ]
    today = LAST + timedelta(days=1)
    found = [one for one in detect(made, today_in=at(today)) if one.detector == "spike"]
    stories = group_findings(found, events=(), open_stories=(), today_in=at(today))
    assert len(stories) == 3
    [summary] = summarise_past(stories, made, open_stories=(), today=today)
    assert summary.lead is not None
    assert (summary.lead.detector, summary.quiet, len(summary.parts)) == ("past_numbers", True, 3)
    assert summary.lead.period_from == made[0].start
    known = OpenStory(UUID(int=4), "past_numbers", 1, today, today, None, quiet=True)
    [later] = summarise_past(stories[:1], made, open_stories=(known,), today=today + timedelta(days=1))
    assert (later.lead, later.insight_id) == (None, UUID(int=4))
    assert summarise_past(stories[:1], made, open_stories=(), today=today) == stories[:1]


def test_news_beside_the_past_stays_news() -> None:
    values = with_spike(weekly_series(200, last=LAST), days_ago=2, times=3)
    found = [one for one in detect([series(values)], today_in=at(LAST)) if one.detector == "spike"]
    stories = group_findings(found, events=(), open_stories=(), today_in=at(LAST))
    assert [story.quiet for story in summarise_past(stories, [series(values)], open_stories=(), today=LAST)] == [False]


def test_every_text_is_true_to_its_numbers() -> None:
    found = [
        *moves(placed(3_000, entered=BETWEEN)),
        *moves(placed(3_000, left=BETWEEN)),
        *moves(placed(3_000, entered=(LAST, LAST))),
        *ages(release("New", 1, 3_000), release("Before", 60, 2_000)),
        *moves(placed(7_000)),
        *ages(release("New", 7, 3_000), release("Before", 60, 2_000), release("First", 120, 1_000)),
        *ages(release("New", 7, 1_000), release("Before", 60, 2_000)),
    ]
    for finding in found:
        assert find_misplaced(finding.facts) == []
        for language in LANGUAGES:
            assert "{" not in text_of(finding, language)
    assert len(found) == 7


@pytest.mark.parametrize("moved", [-3, 0, 4])
def test_a_season_that_was_there_a_year_ago_is_no_news(moved: int) -> None:
    values = weekly_series(480, last=LAST)
    once = [value * (2 if day == 470 else 1) for day, value in enumerate(values)]
    again = [value * (2 if day in (470, 470 - 364 + moved) else 1) for day, value in enumerate(values)]
    fell = [value * (0.5 if day == 470 - 364 else 2 if day == 470 else 1) for day, value in enumerate(values)]
    today = at(LAST + timedelta(days=1))
    news = [
        bool([one for one in detect([series(each)], today_in=today) if one.shape == "up"])
        for each in (once, again, fell)
    ]
    assert news == [True, False, True]


@pytest.mark.parametrize("days_ago", range(2, 9))
def test_a_busy_weekday_of_a_year_ago_is_no_season(days_ago: int) -> None:
    jumped = with_spike(weekly_series(600, last=LAST), days_ago=days_ago, times=1.4)
    found = detect([series(jumped)], today_in=at(LAST + timedelta(days=1)))
    assert [one for one in found if one.shape == "up"]


def test_a_work_matters_as_much_as_it_is_to_its_artist() -> None:
    jumped = of_song(with_spike(weekly_series(120, level=1_000, last=LAST), days_ago=3, times=4))
    severities = []
    for level in (4_000, 200_000):
        whole = series(weekly_series(120, level=level, last=LAST, seed=9))
        found = detect([whole, jumped], today_in=at(LAST + timedelta(days=1)))
        severities.append(next(one.severity for one in found if one.series.about.asset_id == SONG))
    assert severities[0] is not Severity.INFO
    assert severities[1] is Severity.INFO


def test_a_loss_is_news_with_the_export_that_shows_it() -> None:
    before = LAST - timedelta(days=28)
    lost = placed(3_000, left=(before - timedelta(days=27), before), to_on=before, from_on=before - timedelta(days=27))
    [finding] = [one for one in moves(lost, placed(30, title="Other")) if one.shape == "down_left"]
    [story] = group_findings([finding], events=(), open_stories=(), today_in=at(LAST + timedelta(days=2)))
    assert not story.quiet
    assert story.cause is None


def test_what_a_small_work_lost_on_a_day_is_no_news() -> None:
    fell = of_song(with_spike(weekly_series(120, level=1_000, last=LAST), days_ago=3, times=0.3))
    found = [
        detect([series(weekly_series(120, level=level, last=LAST, seed=9)), fell], today_in=at(LAST))
        for level in (3_000, 200_000)
    ]
    assert [bool([one for one in each if one.detector == "spike"]) for each in found] == [True, False]
