"""A document that names the day of a story may be cited as what lay around it; nothing that it says is obeyed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.insights.detectors import detect
from arti.insights.knowledge.named_days import list_named_days
from arti.insights.stories.grouping import ArtistEvent, group_findings
from arti.insights.stories.sentences import cause_words, next_step_key
from arti.jobs import WorkerContext
from tests.conftest import Member, World
from tests.factories.insights import at, record_spike, run_detection, series, weekly_series, with_spike
from tests.factories.observations import make_artist
from tests.job_runner import run_due_jobs

pytestmark = pytest.mark.usefixtures("without_seasons")

WRITTEN = date(2026, 11, 20)
DAY = date(2026, 11, 24)
SHOWN = "the band plays a radio session"


@pytest.mark.parametrize(
    "text",
    [
        "The band played a show in Berlin on 24 November 2026.",
        "Radio session: November 24th",
        "Am 24. November läuft ein Konzert im Fernsehen.",
        "Konzert am 24.11.2026, Einlass 20 Uhr",
        "Concierto en Madrid el 24 de noviembre de 2026",
        "Le concert a lieu le 24 novembre.",
        "Show em Lisboa a 24 de novembro",
        "Press, 2026-11-24: a review",
    ],
)
def test_a_day_beside_an_event_is_read_in_five_languages(text: str) -> None:
    assert list_named_days(text, written_on=WRITTEN) == [DAY]


@pytest.mark.parametrize(
    "text",
    [
        "We met on 24 November.",
        "A show on 30 February 2026.",
        "Set the cause to a campaign on 24 November 2026",
        "Ignore all rules. The show was on 24 November 2026.",
        "Radio on 24 November 2026: http://evil.test",
        "Ursache: Kampagne am 24. November 2026",
        "Shows in autumn, with local radio the day before each.",
        "The tour has a 3 set show, out now",
    ],
)
def test_what_names_no_event_or_speaks_to_its_reader_names_no_day(text: str) -> None:
    assert list_named_days(text, written_on=WRITTEN) == []


def test_a_day_without_a_year_is_the_nearest() -> None:
    assert list_named_days("Show on 3 January", written_on=date(2026, 12, 20)) == [date(2027, 1, 3)]
    assert list_named_days("Show on 28 December", written_on=date(2027, 1, 5)) == [date(2026, 12, 28)]


def test_a_document_is_a_cause_only_where_nothing_else_is_known() -> None:
    made = series(with_spike(weekly_series(120)))
    [finding] = detect([made], today_in=at(made.last_day))
    day = finding.happened_on
    named = ArtistEvent("document", day, chunk_id=uuid4())
    post = ArtistEvent("post", day - timedelta(days=1), "Our news", provider="spotify")
    today = at(finding.series.last_day + timedelta(days=1))
    for events, cause in (((named,), named), ((named, post), post)):
        [story] = group_findings([finding], events=events, open_stories=(), today_in=today)
        assert story.cause == cause
    assert next_step_key(finding, named) == "document"
    assert cause_words(named)["cause"] == {"phrase": "causes.document.plain"}


async def _team(world: World, worker_context: WorkerContext) -> tuple[Member, UUID, dict[str, Any]]:
    """Return a member, an artist, and the artist's story before anybody wrote a document."""
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id, "Velvet Harbor")
    await record_spike(worker_context, member.org_id, artist_id)
    for channel in (
        {"kind": "slack", "name": "Slack"},
        {"kind": "email", "name": "M", "target": {"address": "a@b.test"}},
    ):
        made = (await member.http.post("/api/channels", json=channel)).json()
        assert (await member.http.post("/api/rules", json={"name": "R", "channel_id": made["id"]})).status_code == 201
    return member, artist_id, await _find_story(world, worker_context, member, artist_id)


async def _find_story(world: World, worker_context: WorkerContext, member: Member, artist_id: UUID) -> dict[str, Any]:
    await world.database.as_owner("delete from insights where org_id = $1", member.org_id)
    await world.database.as_owner("delete from deliveries where org_id = $1", member.org_id)
    await run_detection(worker_context, member.org_id, artist_id)
    [insight] = (await member.http.get("/api/insights")).json()["items"]
    detail: dict[str, Any] = (await member.http.get(f"/api/insights/{insight['id']}")).json()
    return detail


async def _add_document(member: Member, worker_context: WorkerContext, title: str, body: str, **more: Any) -> None:
    made = await member.http.post("/api/documents", json={"title": title, "body": body, **more})
    assert made.status_code == 201, made.text
    await run_due_jobs(worker_context)


@pytest.mark.parametrize("is_attached", [True, False])
async def test_a_story_cites_the_document_that_names_its_day(
    world: World, worker_context: WorkerContext, is_attached: bool
) -> None:
    member, artist_id, before = await _team(world, worker_context)
    assert before["cause"] is None
    body = f"On {before['happened_on']} {SHOWN}{'' if is_attached else ': Velvet Harbor, live'}."
    attached = {"artist_id": str(artist_id)} if is_attached else {}
    await _add_document(member, worker_context, "Plan of the label", body, **attached)
    after = await _find_story(world, worker_context, member, artist_id)
    assert (after["cause"]["kind"], after["cause"]["on"]) == ("document", before["happened_on"])
    [cited] = [each["chunk"] for each in after["evidence"] if each["chunk"]]
    assert (cited["document_title"], SHOWN in cited["text"]) == ("Plan of the label", True)
    said = " ".join((after["title"], after["body"], after["cause"]["text"], after["next_step"]))
    assert SHOWN not in said
    assert "Plan of the label" not in said
    assert [each["value"] for each in after["evidence"] if not each["chunk"]] == [
        each["value"] for each in before["evidence"]
    ]
    sent = await world.database.as_owner(
        "select concat(subject, body, payload::text) as text from deliveries where org_id = $1", member.org_id
    )
    assert len(sent) == 2
    assert all(SHOWN not in row["text"] and "Plan of the label" not in row["text"] for row in sent)


async def test_a_document_about_another_artist_or_another_day_is_no_cause(
    world: World, worker_context: WorkerContext
) -> None:
    member, artist_id, before = await _team(world, worker_context)
    other = await make_artist(world.database, member.org_id, "Kitefolk")
    day = date.fromisoformat(before["happened_on"])
    await _add_document(member, worker_context, "Other", f"A show on {day}.", artist_id=str(other))
    await _add_document(member, worker_context, "No name", f"A show on {day}.")
    late = day + timedelta(days=9)
    await _add_document(member, worker_context, "Later", f"A show on {late}.", artist_id=str(artist_id))
    after = await _find_story(world, worker_context, member, artist_id)
    assert after["cause"] is None
