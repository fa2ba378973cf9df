"""HTTP client of the providers. Raises the class of `arti.providers.errors` that a response means."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from arti.providers.classification import classify, parse_json
from arti.providers.errors import (
    ProviderContractBroken,
    ProviderError,
    ProviderTokenExpired,
    ReauthRequired,
    Transient,
    UnsupportedMetric,
)
from arti.providers.oauth import AppCredentials
from arti.providers.rate_limits import find_exhausted_quota
from arti.settings import Settings
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core.clock import now
from arti_core.errors import Unavailable
from arti_core.http_client import OutboundClient


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
        """`renew` returns a fresh access token; it is called once when a request fails for its token."""
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
            except (ProviderTokenExpired, ReauthRequired) as error:
                # Instagram says in the same words that a token ended and that the authorization did.
                if attempt == 2 or self._renew is None:
                    raise
                # Calls run concurrently: the first one to get this error renews the token for all.
                async with self._renewing:
                    if self.access_token == used:
                        self.access_token = await self._renewed(error)
        raise AssertionError("unreachable")

    async def _renewed(self, rejection: ProviderError) -> str:
        assert self._renew is not None
        try:
            return await self._renew()
        except (ProviderContractBroken, UnsupportedMetric) as error:
            # Instagram renews no token of the first day, and answers so in words of its own.
            raise rejection from error

    async def get_token(self, url: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Send a token request whose parameters go in the query."""
        return await self._call("GET", url, params=params)

    async def post_form(
        self, url: str, form: Mapping[str, str], *, auth: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a token request as a form."""
        return await self._call("POST", url, form=form, auth=auth)

    async def post_revocation(self, url: str, **request: Any) -> None:
        """Send a request that ends a consent. Its answer has no body to read. Raises a ProviderError."""
        await self._request("POST", url, **request)

    async def _call(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        body = await self._request(method, url, **request)
        if not isinstance(body, dict):
            raise ProviderContractBroken(f"{self._name} sent something that is not a JSON object.")
        return body

    async def _request(self, method: str, url: str, **request: Any) -> Any:
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
        body = parse_json(response.body)
        failure = classify(self._provider, response, body, now=now())
        if failure is not None:
            raise type(failure)(self._redact(failure.message), retry_after_seconds=failure.retry_after_seconds)
        return body

    def _redact(self, text: str) -> str:
        for secret in (self.access_token, self.app.client_secret):
            text = text.replace(secret, "***") if secret else text
        return text
