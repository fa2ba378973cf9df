"""SQL by hand."""

from dataclasses import dataclass

import asyncpg
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.impersonation import find_impersonation, list_people, suggestions
from arti.ops.console.session_guard import HEADERS, ConsoleRequest, field, page, require_session
from arti.ops.console.sessions import Statement
from arti.ops.console.sql import statements
from arti.ops.console.sql.errors import StatementError, describe_error
from arti.ops.console.sql.statements import MAX_ROWS, SECONDS, Mode, StatementRequest, StatementResult
from arti_core.clock import now
from arti_core.errors import ArtiError, Invalid


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form."""

    sql: str = ""
    mode: Mode = Mode.READ
    impersonation: str = ""
    seconds: int = 15


_REFUSALS = (ArtiError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


async def write_sql(console_request: ConsoleRequest) -> Response:
    """Show the form, filled with an earlier statement or with what a link carries; nothing is run."""
    draft = Draft(sql=console_request.query("sql"), impersonation=console_request.query("as"))
    for one in console_request.session.history:
        if str(one.number) == console_request.query("again"):
            draft = Draft(one.sql, Mode(one.mode), one.impersonation)
    return await _page(console_request, draft, None)


async def run_sql(console_request: ConsoleRequest) -> Response:
    draft = _draft(await console_request.request.form())
    result, error, claims = None, None, ""
    outcome = "refused"
    try:
        impersonation = await find_impersonation(console_request.pool, draft.impersonation, hook=console_request.hook)
        claims = impersonation.claims
        order = StatementRequest(draft.sql, draft.mode, impersonation, draft.seconds)
        result = await statements.run(console_request.login, order, session=console_request.session.name)
        outcome = result.status or "done"
    except _REFUSALS as refused:
        error = describe_error(refused, draft.sql)
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
            await find_impersonation(console_request.pool, draft.impersonation, hook=console_request.hook),
            draft.seconds,
        )
        text, cut = await statements.export(console_request.login, order)
    except _REFUSALS as refused:
        return await _page(console_request, draft, None, error=describe_error(refused, draft.sql))
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
        impersonation=field(form, "as"),
        seconds=int(seconds) if seconds in map(str, SECONDS) else 15,
    )


def _remember(console_request: ConsoleRequest, draft: Draft, outcome: str) -> None:
    history = console_request.session.history
    number = history[-1].number + 1 if history else 1
    history.append(Statement(number, draft.sql, draft.mode, draft.impersonation, outcome))


async def _page(
    console_request: ConsoleRequest,
    draft: Draft,
    result: StatementResult | None,
    *,
    error: StatementError | None = None,
    claims: str = "",
) -> Response:
    return page(
        console_request,
        "sql.html",
        "SQL",
        here="/sql",
        MAX_ROWS=MAX_ROWS,
        SECONDS=SECONDS,
        modes=list(Mode),
        draft=draft,
        people=suggestions(await list_people(console_request.pool)),
        result=result,
        counts=[(f"as {name}", count) for name, count in result.counts] if result else [],
        error=error,
        claims=claims,
        history=list(console_request.session.history),
    )


ROUTES = [
    Route("/sql", require_session(write_sql), methods=["GET"]),
    Route("/sql", require_session(run_sql), methods=["POST"]),
    Route("/sql/csv", require_session(download_csv), methods=["POST"]),
]
