"""Answer one request: one transaction, one statement, under the caller's role and claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import orjson
from starlette.responses import Response

from arti.base.database import as_role
from arti.supabase.gate import Asker
from arti.supabase.logins import Logins
from arti.supabase.rest.answers import Result, require_fit, show
from arti.supabase.rest.calling import prepare_call
from arti.supabase.rest.catalogue import Catalogue
from arti.supabase.rest.errors import UnknownName, of_database
from arti.supabase.rest.guessing import guess_total
from arti.supabase.rest.prepare import prepare_table
from arti.supabase.rest.request import Asked, Options, Prepared
from arti.supabase.rest.schema import Schema
from arti.supabase.rest.shapes import Shapes

_Prepare = Callable[[Schema, Asked, Options], Prepared]
_SECRET_HEADERS = frozenset({"apikey", "authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class RestDoors:
    """Kept on `app.state.rest` of the gateway."""

    logins: Logins
    catalogue: Catalogue
    options: Options
    shapes: Shapes = field(default_factory=Shapes)


class _TakenBack(Exception):
    """Ends a transaction that was only tried: Prefer: tx=rollback."""


async def answer(doors: RestDoors, asker: Asker, asked: Asked, headers: Mapping[str, str]) -> Response:
    """Run the statement of a request and show what it answers. Raises RestError, SessionEnded, Unavailable."""
    prepare: _Prepare = prepare_call if asked.of_function else prepare_table
    if asked.reading and not asked.of_function:
        prepare = doors.shapes.prepare
    known = await doors.catalogue.schema()
    try:
        prepared = prepare(known, asked, doors.options)
    except UnknownName:
        newer = await doors.catalogue.newer(known)
        if newer is None:
            raise
        known = newer
        prepared = prepare(newer, asked, doors.options)
    pool = doors.logins.of(asker.role)
    settings = transaction_settings(doors, known, asker, asked, headers)
    result: Result | None = None
    plan = ""
    try:
        async with as_role(
            pool, asker.role, asker.claims_json(), read_only=prepared.read_only, settings=settings
        ) as connection:
            if asked.media.plan is not None:
                rows = await connection.fetch(f"{_explain(asked)} {prepared.sql}", *prepared.values)
                plan = "\n".join(row[0] if isinstance(row[0], str) else orjson.dumps(row[0]).decode() for row in rows)
            else:
                row = await connection.fetchrow(prepared.sql, *prepared.values)
                result = _result(row)
                if prepared.count is not None:
                    total = await guess_total(connection, prepared.count, asked, doors.options)
                    result = replace(result, total=total)
                require_fit(asked, prepared, result)
            if asked.preferences.tx == "rollback":
                raise _TakenBack
    except _TakenBack:
        pass
    except asyncpg.PostgresError as error:
        raise of_database(error, role=asker.role) from None
    if result is None:
        return Response(plan, 200, {"Content-Type": asked.media.told})
    return show(asked, prepared, result)


def transaction_settings(
    doors: RestDoors, known: Schema, asker: Asker, asked: Asked, headers: Mapping[str, str]
) -> dict[str, str]:
    """Return what functions and policies may read of the request, and how long the role's statements may take."""
    path = (asked.schema, *doors.options.extra_search_path)
    settings = {
        "search_path": ", ".join('"' + one.replace('"', '""') + '"' for one in path),
        **known.role_settings.get(asker.role, {}),
        "request.method": asked.method,
        "request.path": f"/{'rpc/' if asked.of_function else ''}{asked.path}",
        "request.headers": orjson.dumps(
            {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        ).decode(),
        "request.cookies": "{}",
    }
    if asked.preferences.timezone:
        settings["timezone"] = asked.preferences.timezone
    return {name: value.replace("\x00", "") for name, value in settings.items()}


def _result(row: Any) -> Result:
    assert row is not None  # every statement ends in an aggregate
    more = {name: row[name] for name in ("inserted",) if name in row.keys()}  # noqa: SIM118 - a record, not a dict
    location = tuple(row["location"] or ()) if "location" in row.keys() else ()  # noqa: SIM118
    return Result(row["total"], row["page"], row["body"], row["headers"], row["status"], location=location, **more)


def _explain(asked: Asked) -> str:
    wanted = [f"format {'json' if asked.media.plan_json else 'text'}", *(asked.media.plan or ())]
    return f"explain ({', '.join(wanted)})"
