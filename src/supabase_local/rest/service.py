"""Run one request: one transaction with one statement, under the caller's role and claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
import orjson
from starlette.responses import Response

from supabase_local.gateway.authentication import AuthResult
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.config import RestConfig
from supabase_local.rest.errors import UnknownName, error_of_database
from supabase_local.rest.plan.call_plan import plan_call
from supabase_local.rest.plan.statement_cache import StatementCache
from supabase_local.rest.plan.table_plan import plan_table
from supabase_local.rest.query.count_estimate import estimate_count
from supabase_local.rest.query.statements import MainQuery
from supabase_local.rest.response import ResultSet, build_response, check_result
from supabase_local.rest.schema_cache.loader import SchemaCacheLoader
from supabase_local.rest.schema_cache.schema_cache import SchemaCache

_Plan = Callable[[SchemaCache, ApiRequest, RestConfig], MainQuery]
_SECRET_HEADERS = frozenset({"apikey", "authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class RestContext:
    """Stored on `app.state.rest` of the gateway."""

    pools: DatabasePools
    schema_cache_loader: SchemaCacheLoader
    config: RestConfig
    statement_cache: StatementCache = field(default_factory=StatementCache)


class _RolledBack(Exception):
    """Ends a transaction with Prefer: tx=rollback."""


async def run_request(
    context: RestContext, principal: AuthResult, api_request: ApiRequest, headers: Mapping[str, str]
) -> Response:
    """Plan and run a request and build its response. Raises RestError, SessionNotFound, Unavailable."""
    plan_request: _Plan = plan_call if api_request.is_rpc else plan_table
    if api_request.is_read and not api_request.is_rpc:
        plan_request = context.statement_cache.plan
    schema_cache = await context.schema_cache_loader.current()
    try:
        main_query = plan_request(schema_cache, api_request, context.config)
    except UnknownName:
        newer = await context.schema_cache_loader.newer(schema_cache)
        if newer is None:
            raise
        schema_cache = newer
        main_query = plan_request(newer, api_request, context.config)
    settings = transaction_settings(context, schema_cache, principal, api_request, headers)
    result: ResultSet | None = None
    explained = ""
    try:
        async with context.pools.transaction(
            principal, read_only=main_query.read_only, settings=settings
        ) as connection:
            if api_request.media_type.plan is not None:
                rows = await connection.fetch(f"{_explain(api_request)} {main_query.sql}", *main_query.values)
                explained = "\n".join(
                    row[0] if isinstance(row[0], str) else orjson.dumps(row[0]).decode() for row in rows
                )
            else:
                row = await connection.fetchrow(main_query.sql, *main_query.values)
                result = _result(row)
                if main_query.count is not None:
                    total = await estimate_count(connection, main_query.count, api_request, context.config)
                    result = replace(result, total=total)
                check_result(api_request, main_query, result)
            if api_request.preferences.tx == "rollback":
                raise _RolledBack
    except _RolledBack:
        pass
    except asyncpg.PostgresError as error:
        raise error_of_database(error, role=principal.role) from None
    if result is None:
        return Response(explained, 200, {"Content-Type": api_request.media_type.content_type})
    return build_response(api_request, main_query, result)


def transaction_settings(
    context: RestContext,
    schema_cache: SchemaCache,
    principal: AuthResult,
    api_request: ApiRequest,
    headers: Mapping[str, str],
) -> dict[str, str]:
    """Return the transaction settings: search path, the role's timeouts, and the request for policies."""
    path = (api_request.schema, *context.config.extra_search_path)
    settings = {
        "search_path": ", ".join('"' + schema.replace('"', '""') + '"' for schema in path),
        **schema_cache.role_settings.get(principal.role, {}),
        "request.method": api_request.method,
        "request.path": f"/{'rpc/' if api_request.is_rpc else ''}{api_request.path}",
        "request.headers": orjson.dumps(
            {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        ).decode(),
        "request.cookies": "{}",
    }
    if api_request.preferences.timezone:
        settings["timezone"] = api_request.preferences.timezone
    return {name: value.replace("\x00", "") for name, value in settings.items()}


def _result(row: Any) -> ResultSet:
    assert row is not None  # every main query is an aggregate
    inserted = {name: row[name] for name in ("inserted",) if name in row.keys()}  # noqa: SIM118 - a record, not a dict
    location = tuple(row["location"] or ()) if "location" in row.keys() else ()  # noqa: SIM118
    return ResultSet(
        row["total"], row["page"], row["body"], row["headers"], row["status"], location=location, **inserted
    )


def _explain(api_request: ApiRequest) -> str:
    options = [f"format {'json' if api_request.media_type.plan_json else 'text'}", *(api_request.media_type.plan or ())]
    return f"explain ({', '.join(options)})"
