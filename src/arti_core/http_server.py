"""Serve ASGI by uvicorn, with limits on connections, and on the size and the duration of a request's head.

httptools collects a header of any size and copies it with each piece, so one client could keep a process busy.
Whoever connects and sends no whole head loses the place to those who come later, so that a flood of them shuts nobody
out; a process that has as many connections as it may have answers 503.
A large body is not read before the app asks for it; one that the app refused is thrown away for a moment, so that the
client reads the answer instead of a reset connection.
"""

import asyncio
import resource
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from arti_core.request_body import ANONYMOUS_BYTES
from arti_core.security_headers import raw_headers

# Besides the first piece. Filters are in URLs and tokens in headers; each has a limit of its own.
_MAX_HEAD_BYTES = 128 * 1024
_HEAD_SECONDS = 30.0
# Connections without a whole head, and connections at all. What else a process opens needs file descriptors too.
_MAX_WAITING = 512
_MAX_CONNECTIONS = 10_000
_OTHER_FILES = 256


def _refusal(status: bytes, *headers: bytes) -> bytes:
    lines = (b"HTTP/1.1 " + status, b"content-length: 0", *headers)
    return b"".join(line + b"\r\n" for line in lines) + raw_headers() + b"connection: close\r\n\r\n"


_TOO_LARGE = _refusal(b"431 Request Header Fields Too Large")
_FULL = _refusal(b"503 Service Unavailable", b"retry-after: 5")
# How much of a refused body is thrown away, and how long a body may go on that the app did not want.
_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 10.0


class _JoinedWrites:
    """A transport that sends at once what was written in one turn of the loop: uvicorn writes head and body apart.

    Each write is a system call and a packet, and a small response costs more of them than of anything else.
    `discard` is called before a close, and returns whether the connection stays open to throw a body away.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, discard: Callable[[], bool]
    ) -> None:
        self._transport, self._loop, self._discard = transport, loop, discard
        self._written: list[bytes] = []
        self._is_closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        self.write(b"".join(parts))

    def write_eof(self) -> None:
        self._send()
        self._transport.write_eof()

    def close(self) -> None:
        self._send()
        if not self._is_closing and not self._transport.is_closing() and self._discard():
            self._is_closing = True
            if self._transport.can_write_eof():
                self._transport.write_eof()
            return
        self._is_closing = True
        self._transport.close()

    def is_closing(self) -> bool:
        return self._is_closing or self._transport.is_closing()

    def _send(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection of a client."""

    # Of this process, the oldest first: those whose next head has begun or never came.
    _waiting: ClassVar[dict["BoundedHttpProtocol", None]] = {}

    _in_head = False
    _head_bytes = 0
    _is_upgraded = False
    _deadline: asyncio.TimerHandle | None = None
    _discarded: int | None = None  # bytes of a body that is thrown away before the connection closes

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, _JoinedWrites(transport, self.loop, self._discard_body)))
        self._wait_for_head()
        if len(self.connections) > _max_connections():
            self._refuse()
        elif len(self._waiting) > _MAX_WAITING:
            next(iter(self._waiting))._refuse()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timeout()
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._discarded is not None:
            self._discarded += len(data)
            if self._discarded > _DISCARD_BYTES:
                self.transport.close()
            return
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES and not self.transport.is_closing():
                self._refuse(_TOO_LARGE)
        if self._is_idle():  # empty lines before a head ended the wait for it, and begin no message
            self._wait_for_head()

    def handle_websocket_upgrade(self) -> None:
        self._is_upgraded = True
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._deadline is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._cancel_timeout()
        self._waiting.pop(self, None)
        super().on_headers_complete()
        if any(
            name == b"transfer-encoding" or (name == b"content-length" and _is_large(v)) for name, v in self.headers
        ):
            self.flow.pause_reading()  # until the app asks for the body

    def on_message_complete(self) -> None:
        self._cancel_timeout()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._has_body_to_come() and not self.transport.is_closing():
            self._start_timeout(_DISCARD_SECONDS)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n" + raw_headers()
        self.transport.write(b"%scontent-length: %d\r\nconnection: close\r\n\r\n%s" % (head, len(msg), msg.encode()))
        self.transport.close()

    def _is_idle(self) -> bool:
        is_answered = self.cycle is None or self.cycle.response_complete
        has_timer = self._deadline is not None or self.timeout_keep_alive_task is not None
        return is_answered and not has_timer and not self._is_upgraded and not self.transport.is_closing()

    def _wait_for_head(self) -> None:
        self._waiting[self] = None
        self._start_timeout(_HEAD_SECONDS)

    def _refuse(self, response: bytes = _FULL) -> None:
        self._waiting.pop(self, None)
        self.transport.write(response)
        self.transport.close()

    def _has_body_to_come(self) -> bool:
        cycle = self.cycle
        return cycle is not None and cycle.response_complete and cycle.more_body and not self._in_head

    def _discard_body(self) -> bool:
        """Return whether a body is to come, and throw it away from now on."""
        if not self._has_body_to_come():
            return False
        self._discarded = 0
        self._start_timeout(_DISCARD_SECONDS)
        self.flow.resume_reading()
        return True

    def _start_timeout(self, seconds: float) -> None:
        self._cancel_timeout()
        self._deadline = self.loop.call_later(seconds, self.transport.close)

    def _cancel_timeout(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


@cache
def _max_connections() -> int:
    """Return how many connections this process may have, after raising its limit of open files where it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(_MAX_CONNECTIONS, soft - _OTHER_FILES))


def _is_large(length: bytes) -> bool:
    return not length.isdigit() or int(length) > ANONYMOUS_BYTES


def serve(app: ASGIApp, *, host: str, port: int, **options: Any) -> None:
    """Serve until stopped. `options` are further settings of uvicorn."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=BoundedHttpProtocol,
        log_config=None,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=5,
        **options,
    )
