"""The simulated world is consistent, and the simulators enforce the providers' rules."""

from datetime import date, timedelta
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest

from arti.providers.connectors import CONNECTORS
from arti.providers.oauth import AppCredentials, authorize_query, code_challenge, make_verifier
from arti.settings import Settings
from arti.vocabulary import Provider
from provider_simulators import soundcloud, spotify, youtube
from provider_simulators.server import create_simulators
from provider_simulators.settings import SimulatorSettings
from provider_simulators.world import ARTIST_NAMES, EPOCH, Timeline, account_name, display_name, releases, timeline

UNTIL = date(2026, 11, 22)
APP = AppCredentials(
    SimulatorSettings().simulator_client_id, SimulatorSettings().simulator_client_secret.get_secret_value()
)
BACK = "http://127.0.0.1:3002/api/accounts/callback"


@pytest.mark.parametrize("provider", list(Provider))
def test_a_longer_history_begins_with_the_shorter_one(provider: Provider) -> None:
    account = account_name("Mara Quill")
    long, short = timeline(provider, account, UNTIL), timeline(provider, account, UNTIL - timedelta(days=40))
    items, days = short.plays.shape
    assert np.array_equal(long.plays[:items, :days], short.plays)
    assert long.plays[items:, :days].sum() == 0
    assert np.array_equal(long.followers[:days], short.followers)
    assert np.array_equal(long.missing[:days], short.missing)
    assert long.releases[:items] == short.releases


@pytest.mark.parametrize("provider", list(Provider))
def test_counters_are_the_sum_of_their_days(provider: Provider) -> None:
    history = timeline(provider, account_name("Kitefolk"), UNTIL)
    day, before = UNTIL - timedelta(days=5), UNTIL - timedelta(days=6)
    growth = sum(history.lifetime(r.index, day) - history.lifetime(r.index, before) for r in history.releases)
    assert growth == history.total(day) > 0
    likes = sum(
        history.lifetime_reactions(r.index, "likes", day) - history.lifetime_reactions(r.index, "likes", before)
        for r in history.releases
    )
    assert likes == history.reactions("likes", day)
    at = history.index(day)
    assert history.followers[at] - history.followers[at - 1] == history.gained[at] - history.lost[at]
    every_day = [EPOCH + timedelta(days=n) for n in range(history.index(day) + 1)]
    assert sum(history.total(day) for day in every_day) == sum(history.lifetime(r.index, day) for r in history.releases)


def _around(history: Timeline, day: date) -> tuple[float, float]:
    """Return views for each play in the four weeks before a day, and in the four from it on."""
    at = history.index(day)
    before, after = slice(at - 28, at), slice(at, at + 28)
    views, plays = history.views.sum(axis=0), history.plays.sum(axis=0)
    return views[before].sum() / plays[before].sum(), views[after].sum() / plays[after].sum()


@pytest.mark.parametrize(
    ("provider", "day", "jump"),
    [
        (Provider.YOUTUBE, date(2025, 3, 31), (1.02, 1.4)),  # Shorts only
        (Provider.YOUTUBE, date(2026, 8, 24), (1.15, 1.4)),  # the rest
        (Provider.INSTAGRAM, date(2025, 4, 21), (1.35, 1.42)),
    ],
)
def test_each_change_of_definition_is_scripted(provider: Provider, day: date, jump: tuple[float, float]) -> None:
    """Views jump on the day of a change, and what lies under them goes on as before."""
    for name in ARTIST_NAMES:
        before, after = _around(timeline(provider, account_name(name), UNTIL), day)
        assert jump[0] < after / before < jump[1], name
        quiet = _around(timeline(provider, account_name(name), UNTIL), day - timedelta(days=60))
        assert quiet[1] == pytest.approx(quiet[0], rel=0.12)  # a new Short changes the mix


def test_names_and_works_of_an_account_are_unique() -> None:
    for name in ARTIST_NAMES:
        account = account_name(name)
        assert display_name(account) == name
        works = releases(account, UNTIL)
        assert len({work.title for work in works}) == len(works)
        assert len({work.isrc for work in works}) == len(works)
        assert all(len(work.isrc) == 12 for work in works)


class _Simulator:
    """A browser and an OAuth client of the simulators."""

    def __init__(self) -> None:
        self.app = create_simulators()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://simulators")

    async def code(self, provider: Provider, verifier: str, **more: str) -> str:
        spec = CONNECTORS[provider].oauth
        query = authorize_query(spec, APP, redirect_uri=BACK, state="s", verifier=verifier)
        path = f"/{provider}/{spec.authorize_url.removeprefix('https://')}?{query}"
        form = {"account": account_name("Mara Quill"), "scope": list(spec.scopes), "decision": "allow", **more}
        sent = await self.http.post(path, data=form)
        assert sent.status_code == 302, sent.text
        return httpx.URL(sent.headers["location"]).params["code"]

    async def exchange(self, code: str, verifier: str, **more: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": APP.client_id,
            "client_secret": APP.client_secret,
            "redirect_uri": BACK,
            "code": code,
            "code_verifier": verifier,
            **more,
        }
        return await self.http.post("/soundcloud/secure.soundcloud.com/oauth/token", data=form)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.exchange("", "", grant_type="refresh_token", refresh_token=token)


async def test_a_code_works_once_and_needs_its_verifier() -> None:
    simulator, verifier = _Simulator(), make_verifier()
    code = await simulator.code(Provider.SOUNDCLOUD, verifier)
    for wrong in ({"code_verifier": "guess"}, {"redirect_uri": "http://127.0.0.1/else"}, {"client_secret": "guess"}):
        assert (await simulator.exchange(code, verifier, **wrong)).status_code == 401
    assert (await simulator.exchange(code, verifier)).status_code == 200
    assert (await simulator.exchange(code, verifier)).json()["error_code"] == "invalid_grant"
    assert (await simulator.exchange("forged.code", verifier)).status_code == 401
    assert code_challenge(verifier) != verifier


async def test_soundcloud_refresh_tokens_work_once() -> None:
    simulator, verifier = _Simulator(), make_verifier()
    first = (await simulator.exchange(await simulator.code(Provider.SOUNDCLOUD, verifier), verifier)).json()
    second = (await simulator.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await simulator.refresh(first["refresh_token"])).json()["message"] == "invalid_grant"
    assert (await simulator.refresh(second["refresh_token"])).status_code == 200


async def test_a_token_is_valid_after_a_restart() -> None:
    verifier, before, after = make_verifier(), _Simulator(), _Simulator()
    tokens = (await before.exchange(await before.code(Provider.SOUNDCLOUD, verifier), verifier)).json()
    headers = {"Authorization": f"OAuth {tokens['access_token']}"}
    me = await after.http.get("/soundcloud/api.soundcloud.com/me", headers=headers)
    assert me.json()["urn"] == soundcloud.user_urn(account_name("Mara Quill"))
    wrong = {"Authorization": f"Bearer {tokens['access_token']}x"}
    assert (await after.http.get("/soundcloud/api.soundcloud.com/me", headers=wrong)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "other"},
        {"redirect_uri": "http://evil.example/"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
    ],
)
async def test_an_invalid_authorization_request_is_refused(change: dict[str, str]) -> None:
    spec = CONNECTORS[Provider.SOUNDCLOUD].oauth
    query = authorize_query(spec, APP, redirect_uri=BACK, state="s", verifier="v")
    params = {**httpx.QueryParams(query), **change}
    page = await _Simulator().http.get(f"/soundcloud/{soundcloud.AUTHORIZE}", params=params)
    assert page.status_code == 400


async def test_the_consent_page_names_accounts_and_scopes() -> None:
    spec = CONNECTORS[Provider.YOUTUBE].oauth
    query = authorize_query(spec, APP, redirect_uri=BACK, state="s", verifier="v")
    page = await _Simulator().http.get(f"/youtube/{youtube.AUTHORIZE}?{query}")
    assert page.headers["content-type"].startswith("text/html")
    for word in (*ARTIST_NAMES, *spec.scopes, "Allow", "Deny"):
        assert word in page.text


async def test_spotify_has_no_numbers_and_returns_at_most_ten_results() -> None:
    simulator, verifier = _Simulator(), make_verifier()
    code = await simulator.code(Provider.SPOTIFY, verifier)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": verifier}
    auth = (APP.client_id, APP.client_secret)
    tokens = await simulator.http.post("/spotify/accounts.spotify.com/api/token", data=form, auth=auth)
    headers = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
    root = "/spotify/api.spotify.com/v1"
    wide = await simulator.http.get(f"{root}/search?q=x&type=artist&limit=50", headers=headers)
    assert wide.status_code == 400
    id = spotify.artist_id(account_name("Mara Quill"))
    artist = (await simulator.http.get(f"{root}/artists/{id}", headers=headers)).json()
    assert artist["name"] == "Mara Quill"
    assert not {"followers", "popularity"} & set(artist)
    items: list[dict[str, Any]] = []
    url = f"{root}/artists/{id}/albums?limit=10&offset=0"
    while url:
        page = (await simulator.http.get(url, headers=headers)).json()
        items += page["items"]
        url = page["next"].replace("https://api.spotify.com/v1", root) if page["next"] else ""
    assert len({item["id"] for item in items}) == page["total"]


async def test_a_fault_applies_to_a_number_of_calls() -> None:
    simulator = _Simulator()
    await simulator.http.post(
        "/_simulator/faults", json={"provider": "spotify", "kind": "rate_limited", "times": 2, "seconds": 9}
    )
    responses = [await simulator.http.get("/spotify/api.spotify.com/v1/me") for _ in range(3)]
    assert [response.status_code for response in responses] == [429, 429, 401]
    assert responses[0].headers["retry-after"] == "9"
    wrong = await simulator.http.post("/_simulator/faults", json={"provider": "spotify", "kind": "earthquake"})
    assert wrong.status_code == 422


def test_the_product_knows_the_simulators_app_by_default() -> None:
    fields = Settings.model_fields
    for name in ("simulator_client_id", "simulator_client_secret"):
        assert fields[name].default == SimulatorSettings.model_fields[name].default
