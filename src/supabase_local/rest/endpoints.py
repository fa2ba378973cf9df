"""PostgREST's routes under /rest/v1. Every request is one transaction and one statement."""

from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arti_core.errors import MfaRequired, SessionNotFound, Unavailable
from supabase_local.gateway.authentication import AuthResult, KeyRefused, TokenRefused, refuse_key
from supabase_local.gateway.json_io import BodyRefused, read_body
from supabase_local.rest.api_request import parse_query
from supabase_local.rest.api_request.payload import MAX_BODY_BYTES
from supabase_local.rest.api_request.preferences import no_media, read_media, read_preferences, read_schema_name
from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.errors import RestError, answer_error, table_not_found
from supabase_local.rest.openapi import describe
from supabase_local.rest.plan.call_plan import find_function
from supabase_local.rest.service import RestContext, answer

log = structlog.get_logger()

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


async def rest_endpoint(request: Request) -> Response:
    try:
        return await _answer(request)
    except KeyRefused as refused:
        return refuse_key(refused)
    except TokenRefused as refused:
        code = "PGRST303" if "expired" in str(refused) else "PGRST301"
        return answer_error(RestError(401, code, str(refused)))
    except SessionNotFound:
        return answer_error(RestError(401, "PGRST303", "JWT session has ended"))
    except MfaRequired as refused:
        return answer_error(RestError(403, "42501", refused.message))
    except BodyRefused as refused:
        return answer_error(RestError(413, "PGRST102", str(refused)))
    except RestError as refused:
        return answer_error(refused)
    except Unavailable:
        return answer_error(RestError(503, "PGRST001", "Database client error. Retrying the connection."))
    except Exception as error:
        log.error("unforeseen error", path=request.url.path, exc_info=error)
        return answer_error(RestError(500, "PGRSTX00", "Something went wrong on our side"))


async def _answer(request: Request) -> Response:
    principal: AuthResult | None = request.app.state.authenticator.principal(request)
    if principal is None:
        raise RestError(401, "PGRST301", "Authorization must hold a Bearer token")
    context: RestContext = request.app.state.rest
    parts = [part for part in request.path_params["rest"].split("/") if part]
    of_function = len(parts) == 2 and parts[0] == "rpc"
    if len(parts) > 1 and not of_function:
        raise RestError(404, "PGRST125", "Invalid path specified in request URL")
    method = request.method
    headers = request.headers
    schema, profiled = read_schema_name(headers, method, context.catalogue.schemas)
    if method in ("OPTIONS", "TRACE"):
        return await _other_method(context, request, parts, schema)
    if not parts:
        return await _root(context, principal, request, schema, profiled=profiled)
    options = context.options
    query = request.scope["query_string"].decode("latin-1")
    api_request = ApiRequest(
        method=method,
        schema=schema,
        path=parts[-1],
        of_function=of_function,
        pairs=parse_qsl(query, keep_blank_values=True),
        query_string=_loggable_query(query),
        media=read_media(headers, may_plan=options.may_plan),
        preferences=read_preferences(headers, may_roll_back=options.may_roll_back, may_estimate=options.may_estimate),
        range_header=headers.get("range", "") if method == "GET" else "",
        body_kind=headers.get("content-type", "application/json").split(";")[0].strip().lower(),
        body=b"" if method in ("GET", "HEAD", "DELETE") else await read_body(request, at_most=MAX_BODY_BYTES),
        profiled=profiled,
    )
    return await answer(context, principal, api_request, headers)


def _loggable_query(query: str) -> str:
    """Return the query string as Content-Location repeats it: without the key, and fit for a header."""
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith("apikey=")]
    return "&".join(sorted(pairs)).encode("ascii", "ignore").decode()


async def _root(
    context: RestContext, principal: AuthResult, request: Request, schema: str, *, profiled: bool
) -> Response:
    if request.method not in ("GET", "HEAD"):
        raise RestError(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
    accepted = {part.split(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")}
    if not accepted & {"*/*", "application/*", "application/json", "application/openapi+json", ""}:
        raise no_media(sorted(accepted))
    body = await describe(context, principal, schema, base=str(request.base_url))
    content = b"" if request.method == "HEAD" else body
    headers = {"Content-Type": "application/openapi+json; charset=utf-8"}
    return Response(content, 200, headers | ({"Content-Profile": schema} if profiled else {}))


async def _other_method(context: RestContext, request: Request, parts: list[str], schema: str) -> Response:
    if request.method != "OPTIONS":
        raise RestError(405, "PGRST117", f"Unsupported HTTP method: {request.method}")
    allowed = ["OPTIONS", "GET", "HEAD"]
    known = await context.catalogue.schema()
    if len(parts) == 1:
        table = known.tables.get((schema, parts[0]))
        if table is None:
            raise table_not_found(schema, parts[0], (name for of, name in known.tables if of == schema))
        able = (
            ("POST", table.insertable),
            ("PUT", table.insertable and table.updatable and bool(table.primary_key)),
            ("PATCH", table.updatable),
            ("DELETE", table.deletable),
        )
        allowed += [verb for verb, is_able in able if is_able]
    elif parts:
        given = parse_query(request.query_params.multi_items(), of_function=True).arguments
        volatile = find_function(known, schema, parts[1], given, None).volatile
        allowed = ["OPTIONS", "POST"] if volatile else [*allowed, "POST"]
    return Response(b"", 200, {"Allow": ",".join(allowed)})


ROUTES = [Route("/rest/v1/{rest:path}", rest_endpoint, methods=list(METHODS))]
