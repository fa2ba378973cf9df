"""The database console of :54323, for whoever runs the installation; production has Supabase Studio as well.

Listens on the loopback address by default, asks for its own password, and records every change.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console import audit
from arti.ops.console.activity import endpoints as activity
from arti.ops.console.mails import endpoints as mails
from arti.ops.console.rendering import STYLE, render
from arti.ops.console.session_guard import (
    COOKIE,
    HEADERS,
    ConsoleRequest,
    field,
    html,
    read_form,
    redirect,
    require_session,
    sessions_of,
)
from arti.ops.console.sessions import SESSION_SECONDS, Sessions
from arti.ops.console.sql import endpoints as sql
from arti.ops.console.tables import endpoints as tables
from arti.settings import Settings, read_settings
from arti_core.database import open_pool
from arti_core.errors import ArtiError
from arti_core.log import configure_log


def create_console(settings: Settings) -> Starlette:
    """Build the console. Without ARTI_CONSOLE_PASSWORD and OWNER_DATABASE_URL it is closed."""
    password = settings.arti_console_password.get_secret_value()
    dsn = settings.owner_database_url.get_secret_value()
    is_open = bool(password and dsn)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if not is_open:
            yield
            return
        # The owner may do everything; a password, the loopback address and the log of changes guard it.
        app.state.pool = await open_pool(dsn, size=4, refuse_unsafe=False)
        yield
        await app.state.pool.close()

    async def front(request: Request) -> Response:
        if not is_open:
            return html(render("closed.html", "Closed"))
        if sessions_of(request).find(request.cookies.get(COOKIE, "")) is not None:
            return redirect("/tables")
        return html(_login_page())

    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        sessions = sessions_of(request)
        if not is_open or not await sessions.is_correct(field(form, "password")):
            return html(_login_page("This is not the console's password."), 401)
        response = redirect("/tables")
        response.set_cookie(COOKIE, sessions.open(), max_age=SESSION_SECONDS, httponly=True, samesite="strict")
        return response

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers=HEADERS | {"Cache-Control": "max-age=86400"})

    app = Starlette(
        lifespan=lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings.arti_console_bind))],
        routes=[
            Route("/", front),
            Route("/style.css", style),
            Route("/login", sign_in, methods=["POST"]),
            Route("/logout", require_session(_sign_out), methods=["POST"]),
            *audit.ROUTES,
            *tables.ROUTES,
            *sql.ROUTES,
            *activity.ROUTES,
            *mails.ROUTES,
        ],
        exception_handlers={ArtiError: _refused, 404: _unknown, 405: _unknown},
    )
    app.state.sessions = Sessions(password)
    app.state.dsn = dsn
    app.state.master_key = settings.arti_master_key.get_secret_value()
    app.state.studio = studio_url(settings)
    app.state.hook = settings.gotrue_hook_custom_access_token_uri
    return app


def studio_url(settings: Settings) -> str:
    """Return where the real Studio is, when a real Supabase is configured; else nothing."""
    parts = urlsplit(settings.supabase_url)
    if parts.hostname in ("127.0.0.1", "localhost") and parts.port == settings.arti_gateway_port:
        return ""
    project, _, domain = (parts.hostname or "").partition(".")
    if domain in ("supabase.co", "supabase.in"):
        return f"https://supabase.com/dashboard/project/{project}"
    return settings.supabase_url  # self-hosted: the gateway shows Studio at its root


def _hosts(bind: str) -> list[str]:
    # A browser that came by another name (DNS rebinding) is refused.
    return sorted({"127.0.0.1", "localhost", bind})


async def _sign_out(console_request: ConsoleRequest) -> Response:
    sessions_of(console_request.request).close(console_request.request.cookies.get(COOKIE, ""))
    response = redirect("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ArtiError)
    return html(_login_page(error.message), error.status)


async def _unknown(_request: Request, _error: Exception) -> Response:
    return html(render("not_found.html", "Not found"), 404)


def _login_page(error: str = "") -> str:
    return render("sign_in.html", "Sign in", error=error)


def run() -> None:
    """Serve until stopped. The entry point of the service `console`."""
    from arti_core.http_server import serve

    settings = read_settings(needs=())
    configure_log(service="console", json=settings.arti_environment == "production")
    serve(create_console(settings), host=settings.arti_console_bind, port=settings.arti_console_port)
