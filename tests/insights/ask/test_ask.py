"""Questions: parsed without a model, answered with evidence, or refused with a reason."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.insights.ask.reading.names import KnownName, NameIndex
from arti.insights.ask.reading.question_parser import ParsedQuestion, understand
from arti.jobs import WorkerContext
from arti.language.reader_locale import WeekStart
from arti.metrics.service import record_observations
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from arti_core.database import job_transaction
from tests.conftest import Member, World
from tests.factories.insights import FOLLOWERS, STREAMS, yesterday
from tests.factories.observations import daily_observations, delete_days, make_artist, store_observations
from tests.insights.fake_openai import choosing, run_fake_openai
from tests.job_runner import run_due_jobs

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
        ("streams", "2026-10-21", "2026-11-17"),
        ("streams on monday", "2026-11-16", "2026-11-16"),
        ("streams since monday", "2026-11-16", "2026-11-17"),
        ("streams since wednesday", "2026-11-11", "2026-11-17"),
        ("streams in the last 3 months", "2026-08-18", "2026-11-17"),
        ("streams over the past two years", "2024-11-18", "2026-11-17"),
        ("streams on 0001-01-01", "2026-10-21", "2026-11-17"),
        ("streams since 9999-12-31", "2026-10-21", "2026-11-17"),
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
    ("week_start", "question", "days"),
    [
        ("sunday", "streams last week", ("2026-11-22", "2026-11-28")),
        ("saturday", "streams last week", ("2026-11-21", "2026-11-27")),
        ("monday", "streams last week", ("2026-11-23", "2026-11-29")),
        ("sunday", "streams this week", ("2026-11-29", "2026-11-30")),
        ("sunday", "streams last week compared with the week before", ("2026-11-22", "2026-11-28")),
    ],
)
def test_weeks_begin_as_the_readers(week_start: WeekStart, question: str, days: tuple[str, str]) -> None:
    parsed = understand(question, today=date(2026, 12, 1), week_start=week_start)
    assert (parsed.period.from_on.isoformat(), parsed.period.to_on.isoformat()) == days
    if parsed.against:
        assert parsed.against.period == parsed.periods[0].period.before()


@pytest.mark.parametrize(
    ("today", "question", "refusal"),
    [
        ("2026-12-01", "streams this month", "not_over"),
        ("2026-12-01", "streams in december", "not_over"),
        ("2026-11-30", "streams this week", "not_over"),
        ("2027-01-01", "streams this quarter", "not_over"),
        ("2027-01-01", "streams this year", "not_over"),
        ("2027-01-01", "streams in 2027", "not_over"),
        ("2026-11-18", "streams today", "not_over"),
        ("2026-11-18", "streams on 2027-01-01", "to_come"),
    ],
)
def test_a_period_without_a_complete_day_is_refused(today: str, question: str, refusal: str) -> None:
    """Never with the number of another period."""
    assert understand(question, today=date.fromisoformat(today)).refusal == refusal


@pytest.mark.parametrize(
    "question",
    [
        "streams in the last few weeks",
        "streams two weeks ago",
        "streams since the premiere",
        "streams next month",
        "streams until yesterday",
        "streams on 3/11/2026",
        "streams that may march on",
        "streams without playlists skipped",
        "Streams bis gestern",
        "Streams nächste Woche",
        "streams de la próxima semana",
    ],
)
def test_a_word_that_is_not_understood_is_reported(question: str) -> None:
    assert understand(question, today=NOW).unread


@pytest.mark.parametrize(
    ("question", "code", "first", "last"),
    [
        ("Streams letzte Woche", "de", "2026-11-09", "2026-11-15"),
        ("Streams im Oktober 2026", "de", "2026-10-01", "2026-10-31"),
        ("Streams gestern", "de", "2026-11-17", "2026-11-17"),
        ("Streams vom 3. bis 9. November", "de", "2026-11-03", "2026-11-09"),
        ("Streams in den letzten drei Monaten", "de", "2026-08-18", "2026-11-17"),
        ("Streams seit dem 1. November", "de", "2026-11-01", "2026-11-17"),
        ("Streams im 3. Quartal", "de", "2026-07-01", "2026-09-30"),
        ("Streams im Vormonat", "de", "2026-10-01", "2026-10-31"),
        ("Streams vor 3 Tagen", "de", "2026-11-15", "2026-11-15"),
        ("Streams am 16.10.2026", "de", "2026-10-16", "2026-10-16"),
        ("Streams in KW 45", "de", "2026-11-02", "2026-11-08"),
        ("streams la semana pasada", "es", "2026-11-09", "2026-11-15"),
        ("streams en septiembre de 2026", "es", "2026-09-01", "2026-09-30"),
        ("streams de ayer", "es", "2026-11-17", "2026-11-17"),
        ("streams en los últimos 7 días", "es", "2026-11-11", "2026-11-17"),
        ("streams del 3 al 9 de noviembre", "es", "2026-11-03", "2026-11-09"),
        ("streams hace 3 días", "es", "2026-11-15", "2026-11-15"),
        ("streams le mois dernier", "fr", "2026-10-01", "2026-10-31"),
        ("streams au cours des 7 derniers jours", "fr", "2026-11-11", "2026-11-17"),
        ("streams hier", "fr", "2026-11-17", "2026-11-17"),
        ("streams en août", "fr", "2026-08-01", "2026-08-31"),
        ("streams du 3 au 9 novembre", "fr", "2026-11-03", "2026-11-09"),
        ("streams no mês passado", "pt", "2026-10-01", "2026-10-31"),
        ("Quantos streams nos últimos 7 dias", "pt", "2026-11-11", "2026-11-17"),
        ("streams de ontem", "pt", "2026-11-17", "2026-11-17"),
        ("streams em outubro de 2026", "pt", "2026-10-01", "2026-10-31"),
        ("streams on 3 November", "en", "2026-11-03", "2026-11-03"),
        ("streams on november 3rd, 2025", "en", "2025-11-03", "2025-11-03"),
        ("streams between 1 and 15 October", "en", "2026-10-01", "2026-10-15"),
        ("streams from March to May 2026", "en", "2026-03-01", "2026-05-31"),
        ("streams from December to February", "en", "2025-12-01", "2026-02-28"),
        ("streams in q3 2025", "en", "2025-07-01", "2025-09-30"),
        ("streams 3 days ago", "en", "2026-11-15", "2026-11-15"),
        ("streams last weekend", "en", "2026-11-14", "2026-11-15"),
        ("streams in ocotber", "en", "2026-10-01", "2026-10-31"),
    ],
)
def test_periods_in_five_languages(question: str, code: str, first: str, last: str) -> None:
    parsed = understand(question, today=NOW)
    assert (parsed.unread, parsed.language.code) == ((), code)
    assert (parsed.period.from_on.isoformat(), parsed.period.to_on.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("question", "metric", "provider"),
    [
        ("How many streams were there last month?", STREAMS, None),
        ("How many monthly listeners does she have on Spotify?", "audience.monthly_listeners", Provider.SPOTIFY),
        ("How many YouTube subscribers did we gain in May?", FOLLOWERS, Provider.YOUTUBE),
        ("Wie viele monatliche Hörer gibt es?", "audience.monthly_listeners", None),
        ("¿Cuántos seguidores hay en Instagram?", FOLLOWERS, Provider.INSTAGRAM),
        ("Combien d'abonnés sur YouTube ?", FOLLOWERS, Provider.YOUTUBE),
        ("Quantos ouvintes mensais no Spotify?", "audience.monthly_listeners", Provider.SPOTIFY),
    ],
)
def test_metric_and_provider(question: str, metric: str, provider: Provider | None) -> None:
    parsed = understand(question, today=NOW)
    assert (parsed.unread, parsed.metrics[0], parsed.provider) == ((), metric, provider)


def _named(question: str) -> ParsedQuestion:
    names = [KnownName("artist", uuid4(), name) for name in ("Velvet Harbor", "Mara Quill", "Sun", "Sunday Best")]
    titles = [KnownName("work", uuid4(), title) for title in ("Last Week", "Tidelight")]
    return understand(question, today=NOW, names=NameIndex([*names, *titles]))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How did Sunday Best do?", ["Sunday Best"]),
        ("Velvet Harbors Streams gestern", ["Velvet Harbor"]),
        ("velvet harbour streams yesterday", ["Velvet Harbor"]),
        ("streams of velvetharbor yesterday", ["Velvet Harbor"]),
        ("Mára Quíll streams yesterday", ["Mara Quill"]),
        ("Mara's streams yesterday", ["Mara Quill"]),
        ("sunny days", []),
        ("streams last week", []),
        ("streams of “Last Week” yesterday", ["Last Week"]),
    ],
)
def test_names_are_found_with_endings_and_slips(question: str, found: list[str]) -> None:
    assert [hit.known[0].name for hit in _named(question).names] == found


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
    assert answer["examples"]
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
    counted = [1_000.0] * 39 + [100.0] * 10 + [80.0] + [100.0] * 10  # otherwise from 31 March on
    seen = daily_observations("consumption.views", date(2025, 4, 20), counted)
    await store_observations(
        worker_context, member.org_id, artist["id"], seen, provider=Provider.YOUTUBE, terms="youtube_api"
    )
    answer = await ask(member, "Did YouTube views of Velvet Harbor grow from 2025-04-05 to 2025-04-15?")
    assert answer["enough_data"] is False
    whole = await ask(member, "YouTube views of Velvet Harbor from 2025-04-05 to 2025-04-15?")
    assert "came to 1,080." in whole["answer"]
    fall = await ask(member, "On which day did YouTube views of Velvet Harbor fall most from 2025-03-20 to 2025-04-15?")
    assert "are not compared" in fall["answer"]


async def test_artists_of_other_orgs_are_unknown(member: Member, world: World) -> None:
    outsider = await world.member()
    answer = await ask(outsider, "How many streams did Velvet Harbor have in the last 7 days?")
    assert (answer["enough_data"], answer["numbers"]) == (False, [])
    [artist] = await world.database.as_owner("select id from artists where name = 'Velvet Harbor'")
    foreign = await outsider.http.post("/api/ask", json={"question": "streams?", "artist_id": str(artist["id"])})
    assert foreign.status_code == 404


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
    assert selected["answer"].startswith("ARTi knows no artist or work “Mara Quill” that you may see.")
    assert selected["numbers"] == []


async def test_two_artists_are_answered_both(member: Member, world: World, worker_context: WorkerContext) -> None:
    [artist] = await world.database.as_owner("select id from artists where name = 'Mara Quill'")
    seen = daily_observations(STREAMS, yesterday(), [5.0] * 7)
    await store_observations(worker_context, member.org_id, artist["id"], seen)
    answer = await ask(member, "How many streams did Velvet Harbor and Mara Quill have in the last 7 days?")
    assert "streams of Velvet Harbor on Spotify came to 1,200." in answer["answer"]
    assert "streams of Mara Quill on Spotify came to 35." in answer["answer"]
    assert answer["understood"]["about"] == ["Velvet Harbor", "Mara Quill"]


async def test_a_hidden_platform_has_no_numbers(member: Member, world: World) -> None:
    await world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        member.org_id,
        member.user_id,
    )
    answer = await ask(member, "Streams of Velvet Harbor in the last 7 days?")
    assert answer["numbers"] == []


async def test_no_model_takes_part(member: Member, world: World) -> None:
    """A question or a document with a command in it has nobody to command."""
    with run_fake_openai(choosing("An answer", ["Obeyed."])) as model:
        app = create_app(model.configure(world.settings))
        async with app.router.lifespan_context(app):
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://api.test", headers=dict(member.http.headers)
            )
            answer = (
                await client.post("/api/ask", json={"question": "Streams of Velvet Harbor in the last 7 days?"})
            ).json()
            await client.aclose()
    assert (answer["narrator"], model.prompts) == ("templates", [])
    assert "came to 1,200." in answer["answer"]


async def test_passages_are_about_what_the_question_names(member: Member, worker_context: WorkerContext) -> None:
    for title, body in (
        ("Tour notes", "The van of Mara Quill leaves at nine. Streams are watched from the road."),
        ("Press kit", "Velvet Harbor is known for its streams on Spotify, and for a quiet harbour at night."),
        ("Rider", "Velvet Harbor drinks tea."),
    ):
        assert (await member.http.post("/api/documents", json={"title": title, "body": body})).status_code == 201
    await run_due_jobs(worker_context)
    ranked = await ask(member, "Which artist had the most streams in the last 28 days?")
    assert ranked["numbers"]
    assert ranked["passages"] == []
    counted = await ask(member, "Streams of Velvet Harbor in the last 7 days?")
    assert counted["numbers"]
    assert [passage["document_title"] for passage in counted["passages"]] == ["Press kit"]
    refused = await ask(member, "What does Velvet Harbor drink before the show?")
    assert {passage["document_title"] for passage in refused["passages"]} == {"Press kit", "Rider"}
