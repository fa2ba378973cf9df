"""The HTTP client of the URLs that tenants enter: public hosts over https on port 443, and one answer to every failure.

A type of its own beside `OutboundClient`, which takes no TenantUrl: what the operator allows for the installation's own
systems never holds for a tenant's URL.
"""

import asyncio
import math
import re
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import urlsplit

import httpx2 as httpx

from arti_core.backoff import parse_retry_after
from arti_core.clock import now
from arti_core.errors import Invalid, Unavailable
from arti_core.http_client import choose_public, pin, refuse_cookies
from arti_core.telemetry.traces import open_span

# How long a call may take, and how long every failed one takes.
TENANT_SECONDS = 10.0
_MAX_URL_LENGTH = 2000
# A name with at least two labels; an address in any form ends in a label of digits or 0x and is none.
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z")
# Names that lead to this machine or stay inside a network, whatever the resolver says.
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa", ".lan", ".intranet", ".corp")
_RESOLVER_THREADS = 4


class UrlNotAllowed(Invalid):
    """The text is not a URL that a tenant may have called."""

    code = "address_refused"


@dataclass(frozen=True, slots=True)
class TenantUrl:
    """A URL that a tenant entered, checked by `parse`. `host` is in lower case."""

    text: str
    host: str

    FORM: ClassVar[str] = (
        "This URL cannot be called. It must be https://host/path with the name of a public host, and without a port, "
        "a user or an IP address. The operator's own n8n is reached by a registered workflow."
    )

    @classmethod
    def parse(cls, text: str) -> "TenantUrl":
        """Return the URL of `text`. Raises UrlNotAllowed. Looks no name up, so that it tells nothing of any network."""
        refusal = UrlNotAllowed(cls.FORM)
        if (
            len(text) > _MAX_URL_LENGTH
            or not text.isascii()
            or not text.isprintable()
            or set(text) & set(' \\"<>^`{|}')
        ):
            raise refusal
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise refusal from None
        host = parts.hostname or ""
        if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or parts.fragment:
            raise refusal
        if not _HOST.match(host) or host.endswith(_LOCAL_SUFFIXES):
            raise refusal
        return cls(parts._replace(netloc=host).geturl(), host)


class ReceiverFailed(Unavailable):
    """The one answer for a receiver that did not answer 2xx, whatever the reason.

    `gone`: it answered 410. `retry_after_seconds`: it asked for a pause.
    """

    code = "receiver_failed"

    def __init__(self, *, gone: bool = False, retry_after_seconds: int = 0) -> None:
        super().__init__(
            "The receiver did not accept the message. Check that its URL answers 2xx to a POST from the internet. "
            "The operator's own n8n is reached by a registered workflow, not by a URL.",
            retry_after_seconds=retry_after_seconds,
        )
        self.gone = gone


class TenantClient:
    """Posts to tenants' URLs. One for each process; close it at the end."""

    def __init__(self, *, operator_hosts: frozenset[str]) -> None:
        """`operator_hosts`: names and addresses of the installation's own systems, which no tenant may have called."""
        self._operator_hosts = operator_hosts
        # No connection is kept: one to an address that two hosts share was checked for one of them only.
        self._client = httpx.AsyncClient(
            timeout=TENANT_SECONDS,
            follow_redirects=False,
            trust_env=True,
            cookies=refuse_cookies(),
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        # Threads of its own: a name whose servers never answer must not delay the look-ups of anybody else.
        self._resolver = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="tenant-resolver")

    async def close(self) -> None:
        await self._client.aclose()
        self._resolver.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: TenantUrl, *, content: bytes, headers: Mapping[str, str]) -> int:
        """Post `content` and return the status, which is 2xx. The body of the answer is not read.

        Raises ReceiverFailed, TENANT_SECONDS after the call began, for a name that is unknown or leads to a private
        address or the operator's, a connection that fails, an answer that does not come, and any other status: neither
        the sentence nor the time tells them apart.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + TENANT_SECONDS
        failure = ReceiverFailed()
        try:
            # Whose URL it is, is the tenant's matter: the span names no host.
            with open_span("POST", "client", attributes={"http.request.method": "POST"}) as span:
                async with asyncio.timeout_at(deadline):
                    response = await self._call(url, content=content, headers=headers)
                span.describe(failed=response is None or not response.is_success)
            if response is not None and response.is_success:
                return response.status_code
            if response is not None:
                failure = ReceiverFailed(
                    gone=response.status_code == HTTPStatus.GONE,
                    retry_after_seconds=math.ceil(parse_retry_after(response.headers, now=now()) or 0),
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            pass
        await asyncio.sleep(deadline - loop.time())
        raise failure

    async def _call(self, url: TenantUrl, *, content: bytes, headers: Mapping[str, str]) -> httpx.Response | None:
        """Return the answer without its body, or None when the host may not be called."""
        if url.host in self._operator_hosts:
            return None
        resolved = await asyncio.get_running_loop().run_in_executor(
            self._resolver, lambda: socket.getaddrinfo(url.host, 443, type=socket.SOCK_STREAM)
        )
        addresses = [str(entry[4][0]) for entry in resolved]
        address = choose_public(addresses)
        if address is None or not self._operator_hosts.isdisjoint(addresses):
            return None
        pinned, host_header, extensions = pin(url.text, address)
        request = self._client.build_request(
            "POST", pinned, content=content, headers={**headers, **host_header}, extensions=extensions
        )
        response = await self._client.send(request, stream=True)
        await response.aclose()
        return response
