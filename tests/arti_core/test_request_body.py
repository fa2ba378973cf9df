"""A body is bounded in bytes, time and nesting, and not read before somebody asks for it."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Scope

from arti_core import http_server, request_body
from arti_core.errors import ArtiError, Invalid
from arti_core.large_bodies import LargeBodySlots
from arti_core.request_body import BoundedBody, RequestBodyMiddleware, body_of, check_json
from tests.conftest import free_port

MIB = 1024 * 1024


async def read(request: Request) -> Response:
    if request.url.path == "/known":
        body_of(request.scope).allow(MIB, caller="somebody")
    try:
        length = len(await request.body())
    except Exception:  # as apps do that answer every error themselves
        return JSONResponse({"app": "gave up"}, 500)
    return JSONResponse(length)


async def ignore(request: Request) -> Response:
    return JSONResponse("not read", 401)


def respond(_scope: Scope, error: ArtiError) -> Response:
    return JSONResponse({"message": error.message}, error.status)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(request_body, "_PAUSE_SECONDS", 0.5)
    port = free_port()
    app = Starlette(
        routes=[Route(path, read, methods=["POST"]) for path in ("/", "/known")]
        + [Route("/ignore", ignore, methods=["POST"])],
        middleware=[Middleware(RequestBodyMiddleware, respond=respond)],
    )
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, http=http_server.BoundedHttpProtocol, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


def post(port: int, path: str, *pieces: bytes, length: int | None = None, headers: bytes = b"") -> bytes:
    """Send a request whose body are `pieces`, chunked without a length, and return the answer until its end."""
    kind = b"Transfer-Encoding: chunked" if length is None else b"Content-Length: %d" % length
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\n%s\r\n" % (path.encode(), kind, headers))
        for piece in pieces:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if length is None else piece)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return answer


def test_a_large_body_is_refused_by_its_length_and_the_client_reads_the_answer(port: int) -> None:
    answer = post(port, "/", *[b"a" * MIB] * 30, length=30 * MIB)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer
    assert answer.endswith(b'{"message":"The body is larger than 64 KiB. Send less in one request."}')


def test_a_chunked_body_is_counted(port: int) -> None:
    assert post(port, "/", *[b"a" * 10_000] * 7).startswith(b"HTTP/1.1 413 ")
    answer = post(port, "/", *[b"a" * 10_000] * 6, b"", headers=b"Connection: close\r\n")
    assert answer.endswith(b"\r\n\r\n60000")


def test_whoever_is_known_may_send_more(port: int) -> None:
    for length in (None, 12 * 80_000):
        pieces = [b"a" * 80_000] * 12 + ([b""] if length is None else [])
        answer = post(port, "/known", *pieces, length=length, headers=b"Connection: close\r\n")
        assert answer.endswith(b"\r\n\r\n960000")
    assert post(port, "/known", *[b"a" * 80_000] * 14).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_stops_is_given_up_with_408(port: int) -> None:
    answer = post(port, "/", b"a" * 100, length=200)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"arrives too slowly" in answer


def test_the_client_is_not_invited_to_send_before_the_app_reads(port: int) -> None:
    """A client that waits for `100 Continue` sends nothing to a route that refuses it."""
    expecting = b"Expect: 100-continue\r\n"
    answer = post(port, "/ignore", length=MIB, headers=expecting)
    assert answer.startswith(b"HTTP/1.1 401 ")
    answer = post(port, "/", length=MIB, headers=expecting)
    assert answer.startswith(b"HTTP/1.1 413 ")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n" + expecting + b"\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"


async def test_anonymous_bodies_that_never_end_hold_no_slot() -> None:
    slots = LargeBodySlots(total=1, per_caller=1)
    started = asyncio.Event()

    async def never() -> Message:
        started.set()
        return await asyncio.Future[Message]()

    async def rest() -> Message:
        return {"type": "http.request", "body": b"a" * 100_000, "more_body": False}

    chunked: Scope = {"headers": [(b"transfer-encoding", b"chunked")], "client": ("192.0.2.1", 1)}
    anonymous = BoundedBody(chunked, never, slots, request_body.ANONYMOUS_BYTES)
    member = BoundedBody(chunked, rest, slots, request_body.ANONYMOUS_BYTES)
    member.allow(MIB, caller="somebody")
    stalled = asyncio.create_task(anonymous.receive())
    await started.wait()
    assert (await member.receive())["body"] == b"a" * 100_000
    member.release()
    stalled.cancel()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[" * 65 + b"]" * 65, "nested deeper than 64"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper than 64"),
        (b"[" + b"[]," * 349_000 + b"[]]", "more than 100,000 values"),
        (b"[" + b"1," * 100_001 + b"1]", "more than 100,000 values"),
        (b"[" * 70 + b'"' + b'\\"' * 300_000, "nested deeper than 64"),  # a string without an end
        (b'["\\\\",' + b"[" * 70, "nested deeper than 64"),  # the string ends with a backslash
    ],
)
def test_json_is_bounded_before_it_is_parsed(body: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 64 + b"]" * 64,
        b'{"text": "' + b"[,{" * 200_000 + b'"}',
        b'{"text": "\\"' + b"[[" * 100 + b'\\\\"}',
        b'{"text": "\\\\\\"' + b"[[" * 100 + b'"}',
        b"no json",
    ],
)
def test_what_is_within_the_bounds_is_left_to_the_parser(body: bytes) -> None:
    check_json(body)
