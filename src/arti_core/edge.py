"""The outer layer of an API: one wrapper of `send` for all that every answer carries."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arti_core.security_headers import add_security_headers

AnswerError: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
_STARTS = ("http.response.start", "websocket.http.response.start")  # the second is the refusal of a socket


class Edge:
    """Gives each answer the headers of CORS and of security.

    `answer_error` answers what the app did not. `cors` makes the layer for requests with an Origin; it has nothing to
    say to the others.
    """

    def __init__(self, app: ASGIApp, answer_error: AnswerError, *, cors: Callable[[ASGIApp], ASGIApp]) -> None:
        self._app = app
        self._cors = cors(app)
        self._answer_error = answer_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        has_origin = any(name == b"origin" for name, _ in scope["headers"])
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] in _STARTS:
                message["headers"] = headers = add_security_headers(list(message["headers"]), message["status"])
                if not has_origin:
                    _add_vary(headers)
            await send(message)

        try:
            await (self._cors if has_origin else self._app)(scope, receive, send_with_headers)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            response = await self._answer_error(Request(scope), error)
            await response(scope, receive, send_with_headers)


def _add_vary(headers: list[tuple[bytes, bytes]]) -> None:
    """Say that an answer to another origin has other headers, as CORSMiddleware does."""
    if any(name == b"vary" for name, _ in headers):
        MutableHeaders(raw=headers).add_vary_header("Origin")
    else:
        headers.append((b"vary", b"Origin"))
