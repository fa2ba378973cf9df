"""Maps the responses of providers to the classes of `arti.providers.errors`; no other module does.

Bodies may be JSON, plain text or a proxy's HTML. Error messages are our own: a response may quote a token, so only a
short reason of it is repeated, and the client replaces the secrets that it knows.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
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
    TooFewPeople,
    Transient,
    UnsupportedMetric,
)
from arti.providers.rate_limits import retry_after, seconds_to_midnight, seconds_to_regain, seconds_to_reset
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core.http_client import HttpResponse

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_META_RATE_CODES: Final = {4, 17, 32, 613, 80002}
_META_APP: Final = re.compile(r"client secret|client_id|platform app", re.IGNORECASE)
_GOOGLE_RATE: Final = {"rateLimitExceeded", "userRateLimitExceeded"}
_GOOGLE_QUOTA: Final = {"quotaExceeded", "dailyLimitExceeded"}
_GOOGLE_GONE: Final = {
    "authenticatedUserAccountClosed",
    "authenticatedUserAccountSuspended",
    "youtubeSignupRequired",
    "channelClosed",
    "channelSuspended",
}
_GOOGLE_APP: Final = {"keyInvalid", "accessNotConfigured", "API_KEY_SERVICE_BLOCKED"}


def classify(provider: Provider, response: HttpResponse, body: Any, *, now: datetime) -> ProviderError | None:
    """Return the error that a response means, or None for success. `body` is its JSON, or None when it has none.

    `now` turns reset times into waits.
    """
    name = PROVIDER_NAMES[provider]
    if response.status >= 500 or response.status == 408:
        return Transient(f"{name} has a temporary failure ({response.status}).", retry_after_seconds=60)
    # What stands before the API sends web pages; the authorization is still valid.
    if response.status not in (401, 404, 429) and response.body.lstrip()[:1] == b"<":
        return Transient(f"{name} sent a web page instead of data.", retry_after_seconds=300)
    if 200 <= response.status < 300:
        if body is None:
            return Transient(f"{name} sent an answer that is empty or cut off.", retry_after_seconds=60)
        if not (isinstance(body, dict) and isinstance(body.get("error"), dict)):  # Meta sends some errors with 200
            return None
    return (
        _parse_grant_error(name, body)
        or _BY_PROVIDER[provider](response, body, now)
        or ProviderContractBroken(f"{name} refused the request ({response.status}{_quote(_message(body))}).")
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
    if response.status == 404 or (response.status == 400 and "invalid" in text and re.search(r"\bid\b", text)):
        return NoData("Spotify has nothing under this id.")
    return None


def _instagram(response: HttpResponse, body: Any, now: datetime) -> ProviderError | None:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        if isinstance(body, dict) and "error_message" in body:  # as its token endpoint reports errors
            if _META_APP.search(str(body["error_message"])):
                return _meta_app_refused()
            return ReauthRequired("Instagram did not accept the authorization. Connect the account again.")
        return None
    code, subcode = error.get("code"), error.get("error_subcode")
    text = str(error.get("message", ""))
    if code == 101 or _META_APP.search(text):
        return _meta_app_refused()
    if code in (3, 368):
        return PlanBlocked("Instagram does not let the app do this, or has blocked it for a while.")
    if code in (102, 190):
        return ReauthRequired("Instagram ended this authorization. Connect the account again.")
    if code in _META_RATE_CODES:
        return ProviderRateLimited(
            "Instagram received too many requests.", retry_after_seconds=seconds_to_regain(response.headers) or 900
        )
    if code in (1, 2) or error.get("is_transient") is True:
        return Transient("Instagram has a temporary failure.", retry_after_seconds=60)
    if code == 10:
        if "Not enough viewers" in text:
            return TooFewPeople("Too few people saw this for Instagram to show numbers.")
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


def _meta_app_refused() -> PlanBlocked:
    return PlanBlocked("Instagram does not accept the app's client id or secret. Check the provider app.")


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
    if reasons & _GOOGLE_QUOTA or re.search(r"quota exceeded.*per day", _message(body), re.IGNORECASE | re.DOTALL):
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
    if "playlistItemsNotAccessible" in reasons:
        return NoData("YouTube does not show this list.")
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
        wait = seconds_to_reset(response.body, now=now) or retry_after(response.headers, now=now, default=300)
        return ProviderRateLimited("SoundCloud received too many requests.", retry_after_seconds=wait)
    if response.status == 403:
        if not isinstance(body, dict):
            return Transient("SoundCloud's CDN refused the request.", retry_after_seconds=300)
        if "revoked" in str(body.get("message")):
            return PlanBlocked("SoundCloud has revoked the app. Check the provider app.")
        return PermissionMissing("SoundCloud does not allow this for this account.")
    return NoData("SoundCloud has nothing under this id.") if response.status == 404 else None


_BY_PROVIDER: Final[dict[Provider, Callable[[HttpResponse, Any, datetime], ProviderError | None]]] = {
    Provider.SPOTIFY: _spotify,
    Provider.INSTAGRAM: _instagram,
    Provider.YOUTUBE: _youtube,
    Provider.SOUNDCLOUD: _soundcloud,
}


def parse_json(body: bytes) -> Any:
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
