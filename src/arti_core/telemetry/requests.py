"""The outermost layer of every service: gives requests their ids, counts them, and answers GET /metrics."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import structlog
from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import Metric
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arti_core.security_headers import COMMON_HEADERS
from arti_core.telemetry.metrics import (
    CONTENT_TYPE,
    OPEN_SOCKETS,
    REQUEST_SECONDS,
    REQUESTS,
    SECURITY_EVENTS,
    render,
)
from arti_core.telemetry.request_ids import HEADER, begin_request
from arti_core.telemetry.traces import SpanOfWork, is_tracing, open_span

log = structlog.get_logger()

PATH: Final = "/metrics"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Of a request that a proxy passed on: it came from elsewhere, however near the proxy is.
_PROXY_HEADERS: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "cf-connecting-ip")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_STARTS: Final = ("http.response.start", "websocket.http.response.start")
_UNAUTHORIZED, _TOO_MANY, _FAILED = 401, 429, 500


class ObservedRequests:
    """Counts the answers of `app`, logs those that change something or fail, and answers /metrics itself.

    `figures` returns what is known of the whole installation; a service without them counts for itself only. `token`:
    whoever reads the metrics must send it; without one they are read from this machine only.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        token: SecretStr,
        figures: Callable[[Scope], Awaitable[Iterable[Metric]]] | None = None,
    ) -> None:
        self._app, self._service, self._figures = app, service, figures
        self._token = token.get_secret_value()
        self._sockets = OPEN_SOCKETS.labels(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = begin_request(scope)
        if scope["type"] == "http" and scope["path"] == PATH:
            await (await self._answer(scope))(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] in _STARTS:
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, request_id)]
            await send(message)

        if scope["type"] == "websocket":
            with self._sockets.track_inprogress():
                await self._app(scope, receive, send_observed)
            return
        try:
            if is_tracing():
                with open_span(scope["method"], "server", traceparent=_sent_traceparent(scope)) as span:
                    try:
                        await self._app(scope, receive, send_observed)
                    finally:
                        _describe(span, scope, status)
            else:
                await self._app(scope, receive, send_observed)
        finally:
            self._record(scope, status, perf_counter() - started)

    async def _answer(self, scope: Scope) -> Response:
        if not may_read(scope, self._token):  # like a path that is not there
            return Response(status_code=404, headers=COMMON_HEADERS)
        figures = await self._figures(scope) if self._figures else ()
        return Response(render(figures), media_type=CONTENT_TYPE, headers=COMMON_HEADERS)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = _known_method(scope), find_route(scope)
        counted, timed = _counters_of(self._service, method, route, status)
        counted.inc()
        timed.observe(seconds)
        if kind := _refusal_kind(scope, status):
            SECURITY_EVENTS.labels(self._service, kind).inc()
        if method not in _SAFE or status >= _FAILED:
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


@lru_cache(maxsize=4096)  # to find them by their labels takes longer than to count
def _counters_of(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(service, method, route, status), REQUEST_SECONDS.labels(service, method, route)


def _known_method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _sent_traceparent(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)


def _describe(span: SpanOfWork, scope: Scope, status: int) -> None:
    method, route = _known_method(scope), find_route(scope)
    about: dict[str, str | int] = {"http__request__method": method, "http__route": route}
    span.describe(name=f"{method} {route}", failed=status >= _FAILED, http__response__status_code=status, **about)


def find_route(scope: Scope) -> str:
    """Return the template of the route that answered, e.g. /api/jobs/{job_id}; "none" when there was none."""
    template = getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) else "none"


def may_read(scope: Scope, token: str) -> bool:
    """Return whether a request may read the metrics: by the token, or, when there is none, from this machine itself."""
    headers = Headers(scope=scope)
    if token:
        return hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    if any(name in headers for name in _PROXY_HEADERS):
        return False
    near = scope.get("client") or ("",)
    # The name as well: a page elsewhere whose name leads here must not read them in a browser of this machine.
    return _is_loopback(near[0]) and _is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _refusal_kind(scope: Scope, status: int) -> str | None:
    if status == _TOO_MANY:
        return "rate_limited"
    if status != _UNAUTHORIZED:
        return None
    if scope["path"].startswith("/webhooks/"):
        return "refused_signature"
    # Without any credential it is somebody who is not signed in.
    sent = {name for name, _ in scope["headers"]}
    return "refused_token" if sent & {b"authorization", b"apikey"} else None
