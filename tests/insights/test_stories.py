"""One cause, one story: what is grouped, what stays apart, what is recorded quietly, and who sees the parts."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.insights import detection_store
from arti.insights.detectors import DailySeries, Finding, detect
from arti.insights.stories.grouping import ArtistEvent, OpenStory, Story, direction_of, group_findings
from arti.jobs import WorkerContext
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.insights import STREAMS, at, run_detection, series, weekly_series, with_spike, yesterday
from tests.factories.observations import daily_observations, make_artist, store_observations

LAST = date(2026, 6, 30)
_numbers = count()


def found_in(*made: DailySeries, on: date = LAST + timedelta(days=1)) -> list[Finding]:
    return detect(list(made), today_in=at(on))


def group(
    *made: DailySeries, events: tuple[ArtistEvent, ...] = (), open_stories: tuple[OpenStory, ...] = (), on: date = LAST
) -> list[Story]:
    return group_findings(found_in(*made), events=events, open_stories=open_stories, today_in=at(on))


def jump(*, days_ago: int = 5, times: float = 3.0, seed: int | None = None, **more: Any) -> DailySeries:
    values = weekly_series(120, last=LAST, seed=next(_numbers) + 10 if seed is None else seed)
    return series(with_spike(values, days_ago=days_ago, times=times), **more)


def test_one_day_on_two_platforms_and_a_work_is_one_story() -> None:
    [story] = group(
        jump(),
        jump(asset=True),
        jump(provider="youtube", metric="consumption.views", unit="views"),
    )
    assert story.lead is not None
    assert (story.lead.series.about.provider, story.lead.series.about.asset_id) == ("spotify", None)
    assert len(story.parts) == 2


def test_a_rise_and_a_fall_are_two_stories() -> None:
    down = jump(times=0.2, provider="youtube", metric="consumption.views", unit="views")
    assert sorted(direction_of(story.lead) for story in group(jump(), down) if story.lead) == [-1, 1]


def test_two_days_far_apart_are_two_stories() -> None:
    other = jump(days_ago=20, provider="youtube", metric="consumption.views", unit="views")
    assert len(group(jump(), other)) == 2


def test_a_release_is_one_story_for_four_weeks() -> None:
    released = LAST - timedelta(days=20)
    later = jump(days_ago=6, provider="youtube", metric="consumption.views", unit="views")
    [story] = group(jump(days_ago=20), later, events=(ArtistEvent("release", released, "Tidelight"),))
    assert story.cause == ArtistEvent("release", released, "Tidelight")
    assert len(story.parts) == 1


def test_a_later_finding_becomes_a_part_of_the_open_story() -> None:
    day = LAST - timedelta(days=5)
    known = OpenStory(UUID(int=7), "spike", 1, day, day, None)
    [story] = group(jump(), open_stories=(known,))
    assert (story.lead, story.insight_id, len(story.parts)) == (None, UUID(int=7), 1)


def test_news_is_a_story_even_where_a_quiet_one_has_its_cause() -> None:
    released = LAST - timedelta(days=14)
    release = (ArtistEvent("release", released, "Tidelight"),)
    quiet = OpenStory(UUID(int=7), "spike", 1, released, released, released, quiet=True)
    [story] = group(jump(days_ago=4), events=release, open_stories=(quiet,))
    assert (story.lead is not None, story.quiet) == (True, False)
    past = jump(days_ago=12, provider="youtube", metric="consumption.views", unit="views")
    [part] = group(past, events=release, open_stories=(quiet,))
    assert part.insight_id == UUID(int=7)


def test_the_title_of_another_platform_is_no_cause() -> None:
    released = LAST - timedelta(days=5)
    [story] = group(
        jump(provider="youtube", metric="consumption.views", unit="views"),
        events=(ArtistEvent("release", released, "Hidden title", provider="spotify", asset_id=uuid4()),),
    )
    assert story.cause == ArtistEvent("release", released)


@pytest.mark.parametrize(("days_ago", "is_quiet"), [(2, False), (20, True)])
def test_what_was_past_when_it_was_learnt_is_quiet(days_ago: int, is_quiet: bool) -> None:
    [story] = group(jump(days_ago=days_ago))
    assert story.quiet is is_quiet


async def _two_platforms(world: World, worker_context: WorkerContext, *, days_ago: int = 3) -> tuple[Member, UUID]:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Velvet Harbor")
    for provider, metric, seed in ((Provider.SPOTIFY, STREAMS, 1), (Provider.YOUTUBE, "consumption.views", 2)):
        values = with_spike(weekly_series(120, seed=seed), days_ago=days_ago)
        seen = daily_observations(metric, yesterday(), values)
        await store_observations(worker_context, member.org_id, artist, seen, provider=provider)
    return member, artist


async def notified(world: World, org_id: UUID) -> list[Any]:
    statement = "select 1 from events where type = 'insight.created' and org_id = $1"
    return await world.database.as_owner(statement, org_id)


async def test_a_story_shows_its_parts_whose_numbers_recompute(world: World, worker_context: WorkerContext) -> None:
    member, artist = await _two_platforms(world, worker_context)
    day = yesterday() - timedelta(days=3)
    entry = {"artist_id": str(artist), "starts_on": str(day), "kind": "release", "title": "Tidelight (single)"}
    assert (await member.http.post("/api/calendar", json=entry)).status_code == 201
    await run_detection(worker_context, member.org_id, artist)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    assert insight["cause"]["kind"] == "release"
    assert "Around that day: the release “Tidelight (single)” on" in insight["body"]
    assert insight["next_step"].startswith("Compare these days")
    detail = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    [part] = detail["parts"]
    assert (part["provider"], part["detector"]) == ("youtube", "spike")
    for provider, listed in (("spotify", 1), ("youtube", 1), ("instagram", 0)):
        found = (await member.http.get("/api/insights", params={"provider": provider})).json()["items"]
        assert len(found) == listed
    for number in part["numbers"]:
        rows = (await member.http.get(f"/api/insights/{insight['id']}/evidence/{number['slot']}/rows")).json()
        assert (rows["matches"], rows["recomputed"]) == (True, pytest.approx(number["value"]))

    # The same day again tells nothing again, and neither does the next.
    await run_detection(worker_context, member.org_id, artist)
    assert len((await member.http.get("/api/insights")).json()["items"]) == 1
    events = await notified(world, member.org_id)
    assert len(events) == 1


async def test_what_another_job_wrote_meanwhile_is_no_part_of_itself(
    world: World, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, artist = await _two_platforms(world, worker_context)
    await run_detection(worker_context, member.org_id, artist)
    [before] = (await member.http.get("/api/insights")).json()["items"]
    read, reads = detection_store.list_reported, count()

    async def read_too_early(*arguments: Any) -> list[detection_store.ReportedFinding]:
        return await read(*arguments) if next(reads) else []

    monkeypatch.setattr(detection_store, "list_reported", read_too_early)
    await run_detection(worker_context, member.org_id, artist)
    [after] = (await member.http.get("/api/insights")).json()["items"]
    assert after["id"] == before["id"]
    found = [(await member.http.get(f"/api/insights/{after['id']}")).json()["parts"]]
    assert [part["title"] for part in found[0]].count(after["title"]) == 0
    assert len(found[0]) == 1


async def test_what_a_newer_worker_wrote_is_shown_without_its_new_clauses(
    world: World, worker_context: WorkerContext
) -> None:
    member, artist = await _two_platforms(world, worker_context)
    await run_detection(worker_context, member.org_id, artist)
    [before] = (await member.http.get("/api/insights")).json()["items"]
    path = f"/api/insights/{before['id']}"
    [part] = (await member.http.get(path)).json()["parts"]
    for change, is_body_kept in (
        ("jsonb_insert(template, '{body,-1}', '\"later.value\"', true)", True),
        ("jsonb_set(template, '{title}', '\"later.title\"') || '{\"next\": \"later\"}'", True),
        ("jsonb_set(template, '{body}', '[\"later.value\"]')", False),
        ("jsonb_set(template, '{words,artist}', '{\"later\": 1}')", False),
    ):
        await world.database.as_owner(f"update insights set template = {change}")
        await world.database.as_owner("""update insight_parts set template = template || '{"title": "later.title"}'""")
        [shown] = (await member.http.get("/api/insights")).json()["items"]
        assert (shown["title"], shown["body"]) == (before["title"], before["body"] if is_body_kept else shown["body"])
        detail = (await member.http.get(path)).json()
        assert [number["shown"] for number in detail["evidence"] if number["value"] is not None]
        assert [later["title"] for later in detail["parts"]] == [part["title"]]
        assert "".join(piece["text"] for piece in detail["pieces"]) == shown["body"]


async def test_a_part_of_a_platform_that_is_not_readable_is_not_shown(
    world: World, worker_context: WorkerContext
) -> None:
    admin, artist = await _two_platforms(world, worker_context)
    analyst = await world.member(admin.org_id, Role.ANALYST)
    await run_detection(worker_context, admin.org_id, artist)
    [insight] = (await admin.http.get("/api/insights")).json()["items"]
    [part] = (await admin.http.get(f"/api/insights/{insight['id']}")).json()["parts"]
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'youtube', false)",
        analyst.org_id,
        analyst.user_id,
    )
    assert (await analyst.http.get(f"/api/insights/{insight['id']}")).json()["parts"] == []
    slot = part["numbers"][0]["slot"]
    assert (await analyst.http.get(f"/api/insights/{insight['id']}/evidence/{slot}/rows")).status_code == 404


async def test_a_first_sync_sends_no_notification_of_old_days(world: World, worker_context: WorkerContext) -> None:
    member, artist = await _two_platforms(world, worker_context, days_ago=25)
    await run_detection(worker_context, member.org_id, artist)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    assert insight["quiet"] is True
    assert await notified(world, member.org_id) == []


async def test_a_part_whose_numbers_changed_is_found_again(world: World, worker_context: WorkerContext) -> None:
    member, artist = await _two_platforms(world, worker_context)
    await run_detection(worker_context, member.org_id, artist)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    day = yesterday() - timedelta(days=3)
    seen = daily_observations("consumption.views", day, [40_000])
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.YOUTUBE)
    await run_detection(worker_context, member.org_id, artist)
    [part] = (await member.http.get(f"/api/insights/{insight['id']}")).json()["parts"]
    assert {number["slot"].partition(".")[2]: number["value"] for number in part["numbers"]}["value"] == 40_000
    assert today() > day


async def _quiet_spike(world: World, worker_context: WorkerContext) -> tuple[Member, UUID, dict[str, Any]]:
    """Return a member, an artist, and the one quiet insight of what an import brought of the past."""
    member = await world.member()
    artist = await make_artist(world.database, member.org_id, "Velvet Harbor")
    values = with_spike(weekly_series(120, seed=1), days_ago=14)
    seen = daily_observations(STREAMS, yesterday(), values)
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.SPOTIFY)
    await run_detection(worker_context, member.org_id, artist)
    [quiet] = (await member.http.get("/api/insights")).json()["items"]
    assert quiet["quiet"]
    return member, artist, quiet


async def _more(
    member: Member, artist: UUID, worker_context: WorkerContext, *, days_ago: int, seed: int = 2
) -> list[dict[str, Any]]:
    """Return the insights after numbers of another platform came in."""
    values = with_spike(weekly_series(120, seed=seed), days_ago=days_ago)
    seen = daily_observations("consumption.views", yesterday(), values)
    await store_observations(worker_context, member.org_id, artist, seen, provider=Provider.YOUTUBE)
    await run_detection(worker_context, member.org_id, artist)
    items: list[dict[str, Any]] = (await member.http.get("/api/insights")).json()["items"]
    return items


async def test_what_comes_later_of_the_past_makes_one_summary(world: World, worker_context: WorkerContext) -> None:
    member, artist, quiet = await _quiet_spike(world, worker_context)
    [summary] = await _more(member, artist, worker_context, days_ago=25)
    assert (summary["detector"], summary["part_count"]) == ("past_numbers", 2)
    detail = (await member.http.get(f"/api/insights/{summary['id']}")).json()
    part = next(one for one in detail["parts"] if one["provider"] == "spotify")
    assert (part["title"], part["happened_on"]) == (quiet["title"], quiet["happened_on"])
    assert all(number["shown"] for number in part["numbers"])
    rows = (await member.http.get(f"/api/insights/{summary['id']}/evidence/{part['numbers'][0]['slot']}/rows")).json()
    assert rows["matches"]


async def test_news_of_a_release_takes_in_what_was_quiet_of_it(world: World, worker_context: WorkerContext) -> None:
    member, artist, quiet = await _quiet_spike(world, worker_context)
    day = yesterday() - timedelta(days=14)
    await world.database.as_owner("delete from insights where org_id = $1", member.org_id)
    entry = {"artist_id": str(artist), "starts_on": str(day), "kind": "release", "title": "Tidelight (single)"}
    assert (await member.http.post("/api/calendar", json=entry)).status_code == 201
    await run_detection(worker_context, member.org_id, artist)
    [story] = await _more(member, artist, worker_context, days_ago=4)
    assert (story["quiet"], story["provider"], story["part_count"]) == (False, "youtube", 1)
    detail = (await member.http.get(f"/api/insights/{story['id']}")).json()
    assert [one["title"] for one in detail["parts"]] == [quiet["title"]]
    assert len(await notified(world, member.org_id)) == 1


async def test_an_insight_with_a_comment_stays(world: World, worker_context: WorkerContext) -> None:
    member, artist, quiet = await _quiet_spike(world, worker_context)
    said = await member.http.post(f"/api/insights/{quiet['id']}/comments", json={"body": "That was the tour."})
    assert said.status_code == 201, said.text
    items = await _more(member, artist, worker_context, days_ago=25)
    assert {one["detector"] for one in items} == {"spike", "past_numbers"}
    comments = (await member.http.get(f"/api/insights/{quiet['id']}/comments")).json()
    assert "That was the tour." in str(comments)
