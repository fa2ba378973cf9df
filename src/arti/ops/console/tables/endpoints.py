"""Tables, their rows, and changes of single rows."""

import asyncpg
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.impersonation import OWNER, find_impersonation, list_people, suggestions
from arti.ops.console.layout import address
from arti.ops.console.session_guard import ConsoleRequest, field, html, redirect, require_session
from arti.ops.console.tables import catalog, edits, forms, pages
from arti.ops.console.tables.catalog import Table
from arti.ops.console.tables.definition import read_definition
from arti.ops.console.tables.rows import Condition, RowQuery, count_rows, read_rows
from arti_core.errors import ArtiError, Conflict, Invalid


async def list_tables(console_request: ConsoleRequest) -> Response:
    word = console_request.query("q")
    found = await catalog.list_tables(console_request.pool, word=word)
    return html(pages.tables_page(found, word=word, **console_request.frame))


async def show_table(console_request: ConsoleRequest) -> Response:
    table = await _table(console_request)
    row_query, asked = _wanted(console_request), console_request.query("as")
    error, grid, impersonation = "", None, OWNER
    counts: list[tuple[str, str]] = []
    status = 200
    try:
        impersonation = await find_impersonation(console_request.pool, asked, hook=console_request.hook)
        counts = [("as the owner", await count_rows(console_request.pool, table, row_query, OWNER))]
        if not impersonation.is_owner:
            counts.append(
                (f"as {impersonation.name}", await count_rows(console_request.pool, table, row_query, impersonation))
            )
        grid = await read_rows(console_request.pool, table, row_query, impersonation)
    except Invalid as refused:
        error, status = refused.message, refused.status
    except asyncpg.PostgresError as refused:
        error = str(refused)
    return html(
        pages.table_page(
            table,
            grid,
            await read_definition(console_request.pool, table),
            counts=counts,
            row_query=row_query,
            impersonation=impersonation,
            people=suggestions(await list_people(console_request.pool)),
            asked=asked,
            error=error,
            **console_request.frame,
        ),
        status,
    )


async def edit_row(console_request: ConsoleRequest) -> Response:
    """Show the form of one row, or with POST change the row."""
    table, key = await _table(console_request), await _key(console_request)
    row = await edits.get_row(console_request.pool, table, key)
    if console_request.request.method == "GET":
        return html(forms.row_page(table, row, key=key, given=None, error="", **console_request.frame))
    form = await console_request.request.form()
    try:
        values = forms.read_form(table, form, stored=row.values)
        await edits.update_row(
            console_request.pool,
            table,
            key,
            values,
            version=field(form, "version"),
            session=console_request.session.name,
        )
    except Conflict as refused:
        # As it is now: what was written would silently undo somebody else's change.
        row = await edits.get_row(console_request.pool, table, key)
        return html(
            forms.row_page(table, row, key=key, given=None, error=refused.message, **console_request.frame), 409
        )
    except (Invalid, asyncpg.PostgresError) as refused:
        return html(
            forms.row_page(table, row, key=key, given=form, error=_message(refused), **console_request.frame), 422
        )
    return redirect(_address(table))


async def add_row(console_request: ConsoleRequest) -> Response:
    """Show the form of a new row, or with POST add it."""
    table = await _table(console_request)
    if not table.is_insertable:
        raise Invalid("Rows can be added to tables only.")
    if console_request.request.method == "GET":
        return html(forms.row_page(table, None, key=(), given=None, error="", **console_request.frame))
    form = await console_request.request.form()
    try:
        values = forms.read_form(table, form, stored=None)
        await edits.insert_row(console_request.pool, table, values, session=console_request.session.name)
    except (ArtiError, asyncpg.PostgresError) as refused:
        return html(
            forms.row_page(table, None, key=(), given=form, error=_message(refused), **console_request.frame), 422
        )
    return redirect(_address(table))


async def delete_row(console_request: ConsoleRequest) -> Response:
    """Ask whether one row shall go, or with POST delete it."""
    table, key = await _table(console_request), await _key(console_request)
    if console_request.request.method == "GET":
        row = await edits.get_row(console_request.pool, table, key)
        referrers = await edits.list_referrers(console_request.pool, table, row)
        return html(forms.delete_page(table, row, key=key, referrers=referrers, **console_request.frame))
    version = field(await console_request.request.form(), "version")
    await edits.delete_row(console_request.pool, table, key, version=version, session=console_request.session.name)
    return redirect(_address(table))


async def _table(console_request: ConsoleRequest) -> Table:
    return await catalog.get_table(console_request.pool, console_request.query("schema"), console_request.query("name"))


async def _key(console_request: ConsoleRequest) -> list[str]:
    if console_request.request.method == "GET":
        return console_request.request.query_params.getlist("key")
    form = await console_request.request.form()
    return [part for part in form.getlist("key") if isinstance(part, str)]


def _wanted(console_request: ConsoleRequest) -> RowQuery:
    asked = console_request.request.query_params
    lines = zip(asked.getlist("column"), asked.getlist("operator"), asked.getlist("value"), strict=False)
    return RowQuery(
        conditions=[Condition(column, operator, value) for column, operator, value in lines if column],
        sort=console_request.query("sort"),
        descending=console_request.query("desc") == "1",
        page=console_request.page_number,
    )


def _address(table: Table) -> str:
    return address("/table", schema=table.schema, name=table.name)


def _message(error: ArtiError | asyncpg.PostgresError) -> str:
    if isinstance(error, ArtiError):
        return error.message
    return " ".join(str(part) for part in (error, getattr(error, "detail", None)) if part)


ROUTES = [
    Route("/tables", require_session(list_tables)),
    Route("/table", require_session(show_table)),
    Route("/row", require_session(edit_row), methods=["GET", "POST"]),
    Route("/row/new", require_session(add_row), methods=["GET", "POST"]),
    Route("/row/delete", require_session(delete_row), methods=["GET", "POST"]),
]
