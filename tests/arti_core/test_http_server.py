"""A head without end costs a process nothing: it is refused, or given up."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from arti_core import http_server
from tests.conftest import free_port


async def answer(request: Request) -> Response:
    return PlainTextResponse(str(len(request.headers.get("x-long", "")) + len(await request.body())))


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(http_server, "_HEAD_SECONDS", 1.0)
    port = free_port()
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=port, log_config=None, http=http_server.BoundedHttpProtocol, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


def exchange(port: int, *pieces: bytes) -> bytes:
    """Send pieces until the server hangs up, and return what it said."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        said = b""
        try:
            for piece in pieces:
                connection.sendall(piece)
            while part := connection.recv(65_536):
                said += part
        except (ConnectionResetError, BrokenPipeError):
            pass
        return said


HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"


def test_a_long_head_is_accepted_and_an_endless_one_refused(port: int) -> None:
    assert exchange(port, HEAD + b"X-Long: " + b"a" * 60_000 + b"\r\n\r\n").endswith(b"\r\n\r\n60000")
    piece = b"a" * 60_000
    for pieces in ([HEAD + b"X-Long: ", *[piece] * 200], [HEAD, *[b"X-Short: b\r\n" * 5_000] * 200]):
        said = exchange(port, *pieces)
        assert said == b"" or said.startswith(b"HTTP/1.1 431 ")  # nothing, when it was cut off while still talking


def test_a_body_is_not_limited_as_a_head(port: int) -> None:
    body = b"b" * 1_000_000
    first = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body
    said = exchange(port, first, first, HEAD + b"\r\n")
    assert said.count(b"\r\n\r\n1000000") == 2
    assert said.endswith(b"\r\n\r\n0")


@pytest.mark.parametrize("begun", [b"", b"GET", HEAD, HEAD + b"\r\n" + HEAD])
def test_a_head_that_never_ends_times_out(port: int, begun: bytes) -> None:
    assert exchange(port, begun).count(b"HTTP/1.1") == begun.count(b"\r\n\r\n")
