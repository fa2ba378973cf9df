"""Serve the exported web app on :3000: static files, one policy a page, and where to find the API."""

import base64
import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arti.settings import Settings, read_settings
from arti_core import clock
from arti_core.errors import ArtiError
from arti_core.log import configure_log
from arti_core.request_body import RequestBodyMiddleware
from arti_core.security_headers import SecurityHeadersMiddleware
from arti_core.telemetry.requests import ObservedRequests

OUT = Path(__file__).parents[3] / "web" / "out"
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>ARTi</title><p>The web app is not built yet. Run <code>./arti up</code> "
    "again, and see <code>./arti logs build</code> when that does not help."
)


def create_web(settings: Settings, out: Path = OUT) -> Starlette:
    """Build the server of the folder `out`. Each page's inline scripts are hashed once, here."""
    origins = {settings.api_url, settings.public_supabase_url, _websocket(settings.public_supabase_url)}
    policies = {
        f"/{file.relative_to(out).as_posix()}": _policy(file.read_bytes(), origins)
        for file in sorted(out.rglob("*.html"))
    }

    async def config(request: Request) -> Response:
        return JSONResponse(
            {
                "apiUrl": settings.api_url,
                "supabaseUrl": settings.public_supabase_url,
                "supabaseKey": settings.supabase_publishable_key,
                "mode": "simulator" if settings.simulators_url else "real",
                "clockAheadSeconds": clock.ahead().total_seconds(),
            },
            headers={"Cache-Control": "no-store"},
        )

    async def not_built(request: Request) -> Response:
        return HTMLResponse(_NOT_BUILT, status_code=503)

    pages = Mount("/", _CompressedFiles(directory=out, html=True)) if policies else Route("/{path:path}", not_built)
    return Starlette(
        routes=[Route("/config.json", config), pages],
        middleware=[
            Middleware(SecurityHeadersMiddleware),
            Middleware(RequestBodyMiddleware, respond=_refuse_body),
            Middleware(GZipMiddleware, minimum_size=1024),
            Middleware(_Headers, policies=policies),
        ],
    )


class _CompressedFiles(StaticFiles):
    """The files of a folder; of a text the Brotli file beside it, where there is one and the browser reads it."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        compressed = Path(f"{full_path}.br")
        if "br" not in Headers(scope=scope).get("accept-encoding", "") or not compressed.is_file():
            return super().file_response(full_path, stat_result, scope, status_code)
        response = super().file_response(compressed, compressed.stat(), scope, status_code)
        response.headers["Content-Encoding"] = "br"
        response.headers["Content-Type"] = FileResponse(full_path).headers["content-type"]
        response.headers["Vary"] = "Accept-Encoding"
        return response


class _Headers:
    """Adds the cache rule, the Content-Security-Policy and the security headers to each response."""

    def __init__(self, app: ASGIApp, policies: dict[str, str]) -> None:
        self._app = app
        self._policies = policies
        self._other = _policy(b"", set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                found = message["status"] in (200, 304)
                forever = found and path.startswith("/_next/static/")
                headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if forever else "no-cache")
                page = _page_of(path) if message["status"] != 404 else "/404.html"
                headers["Content-Security-Policy"] = self._policies.get(page, self._other)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        await self._app(scope, receive, with_headers)


def _refuse_body(_scope: Scope, error: ArtiError) -> Response:
    return JSONResponse({"error": error.code, "message": error.message}, error.status)


def _page_of(path: str) -> str:
    if path.endswith("/"):
        return f"{path}index.html"
    return path if path.endswith(".html") else f"{path}/index.html"


def _policy(page: bytes, origins: set[str]) -> str:
    """Return the Content-Security-Policy of one page: its own inline scripts by hash, and no other."""
    hashes = sorted({_hash(script) for script in _INLINE_SCRIPT.findall(page) if script.strip()})
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self'", *hashes]),
            # Charts set style attributes.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: https:",
            "font-src 'self'",
            " ".join(["connect-src 'self'", *sorted(origins)]),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _websocket(url: str) -> str:
    parts = urlsplit(url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"


def run() -> None:
    """Serve until stopped. The entry point of the service `web`."""
    from arti_core.http_server import serve

    settings = read_settings(needs=("supabase_publishable_key",))
    configure_log(service="web", json=settings.arti_environment == "production")
    observed = ObservedRequests(create_web(settings), service="web", token=settings.metrics_token)
    serve(observed, host=settings.arti_bind, port=settings.arti_web_port)
