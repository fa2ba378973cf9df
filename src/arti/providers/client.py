"""Calls a provider, and is the only place that turns its HTTP answers into the error classes of the contract.

Bodies may be JSON, plain text or a proxy's HTML. Messages shown to people are our own sentences: an answer may quote
a token, so nothing of it is repeated but short reasons in which known secrets are blanked.
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

from arti.providers.contract import (
    AppCredentials,
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
from arti.providers.rate_limits import find_exhausted_quota, retry_after, seconds_to_midnight, seconds_to_regain
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core.clock import now
from arti_core.errors import Unavailable
from arti_core.http_client import HttpResponse, OutboundClient

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
NAMES: Final = {
    Provider.SPOTIFY: "Spotify",
    Provider.INSTAGRAM: "Instagram",
    Provider.YOUTUBE: "YouTube",
    Provider.SOUNDCLOUD: "SoundCloud",
}
_META_RATE_CODES: Final = {4, 17, 32, 613, 80002}
_GOOGLE_RATE: Final = {"rateLimitExceeded", "userRateLimitExceeded"}
_GOOGLE_QUOTA: Final = {"quotaExceeded", "dailyLimitExceeded"}
_GOOGLE_GONE: Final = {"authenticatedUserAccountClosed", "authenticatedUserAccountSuspended", "youtubeSignupRequired"}
_GOOGLE_APP: Final = {"keyInvalid", "accessNotConfigured", "API_KEY_SERVICE_BLOCKED"}


class ProviderClient:
    """One connection's calls to one provider. Sends its token to the provider's own hosts only."""

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
        """`renew` returns a fresh access token; it is asked once for a call that answers ProviderTokenExpired."""
        self.app = app
        self.access_token = access_token
        self.calls: Counter[str] = Counter()
        self._outside, self._settings, self._provider, self._hosts = http_client, settings, provider, hosts
        self._renew, self._renewing = renew, asyncio.Lock()
        self._pause: ProviderError | None = None

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
                # Calls run side by side: the first that meets the dead token renews it for all.
                async with self._renewing:
                    if self.access_token == used:
                        self.access_token = await self._renew()
        raise AssertionError("unreachable")

    async def get_token(self, url: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Ask a token endpoint that takes its secrets as a query."""
        return await self._call("GET", url, params=params)

    async def post_form(
        self, url: str, form: Mapping[str, str], *, auth: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a form to a token endpoint."""
        return await self._call("POST", url, form=form, auth=auth)

    async def _call(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        parts = urlsplit(url)
        if parts.hostname not in self._hosts or parts.scheme != "https":
            raise ProviderContractBroken(f"{NAMES[self._provider]} named an address that is not its own.")
        if self._pause is not None:
            raise self._pause
        self.calls[parts.hostname] += 1
        try:
            answer = await self._outside.call(method, self._settings.provider_url(self._provider, url), **request)
        except Unavailable as silence:
            raise Transient(f"{NAMES[self._provider]} does not answer.", retry_after_seconds=30) from silence
        self._pause = find_exhausted_quota(answer.headers)
        error = classify(self._provider, answer, now=now())
        if error is not None:
            raise type(error)(self._blank(error.message), retry_after_seconds=error.retry_after_seconds)
        body = _read(answer.body)
        if not isinstance(body, dict):
            if answer.body.lstrip()[:1] == b"<":
                raise Transient(f"{NAMES[self._provider]} sent a web page instead of data.", retry_after_seconds=60)
            raise ProviderContractBroken(f"{NAMES[self._provider]} sent something that is not a JSON object.")
        return body

    def _blank(self, text: str) -> str:
        for secret in (self.access_token, self.app.client_secret):
            text = text.replace(secret, "***") if secret else text
        return text


def classify(provider: Provider, answer: HttpResponse, *, now: datetime) -> ProviderError | None:
    """Return the error that an answer means, or None for a good one. `now` turns reset times into waits."""
    if 200 <= answer.status < 300:
        return None
    name = NAMES[provider]
    body = _read(answer.body)
    if answer.status >= 500 or answer.status == 408:
        return Transient(f"{name} has trouble of its own ({answer.status}).", retry_after_seconds=60)
    grant = _parse_grant_error(name, body)
    if grant is not None:
        return grant
    return _BY_PROVIDER[provider](answer, body, now) or ProviderContractBroken(
        f"{name} refused a request of ours ({answer.status}{_quote(_message(body))})."
    )


def _parse_grant_error(name: str, body: Any) -> ProviderError | None:
    word = (body.get("error_code") or body.get("error")) if isinstance(body, dict) else None
    if word == "invalid_grant":
        return ReauthRequired(f"The consent at {name} is no longer valid. Connect the account again.")
    if word in ("invalid_client", "unauthorized_client"):
        return PlanBlocked(f"{name} does not accept the app's client id or secret. Check the provider app.")
    return None


def _spotify(answer: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    text = str(error.get("message") or _text(answer.body)).lower()
    if answer.status == 401:
        return ProviderTokenExpired("Spotify no longer takes this access token.")
    if answer.status == 429:
        wait = retry_after(answer.headers, now=now, default=30)
        if error.get("reason") == "QUOTA_EXCEEDED":
            return QuotaExhausted(
                "The Spotify quota of this developer account is used up.", retry_after_seconds=max(wait, 3600)
            )
        return ProviderRateLimited("Spotify asks us to slow down.", retry_after_seconds=wait)
    if answer.status == 403:
        if "not registered" in text or "scope" in text:
            return PermissionMissing(
                "Spotify does not let this user in: add them to the app's users in Spotify's developer dashboard."
            )
        if "premium" in text:
            return PlanBlocked("Spotify wants the owner of the app to have Premium.")
        return PlanBlocked("Spotify does not give this to apps of this kind.")
    return NoData("Spotify has nothing under this id.") if answer.status == 404 else None


def _instagram(answer: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        if isinstance(body, dict) and "error_message" in body:  # the form of the token endpoint
            return ReauthRequired("Instagram did not take the consent. Connect the account again.")
        return None
    code, subcode = error.get("code"), error.get("error_subcode")
    text = str(error.get("message", ""))
    if code == 190:
        return ReauthRequired("Instagram ended this consent. Connect the account again.")
    if code in _META_RATE_CODES:
        return ProviderRateLimited(
            "Instagram asks us to slow down.", retry_after_seconds=seconds_to_regain(answer.headers) or 900
        )
    if code in (1, 2) or error.get("is_transient") is True:
        return Transient("Instagram has trouble of its own.", retry_after_seconds=60)
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


def _youtube(answer: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    reasons = {
        str(each.get("reason"))
        for key in ("errors", "details")
        for each in error.get(key) or ()
        if isinstance(each, dict)
    }
    if reasons & _GOOGLE_GONE:
        return ReauthRequired("This Google account has no open YouTube channel. Connect another one.")
    if answer.status == 401:
        return ProviderTokenExpired("YouTube no longer takes this access token.")
    if reasons & _GOOGLE_QUOTA:
        return QuotaExhausted(
            "The YouTube quota of this project is used up until midnight Pacific time.",
            retry_after_seconds=seconds_to_midnight(now, PACIFIC),
        )
    if reasons & _GOOGLE_RATE or answer.status == 429:
        return ProviderRateLimited(
            "YouTube asks us to slow down.", retry_after_seconds=retry_after(answer.headers, now=now, default=60)
        )
    if reasons & {"backendError", "internalError"}:
        return Transient("YouTube has trouble of its own.", retry_after_seconds=60)
    if reasons & _GOOGLE_APP:
        return PlanBlocked("YouTube's APIs are not switched on for this app's project.")
    if answer.status == 403:
        return PermissionMissing("YouTube did not grant a scope. Connect again and leave all boxes ticked.")
    if answer.status == 404:
        return NoData("YouTube has nothing under this id.")
    if "query is not supported" in _message(body):
        return UnsupportedMetric("YouTube Analytics does not support this combination of metrics.")
    return None


def _soundcloud(answer: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    if answer.status == 401:
        return ProviderTokenExpired("SoundCloud no longer takes this access token.")
    if answer.status == 429:
        reset = re.search(rb'"reset_time"\s*:\s*"([^"]+)"', answer.body)
        wait = retry_after(answer.headers, now=now, default=300)
        if reset:
            until = datetime.strptime(reset[1].decode(), "%Y/%m/%d %H:%M:%S %z")
            wait = max(1, int((until - now).total_seconds()) + 1)
        return ProviderRateLimited("SoundCloud asks us to slow down.", retry_after_seconds=wait)
    if answer.status == 403:
        # The CDN in front answers with HTML when it is in trouble: the consent is still good.
        if not isinstance(body, dict):
            return Transient("SoundCloud's front door refused us for the moment.", retry_after_seconds=300)
        return PermissionMissing("SoundCloud does not let this account do that.")
    return NoData("SoundCloud has nothing under this id.") if answer.status == 404 else None


_BY_PROVIDER: Final[dict[Provider, Callable[[HttpResponse, Any, datetime], ProviderError | None]]] = {
    Provider.SPOTIFY: _spotify,
    Provider.INSTAGRAM: _instagram,
    Provider.YOUTUBE: _youtube,
    Provider.SOUNDCLOUD: _soundcloud,
}


def _read(body: bytes) -> Any:
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
