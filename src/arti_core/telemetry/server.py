"""The HTTP server of a process that otherwise serves nothing: /healthz and /metrics."""

import socket
from collections.abc import Generator
from contextlib import contextmanager

import structlog
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from arti_core.http_server import BoundedHttpProtocol
from arti_core.security_headers import SecurityHeadersMiddleware
from arti_core.telemetry.requests import ObservedRequests

log = structlog.get_logger()


class _GuestServer(uvicorn.Server):
    """A server beside the work of a process, which handles its signals itself."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def create_app() -> Starlette:
    """Build the app that such a process serves besides its metrics."""
    return Starlette(routes=[Route("/healthz", _answer_alive)], middleware=[Middleware(SecurityHeadersMiddleware)])


async def serve_metrics(service: str, host: str, port: int, token: SecretStr) -> None:
    """Serve until cancelled. Where the port is taken, as by another process, say so and serve nothing."""
    config = uvicorn.Config(
        ObservedRequests(create_app(), service=service, token=token),
        http=BoundedHttpProtocol,
        log_config=None,
        server_header=False,
        access_log=False,
        lifespan="off",
    )
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        log.warning("no metrics are served: the port is taken", port=port, error=error.strerror)
        return
    with listener:
        await _GuestServer(config).serve(sockets=[listener])


async def _answer_alive(_request: Request) -> JSONResponse:
    return JSONResponse({"alive": True})
