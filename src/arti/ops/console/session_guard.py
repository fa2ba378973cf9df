"""The session that every page needs, and for every form the session's own token and the console's own origin."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from arti.ops.console.rendering import render
from arti.ops.console.sessions import ConsoleSession, Sessions
from arti.ops.console.transactions import ConsoleLogin
from arti_core.database import Pool
from arti_core.errors import ArtiError, Forbidden
from arti_core.request_body import body_of

COOKIE = "arti_console"
BROWSER_COOKIE = "arti_console_browser"  # opens nothing: its browser has signed in before
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """One request of an operator who is signed in.

    `studio` is the address of the real Studio, `hook` the function that completes people's claims; both may be empty.
    """

    request: Request
    session: ConsoleSession
    pool: Pool
    login: ConsoleLogin
    studio: str
    hook: str

    @property
    def frame(self) -> dict[str, str]:
        """Return what every page needs besides its content."""
        return {"csrf": self.session.csrf, "studio": self.studio}

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    @property
    def page_number(self) -> int:
        number = self.query("page")
        return min(int(number), 100_000) if number.isdecimal() and len(number) < 10 else 0


Endpoint = Callable[[ConsoleRequest], Awaitable[Response]]


def html(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, headers=HEADERS)


def page(
    console_request: ConsoleRequest, template: str, title: str, *, here: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page of the menu's entry `here` with what the template needs in `context`."""
    return html(render(template, title, here=here, **console_request.frame, **context), status)


def redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, 303, headers=HEADERS)


def field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def sessions_of(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


def require_session(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Refuse a request without a session, and a POST without the session's own token."""

    async def checked(request: Request) -> Response:
        session = sessions_of(request).find(request.cookies.get(COOKIE, ""))
        if session is None:
            return redirect("/")
        state = request.app.state
        console_request = ConsoleRequest(request, session, state.pool, state.login, state.studio, state.hook)
        try:
            if request.method == "POST":
                body_of(request.scope).allow(_MOST_BYTES, caller="operator")
                form = await read_form(request)
                if not hmac.compare_digest(field(form, "csrf").encode(), session.csrf.encode()):
                    raise Forbidden("This page is too old. Go back and load it again.")
            return await endpoint(console_request)
        except ArtiError as error:
            return page(console_request, "error.html", "Error", here="", status=error.status, error=error.message)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            text = f"The database refused this: {error}"
            return page(console_request, "error.html", "Error", here="", status=422, error=text)

    return checked


async def read_form(request: Request) -> FormData:
    """Return the form. Raises Forbidden when another site sent it, TooLarge for too much."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This form was sent from another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This form was sent from another site.")
    return await request.form(max_files=0, max_fields=5000, max_part_size=_MOST_BYTES)
