"""The database console of :54323: look at schemas, rows and policies, also as one person sees them. Changes nothing.

For whoever runs the installation; production uses Supabase Studio. Listens on the loopback address only.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from arti.base.database import Pool, open_pool
from arti.base.errors import ArtiError, Forbidden, Invalid
from arti.base.log import configure_log
from arti.ops import console_pages as pages
from arti.ops import console_reads as reads
from arti.settings import Settings, read_settings

_COOKIE = "arti_console"
_SESSION_SECONDS = 8 * 3600
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Page = Callable[[Request, str], Awaitable[Response]]


class Sessions:
    """Signed cookies; the key lives as long as the process, so a restart signs everybody out."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._key = secrets.token_bytes(32)
        self._one_at_a_time = asyncio.Lock()

    async def is_right(self, password: str) -> bool:
        """Compare in constant time, and no more than one wrong try a second."""
        async with self._one_at_a_time:
            right = hmac.compare_digest(password.encode(), self._password)
            if not right:
                await asyncio.sleep(1)
            return right

    def open(self) -> str:
        body = f"{int(time.time()) + _SESSION_SECONDS}.{secrets.token_hex(16)}"
        return f"{body}.{self._sign(body)}"

    def is_open(self, cookie: str) -> bool:
        body, _, signature = cookie.rpartition(".")
        if not body or not hmac.compare_digest(self._sign(body).encode(), signature.encode()):
            return False
        return int(body.split(".")[0]) > time.time()

    def csrf_of(self, cookie: str) -> str:
        return self._sign(f"csrf {cookie}")

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def create_console(settings: Settings) -> Starlette:
    """Build the console. Without ARTI_CONSOLE_PASSWORD and OWNER_DATABASE_URL it says that it is closed."""
    password = settings.arti_console_password.get_secret_value()
    dsn = settings.owner_database_url.get_secret_value()
    sessions = Sessions(password)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if not (password and dsn):
            yield
            return
        # The owner may see everything; read only transactions and a password stand before it.
        app.state.pool = await open_pool(dsn, size=4, refuse_unsafe=False)
        yield
        await app.state.pool.close()

    def pool_of(request: Request) -> Pool:
        pool: Pool = request.app.state.pool
        return pool

    async def front(request: Request) -> Response:
        if not (password and dsn):
            return _html(pages.closed_page())
        if sessions.is_open(request.cookies.get(_COOKIE, "")):
            return RedirectResponse("/tables", 303)
        return _html(pages.login_page())

    async def sign_in(request: Request) -> Response:
        _refuse_other_sites(request)
        form = await request.form()
        if not (password and dsn) or not await sessions.is_right(_field(form, "password")):
            return _html(pages.login_page("This is not the console's password."), 401)
        response = RedirectResponse("/tables", 303)
        response.set_cookie(_COOKIE, sessions.open(), max_age=_SESSION_SECONDS, httponly=True, samesite="strict")
        return response

    def signed_in(page: Page) -> Callable[[Request], Awaitable[Response]]:
        """Let through who holds a session, and a POST only with the session's own token."""

        async def checked(request: Request) -> Response:
            cookie = request.cookies.get(_COOKIE, "")
            if not sessions.is_open(cookie):
                return RedirectResponse("/", 303)
            csrf = sessions.csrf_of(cookie)
            try:
                if request.method == "POST":
                    _refuse_other_sites(request)
                    if not hmac.compare_digest(_field(await request.form(), "csrf"), csrf):
                        raise Forbidden("This page is too old. Go back and load it again.")
                return await page(request, csrf)
            except ArtiError as error:
                return _html(pages.error_page(error.message, csrf=csrf), error.status)

        return checked

    async def sign_out(_request: Request, _csrf: str) -> Response:
        response = RedirectResponse("/", 303)
        response.delete_cookie(_COOKIE, httponly=True, samesite="strict")
        return response

    async def tables(request: Request, csrf: str) -> Response:
        return _html(pages.tables_page(await reads.list_tables(pool_of(request)), csrf=csrf))

    async def table(request: Request, csrf: str) -> Response:
        pool, asked = pool_of(request), request.query_params
        found = await reads.get_table(pool, request.path_params["schema"], request.path_params["name"])
        only = None
        if asked.get("column"):
            only = reads.Filter(asked["column"], asked.get("operator", "contains"), asked.get("value", ""))
        page = min(int(number), 100_000) if (number := asked.get("page", "")).isdecimal() else 0
        person, grid, error = asked.get("as", ""), None, ""
        try:
            grid = await reads.read_rows(pool, found, only=only, page=page, user_id=_person(person))
        except asyncpg.PostgresError as refused:
            error = str(refused)
        people = await reads.list_people(pool)
        return _html(
            pages.table_page(found, grid, people=people, only=only, page=page, person=person, error=error, csrf=csrf)
        )

    async def sql(request: Request, csrf: str) -> Response:
        pool, text, person, grid, error = pool_of(request), "", "", None, ""
        if request.method == "POST":
            form = await request.form()
            text, person = _field(form, "sql"), _field(form, "as")
            try:
                grid = await reads.run_statement(pool, text, user_id=_person(person))
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as refused:
                error = str(refused)
        people = await reads.list_people(pool)
        return _html(pages.sql_page(text, grid, people=people, person=person, error=error, csrf=csrf))

    async def style(_request: Request) -> Response:
        return Response(pages.STYLE, media_type="text/css", headers=_HEADERS | {"Cache-Control": "max-age=300"})

    return Starlette(
        lifespan=lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        routes=[
            Route("/", front),
            Route("/style.css", style),
            Route("/login", sign_in, methods=["POST"]),
            Route("/logout", signed_in(sign_out), methods=["POST"]),
            Route("/tables", signed_in(tables)),
            Route("/tables/{schema}/{name:path}", signed_in(table)),
            Route("/sql", signed_in(sql), methods=["GET", "POST"]),
        ],
        exception_handlers={ArtiError: _refused},
    )


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ArtiError)
    return _html(pages.login_page(error.message), error.status)


def _html(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, headers=_HEADERS)


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _person(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid("Pick a person from the list.") from None


def _refuse_other_sites(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This form was sent from another site.")


def run() -> None:
    """Serve until stopped. The entry of the box `console`."""
    import uvicorn

    settings = read_settings(needs=())
    configure_log(box="console", json=settings.arti_environment == "production")
    uvicorn.run(
        create_console(settings),
        host="127.0.0.1",
        port=settings.arti_console_port,
        log_config=None,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
