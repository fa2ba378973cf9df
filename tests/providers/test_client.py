"""Every HTTP answer of a provider becomes one of the nine classes, with the wait that it asks for."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from arti.providers.classification import PACIFIC, classify, parse_json
from arti.providers.client import ProviderClient
from arti.providers.errors import (
    PlanBlocked,
    ProviderContractBroken,
    ProviderError,
    ProviderTokenExpired,
    QuotaExhausted,
    ReauthRequired,
    Transient,
)
from arti.providers.oauth import AppCredentials
from arti.providers.rate_limits import find_exhausted_quota, seconds_to_midnight
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core.errors import Unavailable
from arti_core.http_client import HttpResponse, OutboundClient

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILES = Path(__file__).parent / "files"


def _answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> HttpResponse:
    content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    return HttpResponse(status, {key.lower(): value for key, value in (headers or {}).items()}, content)


def _classify(provider: Provider, answer: HttpResponse) -> ProviderError | None:
    return classify(provider, answer, parse_json(answer.body), now=NOW)


@pytest.mark.parametrize("case", orjson.loads((FILES / "errors.json").read_bytes()), ids=lambda case: case["name"])
def test_hand_made_errors(case: dict[str, Any]) -> None:
    answer = _answer(case["status"], case["body"], case.get("headers"))
    error = _classify(Provider(case["provider"]), answer)
    assert error is not None
    assert error.error_class == case["class"], error.message
    if "wait" in case:
        assert error.retry_after_seconds == case["wait"]
    assert error.message.endswith(".")


# What the recorded answers must become; those without a provider's word in them are left out by name.
RECORDED = {
    "instagram/400_code100_metric_not_supported_for_media_type.json": ("unsupported_metric", None),
    "instagram/400_code190_subcode463_expired.json": ("reauth_required", None),
    "instagram/400_code4_application_request_limit.json": ("rate_limited", 900),
    "instagram/python-facebook_base__error_data.json": ("plan_blocked", None),
    "instagram/python-facebook_error.json": ("plan_blocked", None),
    "soundcloud/429_rate_limit_bucket_with_reset_time.json": ("rate_limited", 1),
    "soundcloud/429_short_error_2026.json": ("rate_limited", 300),
    "soundcloud/429_token_endpoint_object.json": ("rate_limited", 300),
    "spotify/429_json_body.json": ("rate_limited", 30),
    "spotify/429_retry_after_23_hours.json": ("rate_limited", 83276),
    "spotify/429_retry_after_zero.json": ("rate_limited", 1),
    "youtube/403_analytics_forbidden.json": ("permission_missing", None),
    "youtube/403_api_key_service_blocked.json": ("plan_blocked", None),
    "youtube/403_quotaExceeded.json": ("quota_exhausted", 72060),
    "youtube/python-youtube_error_permission_resp.json": ("permission_missing", None),
    "youtube/python-youtube_error_response.json": ("plan_blocked", None),
    "youtube/python-youtube_error_response_simple.json": ("contract_broken", None),
}


def test_recorded_errors(shared: Path) -> None:
    folder = shared / "data" / "responses-errors"
    met = set()
    for file in sorted(folder.glob("*/*.json")):
        name = f"{file.parent.name}/{file.name}"
        case = orjson.loads(file.read_bytes())
        if case.get("status") == 200:
            continue
        met.add(name)
        whole = "provider" not in case
        body = case if whole else case["body"]
        inside = case["error"].get("code", 400) if whole and isinstance(case["error"], dict) else 400
        # Google repeats the status in the body; Meta's code there is no status.
        status = case.get("status") or (inside if file.parent.name == "youtube" else 400)
        answer = _answer(status, body, case.get("headers"))
        error = _classify(Provider(file.parent.name), answer)
        assert error is not None, name
        assert (error.error_class, error.retry_after_seconds) == RECORDED[name], (name, error.message)
    assert met == set(RECORDED)


def test_recorded_google_errors(shared: Path) -> None:
    found = {}
    for file in sorted((shared / "data" / "responses-youtube" / "errors").glob("*.json")):
        for interaction in orjson.loads(file.read_bytes()):
            response = interaction["response"]
            error = _classify(Provider.YOUTUBE, _answer(response["status"], response["body"]))
            if error is not None:
                found[file.stem[:40], response["status"]] = error.error_class
    assert sorted(found.values()) == ["no_data", "permission_missing", "reauth_required"]
    assert len(found) == 3


def test_usage_headers_stop_before_the_limit() -> None:
    def headers(percent: int, minutes: int) -> dict[str, str]:
        usage = {"1": [{"type": "instagram", "call_count": percent, "estimated_time_to_regain_access": minutes}]}
        return {"x-business-use-case-usage": orjson.dumps(usage).decode()}

    assert find_exhausted_quota({}) is None
    assert find_exhausted_quota(headers(94, 0)) is None
    stopped = find_exhausted_quota(headers(96, 12))
    assert stopped is not None
    assert stopped.retry_after_seconds == 720
    assert find_exhausted_quota({"x-app-usage": '{"call_count":2,"total_cputime":0,"total_time":8}'}) is None
    assert isinstance(find_exhausted_quota({"x-app-usage": '{"call_count":99}'}), QuotaExhausted)
    assert find_exhausted_quota({"x-app-usage": "not json"}) is None


@pytest.mark.parametrize(
    ("at", "hours"),
    [("2026-11-22T12:00:00+00:00", 20), ("2026-11-01T08:30:00+00:00", 23.5), ("2027-03-14T09:00:00+00:00", 22)],
)
def test_midnight_in_california(at: str, hours: float) -> None:
    now = datetime.fromisoformat(at)
    assert seconds_to_midnight(now, PACIFIC) == hours * 3600 + 60


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate({"database_url": "unused", "arti_master_key": "unused"})


class _Script(OutboundClient):
    """Returns listed responses and records the requests."""

    def __init__(self, *answers: HttpResponse) -> None:
        super().__init__()
        self.answers, self.requests = list(answers), list[tuple[str, dict[str, str]]]()

    async def call(self, method: str, url: str, **request: Any) -> HttpResponse:
        self.requests.append((url, dict(request.get("headers") or {})))
        return self.answers.pop(0)


def _client(http_client: OutboundClient, settings: Settings, provider: Provider, **more: Any) -> ProviderClient:
    hosts = frozenset({"api.example.test"})
    app = AppCredentials("id", "very-secret-app")
    return ProviderClient(http_client, settings, provider, hosts=hosts, app=app, access_token="old-token", **more)


URL = "https://api.example.test/me"


async def test_an_expired_token_is_renewed_and_the_call_repeated(settings: Settings) -> None:
    async def renew() -> str:
        return "new-token"

    script = _Script(_answer(401, {"code": 401}), _answer(200, {"ok": 1}))
    client = _client(script, settings, Provider.SOUNDCLOUD, renew=renew)
    assert await client.get(URL) == {"ok": 1}
    assert [headers["Authorization"] for _, headers in script.requests] == ["OAuth old-token", "OAuth new-token"]
    assert client.calls["api.example.test"] == 2


async def test_a_token_is_renewed_once(settings: Settings) -> None:
    async def renew() -> str:
        return "new-token"

    script = _Script(_answer(401, {}), _answer(401, {}))
    with pytest.raises(ProviderTokenExpired):
        await _client(script, settings, Provider.YOUTUBE, renew=renew).get(URL)


async def test_one_rejection_by_instagram_is_mended_by_a_renewal(settings: Settings) -> None:
    ended = _answer(400, {"error": {"message": "Session has expired", "code": 190, "error_subcode": 463}})

    async def renew() -> str:
        return "new-token"

    async def too_young() -> str:
        raise ProviderContractBroken("Instagram refused the request (400).")

    async def no_app() -> str:
        raise PlanBlocked("Instagram does not accept the app.")

    script = _Script(ended, _answer(200, {"ok": 1}))
    assert await _client(script, settings, Provider.INSTAGRAM, renew=renew).get(URL) == {"ok": 1}
    for refused, expected in ((too_young, ReauthRequired), (no_app, PlanBlocked)):
        with pytest.raises(expected):
            await _client(_Script(ended), settings, Provider.INSTAGRAM, renew=refused).get(URL)


@pytest.mark.parametrize(
    "url", ["https://evil.example/me", "http://api.example.test/me", "https://api.example.test@evil.example/"]
)
async def test_a_token_is_sent_to_no_other_host(settings: Settings, url: str) -> None:
    script = _Script()
    with pytest.raises(ProviderContractBroken):
        await _client(script, settings, Provider.SPOTIFY).get(url)
    assert script.requests == []


async def test_a_response_that_is_no_json_object(settings: Settings) -> None:
    broken = {"<html>hello": Transient, "[1]": ProviderContractBroken, "": Transient, '{"items": [': Transient}
    for body, expected in broken.items():
        with pytest.raises(expected):
            await _client(_Script(_answer(200, body)), settings, Provider.SPOTIFY).get(URL)


async def test_a_provider_without_a_response_is_named(settings: Settings) -> None:
    class NoResponse(OutboundClient):
        async def call(self, method: str, url: str, **request: Any) -> HttpResponse:
            raise Unavailable("No response within 10 seconds.")

    with pytest.raises(Transient) as caught:
        await _client(NoResponse(), settings, Provider.SPOTIFY).get(URL)
    assert caught.value.message == "Spotify does not respond."


async def test_secrets_are_redacted_from_messages(settings: Settings) -> None:
    leak = {"error": {"message": "(#100) bad metric for old-token and very-secret-app", "code": 100}}
    with pytest.raises(Exception, match="metric") as caught:
        await _client(_Script(_answer(400, leak)), settings, Provider.INSTAGRAM).get(URL)
    text = str(caught.value) + getattr(caught.value, "message", "") + repr(caught.value)
    assert "old-token" not in text
    assert "very-secret-app" not in text


async def test_a_nearly_used_up_quota_stops_the_next_call(settings: Settings) -> None:
    usage = {"1": [{"call_count": 97, "estimated_time_to_regain_access": 5}]}
    headers = {"X-Business-Use-Case-Usage": orjson.dumps(usage).decode()}
    script = _Script(_answer(200, {"data": []}, headers))
    client = _client(script, settings, Provider.INSTAGRAM)
    await client.get(URL)
    with pytest.raises(QuotaExhausted) as caught:
        await client.get(URL)
    assert caught.value.retry_after_seconds == 300
    assert len(script.requests) == 1


def test_a_reset_time_in_the_body_is_used() -> None:
    until = NOW + timedelta(seconds=90)
    meta = {"remaining_requests": 0, "reset_time": f"{until:%Y/%m/%d %H:%M:%S} +0000"}
    error = _classify(Provider.SOUNDCLOUD, _answer(429, {"errors": [{"meta": meta}]}))
    assert error is not None
    assert error.retry_after_seconds == 91
