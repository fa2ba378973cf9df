"""A head without end costs a process nothing: it is refused, or given up."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

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


def test_empty_lines_after_a_response_hold_no_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"\r\n")
        assert connection.recv(65_536) == b""  # the server has hung up


def test_many_begun_heads_shut_out_no_other_client(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_HEAD_SECONDS", 60.0)
    monkeypatch.setattr(http_server, "_MAX_WAITING", 20)
    with ExitStack() as stack:
        begun = []
        for place in range(100):
            begun.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)))
            begun[-1].sendall((b"", b"GET /", HEAD)[place % 3])
        assert exchange(port, HEAD + b"\r\n").endswith(b"\r\n\r\n0")
        said = begun[0].recv(65_536)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 5\r\n" in said
        begun[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[len((b"", b"GET /", HEAD)[99 % 3]) :])
        assert begun[-1].recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_full_process_says_when_to_come_again(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "_max_connections", lambda: 20)
    with ExitStack() as stack:
        for _ in range(20):
            kept = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            kept.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert kept.recv(65_536).startswith(b"HTTP/1.1 200 ")
        said = exchange(port)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 5\r\n" in said
    deadline = time.monotonic() + 10
    while not exchange(port, HEAD + b"\r\n").startswith(b"HTTP/1.1 200 "):
        assert time.monotonic() < deadline


def test_a_small_limit_of_open_files_is_raised() -> None:
    lines = (
        "import resource, sys",
        "from arti_core.http_server import _max_connections",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))",
        "most = _max_connections()",
        "soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)",
        "assert soft >= min(hard, 10_256) or hard == resource.RLIM_INFINITY, (soft, hard)",
        "assert most == min(10_000, soft - 256), (most, soft)",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)


def test_head_and_body_leave_in_one_packet(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for _ in range(3):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.recv(65_536).endswith(b"\r\n\r\n0")


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: +4\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_message_whose_end_is_not_certain_is_refused(port: int, lengths: bytes) -> None:
    """What a proxy in front takes for one message must not be two here."""
    said = exchange(
        port, b"POST / HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n0\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1
