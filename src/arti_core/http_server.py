"""Serve ASGI by uvicorn, with a limit on the size and the duration of a request's head.

httptools collects a header of any size and copies it with each piece, so one client could keep a process busy.
"""

import asyncio
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Besides the first piece. Filters are in URLs and tokens in headers; each has a limit of its own.
_MAX_HEAD_BYTES = 128 * 1024
_HEAD_SECONDS = 30.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ncache-control: no-store\r\n"
    b"connection: close\r\n\r\n"
)


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection of a client."""

    _in_head = False
    _head_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_head_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_timeout()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._deadline is None:
            self._start_head_timeout()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._cancel_head_timeout()
        super().on_headers_complete()

    def _start_head_timeout(self) -> None:
        self._deadline = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def _cancel_head_timeout(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


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
