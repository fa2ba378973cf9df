"""The response headers that every service sends with every answer, errors too, and when to come again."""

from typing import Final

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

# Of an answer that is no page: a browser shows nothing of it, and nobody frames it.
NO_PAGE_POLICY: Final = "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"
COMMON_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": NO_PAGE_POLICY,
    "Cache-Control": "no-store",
}


# Raw, since every response carries them.
_RAW: Final = [(name.lower().encode(), value.encode()) for name, value in COMMON_HEADERS.items()]
_NAMES: Final = frozenset(name for name, _ in _RAW)
# Of an answer that asks to come again later and does not say when.
_COME_AGAIN: Final = (b"retry-after", b"5")


def add_security_headers(
    headers: list[tuple[bytes, bytes]], status: int, *, come_again: bool = True
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with those of ours that it does not set itself."""
    names = {name.lower() for name, _ in headers}
    if come_again and status in (429, 503) and b"retry-after" not in names:
        headers = [*headers, _COME_AGAIN]
    if names.isdisjoint(_NAMES):
        return headers + _RAW
    return [*headers, *(one for one in _RAW if one[0] not in names)]


class SecurityHeadersMiddleware:
    """Adds the headers that the app has not set itself, and answers an unexpected error with them.

    Stands outside of all other middleware; an app's stricter value, or a page's own policy, stays. `come_again`: tells
    callers when to come again, which the simulated providers say or leave out as the real ones do.
    """

    def __init__(self, app: ASGIApp, *, come_again: bool = True) -> None:
        self._app, self._come_again = app, come_again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            started = True
            # The second is the refusal of a socket.
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                message["headers"] = add_security_headers(
                    list(message["headers"]), message["status"], come_again=self._come_again
                )
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            log.error("unexpected error", path=scope["path"], exc_info=error)
            response = JSONResponse({"message": "Something went wrong on our side."}, 500)
            await response(scope, receive, send_with_headers)


def raw_headers() -> bytes:
    """Return the headers as they are written by a server that has no app to ask."""
    return b"".join(f"{name.lower()}: {value}\r\n".encode() for name, value in COMMON_HEADERS.items())
