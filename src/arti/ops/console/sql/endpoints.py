"""SQL by hand."""

import asyncpg
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.html import Child
from arti.ops.console.impersonation import find_impersonation, list_people, suggestions
from arti.ops.console.session_guard import HEADERS, ConsoleRequest, field, html, require_session
from arti.ops.console.sessions import Statement
from arti.ops.console.sql import statements
from arti.ops.console.sql.pages import Draft, error_of, sql_page
from arti.ops.console.sql.statements import SECONDS, Mode, Result, StatementRequest
from arti_core.clock import now
from arti_core.errors import ArtiError, Invalid

_REFUSALS = (ArtiError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


async def write_sql(console_request: ConsoleRequest) -> Response:
    """Show the form, filled with an earlier statement or with what a link carries; nothing is run."""
    draft = Draft(sql=console_request.query("sql"), asked=console_request.query("as"))
    for one in console_request.session.history:
        if str(one.number) == console_request.query("again"):
            draft = Draft(one.sql, Mode(one.mode), one.impersonation)
    return await _page(console_request, draft, None)


async def run_sql(console_request: ConsoleRequest) -> Response:
    draft = _draft(await console_request.request.form())
    result, error, claims = None, None, ""
    outcome = "refused"
    try:
        impersonation = await find_impersonation(console_request.pool, draft.asked, hook=console_request.hook)
        claims = impersonation.claims
        order = StatementRequest(draft.sql, draft.mode, impersonation, draft.seconds)
        result = await statements.run(console_request.dsn, order, session=console_request.session.name)
        outcome = result.said or "done"
    except _REFUSALS as refused:
        error = error_of(refused, draft.sql)
        outcome = getattr(refused, "sqlstate", None) or "refused"
    _remember(console_request, draft, outcome)
    return await _page(console_request, draft, result, error=error, claims=claims)


async def download_csv(console_request: ConsoleRequest) -> Response:
    """Return what a statement reads as a file; a file name says when rows were left out."""
    draft = _draft(await console_request.request.form())
    try:
        if draft.mode is not Mode.READ:
            raise Invalid(f"A download only reads: pick “{Mode.READ}”.")
        order = StatementRequest(
            draft.sql,
            Mode.READ,
            await find_impersonation(console_request.pool, draft.asked, hook=console_request.hook),
            draft.seconds,
        )
        text, cut = await statements.export(console_request.dsn, order)
    except _REFUSALS as refused:
        return await _page(console_request, draft, None, error=error_of(refused, draft.sql))
    _remember(console_request, draft, "downloaded")
    part = f"-first-{statements.MAX_EXPORTED}-rows" if cut else ""
    name = f"result-{now():%Y%m%d-%H%M%S}{part}.csv"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _draft(form: FormData) -> Draft:
    seconds = field(form, "seconds")
    mode = field(form, "mode")
    return Draft(
        sql=field(form, "sql").replace("\r\n", "\n"),
        mode=Mode(mode) if mode in list(Mode) else Mode.READ,
        asked=field(form, "as"),
        seconds=int(seconds) if seconds in map(str, SECONDS) else 15,
    )


def _remember(console_request: ConsoleRequest, draft: Draft, outcome: str) -> None:
    history = console_request.session.history
    number = history[-1].number + 1 if history else 1
    history.append(Statement(number, draft.sql, draft.mode, draft.asked, outcome))


async def _page(
    console_request: ConsoleRequest, draft: Draft, result: Result | None, *, error: Child = None, claims: str = ""
) -> Response:
    people = suggestions(await list_people(console_request.pool))
    return html(
        sql_page(
            draft,
            result,
            error=error,
            claims=claims,
            people=people,
            history=console_request.session.history,
            **console_request.frame,
        )
    )


ROUTES = [
    Route("/sql", require_session(write_sql), methods=["GET"]),
    Route("/sql", require_session(run_sql), methods=["POST"]),
    Route("/sql/csv", require_session(download_csv), methods=["POST"]),
]
