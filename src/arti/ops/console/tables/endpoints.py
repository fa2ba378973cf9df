"""Tables, their rows, and changes of single rows."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode

import asyncpg
from starlette.datastructures import FormData
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.impersonation import OWNER, find_impersonation, list_people, suggestions
from arti.ops.console.rendering import address
from arti.ops.console.session_guard import ConsoleRequest, field, page, redirect, require_session
from arti.ops.console.tables import catalog, edits, forms, pages
from arti.ops.console.tables.catalog import CatalogTable
from arti.ops.console.tables.definition import read_definition
from arti.ops.console.tables.rows import OPERATORS, Condition, RowQuery, count_rows, read_rows
from arti_core.errors import ArtiError, Conflict, Invalid


async def list_tables(console_request: ConsoleRequest) -> Response:
    word = console_request.query("q")
    found = await catalog.list_tables(console_request.pool, word=word)
    schemas = [(schema, list(rows)) for schema, rows in groupby(found, key=itemgetter("schema"))]
    return page(
        console_request, "tables.html", "Tables", here="/tables", KINDS=catalog.KINDS, word=word, schemas=schemas
    )


async def show_table(console_request: ConsoleRequest) -> Response:
    table = await _table(console_request)
    row_query, word = _row_query(console_request), console_request.query("as")
    error, rows, impersonation = "", None, OWNER
    counts: list[tuple[str, str]] = []
    status = 200
    try:
        impersonation = await find_impersonation(console_request.pool, word, hook=console_request.hook)
        counts = [("as the owner", await count_rows(console_request.pool, table, row_query, OWNER))]
        if not impersonation.is_owner:
            counts.append(
                (f"as {impersonation.name}", await count_rows(console_request.pool, table, row_query, impersonation))
            )
        rows = await read_rows(console_request.pool, table, row_query, impersonation)
    except Invalid as refused:
        error, status = refused.message, refused.status
    except asyncpg.PostgresError as refused:
        error = str(refused)
    definition = await read_definition(console_request.pool, table)
    return page(
        console_request,
        "table.html",
        f"{table.schema}.{table.name}",
        here="/tables",
        status=status,
        KINDS=catalog.KINDS,
        OPERATORS=OPERATORS,
        table=table,
        definition=definition,
        parts=pages.parts_of(table, definition),
        conditions=pages.conditions_of(row_query),
        row_query=row_query,
        impersonation=impersonation,
        word=word,
        people=suggestions(await list_people(console_request.pool)),
        error=error,
        counts=counts,
        page=rows,
        **(pages.describe_rows(table, rows, row_query, impersonation) if rows else {}),
    )


async def edit_row(console_request: ConsoleRequest) -> Response:
    """Show the form of one row, or with POST change the row."""
    table, key = await _table(console_request), await _key(console_request)
    row = await edits.get_row(console_request.pool, table, key)
    if console_request.request.method == "GET":
        return _form(console_request, table, row, key=key)
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
        return _form(console_request, table, row, key=key, error=refused.message, status=409)
    except (Invalid, asyncpg.PostgresError) as refused:
        return _form(console_request, table, row, key=key, refused=form, error=_message(refused), status=422)
    return redirect(_address(table))


async def add_row(console_request: ConsoleRequest) -> Response:
    """Show the form of a new row, or with POST add it."""
    table = await _table(console_request)
    if not table.is_insertable:
        raise Invalid("Rows can be added to tables only.")
    if console_request.request.method == "GET":
        return _form(console_request, table, None)
    form = await console_request.request.form()
    try:
        values = forms.read_form(table, form, stored=None)
        await edits.insert_row(console_request.pool, table, values, session=console_request.session.name)
    except (ArtiError, asyncpg.PostgresError) as refused:
        return _form(console_request, table, None, refused=form, error=_message(refused), status=422)
    return redirect(_address(table))


async def delete_row(console_request: ConsoleRequest) -> Response:
    """Ask whether one row shall go, or with POST delete it."""
    table, key = await _table(console_request), await _key(console_request)
    if console_request.request.method == "GET":
        row = await edits.get_row(console_request.pool, table, key)
        referrers = await edits.list_referrers(console_request.pool, table, row)
        title = f"Delete this row of {table.schema}.{table.name}?"
        return page(
            console_request,
            "delete_row.html",
            title,
            here="/tables",
            table=table,
            row=row,
            key=key,
            referrers=referrers,
        )
    version = field(await console_request.request.form(), "version")
    await edits.delete_row(console_request.pool, table, key, version=version, session=console_request.session.name)
    return redirect(_address(table))


def _form(
    console_request: ConsoleRequest,
    table: CatalogTable,
    row: edits.FoundRow | None,
    *,
    key: Sequence[str] = (),
    refused: FormData | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    """Return the form that changes `row`, or that adds one when it is None; with what was refused in it."""
    place = {"schema": table.schema, "name": table.name}
    return page(
        console_request,
        "row.html",
        f"{'New row in' if row is None else 'Row of'} {table.schema}.{table.name}",
        here="/tables",
        status=status,
        table=table,
        row=row,
        key=key,
        fields=forms.describe_fields(table, row, refused),
        error=error,
        action=address("/row/new" if row is None else "/row", **place),
        delete_url=f"{address('/row/delete', **place)}&{urlencode([('key', part) for part in key])}",
    )


async def _table(console_request: ConsoleRequest) -> CatalogTable:
    return await catalog.get_table(console_request.pool, console_request.query("schema"), console_request.query("name"))


async def _key(console_request: ConsoleRequest) -> list[str]:
    if console_request.request.method == "GET":
        return console_request.request.query_params.getlist("key")
    form = await console_request.request.form()
    return [part for part in form.getlist("key") if isinstance(part, str)]


def _row_query(console_request: ConsoleRequest) -> RowQuery:
    query = console_request.request.query_params
    lines = zip(query.getlist("column"), query.getlist("operator"), query.getlist("value"), strict=False)
    return RowQuery(
        conditions=[Condition(column, operator, value) for column, operator, value in lines if column],
        sort=console_request.query("sort"),
        descending=console_request.query("desc") == "1",
        page=console_request.page_number,
    )


def _address(table: CatalogTable) -> str:
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
