"""Answer one request: one transaction, one statement, under the caller's role and claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import orjson
from starlette.responses import Response

from arti_core.database import role_transaction
from supabase_local.gateway.authentication import AuthResult
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.rest.api_request.request import ApiRequest, Options, PreparedStatement
from supabase_local.rest.errors import UnknownName, error_from_database
from supabase_local.rest.plan.call_plan import prepare_call
from supabase_local.rest.plan.statement_cache import StatementCache
from supabase_local.rest.plan.table_plan import prepare_table
from supabase_local.rest.query.count_estimate import estimate_count
from supabase_local.rest.response import Result, check_result, show
from supabase_local.rest.schema_cache.cache import SchemaCache
from supabase_local.rest.schema_cache.schema import Schema

_Prepare = Callable[[Schema, ApiRequest, Options], PreparedStatement]
_SECRET_HEADERS = frozenset({"apikey", "authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class RestContext:
    """Kept on `app.state.rest` of the gateway."""

    pools: DatabasePools
    catalogue: SchemaCache
    options: Options
    shapes: StatementCache = field(default_factory=StatementCache)


class _RolledBack(Exception):
    """Ends a transaction that was only tried: Prefer: tx=rollback."""


async def answer(
    context: RestContext, principal: AuthResult, api_request: ApiRequest, headers: Mapping[str, str]
) -> Response:
    """Run the statement of a request and show what it answers. Raises RestError, SessionNotFound, Unavailable."""
    prepare: _Prepare = prepare_call if api_request.of_function else prepare_table
    if api_request.reading and not api_request.of_function:
        prepare = context.shapes.prepare
    known = await context.catalogue.schema()
    try:
        prepared = prepare(known, api_request, context.options)
    except UnknownName:
        newer = await context.catalogue.newer(known)
        if newer is None:
            raise
        known = newer
        prepared = prepare(newer, api_request, context.options)
    pool = context.pools.of(principal.role)
    settings = transaction_settings(context, known, principal, api_request, headers)
    result: Result | None = None
    plan = ""
    try:
        async with role_transaction(
            pool, principal.role, principal.claims_json(), read_only=prepared.read_only, settings=settings
        ) as connection:
            if api_request.media.plan is not None:
                rows = await connection.fetch(f"{_explain(api_request)} {prepared.sql}", *prepared.values)
                plan = "\n".join(row[0] if isinstance(row[0], str) else orjson.dumps(row[0]).decode() for row in rows)
            else:
                row = await connection.fetchrow(prepared.sql, *prepared.values)
                result = _result(row)
                if prepared.count is not None:
                    total = await estimate_count(connection, prepared.count, api_request, context.options)
                    result = replace(result, total=total)
                check_result(api_request, prepared, result)
            if api_request.preferences.tx == "rollback":
                raise _RolledBack
    except _RolledBack:
        pass
    except asyncpg.PostgresError as error:
        raise error_from_database(error, role=principal.role) from None
    if result is None:
        return Response(plan, 200, {"Content-Type": api_request.media.told})
    return show(api_request, prepared, result)


def transaction_settings(
    context: RestContext, known: Schema, principal: AuthResult, api_request: ApiRequest, headers: Mapping[str, str]
) -> dict[str, str]:
    """Return what functions and policies may read of the request, and how long the role's statements may take."""
    path = (api_request.schema, *context.options.extra_search_path)
    settings = {
        "search_path": ", ".join('"' + one.replace('"', '""') + '"' for one in path),
        **known.role_settings.get(principal.role, {}),
        "request.method": api_request.method,
        "request.path": f"/{'rpc/' if api_request.of_function else ''}{api_request.path}",
        "request.headers": orjson.dumps(
            {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        ).decode(),
        "request.cookies": "{}",
    }
    if api_request.preferences.timezone:
        settings["timezone"] = api_request.preferences.timezone
    return {name: value.replace("\x00", "") for name, value in settings.items()}


def _result(row: Any) -> Result:
    assert row is not None  # every statement ends in an aggregate
    more = {name: row[name] for name in ("inserted",) if name in row.keys()}  # noqa: SIM118 - a record, not a dict
    location = tuple(row["location"] or ()) if "location" in row.keys() else ()  # noqa: SIM118
    return Result(row["total"], row["page"], row["body"], row["headers"], row["status"], location=location, **more)


def _explain(api_request: ApiRequest) -> str:
    wanted = [f"format {'json' if api_request.media.plan_json else 'text'}", *(api_request.media.plan or ())]
    return f"explain ({', '.join(wanted)})"
