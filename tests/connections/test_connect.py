"""From authorization to stored history, over HTTP, with the simulators as providers."""

from datetime import date, timedelta
from itertools import count
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from arti.jobs import WorkerContext
from arti.providers.connectors import CONNECTORS
from arti.vocabulary import Provider, Role
from arti_core import clock
from local_stack.demo.snapshots import list_snapshots
from provider_simulators.world import account_name, releases
from tests.conftest import World
from tests.connections.conftest import SimulatorControl, connect, connected, finish, give_consent, make_artist
from tests.job_runner import run_due_jobs


def _artist_with_recent_work() -> str:
    """Return an artist of the simulators of whose works a provider reports every metric: some only of recent ones."""
    last, first = clock.today() - timedelta(days=2), clock.today() - timedelta(days=27)
    for number in count(1):
        works = releases(account_name(f"Artist {number}"), last)
        if len(works) >= 20 and works[-1].released_on >= first:
            return f"Artist {number}"
    raise AssertionError


@pytest.mark.parametrize("provider", list(Provider))
async def test_an_account_is_connected_and_its_history_stored(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member(role=Role.MANAGER)
    name = _artist_with_recent_work()
    account = await connected(world, member, provider, name)
    assert (account["status"], account["display_name"]) == ("active", name)
    assert account["last_success_at"] is None
    assert ("connections.sync", "done") in await run_due_jobs(worker_context)
    runs = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert len(runs) == 1
    assert runs[0]["kind"] == "backfill"
    assert runs[0]["status"] in ("succeeded", "partial")
    synced = (await member.http.get(f"/api/accounts/{account['id']}")).json()
    assert synced["last_success_at"]
    assert synced["last_error_class"] is None
    assert synced["next_sync_at"] > synced["last_success_at"]
    rows = await world.database.as_owner(
        """select s.metric, s.terms, s.time_zone, s.asset_id is null and s.dimension = '' as whole, count(*) as days
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           where o.org_id = $1 group by 1, 2, 3, 4""",
        member.org_id,
    )
    connector = CONNECTORS[provider]
    assert {row["metric"] for row in rows} == set(connector.metrics)
    assert {(row["terms"], row["time_zone"]) for row in rows} <= {(connector.terms, connector.time_zone)}
    days = {row["metric"]: row["days"] for row in rows if row["whole"]}
    if provider is Provider.YOUTUBE:
        assert days["consumption.views"] == 365  # back from yesterday, which is late
    if provider is Provider.INSTAGRAM:
        assert days["consumption.views"] == 365
    assets = await world.database.as_owner("select kind, isrc from assets where org_id = $1", member.org_id)
    assert len(assets) >= 20
    if provider is Provider.SPOTIFY:
        assert {row["kind"] for row in assets} == {"album", "track"}
        assert all(row["isrc"] for row in assets if row["kind"] == "track")


@pytest.mark.parametrize("provider", [Provider.YOUTUBE, Provider.INSTAGRAM, Provider.SOUNDCLOUD])
async def test_snapshots_end_with_the_values_of_a_sync(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member()
    await connected(world, member, provider, "Los Faroles")
    await run_due_jobs(worker_context)
    rows = await world.database.as_owner(
        """select s.metric, a.external_id, o.observed_on, o.value
           from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id where o.org_id = $1 and s.dimension = ''""",
        member.org_id,
    )
    stored = {(row["metric"], row["external_id"], row["observed_on"]): row["value"] for row in rows}
    today = max(row["observed_on"] for row in rows)
    snapshots = list_snapshots(provider, account_name("Los Faroles"), today - timedelta(days=300), today)
    assert {snapshot.observed_on for snapshot in snapshots} == {today - timedelta(days=n) for n in range(301)}
    assert min(snapshot.value or 0 for snapshot in snapshots if snapshot.metric == "audience.followers") > 0
    for snapshot in snapshots:
        if snapshot.observed_on == today:
            assert stored[snapshot.metric, snapshot.asset_external_id, today] == snapshot.value


async def test_tokens_are_stored_sealed(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.YOUTUBE)
    rows = await world.database.as_owner("select ref, sealed from private.vault where org_id = $1", member.org_id)
    assert [row["ref"] for row in rows] == [account["id"]]
    assert b"ya29" not in rows[0]["sealed"]
    audit = await world.database.as_owner("select action, actor_id from audit_log where org_id = $1", member.org_id)
    assert [(row["action"], row["actor_id"]) for row in audit] == [("account.connected", member.user_id)]


async def test_denied_access_is_reported(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    artist_id = await make_artist(world, member, "Mara Quill")
    where = await connect(world, member, Provider.YOUTUBE, artist_id, "Mara Quill", decision="deny")
    assert parse_qs(urlsplit(where).query)["connect_error"] == ["Access was not granted."]
    assert (await member.http.get("/api/accounts")).json()["items"] == []


@pytest.mark.parametrize("provider", [Provider.YOUTUBE, Provider.INSTAGRAM])
async def test_a_scope_that_was_not_granted_is_named(
    world: World, simulator: SimulatorControl, provider: Provider
) -> None:
    member = await world.member()
    artist_id = await make_artist(world, member, "Mara Quill")
    scope = CONNECTORS[provider].oauth.scopes[1]
    where = await connect(world, member, provider, artist_id, "Mara Quill", untick=scope)
    assert scope in parse_qs(urlsplit(where).query)["connect_error"][0]


async def test_an_oauth_state_is_valid_once(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    artist_id = await make_artist(world, member, "Mara Quill")
    started = await member.http.post(
        "/api/accounts/connect",
        json={"provider": "soundcloud", "artist_id": str(artist_id), "return_to": "/artists/?id=1"},
    )
    back = await give_consent(started.json()["authorize_url"], "Mara Quill")
    first = await finish(world, member, back)
    assert (first["return_to"], first["provider"]) == ("/artists/?id=1", "soundcloud")
    assert "was used before" in (await finish(world, member, back))["connect_error"]
    for forged in (str(uuid4()), "x", ""):
        answer = await member.http.post("/api/accounts/connect/finish", json={"state": forged, "code": "c"})
        assert (answer.status_code, answer.json()["field"]) == (422, "state")
    assert len((await member.http.get("/api/accounts")).json()["items"]) == 1


async def test_a_consent_counts_for_whoever_started_it_only(world: World, simulator: SimulatorControl) -> None:
    """Nobody is brought to link their account to somebody else's org, nor links one by a code that they got hold of."""
    attacker = await world.member(role=Role.MANAGER)
    victim = await world.member(role=Role.ADMIN)
    colleague = await world.member(attacker.org_id, Role.ADMIN)
    artist_id = await make_artist(world, attacker, "Mara Quill")
    body = {"provider": "youtube", "artist_id": str(artist_id)}
    for browser in (None, victim, colleague):
        url = (await attacker.http.post("/api/accounts/connect", json=body)).json()["authorize_url"]
        back = await give_consent(url, "Mara Quill")  # the victim opens the attacker's link, and agrees
        callback = await world.anonymous.get(back.removeprefix(world.settings.api_url))
        assert "consent_state=" in callback.headers["location"], "the callback alone links nothing"
        if browser is None:
            query = parse_qs(urlsplit(callback.headers["location"]).query)
            code = {"state": query["consent_state"][0], "code": query["consent_code"][0]}
            assert (await world.anonymous.post("/api/accounts/connect/finish", json=code)).status_code == 401
        else:
            assert "started by somebody else" in (await finish(world, browser, back))["connect_error"]
            # Nor does the attacker finish it afterwards: the state is used up.
            assert "was used before" in (await finish(world, attacker, back))["connect_error"]
    for member in (attacker, victim):
        assert (await member.http.get("/api/accounts")).json()["items"] == []
    assert await world.database.as_owner("select from private.vault where org_id = $1", attacker.org_id) == []


async def test_the_callback_checks_the_permission_again(world: World, simulator: SimulatorControl) -> None:
    member = await world.member(role=Role.MANAGER)
    artist_id = await make_artist(world, member, "Mara Quill")
    started = await member.http.post("/api/accounts/connect", json={"provider": "youtube", "artist_id": str(artist_id)})
    back = await give_consent(started.json()["authorize_url"], "Mara Quill")
    await world.database.as_owner(
        "update memberships set role = 'analyst' where org_id = $1 and user_id = $2", member.org_id, member.user_id
    )
    assert "does not have connections:manage" in (await finish(world, member, back))["connect_error"]
    assert (await member.http.get("/api/accounts")).json()["items"] == []


async def test_return_to_must_be_a_path_of_the_web_app(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    artist_id = await make_artist(world, member, "Mara Quill")
    for path in ("https://evil.example/", "//evil.example", "/\\evil.example", "accounts"):
        body = {"provider": "youtube", "artist_id": str(artist_id), "return_to": path}
        answer = await member.http.post("/api/accounts/connect", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, "return_to")


async def test_roles_and_foreign_ids(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    other_member = await world.member(role=Role.ADMIN)
    analyst = await world.member(member.org_id, Role.ANALYST)
    body = {"provider": "youtube", "artist_id": account["artist_id"]}
    assert (await other_member.http.post("/api/accounts/connect", json=body)).status_code == 404
    assert (await analyst.http.post("/api/accounts/connect", json=body)).status_code == 403
    for path in ("", "/runs"):
        assert (await other_member.http.get(f"/api/accounts/{account['id']}{path}")).status_code == 404
        assert (await analyst.http.get(f"/api/accounts/{account['id']}{path}")).status_code == 200
    assert (await other_member.http.post(f"/api/accounts/{account['id']}/sync")).status_code == 404
    assert (await other_member.http.delete(f"/api/accounts/{account['id']}")).status_code == 404
    assert (await analyst.http.delete(f"/api/accounts/{account['id']}")).status_code == 403
    assert (await other_member.http.get("/api/accounts")).json()["items"] == []


async def test_a_requested_sync_is_enqueued_once(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    first = await member.http.post(f"/api/accounts/{account['id']}/sync")
    second = await member.http.post(f"/api/accounts/{account['id']}/sync")
    assert first.status_code == 202
    assert first.json() == second.json()  # the first sync after connecting is still owed
    await run_due_jobs(worker_context)
    third = await member.http.post(f"/api/accounts/{account['id']}/sync")
    assert third.json() != first.json()
    await run_due_jobs(worker_context)
    runs = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"]
    assert [run["kind"] for run in runs] == ["manual", "backfill"]
    assert runs[0]["observations_new"] == 0
    assert runs[0]["observations_restated"] == 0


async def test_disconnecting_deletes_tokens_and_keeps_data(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.SOUNDCLOUD)
    await run_due_jobs(worker_context)
    assert (await member.http.delete(f"/api/accounts/{account['id']}")).status_code == 204
    assert (await member.http.get("/api/accounts")).json()["items"] == []
    assert await world.database.as_owner("select 1 from private.vault where org_id = $1", member.org_id) == []
    assert await world.database.as_owner("select 1 from observations where org_id = $1", member.org_id)
    assert (await member.http.post(f"/api/accounts/{account['id']}/sync")).status_code == 409


async def test_disconnecting_can_delete_synced_data(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    gone = await connected(world, member, Provider.SOUNDCLOUD, "Kitefolk")
    kept = await connected(world, member, Provider.SOUNDCLOUD, "Odessa Lane")
    await run_due_jobs(worker_context)
    answer = await member.http.delete(f"/api/accounts/{gone['id']}", params={"delete_data": "true"})
    assert answer.status_code == 204
    for table in ("series", "assets", "accounts"):
        left = await world.database.as_owner(
            f"select distinct artist_id::text from {table} where org_id = $1", member.org_id
        )
        assert [row["artist_id"] for row in left] == [kept["artist_id"]], table


async def test_provider_health(world: World, worker_context: WorkerContext, simulator: SimulatorControl) -> None:
    member = await world.member()
    await connected(world, member, Provider.YOUTUBE)
    await run_due_jobs(worker_context)
    before = await simulator.calls()
    for _ in range(3):
        health = (await member.http.get("/providers/youtube/health")).json()
    assert (health["mode"], health["reachable"], health["credentials"]) == ("simulator", True, True)
    assert health["accounts"] == {"active": 1, "needs_reauth": 0, "paused": 0}
    assert health["quota"]["limit"] == 10_000
    assert 0 < 10_000 - health["quota"]["left"] < 10
    assert health["last_success_at"]
    after = await simulator.calls()
    assert sum(after.values()) - sum(before.values()) <= 1  # one probe for all that ask within 30 seconds
    assert (await member.http.get("/providers/napster/health")).status_code == 422
    other_member = await world.member()
    foreign = (await other_member.http.get("/providers/youtube/health")).json()
    assert foreign["accounts"]["active"] == 0
    assert foreign["last_success_at"] is None


async def test_the_orgs_own_app_is_sealed(world: World, simulator: SimulatorControl) -> None:
    member = await world.member()
    app = {"client_id": "our-app", "client_secret": "do-not-show-this"}
    saved = await member.http.put("/api/provider-apps/spotify", json=app)
    assert saved.json() == {"provider": "spotify", "client_id": "our-app"}
    rows = await world.database.as_owner("select kind, sealed from private.vault where org_id = $1", member.org_id)
    assert [row["kind"] for row in rows] == ["provider_app"]
    assert b"do-not-show-this" not in rows[0]["sealed"]
    analyst = await world.member(member.org_id, Role.ANALYST)
    assert (await analyst.http.put("/api/provider-apps/spotify", json=app)).status_code == 403


async def test_missing_days_are_counted(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    account = await connected(world, member, Provider.INSTAGRAM, "Velvet Harbor")
    await run_due_jobs(worker_context)
    run = (await member.http.get(f"/api/accounts/{account['id']}/runs")).json()["items"][0]
    days = {
        date.fromisoformat(gap["from"]) + timedelta(days=n)
        for gap in run["gaps"]
        if gap["series"] == "consumption.views"
        for n in range((date.fromisoformat(gap["to"]) - date.fromisoformat(gap["from"])).days + 1)
    }
    nulls = await world.database.as_owner(
        """select distinct o.observed_on from observations o join series s on s.id = o.series_id
           where s.metric = 'consumption.views' and o.null_reason = 'not_reported' and o.org_id = $1""",
        member.org_id,
    )
    assert days == {row["observed_on"] for row in nulls}
    assert days
    shown = (await member.http.get(f"/api/accounts/{account['id']}")).json()["missing_days"]
    recent = await world.database.as_owner(
        """select count(distinct observed_on) as n from observations
           where null_reason = 'not_reported' and observed_on > clock.today() - 90 and org_id = $1""",
        member.org_id,
    )
    assert shown == recent[0]["n"]
