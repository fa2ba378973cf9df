"""Questions: parsed without a model, answered with evidence, or refused with a reason."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.insights.ask.question_parser import names_in, understand
from arti.insights.ask.subject import find_unknown_name
from arti.jobs import WorkerContext
from arti.metrics.service import record_observations
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from arti_core.database import job_transaction
from tests.conftest import Member, World
from tests.factories.insights import FOLLOWERS, STREAMS, yesterday
from tests.factories.observations import daily_observations, delete_days, make_artist, store_observations
from tests.insights.fake_openai import answering_with, run_fake_openai

OPEN_TRANSACTIONS = (
    "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'"
)
NOW = date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("streams last month", "2026-10-01", "2026-10-31"),
        ("streams this month", "2026-11-01", "2026-11-17"),
        ("streams last week", "2026-11-09", "2026-11-15"),
        ("streams this week", "2026-11-16", "2026-11-17"),
        ("streams yesterday", "2026-11-17", "2026-11-17"),
        ("streams in the last 7 days", "2026-11-11", "2026-11-17"),
        ("streams over the past two weeks", "2026-11-04", "2026-11-17"),
        ("streams last quarter", "2026-07-01", "2026-09-30"),
        ("streams last year", "2025-01-01", "2025-12-31"),
        ("streams in March", "2026-03-01", "2026-03-31"),
        ("streams in December", "2025-12-01", "2025-12-31"),
        ("streams in May 2025", "2025-05-01", "2025-05-31"),
        ("streams since June", "2026-06-01", "2026-11-17"),
        ("streams in 2025", "2025-01-01", "2025-12-31"),
        ("streams on 2026-05-03", "2026-05-03", "2026-05-03"),
        ("streams from 2026-05-03 to 2026-05-09", "2026-05-03", "2026-05-09"),
        ("streams since 2026-11-01", "2026-11-01", "2026-11-17"),
        ("streams that may march on", "2026-10-21", "2026-11-17"),
        ("streams", "2026-10-21", "2026-11-17"),
        ("streams on monday", "2026-11-16", "2026-11-16"),
        ("streams since monday", "2026-11-16", "2026-11-17"),
        ("streams since wednesday", "2026-11-11", "2026-11-17"),
        ("streams in the last 3 months", "2026-08-18", "2026-11-17"),
        ("streams over the past two years", "2024-11-18", "2026-11-17"),
    ],
)
def test_periods(question: str, first: str, last: str) -> None:
    period = understand(question, today=NOW).period
    assert (period.from_on.isoformat(), period.to_on.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("today", "question", "first", "last"),
    [
        ("2027-05-31", "streams in the last 3 months", "2027-02-28", "2027-05-30"),
        ("2028-03-31", "streams in the past 1 month", "2028-02-29", "2028-03-30"),
        ("2027-03-01", "streams in the last 3 months", "2026-12-01", "2027-02-28"),
        ("2028-02-29", "streams in the last 2 years", "2026-02-28", "2028-02-28"),
        ("2027-01-01", "streams last month", "2026-12-01", "2026-12-31"),
        ("2027-01-01", "streams in december", "2026-12-01", "2026-12-31"),
        ("2027-03-01", "streams last week", "2027-02-22", "2027-02-28"),
        ("2027-03-02", "streams this month", "2027-03-01", "2027-03-01"),
        ("2028-03-01", "streams last month", "2028-02-01", "2028-02-29"),
        ("2027-03-01", "streams since monday", "2027-02-22", "2027-02-28"),
    ],
)
def test_calendar_periods(today: str, question: str, first: str, last: str) -> None:
    parsed = understand(question, today=date.fromisoformat(today))
    assert (parsed.refusal, parsed.period.from_on.isoformat(), parsed.period.to_on.isoformat()) == ("", first, last)


@pytest.mark.parametrize(
    ("today", "question", "says"),
    [
        ("2026-12-01", "streams this month", "begins on 1 December 2026 and has no complete day yet"),
        ("2026-12-01", "streams in december", "begins on 1 December 2026 and has no complete day yet"),
        ("2026-11-30", "streams this week", "begins on 30 November 2026 and has no complete day yet"),
        ("2027-01-01", "streams this quarter", "begins on 1 January 2027 and has no complete day yet"),
        ("2027-01-01", "streams this year", "begins on 1 January 2027 and has no complete day yet"),
        ("2027-01-01", "streams in 2027", "begins on 1 January 2027 and has no complete day yet"),
        ("2026-11-18", "streams today", "begins on 18 November 2026 and has no complete day yet"),
        ("2026-11-18", "streams on 2027-01-01", "1 January 2027 is still to come"),
        ("2026-11-18", "streams in the last few weeks", "do not understand which days"),
        ("2026-11-18", "streams two weeks ago", "do not understand which days"),
        ("2026-11-18", "streams last weekend", "do not understand which days"),
        ("2026-11-18", "streams since the release", "do not understand which days"),
        ("2026-11-18", "streams next month", "do not understand which days"),
    ],
)
def test_a_period_without_a_complete_day_or_unknown_is_refused(today: str, question: str, says: str) -> None:
    """Never with the number of another period."""
    assert says in understand(question, today=date.fromisoformat(today)).refusal


@pytest.mark.parametrize(
    ("question", "metric", "provider", "aim"),
    [
        ("How many streams did Velvet Harbor have last month?", STREAMS, None, "value"),
        (
            "How many monthly listeners does she have on Spotify?",
            "audience.monthly_listeners",
            Provider.SPOTIFY,
            "value",
        ),
        ("How many YouTube subscribers did we gain in May?", FOLLOWERS, Provider.YOUTUBE, "gain"),
        ("Did views on yt grow against the previous period?", "consumption.views", Provider.YOUTUBE, "change"),
        ("Which day had the most plays on SoundCloud?", "consumption.plays", Provider.SOUNDCLOUD, "best"),
        ("How many people saved it?", "engagement.saves", None, "value"),
    ],
)
def test_metric_provider_and_aim(question: str, metric: str, provider: Provider | None, aim: str) -> None:
    parsed = understand(question, today=NOW)
    assert (parsed.metrics[0], parsed.provider, parsed.aim) == (metric, provider, aim)


def test_names_are_whole_words_and_the_longest_wins() -> None:
    names = ["Sun", "Sunday Best", "BTS"]
    assert names_in("How did Sunday Best do?", names) == [1]
    assert names_in("how is bts?", names) == [2]
    assert names_in("sunny days", names) == []


async def ask(member: Member, question: str, **more: Any) -> dict[str, Any]:
    answer = await member.http.post("/api/ask", json={"question": question, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def member(world: World, worker_context: WorkerContext) -> Member:
    """A member with two artists, of which one has sixty days of streams and followers."""
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id, "Velvet Harbor")
    await make_artist(world.database, member.org_id, "Mara Quill")
    values = [100.0] * 32 + [150.0] * 27 + [300.0]
    await store_observations(worker_context, member.org_id, artist_id, daily_observations(STREAMS, yesterday(), values))
    followers = [1000.0 + 10 * day for day in range(60)]
    await store_observations(
        worker_context, member.org_id, artist_id, daily_observations(FOLLOWERS, yesterday(), followers)
    )
    return member


async def test_a_sum_with_its_rows(member: Member) -> None:
    answer = await ask(member, "How many streams did velvet harbor have in the last 28 days?")
    assert "came to 4,350." in answer["answer"]
    assert "streams of Velvet Harbor on Spotify" in answer["answer"]
    [value, days] = answer["numbers"]
    assert (value["value"], value["shown"], value["computation"]["op"], days["value"]) == (4350, "4,350", "sum", 28)
    assert (answer["enough_data"], answer["narrator"]) == (True, "templates")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Did streams of Velvet Harbor grow in the last 28 days?", "up 55.4% from 2,800"),
        ("How many followers does Velvet Harbor have?", "stood at 1,590."),
        ("How many followers did Velvet Harbor gain in the last 10 days?", "grew by 100."),
        ("What was the best day for streams of Velvet Harbor in the last 30 days?", "with 300."),
    ],
)
async def test_other_aims(member: Member, question: str, sentence: str) -> None:
    answer = await ask(member, question)
    assert sentence in answer["answer"], answer["answer"]
    assert answer["numbers"]


async def test_missing_days_are_mentioned(member: Member, world: World) -> None:
    gone = yesterday() - timedelta(days=3)
    await delete_days(world.database, gone, gone)
    answer = await ask(member, "Streams of Velvet Harbor in the last 7 days?")
    assert "There is data for 6 days of that period." in answer["answer"]


@pytest.mark.parametrize(
    "question",
    [
        "How many streams did Velvet Harbor have in 2019?",
        "How many comments did Velvet Harbor get last week?",
        "How many streams did Velvet Harbor have on Instagram?",
        "How many streams did Mara Quill have last month?",
    ],
)
async def test_without_data_the_answer_states_it(member: Member, question: str) -> None:
    answer = await ask(member, question)
    assert answer["answer"].startswith("There is not enough data")
    assert (answer["enough_data"], answer["numbers"]) == (False, [])


async def test_a_question_without_a_known_metric_gets_examples(member: Member) -> None:
    answer = await ask(member, "How are you?")
    assert answer["answer"].startswith("ARTi found no metric in this question.")
    assert (answer["enough_data"], answer["numbers"]) == (False, [])


async def test_a_base_too_small_for_a_percentage_is_shown_as_a_number(
    member: Member, world: World, worker_context: WorkerContext
) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Mara Quill'")
    values = [1.0] * 28 + [5.0] * 28
    await store_observations(
        worker_context, member.org_id, artist["id"], daily_observations(STREAMS, yesterday(), values)
    )
    answer = await ask(member, "Did streams of Mara Quill grow in the last 28 days?")
    assert "came to 140, compared with 28 in the previous period of the same length." in answer["answer"]
    assert not [number for number in answer["numbers"] if number["unit"] == "percent"]


async def test_without_an_artist_the_answer_requests_one(member: Member, world: World) -> None:
    assert (await ask(member, "How many streams last week?"))["answer"].startswith("Name one of your artists")
    artist = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    answer = await ask(member, "How many streams in the last 7 days?", artist_id=str(artist[0]["id"]))
    assert "came to 1,200." in answer["answer"]


async def test_a_title_in_the_question_selects_the_work(
    member: Member, world: World, worker_context: WorkerContext
) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    seen = [Observation(STREAMS, yesterday(), 42, asset_external_id="t1")]
    await store_observations(
        worker_context, member.org_id, artist["id"], seen, [AssetRecord("t1", "track", "Tidelight")]
    )
    answer = await ask(member, "Streams of Tidelight by Velvet Harbor yesterday?")
    assert "“Tidelight” by Velvet Harbor on Spotify came to 42." in answer["answer"]


async def test_platforms_are_answered_separately_and_never_summed(
    member: Member, world: World, worker_context: WorkerContext
) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    for provider, value in ((Provider.YOUTUBE, 7.0), (Provider.INSTAGRAM, 9.0)):
        seen = daily_observations("consumption.views", yesterday(), [value])
        await store_observations(
            worker_context, member.org_id, artist["id"], seen, provider=provider, terms=f"{provider}_api"
        )
    answer = await ask(member, "Views of Velvet Harbor yesterday?")
    assert [one["value"] for one in answer["numbers"] if one["unit"] == "views"] == [9, 7]
    assert "came to 9." in answer["answer"]
    assert "came to 7." in answer["answer"]
    assert "came to 16" not in answer["answer"]


async def test_a_day_counts_once_it_is_over_where_the_platform_counts_it(
    member: Member, world: World, worker_context: WorkerContext
) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    zone = "Pacific/Pago_Pago"  # eleven hours behind UTC: until then its yesterday is another day
    newest = clock.today_in(zone) - timedelta(days=1)
    async with job_transaction(worker_context.pool, member.org_id) as connection:
        await record_observations(
            connection,
            member.org_id,
            artist_id=artist["id"],
            provider=Provider.YOUTUBE,
            observations=daily_observations("consumption.views", newest + timedelta(days=1), [5.0, 3.0]),
            assets=[],
            terms="youtube_api",
            time_zone=zone,
            sync_run_id=uuid4(),
        )
    answer = await ask(member, "YouTube views of Velvet Harbor yesterday?")
    assert "came to 5." in answer["answer"]


async def test_the_period_is_refused_in_a_sentence(member: Member) -> None:
    answer = await ask(member, "How many streams did Velvet Harbor have today?")
    assert (answer["enough_data"], answer["numbers"]) == (False, [])
    assert "has no complete day yet" in answer["answer"]


async def test_no_change_is_computed_across_a_change_of_definition(
    member: Member, world: World, worker_context: WorkerContext
) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    seen = daily_observations("consumption.views", date(2025, 4, 20), [100.0] * 60)
    await store_observations(
        worker_context, member.org_id, artist["id"], seen, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    answer = await ask(member, "Did YouTube views of Velvet Harbor grow from 2025-04-05 to 2025-04-15?")
    assert answer["enough_data"] is False
    whole = await ask(member, "YouTube views of Velvet Harbor from 2025-04-05 to 2025-04-15?")
    assert "came to 1,100." in whole["answer"]


async def test_artists_of_other_orgs_are_unknown(member: Member, world: World) -> None:
    outsider = await world.member()
    answer = await ask(outsider, "How many streams did Velvet Harbor have in the last 7 days?")
    assert (answer["enough_data"], answer["numbers"]) == (False, [])
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    foreign = await outsider.http.post("/api/ask", json={"question": "streams?", "artist_id": str(artist["id"])})
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How many streams did Night Harbour have in the last 7 days?", "Night Harbour"),
        ("How many streams did Velvet Harbor or Night Harbour have last week?", "Night Harbour"),
        ("Night Harbour's streams in the last 7 days?", "Night Harbour"),
        ("Did streams of Blink 182 grow?", "Blink 182"),
        ("How many streams did Émile Ålund have last month?", "Émile Ålund"),
        ("How many streams did Mara Quill have on Spotify in March?", None),
        ("Did Spotify streams grow for Velvet Harbor since Monday?", None),
        ("How many streams did velvet harbor have?", None),
    ],
)
def test_unknown_names_are_found(question: str, name: str | None) -> None:
    assert find_unknown_name(question, ["Velvet Harbor", "Mara Quill"]) == name


async def test_a_name_that_the_caller_may_not_see_is_as_unknown_as_any(member: Member, world: World) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    creator = await world.member(member.org_id, Role.CREATOR)
    await world.database.as_owner(
        "delete from member_artists where org_id = $1 and user_id = $2 and artist_id <> $3",
        member.org_id,
        creator.user_id,
        artist["id"],
    )
    unseen = await ask(creator, "How many streams did Mara Quill have in the last 7 days?")
    unknown = await ask(creator, "How many streams did Velvet Ghost have in the last 7 days?")
    assert unseen["answer"] == unknown["answer"].replace("Velvet Ghost", "Mara Quill")
    assert unseen["answer"].startswith("ARTi knows no artist or work “Mara Quill” that you may see.")
    assert (unseen["enough_data"], unseen["numbers"]) == (False, [])
    both = await ask(creator, "How many streams did Velvet Harbor and Mara Quill have in the last 7 days?")
    assert "“Mara Quill” that you may see. This answer is about Velvet Harbor." in both["answer"]
    assert "came to 1,200." in both["answer"]
    selected = await ask(creator, "How many streams did Mara Quill have last week?", artist_id=str(artist["id"]))
    assert "“Mara Quill” that you may see. This answer is about Velvet Harbor." in selected["answer"]


async def test_an_answer_about_one_of_two_artists_says_so(member: Member) -> None:
    answer = await ask(member, "How many streams did Velvet Harbor and Mara Quill have in the last 7 days?")
    assert answer["answer"].startswith("This answer is about Velvet Harbor. Ask about Mara Quill in another question.")


async def test_a_hidden_platform_has_no_numbers(member: Member, world: World) -> None:
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        member.org_id,
        member.user_id,
    )
    answer = await ask(member, "Streams of Velvet Harbor in the last 7 days?")
    assert answer["numbers"] == []


@pytest.mark.parametrize(
    ("body", "narrator"),
    [
        ("The {{metric_a}} of {{subject_a}} came to {{value_a}} in view of the period asked for.", "stub-1"),
        ("The streams came to 9,999.", "templates"),
        ("They fell to {{value_a}}.", "templates"),
    ],
)
async def test_a_model_answer_without_slots_is_replaced(member: Member, world: World, body: str, narrator: str) -> None:
    open_transactions: list[int] = []

    def behave(messages: list[dict[str, str]]) -> str:
        open_transactions.append(asyncio.run(world.database.as_owner(OPEN_TRANSACTIONS))[0]["count"])
        return answering_with("An answer", body)(messages)

    with run_fake_openai(behave) as model:
        app = create_app(model.configure(world.settings))
        async with app.router.lifespan_context(app):
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://api.test", headers=dict(member.http.headers)
            )
            answer = (
                await client.post("/api/ask", json={"question": "Streams of Velvet Harbor in the last 7 days?"})
            ).json()
            await client.aclose()
    assert set(open_transactions) == {0}  # open transactions during the model call
    assert answer["narrator"] == narrator
    assert "1,200" in answer["answer"]
    assert "1,200" not in json.dumps(model.prompts)
    assert "Velvet" not in json.dumps([prompt[1:] for prompt in model.prompts]).replace("Streams of Velvet Harbor", "")
