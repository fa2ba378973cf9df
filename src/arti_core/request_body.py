"""Bound every request body: bytes, time, how many large ones a process holds at once, and the nesting of JSON.

`RequestBodyMiddleware` wraps an app; nothing is read before the app asks for it. A route that knows its caller raises
the limit by `body_of(scope).allow(...)` first, so an anonymous caller never has more than the small default.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arti_core.errors import ArtiError, Invalid, TooLarge
from arti_core.large_bodies import LargeBodySlots, Slot

ANONYMOUS_BYTES: Final = 64 * 1024
JSON_BYTES: Final = 1024 * 1024
MAX_JSON_DEPTH: Final = 64
MAX_JSON_VALUES: Final = 100_000  # 5,000 royalty lines of 15 members; 1 MiB could hold five times as many

# A body may take this long, plus a second for each 32 KiB that has arrived, and pause for ten seconds.
_START_SECONDS: Final = 30.0
_BYTES_PER_SECOND: Final = 32 * 1024
_PAUSE_SECONDS: Final = 10.0

_KEY: Final = "arti_core.request_body"
# One that never ends is matched to the end of the body, so that no text is searched twice.
_STRING = re.compile(rb'"[^"]*"?')
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")


class BodyTimeout(ArtiError):
    """The body did not arrive in time."""

    code = "request_timeout"
    status = HTTPStatus.REQUEST_TIMEOUT


class BoundedBody:
    """The body of one request: what may be read of it, and what was."""

    def __init__(self, scope: Scope, receive: Receive, slots: LargeBodySlots, max_bytes: int) -> None:
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        self.length = int(length) if length.isdigit() else 0
        self.is_chunked = b"transfer-encoding" in headers
        self.error: ArtiError | None = None
        self._receive = receive
        self._slots = slots
        self._max_bytes = max_bytes
        self._caller = str((scope.get("client") or ("",))[0])
        self._org = ""
        self._advice = ""
        self._slot: Slot | None = None
        self._received = 0
        self._started_at = 0.0
        self._is_complete = not self.exists

    @property
    def exists(self) -> bool:
        return self.is_chunked or self.length > 0

    @property
    def is_unread(self) -> bool:
        """Whether the client may still be sending more than a few packets."""
        return not self._is_complete and (self.is_chunked or self.length - self._received > ANONYMOUS_BYTES)

    @property
    def is_large(self) -> bool:
        """Whether it may be larger than what everybody may send."""
        return self.is_chunked or self.length > ANONYMOUS_BYTES

    def allow(self, max_bytes: int, *, caller: str, org: str = "", advice: str = "") -> None:
        """Let `caller`, who is known by now, send up to `max_bytes`; `advice` is the sentence for a larger body.

        `org`: for which org, when that is known too: it shares the slots with others.
        """
        self._max_bytes, self._caller, self._org, self._advice = max_bytes, caller, org, advice

    async def receive(self) -> Message:
        """Return the next part. Raises TooLarge, BodyTimeout, Unavailable."""
        if self._is_complete:
            return await self._receive()
        if self.error is not None:
            raise self.error
        try:
            return await self._next()
        except ArtiError as error:
            self.error = error
            raise

    def release(self) -> None:
        """Free the slot, and what the error's frames hold of the body: no cycle keeps it until the next collection."""
        if self.error is not None:
            self.error.__traceback__ = None
            self.error = None
        if self._slot is not None:
            self._slots.release(self._slot)
            self._slot = None

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        if self.length > self._max_bytes:
            raise self._too_large()
        if not self._started_at:
            # A caller with the small limit needs no slot: strangers who send slowly would hold all of them.
            if self._max_bytes > ANONYMOUS_BYTES and self.is_large:
                self._slot = await self._slots.acquire(self._caller, self._org)
            self._started_at = loop.time()
        until = self._started_at + _START_SECONDS + self._received / _BYTES_PER_SECOND
        slot = self._slot
        if slot is not None:
            slot.check()
        try:
            async with asyncio.timeout(max(0.0, min(_PAUSE_SECONDS, until - loop.time()))) as deadline:
                if slot is not None:
                    slot.deadline = deadline
                message = await self._receive()
        except TimeoutError:
            if slot is not None:
                slot.check()
            raise BodyTimeout("The body arrives too slowly. Send it again, over a faster connection.") from None
        finally:
            if slot is not None:
                slot.deadline = None
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > self._max_bytes:
                raise self._too_large()
            self._is_complete = not message.get("more_body", False)
            if slot is not None:
                slot.received, slot.is_complete = self._received, self._is_complete
        return message

    def _too_large(self) -> TooLarge:
        limit = format_bytes(self._max_bytes)
        return TooLarge(self._advice or f"The body is larger than {limit}. Send less in one request.")


class RequestBodyMiddleware:
    """Hands the app a body that is bounded; `respond` renders a refusal in the service's own format."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        respond: Callable[[Scope, ArtiError], Response],
        max_bytes: int = ANONYMOUS_BYTES,
        slots: LargeBodySlots | None = None,
    ) -> None:
        self._app = app
        self._respond = respond
        self._max_bytes = max_bytes
        self._slots = slots or LargeBodySlots()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = BoundedBody(scope, receive, self._slots, self._max_bytes)
        scope[_KEY] = body
        if not body.exists:
            await self._app(scope, receive, send)
            return
        started = False

        async def send_bounded(message: Message) -> None:
            nonlocal started
            if body.error is not None and not started:
                return  # whatever the app made of the error, the response is the one below
            if message["type"] == "http.response.start":
                started = True
                if body.is_unread:
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        try:
            try:
                await self._app(scope, body.receive, send_bounded)
            except ArtiError as error:
                if error is not body.error or started:
                    raise
            if body.error is not None and not started:
                response = self._respond(scope, body.error)
                response.headers["Connection"] = "close"
                if body.error.retry_after_seconds:
                    response.headers["Retry-After"] = str(body.error.retry_after_seconds)
                await response(scope, receive, send)
        finally:
            body.release()


def body_of(scope: Scope) -> BoundedBody:
    """Return the body of a request that came through the middleware."""
    body: BoundedBody = scope[_KEY]
    return body


async def read_body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    """Return the whole body."""
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(parts)
        parts += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(parts)


def check_json(body: bytes) -> None:
    """Raise Invalid for JSON that is nested too deep or holds too many values, before it is parsed.

    A parser makes up to 72 bytes of each three: 1 MiB of `[[],[],…` would become 25 MiB.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_JSON_DEPTH and body.count(b",") <= MAX_JSON_VALUES:
        return
    # A pattern that knows escapes would keep a place for each of them to go back to: 88 MiB for 1 MiB.
    bare = _STRING.sub(b"", body.replace(rb"\\", b"").replace(rb"\"", b""))
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAX_JSON_VALUES:
        raise Invalid(f"The body holds more than {MAX_JSON_VALUES:,} values. Send fewer in one request.", field="body")
    brackets = bare.translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(MAX_JSON_DEPTH):
        brackets = brackets.replace(b"[]", b"")  # one level less
        if not brackets:
            return
    raise Invalid(f"The body is no JSON, or nested deeper than {MAX_JSON_DEPTH} levels.", field="body")


def format_bytes(size: int) -> str:
    return f"{size // 1048576} MiB" if size >= 1048576 else f"{size // 1024} KiB"
