"""The HTTP client of every call to a system that the operator or this code names.

Timeouts, a size cap, no redirects, no cookies, and private addresses refused unless the operator allowed the host:
each name is resolved once and every address is checked before the connection is made to that very address.
URLs that tenants enter are called by `arti_core/tenant_client.py` alone.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx

from arti_core.errors import Invalid, Unavailable
from arti_core.telemetry.traces import open_span

MAX_BODY_BYTES = 10 * 1024 * 1024
# All global unicast IPv6 addresses. Others include old forms of private ones, such as ::127.0.0.1.
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
TIMEOUT = httpx.Timeout(15.0, connect=5.0)


class AddressNotAllowed(Invalid):
    """The URL leads to a private address, or its scheme or form is not allowed."""

    code = "address_refused"


class ConnectionFailed(Unavailable):
    """No connection was made, so nothing was sent: a retry cannot repeat an effect."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response: status, headers (names in lower case) and at most MAX_BODY_BYTES of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundClient:
    """Calls the operator's systems and the providers. One for each process; close it at the end."""

    def __init__(self, *, allowed_hosts: frozenset[str] = frozenset()) -> None:
        """`allowed_hosts`: host names or addresses, with or without port, that may be private."""
        self._allowed = allowed_hosts
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT, follow_redirects=False, trust_env=True, cookies=refuse_cookies()
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        json: Any = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> HttpResponse:
        """Request `url` and return the response, whatever its status. `files` are field: (name, content, media type).

        Raises AddressNotAllowed for a forbidden address, ConnectionFailed when nothing was sent, Unavailable when no
        complete response arrived.
        """
        request_url, extra_headers, extensions = await self._pinned(url)
        about = {"http.request.method": method, "server.address": _host(url)}
        with open_span(method, "client", attributes=about) as span:
            try:
                async with self._client.stream(
                    method,
                    request_url,
                    headers={**(headers or {}), **extra_headers},
                    params=params,
                    data=form,
                    files=files,
                    json=json,
                    content=content,
                    auth=auth,
                    extensions=extensions,
                    timeout=httpx.Timeout(timeout_seconds, connect=5.0) if timeout_seconds else TIMEOUT,
                ) as response:
                    body = bytearray()
                    async for part in response.aiter_bytes():
                        body += part
                        if len(body) > MAX_BODY_BYTES:
                            raise Unavailable(f"{_host(url)} sent more than {MAX_BODY_BYTES // 1048576} MiB.")
                    span.describe(failed=response.status_code >= 500, http__response__status_code=response.status_code)
                    return HttpResponse(
                        response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(body)
                    )
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                raise ConnectionFailed(f"{_host(url)} cannot be reached ({type(error).__name__}).") from error
            except httpx.HTTPError as error:
                raise Unavailable(f"{_host(url)} does not answer ({type(error).__name__}).") from error

    async def _pinned(self, url: str) -> tuple[str, dict[str, str], dict[str, Any]]:
        """Return the URL to connect to (its host replaced by a checked address), headers and TLS name."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
            raise AddressNotAllowed("This is not an address that can be called. Use https://host/path.")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if host in self._allowed or f"{host}:{port}" in self._allowed:
            return url, {}, {}
        if parts.scheme != "https":
            raise AddressNotAllowed(f"{host} must be called over https.")
        try:
            resolved = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise ConnectionFailed(f"The name {host} cannot be resolved.") from error
        address = choose_public(entry[4][0] for entry in resolved)
        if address is None:
            raise AddressNotAllowed(f"{host} leads to a private address. Allow it in ALLOWED_HOSTS if it is yours.")
        return pin(url, address)


def refuse_cookies() -> CookieJar:
    """Return a jar that keeps no cookie. A pinned URL names an address, which many hosts may share."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def choose_public(addresses: Iterable[object]) -> str | None:
    """Return the first of the addresses of a name, or None unless all of them are public."""
    texts = [str(address) for address in addresses]
    return texts[0] if texts and all(is_public(text) for text in texts) else None


def pin(url: str, address: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Return `url` with its host replaced by `address`, and the headers and TLS name that keep the host."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    literal = f"[{address}]" if ":" in address else address
    authority = host if parts.port is None else f"{host}:{parts.port}"
    return parts._replace(netloc=f"{literal}:{port}").geturl(), {"Host": authority}, {"sni_hostname": host}


def is_public(address: str) -> bool:
    """Return whether `address` is public, also behind IPv4-mapped, 6to4, Teredo and NAT64 forms."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _IPV6_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


def _host(url: str) -> str:
    return urlsplit(url).hostname or "this address"
