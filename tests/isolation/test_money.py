"""Money is a permission of its own: who lacks it sees no amount over the API, REST, questions or messages."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx2 as httpx

from arti.jobs import WorkerContext
from arti.vocabulary import Provider, Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.supabase_local.conftest import Gateway

AMOUNT = "918273"  # every amount here has these digits, and nothing else has
REVENUE = "money.estimated_revenue"


@dataclass
class Person:
    """A member over the API and over REST."""

    http: httpx.AsyncClient
    rest: httpx.AsyncClient
    user_id: UUID


async def make_person(world: World, gateway: Gateway, org: UUID, role: Role, *, money: bool | None = None) -> Person:
    session = await gateway.sign_up(f"{role}-{money}@example.test")
    await gateway.join(session, org, role)
    user_id = UUID(session["user"]["id"])
    await world.database.as_owner("update memberships set money_access = $2 where user_id = $1", user_id, money)
    token = await world.token(user_id, session["user"]["email"])
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    rest = httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20)
    return Person(world.client(token, org), rest, user_id)


async def make_money(world: World, worker_context: WorkerContext, manager: Member) -> tuple[UUID, str]:
    """Royalties, a rate, a budget, a cost, a series of revenue and an insight about it. Returns artist and campaign."""
    org, artist = manager.org_id, await make_artist(world.database, manager.org_id)
    line = {
        "month": "2026-03",
        "store": "Spotify",
        "amount": f"{AMOUNT}.5",
        "currency": "EUR",
        "artist_id": str(artist),
    }
    assert (await manager.http.post("/api/royalties", json={"source": "x", "lines": [line]})).status_code == 201
    rate = {"from_currency": "USD", "to_currency": "EUR", "valid_from": "2026-01-01", "rate": f"0.{AMOUNT}"}
    assert (await manager.http.put("/api/exchange-rates", json=rate)).status_code == 200
    body = {
        "artist_id": str(artist),
        "name": "Ads",
        "goal_metric": "consumption.streams",
        "goal_provider": "spotify",
        "budget_minor": int(AMOUNT),
        "currency": "EUR",
        "starts_on": str(today() - timedelta(days=10)),
        "ends_on": str(today() - timedelta(days=5)),
    }
    for metric, value, provider in (
        (REVENUE, float(AMOUNT), Provider.YOUTUBE),
        ("consumption.streams", 100.0, Provider.SPOTIFY),
        ("consumption.views", 100.0, Provider.YOUTUBE),
    ):
        seen = daily_observations(metric, today() - timedelta(days=1), [value] * 40)
        await store_observations(worker_context, org, artist, seen, provider=provider)
    campaign = (await manager.http.post("/api/campaigns", json=body)).json()
    goal = {"name": "Ads for money", "goal_metric": REVENUE, "goal_provider": "youtube", "goal_target": float(AMOUNT)}
    aimed = await manager.http.post("/api/campaigns", json=body | {"budget_minor": None} | goal)
    assert (aimed.status_code, aimed.json()["goal_target"]) == (201, float(AMOUNT))
    cost = {"spent_on": body["starts_on"], "amount_minor": int(AMOUNT)}
    assert (await manager.http.post(f"/api/campaigns/{campaign['id']}/costs", json=cost)).status_code == 201
    await world.database.as_owner(
        """insert into insights (org_id, artist_id, detector, fingerprint, severity, provider, metric, series_id,
             happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence)
           select org_id, artist_id, 'spike', 'f', 'info', provider, metric, id, '2026-01-01', '2026-01-01',
             '2026-01-01', $2, $2, '{}', 'templates', 'x', 1
           from series where org_id = $1 and metric = $3""",
        org,
        f"Revenue rose to {AMOUNT}",
        REVENUE,
    )
    await world.database.as_owner(
        """insert into deliveries (org_id, insight_id, kind, recipient, subject, body, payload, status)
           select org_id, id, 'email', 'x', title, body, jsonb_build_object('text', body), 'mailbox' from insights
           where org_id = $1""",
        org,
    )
    return artist, campaign["id"]


async def list_series(world: World, org: UUID) -> str:
    rows = await world.database.as_owner("select id from series where org_id = $1 and metric = $2", org, REVENUE)
    return str(rows[0]["id"])


async def read_api(person: Person, artist: UUID, campaign: str, series: str) -> dict[str, str]:
    """Return the answers of what could show an amount, by path."""
    found = {}
    for path in (
        "/api/royalties",
        "/api/royalties/totals",
        "/api/royalties/statements",
        "/api/exchange-rates",
        "/api/campaigns",
        f"/api/campaigns/{campaign}",
        f"/api/campaigns/{campaign}/result",
        f"/api/campaigns/{campaign}/lift",
        f"/api/artists/{artist}",
        f"/api/artists/{artist}/summary",
        f"/api/artists/{artist}/series?metric={REVENUE}",
        f"/api/observations?series_id={series}",
        "/api/insights",
        "/api/calendar",
        "/api/deliveries",
        "/api/mailbox",
        "/api/events",
        "/api/jobs",
    ):
        answer = await person.http.get(path)
        assert answer.status_code < 500, (path, answer.text)
        found[path] = answer.text
    for question in ("What was the estimated revenue on YouTube last month?", "What did the campaign Ads cost?"):
        found[question] = (await person.http.post("/api/ask", json={"question": question})).text
    return found


async def read_rest(world: World, person: Person) -> dict[str, str]:
    """Return every table and view over REST that the person may select from, whole."""
    rows = await world.database.as_owner(
        """select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
             and relkind in ('r', 'v') and has_any_column_privilege('authenticated', oid, 'select')"""
    )
    return {row["name"]: (await person.rest.get(f"/{row['name']}")).text for row in rows}


async def test_without_the_permission_no_amount_is_seen_anywhere(
    world: World, gateway: Gateway, worker_context: WorkerContext
) -> None:
    manager = await world.member(role=Role.MANAGER)
    org = manager.org_id
    artist, campaign = await make_money(world, worker_context, manager)
    series = await list_series(world, org)
    analyst = await make_person(world, gateway, org, Role.ANALYST)
    allowed = await make_person(world, gateway, org, Role.ANALYST, money=True)
    denied = await make_person(world, gateway, org, Role.MANAGER, money=False)

    for person in (analyst, denied):
        answers = await read_api(person, artist, campaign, series) | await read_rest(world, person)
        assert {path for path, text in answers.items() if AMOUNT in text} == set()

    answers = await read_api(allowed, artist, campaign, series)
    rest = await read_rest(world, allowed)
    assert {path for path, text in answers.items() if AMOUNT in text} >= {
        "/api/royalties",
        "/api/royalties/totals",
        "/api/exchange-rates",
        "/api/campaigns",
        f"/api/campaigns/{campaign}",
        f"/api/campaigns/{campaign}/result",
        f"/api/campaigns/{campaign}/lift",
        f"/api/artists/{artist}/summary",
        f"/api/observations?series_id={series}",
        "/api/insights",
        "/api/mailbox",
    }
    assert {table for table, text in rest.items() if AMOUNT in text} >= {
        "royalty_lines",
        "exchange_rates",
        "campaign_budgets",
        "campaign_costs",
        "campaign_targets",
        "observations",
        "insights",
    }


async def test_null_says_why(world: World, gateway: Gateway, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    _, campaign = await make_money(world, worker_context, manager)
    analyst = await make_person(world, gateway, manager.org_id, Role.ANALYST)
    seen = (await analyst.http.get(f"/api/campaigns/{campaign}")).json()
    assert (seen["budget_minor"], seen["spent_minor"], seen["costs"]) == (None, None, None)
    assert "money:read" in seen["money_null_reason"]
    result = (await analyst.http.get(f"/api/campaigns/{campaign}/result")).json()
    assert result["spent_minor"] is None
    assert "money:read" in result["money_null_reason"]
    refused = await analyst.http.get("/api/royalties")
    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
    assert "money:read" in refused.json()["message"]
    own = (await manager.http.get(f"/api/campaigns/{campaign}")).json()
    assert (own["budget_minor"], own["money_null_reason"]) == (int(AMOUNT), None)


async def test_reading_money_is_not_writing_it(world: World, gateway: Gateway, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    org = manager.org_id
    artist, campaign = await make_money(world, worker_context, manager)
    reader = await make_person(world, gateway, org, Role.ANALYST, money=True)
    denied = await make_person(world, gateway, org, Role.MANAGER, money=False)
    line = {"month": "2026-03", "store": "Spotify", "amount": "1", "currency": "EUR", "artist_id": str(artist)}
    rate = {"from_currency": "USD", "to_currency": "EUR", "valid_from": "2026-01-01", "rate": "1"}
    for person in (reader, denied):
        calls = [
            await person.http.post("/api/royalties", json={"source": "x", "lines": [line]}),
            await person.http.put("/api/exchange-rates", json=rate),
            await person.http.post(
                f"/api/campaigns/{campaign}/costs", json={"spent_on": "2026-03-01", "amount_minor": 1}
            ),
            await person.http.patch(f"/api/campaigns/{campaign}", json={"budget_minor": 1}),
            await person.http.patch(f"/api/campaigns/{campaign}", json={"currency": "USD"}),
        ]
        assert [answer.status_code for answer in calls] == [403] * len(calls)
        key = {"org_id": str(org), "campaign_id": campaign}
        written = await person.rest.post("/campaign_budgets", json=key | {"amount_minor": 1})
        assert written.status_code == 403
    # Who may keep campaigns does so without seeing their money, and the budget stays.
    renamed = await denied.http.patch(f"/api/campaigns/{campaign}", json={"name": "Ads, renamed"})
    assert (renamed.status_code, renamed.json()["budget_minor"]) == (200, None)
    assert (await manager.http.get(f"/api/campaigns/{campaign}")).json()["budget_minor"] == int(AMOUNT)
    # What is proven by who entered it is not written past the API.
    manager_rest = await make_person(world, gateway, org, Role.MANAGER)
    row = {"org_id": str(org), "from_currency": "GBP", "to_currency": "EUR", "valid_from": "2026-01-01", "rate": 1}
    assert (await manager_rest.rest.post("/exchange_rates", json=row)).status_code == 403
    assert (await manager_rest.rest.get("/exchange_rates")).json() != []


async def test_the_target_of_a_money_goal_is_money(
    world: World, gateway: Gateway, worker_context: WorkerContext
) -> None:
    manager = await world.member(role=Role.MANAGER)
    await make_money(world, worker_context, manager)
    denied = await make_person(world, gateway, manager.org_id, Role.MANAGER, money=False)
    listed = (await denied.http.get("/api/campaigns")).json()["items"]
    [campaign] = [item for item in listed if item["goal_metric"] == REVENUE]
    assert (campaign["goal_target"], "targets" in campaign["money_null_reason"]) == (None, True)
    path = f"/api/campaigns/{campaign['id']}"
    result = (await denied.http.get(f"{path}/result")).json()
    assert (result["goal_target"], result["goal_progress_percent"]) == (None, None)
    for change in ({"goal_target": 1}, {"goal_target": None}, {"goal_metric": "consumption.views"}):
        assert (await denied.http.patch(path, json=change)).status_code == 403
    key = {"org_id": str(manager.org_id), "campaign_id": campaign["id"]}
    written = await denied.rest.post("/campaign_targets?on_conflict=org_id,campaign_id", json=key | {"value": 1})
    assert written.status_code in (403, 409)
    gone = await denied.rest.delete(f"/campaign_targets?campaign_id=eq.{campaign['id']}")
    assert gone.status_code == 204
    assert (await denied.http.patch(path, json={"name": "Renamed"})).status_code == 200
    assert (await manager.http.get(path)).json()["goal_target"] == float(AMOUNT)
    # A goal that becomes money hides its target from then on; one that is none shows it to everybody who reads it.
    other = next(item for item in listed if item["goal_metric"] != REVENUE)["id"]
    aimed = await denied.http.patch(f"/api/campaigns/{other}", json={"goal_target": 7})
    assert aimed.json()["goal_target"] == 7
    change = {"goal_metric": REVENUE, "goal_provider": "youtube"}
    assert (await manager.http.patch(f"/api/campaigns/{other}", json=change)).json()["goal_target"] == 7
    assert (await denied.http.get(f"/api/campaigns/{other}")).json()["goal_target"] is None


async def test_an_own_metric_in_a_currency_is_money(
    world: World, gateway: Gateway, worker_context: WorkerContext
) -> None:
    manager = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, manager.org_id)
    for slug, unit in (("own.tickets", "tickets"), ("own.ticket_sales", "EUR")):
        await world.database.as_owner(
            """insert into org_metrics (org_id, slug, name, unit, kind, aggregation)
               values ($1, $2, $2, $3, 'flow', 'sum')""",
            manager.org_id,
            slug,
            unit,
        )
        await store_observations(
            worker_context, manager.org_id, artist, daily_observations(slug, today() - timedelta(days=1), [7.0])
        )
    analyst = await make_person(world, gateway, manager.org_id, Role.ANALYST)
    allowed = await make_person(world, gateway, manager.org_id, Role.ANALYST, money=True)
    query = "/series?select=metric,is_money&metric=like.own.*&order=metric"
    assert (await analyst.rest.get(query)).json() == [{"metric": "own.tickets", "is_money": False}]
    assert [row["is_money"] for row in (await allowed.rest.get(query)).json()] == [True, False]
