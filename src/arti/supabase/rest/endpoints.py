"""PostgREST's routes under /rest/v1, a bounded part of them. Every request is one transaction and one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arti.base.database import as_role
from arti.supabase.gate import Asker, KeyRefused, TokenRefused, refuse_key
from arti.supabase.logins import Logins
from arti.supabase.rest.catalogue import SCHEMA, Catalogue, Table
from arti.supabase.rest.errors import RestError, answer_error, not_spoken, of_database
from arti.supabase.rest.grammar import Query, Selected, parse_query
from arti.supabase.rest.statement import delete_rows, insert_rows, read_rows, update_rows
from arti.supabase.wire import BodyRefused, read_body

log = structlog.get_logger()

_OBJECT = "application/vnd.pgrst.object+json"
_ARRAY_TYPES = frozenset({"application/json", "*/*", "application/*", "application/vnd.pgrst.array+json", ""})
_NOT_SPOKEN_PREFERENCES = ("resolution", "missing", "tx", "max-affected", "timezone")
_MAX_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RestDoors:
    """Kept on `app.state.rest` of the gateway."""

    logins: Logins
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the headers ask for."""

    single: bool
    count: bool
    representation: bool


async def table_endpoint(request: Request) -> Response:
    try:
        return await _answer(request)
    except KeyRefused as refused:
        return refuse_key(refused)
    except TokenRefused as refused:
        code = "PGRST303" if "expired" in str(refused) else "PGRST301"
        return answer_error(RestError(401, code, str(refused)))
    except BodyRefused as refused:
        return answer_error(RestError(400, "PGRST102", str(refused)))
    except RestError as refused:
        return answer_error(refused)
    except Exception as error:
        log.error("unforeseen error", path=request.url.path, exc_info=error)
        return answer_error(RestError(500, "PGRSTX00", "Something went wrong on our side"))


async def _answer(request: Request) -> Response:
    asker: Asker | None = request.app.state.gate.asker(request)
    if asker is None:
        raise RestError(401, "PGRST301", "Authorization must hold a Bearer token")
    doors: RestDoors = request.app.state.rest
    path = request.path_params["rest"].strip("/")
    if not path or "/" in path:
        raise not_spoken("rpc" if path.startswith("rpc/") else "this path")
    wishes = _wishes(request)
    table = await doors.catalogue.table(path)
    query = parse_query(request.query_params.multi_items())
    reading = request.method in ("GET", "HEAD")
    sql, values = await _statement(request, table, query, wishes)
    try:
        async with as_role(
            doors.logins.of(asker.role), asker.role, asker.claims_json(), read_only=reading
        ) as connection:
            row = await connection.fetchrow(sql, *values)
            assert row is not None  # every statement ends in an aggregate
            if wishes.single and row["page"] != 1 and (reading or wishes.representation):
                raise RestError(  # inside the transaction: a write that hit too many rows is taken back
                    406,
                    "PGRST116",
                    "Cannot coerce the result to a single JSON object",
                    details=f"The result contains {row['page']} rows",
                )
    except asyncpg.PostgresError as error:
        raise of_database(error, role=asker.role) from None
    return _shown(request, query, wishes, total=row["total"], page=row["page"], body=row["body"])


def _wishes(request: Request) -> Wishes:
    for name in ("accept-profile", "content-profile"):
        if request.headers.get(name, SCHEMA) != SCHEMA:
            raise RestError(406, "PGRST106", f"Invalid schema: {request.headers[name][:63]}", hint=f"Use {SCHEMA}.")
    accepted = [part.split(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    wanted = next((one for one in accepted if one == _OBJECT or one in _ARRAY_TYPES), None)
    if wanted is None:
        raise not_spoken(f"the media type {accepted[0][:60]}")
    if "nulls=stripped" in request.headers.get("accept", ""):
        raise not_spoken("nulls=stripped")
    prefer = dict(
        part.strip().partition("=")[::2] for header in request.headers.getlist("prefer") for part in header.split(",")
    )
    for name in _NOT_SPOKEN_PREFERENCES:
        if name in prefer:
            raise not_spoken(f"Prefer: {name}")
    if prefer.get("count", "exact") != "exact":
        raise not_spoken("counts other than exact")
    if prefer.get("return") == "headers-only":
        raise not_spoken("Prefer: return=headers-only")
    return Wishes(wanted == _OBJECT, "count" in prefer, prefer.get("return") == "representation")


async def _statement(request: Request, table: Table, query: Query, wishes: Wishes) -> tuple[str, list[object]]:
    back: Sequence[Selected] | None = query.select if wishes.representation else None
    if request.method in ("GET", "HEAD"):
        return read_rows(table, query, count=wishes.count)
    if query.order or query.names & {"limit", "offset", "on_conflict"}:
        raise not_spoken("order, limit, offset and on_conflict on writes")
    if request.method == "DELETE":
        return delete_rows(table, query.filters, back)
    if request.method == "PUT":
        raise not_spoken("PUT")
    body = await _payload(request)
    if request.method == "POST":
        if query.filters:
            raise not_spoken("filters on an insert")
        rows = body if isinstance(body, list) else [body]
        return insert_rows(table, _keys(rows, query), orjson.dumps(rows).decode(), back)
    if isinstance(body, list):
        raise RestError(400, "PGRST102", "A PATCH takes one JSON object")
    names = [name for name in body if query.columns is None or name in query.columns]
    if not names:
        raise RestError(400, "PGRST102", "The body names no column to change")
    return update_rows(table, names, orjson.dumps(body).decode(), query.filters, back)


async def _payload(request: Request) -> dict[str, Any] | list[dict[str, Any]]:
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind != "application/json":
        raise not_spoken(f"bodies of type {kind[:60]}")
    try:
        body = orjson.loads(await read_body(request, at_most=_MAX_BODY_BYTES))
    except orjson.JSONDecodeError:
        raise RestError(400, "PGRST102", "Empty or invalid json") from None
    if isinstance(body, dict) or (isinstance(body, list) and all(isinstance(row, dict) for row in body)):
        return body
    raise RestError(400, "PGRST102", "The body must be a JSON object or an array of objects")


def _keys(rows: list[dict[str, Any]], query: Query) -> list[str]:
    """Return the columns of an insert: `columns=`, or the members that all objects share."""
    if query.columns is not None:
        return list(dict.fromkeys(query.columns))
    names = list(rows[0]) if rows else []
    if any(row.keys() != rows[0].keys() for row in rows):
        raise RestError(400, "PGRST102", "All object keys must match")
    return names


def _shown(request: Request, query: Query, wishes: Wishes, *, total: int | None, page: int, body: str) -> Response:
    reading = request.method in ("GET", "HEAD")
    headers: dict[str, str] = {}
    if reading:
        if total is not None and query.offset > total:
            details = f"An offset of {query.offset} was requested, but there are only {total} rows."
            raise RestError(416, "PGRST103", "Requested range not satisfiable", details=details)
        span = f"{query.offset}-{query.offset + page - 1}" if page else "*"
        headers["Content-Range"] = f"{span}/{'*' if total is None else total}"
        status = 206 if total is not None and page < total else 200
    else:
        if wishes.count:
            headers["Content-Range"] = f"{f'0-{page - 1}' if page else '*'}/{page}"
        if wishes.representation:
            headers["Preference-Applied"] = "return=representation"
        status = 201 if request.method == "POST" else 200 if wishes.representation else 204
        if not wishes.representation:
            return Response(status_code=status, headers=headers)
    kind = _OBJECT if wishes.single else "application/json"
    content = body[1:-1] if wishes.single else body  # one element: the array without its brackets
    if request.method == "HEAD":
        content = ""
    return Response(content, status, headers | {"Content-Type": f"{kind}; charset=utf-8"})


ROUTES = [
    Route("/rest/v1/{rest:path}", table_endpoint, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
]
