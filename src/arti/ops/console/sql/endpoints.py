"""SQL by hand."""

import asyncpg
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from arti.base.clock import now
from arti.base.errors import ArtiError, Invalid
from arti.ops.console.door import HEADERS, Visit, field, guarded, html
from arti.ops.console.markup import Child
from arti.ops.console.sessions import Statement
from arti.ops.console.sql import statements
from arti.ops.console.sql.pages import Draft, error_of, sql_page
from arti.ops.console.sql.statements import SECONDS, Mode, Order, Result
from arti.ops.console.viewer import described, find_viewer, list_people

_REFUSALS = (ArtiError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


async def write_sql(visit: Visit) -> Response:
    """Show the form, filled with an earlier statement or with what a link carries; nothing is run."""
    draft = Draft(sql=visit.asked("sql"), asked=visit.asked("as"))
    for one in visit.session.history:
        if str(one.number) == visit.asked("again"):
            draft = Draft(one.sql, Mode(one.mode), one.viewer)
    return await _page(visit, draft, None)


async def run_sql(visit: Visit) -> Response:
    draft = _draft(await visit.request.form())
    result, error, claims = None, None, ""
    outcome = "refused"
    try:
        viewer = await find_viewer(visit.pool, draft.asked, hook=visit.hook)
        claims = viewer.claims
        order = Order(draft.sql, draft.mode, viewer, draft.seconds)
        result = await statements.run(visit.dsn, order, session=visit.session.name)
        outcome = result.said or "done"
    except _REFUSALS as refused:
        error = error_of(refused, draft.sql)
        outcome = getattr(refused, "sqlstate", None) or "refused"
    _remember(visit, draft, outcome)
    return await _page(visit, draft, result, error=error, claims=claims)


async def download_csv(visit: Visit) -> Response:
    """Return what a statement reads as a file; a file name says when rows were left out."""
    draft = _draft(await visit.request.form())
    try:
        if draft.mode is not Mode.READ:
            raise Invalid(f"A download only reads: pick “{Mode.READ}”.")
        order = Order(draft.sql, Mode.READ, await find_viewer(visit.pool, draft.asked, hook=visit.hook), draft.seconds)
        text, cut = await statements.export(visit.dsn, order)
    except _REFUSALS as refused:
        return await _page(visit, draft, None, error=error_of(refused, draft.sql))
    _remember(visit, draft, "downloaded")
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


def _remember(visit: Visit, draft: Draft, outcome: str) -> None:
    history = visit.session.history
    number = history[-1].number + 1 if history else 1
    history.append(Statement(number, draft.sql, draft.mode, draft.asked, outcome))


async def _page(
    visit: Visit, draft: Draft, result: Result | None, *, error: Child = None, claims: str = ""
) -> Response:
    people = described(await list_people(visit.pool))
    return html(
        sql_page(
            draft,
            result,
            error=error,
            claims=claims,
            people=people,
            history=visit.session.history,
            **visit.frame,
        )
    )


ROUTES = [
    Route("/sql", guarded(write_sql), methods=["GET"]),
    Route("/sql", guarded(run_sql), methods=["POST"]),
    Route("/sql/csv", guarded(download_csv), methods=["POST"]),
]
