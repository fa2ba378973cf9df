"""The routes of /rest/v1: parse the request, run it, turn every error into PostgREST's format."""

from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arti_core.errors import MfaRequired, SessionNotFound, Unavailable
from supabase_local.gateway.authentication import AuthResult, KeyRefused, TokenRefused, refuse_key
from supabase_local.gateway.json_io import BodyRefused, read_body
from supabase_local.rest.api_request.media_type import media_type_not_acceptable, parse_accept
from supabase_local.rest.api_request.payload import MAX_BODY_BYTES
from supabase_local.rest.api_request.preferences import parse_preferences
from supabase_local.rest.api_request.query_params import parse_query_params
from supabase_local.rest.api_request.request import ApiRequest, negotiate_schema
from supabase_local.rest.errors import RestError, error_response, table_not_found
from supabase_local.rest.openapi import describe
from supabase_local.rest.plan.call_plan import find_routine
from supabase_local.rest.service import RestContext, run_request

log = structlog.get_logger()

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


async def rest_endpoint(request: Request) -> Response:
    try:
        return await _run(request)
    except KeyRefused as refused:
        return refuse_key(refused)
    except TokenRefused as refused:
        code = "PGRST303" if "expired" in str(refused) else "PGRST301"
        return error_response(RestError(401, code, str(refused)))
    except SessionNotFound:
        return error_response(RestError(401, "PGRST303", "JWT session has ended"))
    except MfaRequired as refused:
        return error_response(RestError(403, "42501", refused.message))
    except BodyRefused as refused:
        return error_response(RestError(413, "PGRST102", str(refused)))
    except RestError as refused:
        return error_response(refused)
    except Unavailable:
        return error_response(RestError(503, "PGRST001", "Database client error. Retrying the connection."))
    except Exception as error:
        log.error("unexpected error", path=request.url.path, exc_info=error)
        return error_response(RestError(500, "PGRSTX00", "Something went wrong on our side"))


async def _run(request: Request) -> Response:
    principal: AuthResult | None = request.app.state.authenticator.principal(request)
    if principal is None:
        raise RestError(401, "PGRST301", "Authorization must hold a Bearer token")
    context: RestContext = request.app.state.rest
    parts = [part for part in request.path_params["rest"].split("/") if part]
    is_rpc = len(parts) == 2 and parts[0] == "rpc"
    if len(parts) > 1 and not is_rpc:
        raise RestError(404, "PGRST125", "Invalid path specified in request URL")
    method = request.method
    headers = request.headers
    schema, has_profile = negotiate_schema(headers, method, context.schema_cache_loader.schemas)
    if method in ("OPTIONS", "TRACE"):
        return await _other_method(context, request, parts, schema)
    if not parts:
        return await _root(context, principal, request, schema, has_profile=has_profile)
    config = context.config
    query = request.scope["query_string"].decode("latin-1")
    api_request = ApiRequest(
        method=method,
        schema=schema,
        path=parts[-1],
        is_rpc=is_rpc,
        params=parse_qsl(query, keep_blank_values=True),
        query_string=_query_without_key(query),
        media_type=parse_accept(headers, plan_enabled=config.plan_enabled),
        preferences=parse_preferences(
            headers, allow_tx_override=config.allow_tx_override, planned_counts=config.planned_counts
        ),
        range_header=headers.get("range", "") if method == "GET" else "",
        content_type=headers.get("content-type", "application/json").split(";")[0].strip().lower(),
        body=b"" if method in ("GET", "HEAD", "DELETE") else await read_body(request, at_most=MAX_BODY_BYTES),
        has_profile=has_profile,
    )
    return await run_request(context, principal, api_request, headers)


def _query_without_key(query: str) -> str:
    """Return the query string for Content-Location: without the API key, in ASCII."""
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith("apikey=")]
    return "&".join(sorted(pairs)).encode("ascii", "ignore").decode()


async def _root(
    context: RestContext, principal: AuthResult, request: Request, schema: str, *, has_profile: bool
) -> Response:
    if request.method not in ("GET", "HEAD"):
        raise RestError(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
    accepted = {part.split(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")}
    if not accepted & {"*/*", "application/*", "application/json", "application/openapi+json", ""}:
        raise media_type_not_acceptable(sorted(accepted))
    body = await describe(context, principal, schema, base=str(request.base_url))
    content = b"" if request.method == "HEAD" else body
    headers = {"Content-Type": "application/openapi+json; charset=utf-8"}
    return Response(content, 200, headers | ({"Content-Profile": schema} if has_profile else {}))


async def _other_method(context: RestContext, request: Request, parts: list[str], schema: str) -> Response:
    if request.method != "OPTIONS":
        raise RestError(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
    allowed = ["OPTIONS", "GET", "HEAD"]
    schema_cache = await context.schema_cache_loader.current()
    if len(parts) == 1:
        table = schema_cache.tables.get((schema, parts[0]))
        if table is None:
            raise table_not_found(schema, parts[0], (name for of, name in schema_cache.tables if of == schema))
        methods = (
            ("POST", table.insertable),
            ("PUT", table.insertable and table.updatable and bool(table.primary_key)),
            ("PATCH", table.updatable),
            ("DELETE", table.deletable),
        )
        allowed += [verb for verb, is_allowed in methods if is_allowed]
    elif parts:
        arguments = parse_query_params(request.query_params.multi_items(), is_rpc=True).arguments
        volatile = find_routine(schema_cache, schema, parts[1], arguments, None).volatile
        allowed = ["OPTIONS", "POST"] if volatile else [*allowed, "POST"]
    return Response(b"", 200, {"Allow": ",".join(allowed)})


ROUTES = [Route("/rest/v1/{rest:path}", rest_endpoint, methods=list(METHODS))]
