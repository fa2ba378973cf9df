"""HTTP client of the providers, and the only place that maps their responses to the classes of `arti.providers.errors`.

Bodies may be JSON, plain text or a proxy's HTML. Error messages are our own: a response may quote a token, so only a
short reason of it is repeated, with known secrets replaced.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson

from arti.providers.errors import (
    NoData,
    PermissionMissing,
    PlanBlocked,
    ProviderContractBroken,
    ProviderError,
    ProviderRateLimited,
    ProviderTokenExpired,
    QuotaExhausted,
    ReauthRequired,
    Transient,
    UnsupportedMetric,
)
from arti.providers.oauth import AppCredentials
from arti.providers.rate_limits import find_exhausted_quota, retry_after, seconds_to_midnight, seconds_to_regain
from arti.settings import Settings
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core.clock import now
from arti_core.errors import Unavailable
from arti_core.http_client import HttpResponse, OutboundClient

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_META_RATE_CODES: Final = {4, 17, 32, 613, 80002}
_GOOGLE_RATE: Final = {"rateLimitExceeded", "userRateLimitExceeded"}
_GOOGLE_QUOTA: Final = {"quotaExceeded", "dailyLimitExceeded"}
_GOOGLE_GONE: Final = {"authenticatedUserAccountClosed", "authenticatedUserAccountSuspended", "youtubeSignupRequired"}
_GOOGLE_APP: Final = {"keyInvalid", "accessNotConfigured", "API_KEY_SERVICE_BLOCKED"}


class ProviderClient:
    """Calls one provider for one account. Sends the account's token to the provider's own hosts only."""

    def __init__(
        self,
        http_client: OutboundClient,
        settings: Settings,
        provider: Provider,
        *,
        hosts: frozenset[str],
        app: AppCredentials,
        access_token: str = "",
        renew: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        """`renew` returns a fresh access token; it is called once when a request fails with ProviderTokenExpired."""
        self.app = app
        self.access_token = access_token
        self.calls: Counter[str] = Counter()
        self._http_client, self._settings, self._hosts = http_client, settings, hosts
        self._provider, self._name = provider, PROVIDER_NAMES[provider]
        self._renew, self._renewing = renew, asyncio.Lock()
        self._quota_error: ProviderError | None = None  # raised by the next call

    async def get(self, url: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at `url`. Raises a ProviderError."""
        scheme = "OAuth" if self._provider is Provider.SOUNDCLOUD else "Bearer"
        for attempt in (1, 2):
            used = self.access_token
            try:
                return await self._call("GET", url, headers={"Authorization": f"{scheme} {used}"}, params=params)
            except ProviderTokenExpired:
                if attempt == 2 or self._renew is None:
                    raise
                # Calls run concurrently: the first one to get this error renews the token for all.
                async with self._renewing:
                    if self.access_token == used:
                        self.access_token = await self._renew()
        raise AssertionError("unreachable")

    async def get_token(self, url: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Send a token request whose parameters go in the query."""
        return await self._call("GET", url, params=params)

    async def post_form(
        self, url: str, form: Mapping[str, str], *, auth: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a token request as a form."""
        return await self._call("POST", url, form=form, auth=auth)

    async def _call(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        parts = urlsplit(url)
        if parts.hostname not in self._hosts or parts.scheme != "https":
            raise ProviderContractBroken(f"{self._name} named an address that is not its own.")
        if self._quota_error is not None:
            raise self._quota_error
        self.calls[parts.hostname] += 1
        try:
            response = await self._http_client.call(method, self._settings.provider_url(self._provider, url), **request)
        except Unavailable as error:
            raise Transient(f"{self._name} does not respond.", retry_after_seconds=30) from error
        self._quota_error = find_exhausted_quota(response.headers)
        failure = classify(self._provider, response, now=now())
        if failure is not None:
            raise type(failure)(self._redact(failure.message), retry_after_seconds=failure.retry_after_seconds)
        body = _parse_json(response.body)
        if not isinstance(body, dict):
            if response.body.lstrip()[:1] == b"<":
                raise Transient(f"{self._name} sent a web page instead of data.", retry_after_seconds=60)
            raise ProviderContractBroken(f"{self._name} sent something that is not a JSON object.")
        return body

    def _redact(self, text: str) -> str:
        for secret in (self.access_token, self.app.client_secret):
            text = text.replace(secret, "***") if secret else text
        return text


def classify(provider: Provider, response: HttpResponse, *, now: datetime) -> ProviderError | None:
    """Return the error that a response means, or None for success. `now` turns reset times into waits."""
    if 200 <= response.status < 300:
        return None
    name = PROVIDER_NAMES[provider]
    body = _parse_json(response.body)
    if response.status >= 500 or response.status == 408:
        return Transient(f"{name} has a temporary failure ({response.status}).", retry_after_seconds=60)
    grant = _parse_grant_error(name, body)
    if grant is not None:
        return grant
    return _BY_PROVIDER[provider](response, body, now) or ProviderContractBroken(
        f"{name} refused the request ({response.status}{_quote(_message(body))})."
    )


def _parse_grant_error(name: str, body: Any) -> ProviderError | None:
    code = (body.get("error_code") or body.get("error")) if isinstance(body, dict) else None
    if code == "invalid_grant":
        return ReauthRequired(f"The authorization at {name} is no longer valid. Connect the account again.")
    if code in ("invalid_client", "unauthorized_client"):
        return PlanBlocked(f"{name} does not accept the app's client id or secret. Check the provider app.")
    return None


def _spotify(response: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    text = str(error.get("message") or _text(response.body)).lower()
    if response.status == 401:
        return ProviderTokenExpired("Spotify no longer accepts this access token.")
    if response.status == 429:
        wait = retry_after(response.headers, now=now, default=30)
        if error.get("reason") == "QUOTA_EXCEEDED":
            return QuotaExhausted(
                "The Spotify quota of this developer account is used up.", retry_after_seconds=max(wait, 3600)
            )
        return ProviderRateLimited("Spotify received too many requests.", retry_after_seconds=wait)
    if response.status == 403:
        if "not registered" in text or "scope" in text:
            return PermissionMissing(
                "Spotify does not allow this user: add them to the app's users in Spotify's developer dashboard."
            )
        if "premium" in text:
            return PlanBlocked("Spotify requires the owner of the app to have Premium.")
        return PlanBlocked("Spotify does not offer this to apps of this kind.")
    return NoData("Spotify has nothing under this id.") if response.status == 404 else None


def _instagram(response: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        if isinstance(body, dict) and "error_message" in body:  # as its token endpoint reports errors
            return ReauthRequired("Instagram did not accept the authorization. Connect the account again.")
        return None
    code, subcode = error.get("code"), error.get("error_subcode")
    text = str(error.get("message", ""))
    if code == 190:
        return ReauthRequired("Instagram ended this authorization. Connect the account again.")
    if code in _META_RATE_CODES:
        return ProviderRateLimited(
            "Instagram received too many requests.", retry_after_seconds=seconds_to_regain(response.headers) or 900
        )
    if code in (1, 2) or error.get("is_transient") is True:
        return Transient("Instagram has a temporary failure.", retry_after_seconds=60)
    if code == 10:
        if "Not enough viewers" in text:
            return NoData("Too few people saw this for Instagram to show numbers.")
        return PermissionMissing(
            "Instagram did not grant instagram_business_manage_insights. Connect again and tick it."
        )
    if isinstance(code, int) and 200 <= code <= 299:
        return PermissionMissing("Instagram did not grant a permission. Connect again and leave all boxes ticked.")
    if code == 100:
        if subcode in (33, 2108006):
            return NoData("Instagram has no numbers for this post.")
        if "missing permission" in text or "Public Content Access" in text:
            return PlanBlocked("Instagram has not reviewed the app for this.")
        if "more than 30 days" in text:
            return None
        return UnsupportedMetric(f"Instagram does not have this metric{_quote(text)}.")
    return None


def _youtube(response: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    reasons = {
        str(detail.get("reason"))
        for key in ("errors", "details")
        for detail in error.get(key) or ()
        if isinstance(detail, dict)
    }
    if reasons & _GOOGLE_GONE:
        return ReauthRequired("This Google account has no open YouTube channel. Connect another one.")
    if response.status == 401:
        return ProviderTokenExpired("YouTube no longer accepts this access token.")
    if reasons & _GOOGLE_QUOTA:
        return QuotaExhausted(
            "The YouTube quota of this project is used up until midnight Pacific time.",
            retry_after_seconds=seconds_to_midnight(now, PACIFIC),
        )
    if reasons & _GOOGLE_RATE or response.status == 429:
        return ProviderRateLimited(
            "YouTube received too many requests.",
            retry_after_seconds=retry_after(response.headers, now=now, default=60),
        )
    if reasons & {"backendError", "internalError"}:
        return Transient("YouTube has a temporary failure.", retry_after_seconds=60)
    if reasons & _GOOGLE_APP:
        return PlanBlocked("YouTube's APIs are not enabled for this app's project.")
    if response.status == 403:
        return PermissionMissing("YouTube did not grant a scope. Connect again and leave all boxes ticked.")
    if response.status == 404:
        return NoData("YouTube has nothing under this id.")
    if "query is not supported" in _message(body):
        return UnsupportedMetric("YouTube Analytics does not support this combination of metrics.")
    return None


def _soundcloud(response: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    if response.status == 401:
        return ProviderTokenExpired("SoundCloud no longer accepts this access token.")
    if response.status == 429:
        reset = re.search(rb'"reset_time"\s*:\s*"([^"]+)"', response.body)
        wait = retry_after(response.headers, now=now, default=300)
        if reset:
            until = datetime.strptime(reset[1].decode(), "%Y/%m/%d %H:%M:%S %z")
            wait = max(1, int((until - now).total_seconds()) + 1)
        return ProviderRateLimited("SoundCloud received too many requests.", retry_after_seconds=wait)
    if response.status == 403:
        # The CDN sends HTML when it fails; the authorization is still valid.
        if not isinstance(body, dict):
            return Transient("SoundCloud's CDN refused the request.", retry_after_seconds=300)
        return PermissionMissing("SoundCloud does not allow this for this account.")
    return NoData("SoundCloud has nothing under this id.") if response.status == 404 else None


_BY_PROVIDER: Final[dict[Provider, Callable[[HttpResponse, Any, datetime], ProviderError | None]]] = {
    Provider.SPOTIFY: _spotify,
    Provider.INSTAGRAM: _instagram,
    Provider.YOUTUBE: _youtube,
    Provider.SOUNDCLOUD: _soundcloud,
}


def _parse_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _text(body: bytes) -> str:
    return body[:500].decode("utf-8", "replace")


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    found = error.get("message") if isinstance(error, dict) else error
    return str(found or "")


def _quote(message: str) -> str:
    plain = re.sub(r"<[^>]*>", "", message)[:160].strip().rstrip(".")
    return f": {plain}" if plain else ""
