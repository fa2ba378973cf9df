"""The database console of :54323, for whoever runs the installation; production has Supabase Studio as well.

Listens on the loopback address by default, asks for its own password, and records every change.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from arti.ops.console import audit
from arti.ops.console.activity import endpoints as activity
from arti.ops.console.allowed_networks import AllowedNetworks
from arti.ops.console.mails import endpoints as mails
from arti.ops.console.rendering import STYLE, render
from arti.ops.console.session_guard import (
    BROWSER_COOKIE,
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
from arti.ops.console.sessions import BROWSER_SECONDS, SESSION_SECONDS, Sessions
from arti.ops.console.sql import endpoints as sql
from arti.ops.console.tables import endpoints as tables
from arti.ops.console.transactions import ConsoleLogin, may_work_as_owner
from arti.settings import Settings, read_settings
from arti_core.crypto import Vault
from arti_core.errors import ArtiError
from arti_core.log import configure_log
from arti_core.request_body import RequestBodyMiddleware
from arti_core.security_headers import SecurityHeadersMiddleware

log = structlog.get_logger()


def create_console(settings: Settings) -> Starlette:
    """Build the console. Without ARTI_CONSOLE_PASSWORD and CONSOLE_DATABASE_URL it is closed."""
    password = settings.arti_console_password.get_secret_value()
    login = ConsoleLogin(settings.console_database_url.get_secret_value(), settings.claims_signing_key)
    is_configured = bool(password and login.dsn)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if not is_configured:
            yield
            return
        # The owner may do everything; a password, the loopback address and the log of changes guard it.
        app.state.pool = pool = await login.open_pool(size=4)
        app.state.is_open = await may_work_as_owner(pool)
        if not app.state.is_open:
            log.warning("the console stays closed: its login may not become the role postgres, or that is a superuser")
        yield
        await pool.close()

    async def front(request: Request) -> Response:
        if not app.state.is_open:
            return html(render("closed.html", "Closed"))
        if sessions_of(request).find(request.cookies.get(COOKIE, "")) is not None:
            return redirect("/tables")
        return html(_login_page())

    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        sessions = sessions_of(request)
        browser = request.cookies.get(BROWSER_COOKIE, "")
        address = request.client.host if request.client else ""
        if not app.state.is_open or not sessions.is_correct(
            field(form, "password"), address=address, browser_cookie=browser
        ):
            log.warning("a wrong password for the console", address=address)
            return html(_login_page("This is not the console's password."), 401)
        response = redirect("/tables")
        known = sessions.browser_cookie(browser)
        for name, value, seconds in (
            (COOKIE, sessions.open(), SESSION_SECONDS),
            (BROWSER_COOKIE, known, BROWSER_SECONDS),
        ):
            secure = request.url.scheme == "https"  # as a proxy says
            response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)
        return response

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers=HEADERS | {"Cache-Control": "max-age=86400"})

    app = Starlette(
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeadersMiddleware),
            Middleware(RequestBodyMiddleware, respond=_refuse_body),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings)),
            Middleware(AllowedNetworks, url=settings.arti_console_url, networks=settings.arti_console_allow),
        ],
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
    app.state.is_open = is_configured
    app.state.sessions = Sessions(password)
    app.state.login = login
    app.state.vault = Vault(settings.master_keys()) if settings.has_master_key else None
    app.state.studio = studio_url(settings)
    app.state.hook = settings.gotrue_hook_custom_access_token_uri
    return app


def studio_url(settings: Settings) -> str:
    """Return where the real Studio is, when a real Supabase is configured; else nothing."""
    if settings.arti_own_gateway:
        return ""
    parts = urlsplit(settings.supabase_url)
    project, _, domain = (parts.hostname or "").partition(".")
    if domain in ("supabase.co", "supabase.in"):
        return f"https://supabase.com/dashboard/project/{project}"
    return settings.public_supabase_url  # self-hosted: the gateway shows Studio at its root


def _hosts(settings: Settings) -> list[str]:
    # A browser that came by another name (DNS rebinding) is refused.
    public = urlsplit(settings.arti_console_url).hostname
    return sorted({"127.0.0.1", "localhost", settings.arti_console_bind, *([public] if public else [])})


async def _sign_out(console_request: ConsoleRequest) -> Response:
    sessions_of(console_request.request).close(console_request.request.cookies.get(COOKIE, ""))
    response = redirect("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ArtiError)
    response = html(_login_page(error.message), error.status)
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _refuse_body(_scope: Scope, error: ArtiError) -> Response:
    return html(render("error.html", "Error", error=error.message), error.status)


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
