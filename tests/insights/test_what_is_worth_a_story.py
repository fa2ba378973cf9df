"""What is a story of its own, what a line in another one, and what neither."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.detectors.level_shift import detect_level_shifts
from arti.insights.narration.offers import offer_clauses
from arti.insights.stories.grouping import ArtistEvent, OpenStory, Story, group_findings
from tests.factories.insights import at, series, weekly_series, with_spike
from tests.insights.test_music_kinds import BETWEEN, moves, of_song, placed, release
from tests.insights.test_true_rules import LAST

TODAY = LAST + timedelta(days=1)
VIEWS: dict[str, Any] = {"provider": "instagram", "metric": "consumption.views", "unit": "views"}


def found(*made: DailySeries, detector: str, placed_on: tuple[Any, ...] = ()) -> list[Finding]:
    return [one for one in detect(made, today_in=at(TODAY), placed=placed_on) if one.detector == detector]


def group(findings: list[Finding], *events: ArtistEvent, known: tuple[OpenStory, ...] = ()) -> list[Story]:
    return group_findings(findings, events=events, open_stories=known, today_in=at(TODAY))


def jump(days_ago: int, **more: Any) -> DailySeries:
    return series(with_spike(weekly_series(120, last=LAST), days_ago=days_ago), **more)


def test_a_round_number_of_a_work_is_none_beside_a_large_total() -> None:
    counter: dict[str, Any] = {"kind": "counter", "metric": "consumption.views_total"}
    work = series([99_000.0 + 100 * day for day in range(60)], asset=True, **counter)
    for total, count in ((300_000, 1), (5_300_000, 0)):
        whole = series([total + 900.0 * day for day in range(60)], **counter)
        milestones = found(whole, work, detector="milestone")
        assert len([one for one in milestones if one.series.about.asset_id is not None]) == count


def test_a_playlist_that_brings_next_to_nothing_is_no_story() -> None:
    [small] = moves(placed(900, entered=BETWEEN))
    assert not small.is_minor  # nobody knows how much the artist has
    artist = series(weekly_series(90, level=20_000, last=LAST))
    song = of_song(weekly_series(90, level=1_000, last=LAST))
    list_of = (placed(900, entered=BETWEEN),)
    [minor] = found(artist, song, detector="playlist_move", placed_on=list_of)
    assert minor.is_minor
    assert group([minor]) == []


def test_moves_that_one_export_shows_are_one_story() -> None:
    early = (LAST - timedelta(days=20), LAST - timedelta(days=20))
    findings = [
        *moves(placed(3_000, entered=BETWEEN), placed(2_500, title="Ferry", entered=early)),
        *moves(placed(3_000, title="Radio", left=BETWEEN)),
    ]
    entered, left = sorted(group(findings), key=lambda story: -len(story.parts))
    earlier = tuple(day - timedelta(days=28) for day in BETWEEN)
    before = placed(3_000, title="Sundays", left=earlier, from_on=earlier[0], to_on=earlier[1] - timedelta(days=28))
    assert len(group([*findings, *moves(before)])) == 3
    assert (len(entered.parts), len(left.parts)) == (1, 0)
    day = BETWEEN[1]
    known = OpenStory(UUID(int=9), "playlist_move", 1, day, day, None)
    [again] = group(moves(placed(2_500, title="Ferry", entered=early)), known=(known,))
    assert again.insight_id == UUID(int=9)
    [apart] = group(found(jump(10), detector="spike"), known=(known,))
    assert apart.insight_id is None  # a rise in these weeks is not the playlist's


def test_an_age_is_part_of_its_own_release_only() -> None:
    [age] = found(release("New", 7, 3_000), release("Before", 60, 2_000), detector="release_age")
    # Its text says when the work came out, which may be weeks before the last of the compared days.
    assert not any(key.startswith("cause.") for key in offer_clauses(age, cause_on=age.days["released"]).body)
    [other] = found(jump(2), detector="spike")
    assert len(group([age, other])) == 2


def test_releases_that_bring_the_same_are_no_story() -> None:
    [age] = found(release("New", 7, 2_200), release("Before", 60, 2_000), detector="release_age")
    assert age.is_minor
    [larger] = found(release("New", 7, 3_000), release("Before", 60, 2_000), detector="release_age")
    assert not larger.is_minor
    [tiny] = found(release("New", 2, 60), release("Before", 60, 40), detector="release_age")
    assert tiny.is_minor


def test_a_later_day_on_which_a_platform_had_its_own_post_is_not_the_releases() -> None:
    released, posted = LAST - timedelta(days=20), LAST - timedelta(days=5)
    events = (
        ArtistEvent("release", released, "Tidelight"),
        ArtistEvent("post", posted, "Backstage", provider="instagram"),
    )
    findings = [*found(jump(20), detector="spike"), *found(jump(5, **VIEWS), detector="spike")]
    first, second = sorted(group(findings, *events), key=lambda story: story.cause.on if story.cause else LAST)
    assert (first.cause, second.cause) == events
    [both] = group(findings, events[0])
    assert len(both.parts) == 1


def test_a_release_story_begins_with_its_first_days() -> None:
    released = LAST - timedelta(days=20)
    later = series(with_spike(weekly_series(120, last=LAST), days_ago=6, times=6.0))
    findings = [*found(later, detector="spike"), *found(jump(19, **VIEWS), detector="spike")]
    [story] = group(findings, ArtistEvent("release", released, "Tidelight"))
    assert story.lead is not None
    assert story.lead.happened_on == released + timedelta(days=1)


def test_what_came_out_on_the_same_platform_names_a_release() -> None:
    released = LAST - timedelta(days=4)
    events = (
        ArtistEvent("release", released, "Hidden", provider="spotify", asset_id=uuid4()),
        ArtistEvent("upload", released, "Tidelight (Official Video)", provider="youtube", asset_id=uuid4()),
    )
    more = {"provider": "youtube", "metric": "consumption.views", "unit": "views"}
    [story] = group(found(jump(4, **more), detector="spike"), *events)
    assert story.cause == ArtistEvent("release", released, "Tidelight (Official Video)")


def test_news_takes_in_what_was_quiet_of_its_release() -> None:
    released = LAST - timedelta(days=20)
    quiet = OpenStory(UUID(int=3), "spike", 1, released, released, released, quiet=True)
    other = OpenStory(UUID(int=4), "spike", 1, released, released, None, quiet=True)
    [story] = group(found(jump(4), detector="spike"), ArtistEvent("release", released, "T"), known=(quiet, other))
    assert story.takes_in == [UUID(int=3)]


def _falling(seed: int, *, times: float = 1.0) -> DailySeries:
    """Return a work that loses half a percent a day, as the others of its artist do; `times`: of its last 20 days."""
    values = np.array(weekly_series(180, level=20_000, last=LAST, seed=seed)) * 0.995 ** np.arange(180)
    values[-20:] *= times
    made = series([float(round(value)) for value in values], asset=True)
    return replace(made, about=replace(made.about, asset_key=str(seed), asset_title=str(seed)))


def test_a_level_is_seen_beside_works_that_all_fall() -> None:
    others = [_falling(seed) for seed in range(2, 8)]
    assert list(detect_level_shifts([_falling(1), *others])) == []
    [shift] = detect_level_shifts([_falling(1, times=1.3), *others])
    assert (shift.shape, shift.series.about.asset_key) == ("up", "1")
    assert abs((shift.happened_on - date(2026, 6, 11)).days) <= 2
    change = next(fact.value for fact in shift.facts if fact.slot == "change")
    assert 8 <= change < 25  # what a text says is the change of its own numbers


def _after_a_rush(seed: int, *, rush: float, times: float = 1.0) -> DailySeries:
    """Return a work that had `rush` times its usual days until 36 days ago; `times`: of its last 20 days."""
    values = np.array(weekly_series(180, level=20_000, last=LAST, seed=seed), float)
    values[:-36] *= rush
    values[-20:] *= times
    made = series([float(round(value)) for value in values], asset=True)
    return replace(made, about=replace(made.about, asset_key=str(seed), asset_title=str(seed)))


def test_a_level_is_seen_soon_after_another_change() -> None:
    others = [_after_a_rush(seed, rush=1.4) for seed in range(2, 8)]
    [fall] = detect_level_shifts([_after_a_rush(1, rush=1.8), *others])
    assert fall.shape == "down"
    # Against eight weeks nothing rose: it is as high as before the fall, and half as high again as since.
    [shift] = detect_level_shifts([_after_a_rush(1, rush=1.8, times=1.5), *others])
    assert shift.shape == "up"
    assert (LAST - shift.happened_on).days == 19
    change = next(fact for fact in shift.facts if fact.slot == "change")
    assert 40 < change.value < 60


def test_a_day_like_one_of_the_weeks_before_is_no_news() -> None:
    values = weekly_series(150, last=LAST)
    for days_ago, times in ((15, 0.5), (8, 0.52), (1, 0.5)):  # a song that is not counted on one day of the week
        values[-days_ago] = values[-30 - days_ago % 7] * times
    findings = sorted(found(series(values), detector="spike"), key=lambda one: one.happened_on)
    assert [one.is_repeat for one in findings] == [False, True, True]
    assert [story.lead for story in group(findings)] == findings[:1]
    again = findings[-1]
    caused = group([again], ArtistEvent("show", again.happened_on))
    assert [(story.lead, story.cause and story.cause.kind) for story in caused] == [(again, "show")]
    values[-1] *= 0.6
    assert not max(found(series(values), detector="spike"), key=lambda one: one.happened_on).is_repeat
