"""Every service sends the same security headers with every answer, errors too, and does not name its server."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2 as httpx
import pytest
import uvicorn
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from structlog.testing import capture_logs

from arti.api import create_app
from arti.gateway import create_gateway
from arti.ops.console.app import create_console
from arti.settings import Settings
from arti_core.http_server import BoundedHttpProtocol
from arti_core.security_headers import COMMON_HEADERS
from arti_core.telemetry.server import create_app as create_worker_app
from local_stack.data_directory import DataDirectory
from local_stack.environment import compose_environment
from local_stack.services import list_services
from local_stack.web.server import create_web
from provider_simulators.server import create_simulators
from supabase_local.keys.signing_keys import LocalKeys, make_keys
from tests.conftest import free_port
from tests.local_stack.test_environment import SECRETS

METHODS = ("GET", "POST", "DELETE")


def paths_of(app: Starlette) -> list[str]:
    """Return a path of each route, and one of no route."""
    templates = [str(context.path) for context in iter_route_contexts(app.routes) if isinstance(context.path, str)] or [
        route.path for route in app.routes if isinstance(route, Route | Mount)
    ]
    return [re.sub(r"\{[^}]*\}", "x", template) or "/" for template in templates] + ["/nowhere", "/%00"]


@pytest.fixture(scope="module")
def keys() -> LocalKeys:
    return make_keys()


@pytest.fixture(scope="module")
def services(keys: LocalKeys, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Starlette]:
    """All services that speak HTTP, without a database: whatever needs one fails."""
    settings = Settings.model_validate(
        {
            "jwt_keys": keys.jwt_keys,
            "supabase_publishable_key": keys.publishable_key,
            "supabase_secret_key": keys.secret_key,
            "arti_console_password": "a password of the console",
            "console_database_url": "postgresql://arti_console@127.0.0.1:1/none",
            **dict.fromkeys(
                ("auth_database_url", "rest_database_url", "service_database_url"),
                "postgresql://nobody@127.0.0.1:1/none",
            ),
        }
    )
    built = tmp_path_factory.mktemp("out")
    (built / "index.html").write_text("<!doctype html><title>A</title>")
    return {
        "api": create_app(settings),
        "gateway": create_gateway(settings),
        "console": create_console(settings),
        "web": create_web(settings, built),
        "simulators": create_simulators(),
        "worker": create_worker_app(),
    }


def check(name: str, answer: httpx.Response) -> None:
    where = (name, answer.request.method, str(answer.request.url), answer.status_code)
    headers = answer.headers
    for header in COMMON_HEADERS:
        assert len(headers.get_list(header)) == 1, (*where, header)
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] in ("no-referrer", "same-origin"), where
    assert headers["strict-transport-security"].startswith("max-age=31536000"), where
    assert "frame-ancestors 'none'" in headers["content-security-policy"], where
    assert "unsafe-eval" not in headers["content-security-policy"], where
    assert "server" not in headers, where
    assert "x-powered-by" not in headers, where


@pytest.mark.parametrize("name", ["api", "gateway", "console", "web", "simulators", "worker"])
async def test_every_route_sends_them(services: dict[str, Starlette], keys: LocalKeys, name: str) -> None:
    transport = httpx.ASGITransport(app=services[name], raise_app_exceptions=False)
    # Captured, since to render a thousand tracebacks takes minutes.
    with capture_logs():
        await walk(name, services[name], keys, transport)


async def walk(name: str, app: Starlette, keys: LocalKeys, transport: httpx.ASGITransport) -> None:
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        check(name, await client.get("/auth/v1/user"))
        sent = {"apikey": keys.publishable_key, "Authorization": "Bearer not.a.token"}
        for path in paths_of(app):
            for method in METHODS:
                answer = await client.request(method, path, headers=sent)
                check(name, answer)
                if name in ("api", "gateway", "console") and answer.status_code != 200:
                    assert answer.headers["cache-control"] == "no-store", (name, method, path)
        preflight = {"Origin": "http://127.0.0.1:3000", "Access-Control-Request-Method": "POST"}
        check(name, await client.options(paths_of(app)[0], headers=preflight))
        check(name, await client.post(paths_of(app)[0], content=b"a" * 100_000))


@pytest.mark.parametrize("name", ["api", "gateway", "console", "web"])
async def test_a_request_is_not_sent_back(services: dict[str, Starlette], keys: LocalKeys, name: str) -> None:
    """TRACE would show a page what a browser or a proxy has added."""
    transport = httpx.ASGITransport(app=services[name], raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        sent = {"apikey": keys.publishable_key, "X-Sent": "anything-of-mine"}
        for path in ["/", *paths_of(services[name])]:
            answer = await client.request("TRACE", path, headers=sent)
            assert answer.status_code >= 400, path
            assert "anything-of-mine" not in answer.text


def test_no_service_is_left_out(services: dict[str, Starlette], tmp_path: Path) -> None:
    """A service with a port of its own that speaks HTTP is one of those above."""
    folder = DataDirectory(tmp_path)
    folder.valkey.mkdir()
    environment = compose_environment(folder, SECRETS, {})
    names = {service.name for service in list_services(folder, environment) if service.health_url}
    assert names == services.keys()


@pytest.fixture
def port(services: dict[str, Starlette]) -> Iterator[int]:
    port = free_port()
    config = uvicorn.Config(
        services["simulators"],
        host="127.0.0.1",
        port=port,
        log_config=None,
        http=BoundedHttpProtocol,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"no http at all\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 300_000, b"431"),
        (b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_answers_that_no_app_gives_have_them_too(port: int, sent: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # a head that is too long is answered before its end
            for start in range(0, len(sent), 10_000):
                connection.sendall(sent[start : start + 10_000])
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65_536)):
            answer += part
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 " + status)
    for name in COMMON_HEADERS:
        assert f"\r\n{name.lower()}: ".encode() in head, name
    assert b"\r\nserver:" not in head
