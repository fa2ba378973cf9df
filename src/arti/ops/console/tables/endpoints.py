"""Tables, their rows, and changes of single rows."""

import asyncpg
from starlette.responses import Response
from starlette.routing import Route

from arti.base.errors import ArtiError, Conflict, Invalid
from arti.ops.console.door import Visit, field, go, guarded, html
from arti.ops.console.frame import address
from arti.ops.console.tables import catalogue, edits, forms, pages
from arti.ops.console.tables.catalogue import Table
from arti.ops.console.tables.definition import read_definition
from arti.ops.console.tables.rows import Condition, Wanted, count_rows, read_rows
from arti.ops.console.viewer import OWNER, described, find_viewer, list_people


async def list_tables(visit: Visit) -> Response:
    word = visit.asked("q")
    found = await catalogue.list_tables(visit.pool, word=word)
    return html(pages.tables_page(found, word=word, **visit.frame))


async def show_table(visit: Visit) -> Response:
    table = await _table(visit)
    wanted, asked = _wanted(visit), visit.asked("as")
    error, grid, viewer = "", None, OWNER
    counts: list[tuple[str, str]] = []
    status = 200
    try:
        viewer = await find_viewer(visit.pool, asked, hook=visit.hook)
        counts = [("as the owner", await count_rows(visit.pool, table, wanted, OWNER))]
        if not viewer.is_owner:
            counts.append((f"as {viewer.name}", await count_rows(visit.pool, table, wanted, viewer)))
        grid = await read_rows(visit.pool, table, wanted, viewer)
    except Invalid as refused:
        error, status = refused.message, refused.status
    except asyncpg.PostgresError as refused:
        error = str(refused)
    return html(
        pages.table_page(
            table,
            grid,
            await read_definition(visit.pool, table),
            counts=counts,
            wanted=wanted,
            viewer=viewer,
            people=described(await list_people(visit.pool)),
            asked=asked,
            error=error,
            **visit.frame,
        ),
        status,
    )


async def edit_row(visit: Visit) -> Response:
    """Show the form of one row, or with POST change the row."""
    table, key = await _table(visit), await _key(visit)
    row = await edits.get_row(visit.pool, table, key)
    if visit.request.method == "GET":
        return html(forms.row_page(table, row, key=key, given=None, error="", **visit.frame))
    form = await visit.request.form()
    try:
        values = forms.read_form(table, form, stored=row.values)
        await edits.update_row(
            visit.pool, table, key, values, version=field(form, "version"), session=visit.session.name
        )
    except Conflict as refused:
        # As it is now: what was written would silently undo somebody else's change.
        row = await edits.get_row(visit.pool, table, key)
        return html(forms.row_page(table, row, key=key, given=None, error=refused.message, **visit.frame), 409)
    except (Invalid, asyncpg.PostgresError) as refused:
        return html(forms.row_page(table, row, key=key, given=form, error=_said(refused), **visit.frame), 422)
    return go(_address(table))


async def add_row(visit: Visit) -> Response:
    """Show the form of a new row, or with POST add it."""
    table = await _table(visit)
    if not table.may_grow:
        raise Invalid("Rows can be added to tables only.")
    if visit.request.method == "GET":
        return html(forms.row_page(table, None, key=(), given=None, error="", **visit.frame))
    form = await visit.request.form()
    try:
        values = forms.read_form(table, form, stored=None)
        await edits.insert_row(visit.pool, table, values, session=visit.session.name)
    except (ArtiError, asyncpg.PostgresError) as refused:
        return html(forms.row_page(table, None, key=(), given=form, error=_said(refused), **visit.frame), 422)
    return go(_address(table))


async def delete_row(visit: Visit) -> Response:
    """Ask whether one row shall go, or with POST delete it."""
    table, key = await _table(visit), await _key(visit)
    if visit.request.method == "GET":
        row = await edits.get_row(visit.pool, table, key)
        referrers = await edits.list_referrers(visit.pool, table, row)
        return html(forms.delete_page(table, row, key=key, referrers=referrers, **visit.frame))
    version = field(await visit.request.form(), "version")
    await edits.delete_row(visit.pool, table, key, version=version, session=visit.session.name)
    return go(_address(table))


async def _table(visit: Visit) -> Table:
    return await catalogue.get_table(visit.pool, visit.asked("schema"), visit.asked("name"))


async def _key(visit: Visit) -> list[str]:
    if visit.request.method == "GET":
        return visit.request.query_params.getlist("key")
    form = await visit.request.form()
    return [part for part in form.getlist("key") if isinstance(part, str)]


def _wanted(visit: Visit) -> Wanted:
    asked = visit.request.query_params
    lines = zip(asked.getlist("column"), asked.getlist("operator"), asked.getlist("value"), strict=False)
    return Wanted(
        conditions=[Condition(column, operator, value) for column, operator, value in lines if column],
        sort=visit.asked("sort"),
        descending=visit.asked("desc") == "1",
        page=visit.page_number,
    )


def _address(table: Table) -> str:
    return address("/table", schema=table.schema, name=table.name)


def _said(error: ArtiError | asyncpg.PostgresError) -> str:
    if isinstance(error, ArtiError):
        return error.message
    return " ".join(str(part) for part in (error, getattr(error, "detail", None)) if part)


ROUTES = [
    Route("/tables", guarded(list_tables)),
    Route("/table", guarded(show_table)),
    Route("/row", guarded(edit_row), methods=["GET", "POST"]),
    Route("/row/new", guarded(add_row), methods=["GET", "POST"]),
    Route("/row/delete", guarded(delete_row), methods=["GET", "POST"]),
]
