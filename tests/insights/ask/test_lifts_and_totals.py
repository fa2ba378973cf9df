"""Questions whether a campaign worked, for the sum of several artists, and for songs by a rate."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.insights import FOLLOWERS, STREAMS
from tests.factories.observations import store_observations
from tests.insights.ask.small_label import (
    BLOOM,
    FAROLES,
    HARBOR,
    SAVES,
    VIEWS,
    WORKS,
    dotted,
    english,
    last_days,
    month_ago,
    track_value,
    yesterday,
)
from tests.job_runner import run_due_jobs

ALL = (HARBOR, BLOOM, FAROLES)


async def ask(member: Member, question: str) -> dict[str, Any]:
    response = await member.http.post("/api/ask", json={"question": question})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def add_campaign(world: World, member: Member, name: str, artist: str, *, days_ago: int, cents: int) -> UUID:
    artists = (await member.http.get("/api/artists")).json()["items"]
    starts_on = yesterday().last - timedelta(days=days_ago)
    body = {
        "artist_id": next(one["id"] for one in artists if one["name"] == artist), "name": name, "goal_metric": STREAMS,
        "goal_provider": "spotify", "currency": "EUR", "starts_on": str(starts_on),
        "ends_on": str(starts_on + timedelta(days=13)),
    }  # fmt: skip
    made = await member.http.post("/api/campaigns", json=body)
    assert made.status_code == 201, made.text
    if cents:
        cost = {"spent_on": str(starts_on), "amount_minor": cents, "note": ""}
        assert (await member.http.post(f"/api/campaigns/{made.json()['id']}/costs", json=cost)).status_code == 201
    return UUID(made.json()["id"])


async def measure(world: World, member: Member, campaign_id: UUID, low: float, high: float) -> None:
    """Store a range as a worker measures it, over 100,000 streams."""
    detail = {"actual": 100_000.0, "from": "2026-05-01", "to": "2026-05-14", "reasons": []}
    await world.database.as_owner(
        """insert into campaign_lifts (org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on,
             result, lift, low, high, detail, input_sha256)
           select c.org_id, c.id, s.id, c.goal_metric, c.goal_provider, c.starts_on, c.ends_on, 'measured',
             ($3::float + $4::float) / 2, $3, $4, $5, 'test'
           from campaigns c join series s on s.org_id = c.org_id and s.artist_id = c.artist_id
             and s.metric = c.goal_metric and s.provider = c.goal_provider and s.asset_id is null and s.dimension = ''
           where c.org_id = $1 and c.id = $2
           on conflict (org_id, campaign_id) do update set result = 'measured', lift = excluded.lift,
             low = excluded.low, high = excluded.high, detail = excluded.detail""",
        *(member.org_id, campaign_id, low, high, detail),
    )


ABOUT_A_CAMPAIGN = (
    "Did the campaign Night radio work?",
    "How many additional streams did Night radio bring?",
    "Was Night radio worth the money?",
    "How did the Night radio campaign perform?",
    "What did each additional stream of Night radio cost?",
    "Hat die Kampagne Night radio gewirkt?",
    "Was hat die Kampagne Night radio gebracht?",
    "Hat sich Night radio gelohnt?",
    "¿Funcionó la campaña Night radio?",
    "¿Valió la pena la campaña Night radio?",
    "La campagne Night radio a-t-elle fonctionné ?",
    "A campanha Night radio funcionou?",
)


async def test_a_measured_campaign_is_answered_by_its_range(world: World, label: Member) -> None:
    campaign = await add_campaign(world, label, "Night radio", BLOOM, days_ago=90, cents=120_000)
    await measure(world, label, campaign, 0.1, 0.25)
    for question in ABOUT_A_CAMPAIGN:
        answer = await ask(label, question)
        assert answer["enough_data"], answer["answer"]
        for part in ("10", "25", "100", "9"):
            assert part in answer["answer"]
        numbers = {re.sub(r"\s", "", number["shown"]) for number in answer["numbers"]}
        assert numbers == {"+10%", "+25%"}
        least, most = 100_000 - 100_000 / 1.1, 100_000 - 100_000 / 1.25
        costs = [f"{1200 / many:.4f}" for many in (most, least)]
        assert all(cost in answer["answer"].replace(",", ".") for cost in costs), answer["answer"]


async def test_a_range_that_holds_0_has_no_upper_cost(world: World, label: Member) -> None:
    campaign = await add_campaign(world, label, "Street posters", FAROLES, days_ago=90, cents=60_000)
    await measure(world, label, campaign, -0.05, 0.2)
    answer = (await ask(label, "Did Street posters work?"))["answer"]
    assert "The range holds 0" in answer
    assert f"at least {600 / (100_000 - 100_000 / 1.2):.4f} EUR" in answer


async def test_a_campaign_that_cannot_be_measured_says_why(world: World, label: Member) -> None:
    english_one = await ask(label, "Did the Tidelight launch work?")
    assert english_one["enough_data"]
    assert "cannot be told yet: it is still running" in english_one["answer"]
    german = await ask(label, "Was hat ein zusätzlicher Stream bei der Kampagne Petals push gekostet?")
    assert "lässt sich noch nicht sagen" in german["answer"]
    assert "Kosten je zusätzlichem" in german["answer"]
    assert not german["numbers"]


async def test_another_metric_than_the_goal_is_refused(label: Member) -> None:
    answer = await ask(label, "How many followers did Tidelight launch bring?")
    assert not answer["enough_data"]
    assert "measured by its goal, streams" in answer["answer"]


async def test_costs_need_the_right_to_see_money(world: World, label: Member) -> None:
    campaign = await add_campaign(world, label, "Night radio", BLOOM, days_ago=90, cents=120_000)
    await measure(world, label, campaign, 0.1, 0.25)
    guest = await world.member(org_id=label.org_id, role=Role.ANALYST)
    answer = await ask(guest, "Did Night radio work?")
    assert "EUR" not in answer["answer"]
    assert not (await ask(guest, "What did each additional stream of Night radio cost?"))["enough_data"]
    for question in ("What did Velvet Harbor earn in royalties?", "How much did Velvet Harbor earn?"):
        answer = await ask(guest, question)
        assert (answer["enough_data"], answer["numbers"], "EUR" in answer["answer"]) == (False, [], False)
        assert (await ask(label, question))["enough_data"]


async def test_several_ranges_are_not_ranked(world: World, label: Member) -> None:
    for name, artist, ago, low in (("Night radio", BLOOM, 90, 0.1), ("Posters", FAROLES, 60, -0.1)):
        await measure(world, label, await add_campaign(world, label, name, artist, days_ago=ago, cents=0), low, 0.3)
    answer = (await ask(label, "Which campaign worked best?"))["answer"]
    assert "“Night radio”" in answer
    assert "“Posters”" in answer
    assert "Ranges that overlap do not say which campaign added more." in answer


FOR_ALL_ARTISTS = (
    ("How many streams did all artists have in total last month?", english),
    ("How many streams did our whole roster get last month?", english),
    ("Total streams last month", english),
    ("Wie viele Streams hatten alle Künstler zusammen im letzten Monat?", dotted),
    ("Wie viele Streams hatte unser Label letzten Monat?", dotted),
    ("¿Cuántos streams tuvieron todos los artistas en total el mes pasado?", dotted),
)


async def test_streams_of_all_artists_are_added(label: Member) -> None:
    for question, form in FOR_ALL_ARTISTS:
        answer = await ask(label, question)
        assert answer["enough_data"], answer["answer"]
        assert form(sum(month_ago(1).total(name, STREAMS) for name in ALL)) in answer["answer"]


async def test_only_what_may_be_added_is_added(label: Member) -> None:
    two = await ask(label, "Velvet Harbor and Static Bloom: total views last month")
    assert english(sum(month_ago(1).total(name, VIEWS) for name in (HARBOR, BLOOM))) in two["answer"]
    gained = await ask(label, "How many followers did all artists gain in total last month?")
    assert english(sum(month_ago(1).gain(name, FOLLOWERS) for name in ALL)) in gained["answer"]
    for question in ("How many followers do all artists have in total?", "Total monthly listeners of all artists"):
        refused = await ask(label, question)
        assert not refused["enough_data"], refused["answer"]
        assert "counted with several artists" in refused["answer"]


async def test_songs_are_ranked_by_a_rate(world: World, worker_context: WorkerContext, label: Member) -> None:
    artists = {one["name"]: one["id"] for one in (await label.http.get("/api/artists")).json()["items"]}
    rates = {"Tidelight": 0.05, "Night Ferry": 0.11}
    last = yesterday().last
    for title, rate in rates.items():
        days = [last - timedelta(days=n) for n in range(70)]
        found = [
            Observation(SAVES, day, round(rate * track_value(title, day)), asset_external_id=title) for day in days
        ]
        work = [AssetRecord(title, "track", title)]
        await store_observations(worker_context, label.org_id, UUID(artists[WORKS[title][0]]), found, work)
    await run_due_jobs(worker_context)
    answer = (await ask(label, "Which song has the highest save rate?"))["answer"]
    assert answer.index("1. “Night Ferry”") < answer.index("2. “Tidelight”")
    assert "11.0" in answer
    lowest = (await ask(label, "Welcher Song hatte letzten Monat die niedrigste Speicherrate?"))["answer"]
    assert "1. „Tidelight“" in lowest


FOR_DOCUMENTS = (
    ("When does the radio campaign end according to the plan?", "20 January 2027"),
    ("¿Cuándo sale la edición en vinilo?", "The vinyl edition ships on 12 February 2027."),
    ("¿Quién hizo las fotos de prensa?", "The press photos are by Ilse Brandt."),
    ("When does the tour of Velvet Harbor start?", "Die Tournee beginnt am 3. März 2027 in Hamburg."),
    ("Quand sort le vinyle ?", "The vinyl edition ships on 12 February 2027."),
)


async def test_a_document_in_another_language_is_quoted(label: Member) -> None:
    for question, sentence in FOR_DOCUMENTS:
        answer = await ask(label, question)
        assert sentence in answer["answer"], answer["answer"]


async def test_that_none_fell_is_said(label: Member) -> None:
    answer = await ask(label, "Which of our artists lost followers last month?")
    assert "fell for none of them" in answer["answer"]
    assert not answer["numbers"]


async def test_the_same_days_before_are_compared(label: Member) -> None:
    for question in (
        "Streams of Velvet Harbor in the last 14 days compared with the 14 days before",
        "Streams de Velvet Harbor en los últimos 14 días frente a los 14 días anteriores",
    ):
        answer = await ask(label, question)
        form = english if "Streams of" in question else dotted
        for span in (last_days(14), last_days(14).before()):
            assert form(span.total(HARBOR, STREAMS)) in answer["answer"], answer["answer"]
