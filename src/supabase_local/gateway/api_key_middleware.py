"""Which routes require an API key, which the secret one, and which are public, as in Supabase's Kong configuration.

An invalid key is refused before any service runs; a valid one's identity is put into the request's scope.
https://github.com/supabase/supabase/blob/master/docker/volumes/api/kong.yml lists upstream's routes.
"""

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from arti_core.errors import Unavailable
from supabase_local.gateway.authentication import refuse_key
from supabase_local.gateway.json_io import json_answer
from supabase_local.keys.api_keys import ApiKeys, KeyForbidden, KeyRefused

# Prefixes of paths. A slash is appended to the request's path, so that a prefix matches itself too.

# Opened by browsers from mails and from providers, without a key.
_PUBLIC = (
    "/auth/v1/verify/",
    "/auth/v1/callback/",
    "/auth/v1/authorize/",
    "/auth/v1/.well-known/",
    "/auth/v1/sso/saml/acs/",
    "/auth/v1/sso/saml/metadata/",
    "/sso/saml/acs/",
    "/sso/saml/metadata/",
    "/.well-known/oauth-authorization-server/",
)
_KEY_REQUIRED = ("/auth/v1/", "/rest/v1/", "/realtime/v1/", "/graphql/v1/", "/pg/")
_SECRET_ONLY = ("/pg/",)
_BLOCKED = ("/realtime/v1/api/tenants/", "/realtime/v1/api/openapi/")
_UNSUPPORTED = {
    "/storage/v1/": "Storage",
    "/functions/v1/": "Edge Functions",
    "/graphql/v1/": "GraphQL",
    "/pg/": "The Postgres meta API",
    "/analytics/v1/": "Analytics",
    "/mcp/": "The MCP server",
}


class ApiKeyMiddleware:
    """Authenticates API keys."""

    def __init__(self, app: ASGIApp, api_keys: ApiKeys) -> None:
        self._app = app
        self._api_keys = api_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            await self._authenticate(connection)
        except KeyRefused as error:
            await _answer(connection, refuse_key(error), str(error))(scope, receive, send)
        except _Refused as error:
            body = {"message": str(error)}
            await _answer(connection, json_answer(body, error.status), str(error))(scope, receive, send)
        except Unavailable as error:
            answer = json_answer({"message": error.message}, 503, {"Retry-After": "2"})
            await _answer(connection, answer, error.message)(scope, receive, send)
        else:
            await self._app(_without_key(scope), receive, send)

    async def _authenticate(self, connection: HTTPConnection) -> None:
        """Put the identity of the key into the scope. Raises KeyRefused, Unavailable, _Refused."""
        path = f"{connection.scope['path']}/"
        if path.startswith(_BLOCKED):
            raise _Refused(403, "You cannot consume this service")
        if path.startswith(_KEY_REQUIRED) and not path.startswith(_PUBLIC):
            try:
                principal = await self._api_keys.find(_key_of(connection))
            except KeyForbidden as error:
                raise _Refused(403, str(error)) from None
            if path.startswith(_SECRET_ONLY) and principal.role != "service_role":
                raise _Refused(403, "You cannot consume this service")
            connection.scope["supabase_local.api_key"] = principal
        for start, service in _UNSUPPORTED.items():
            if path.startswith(start):
                raise _Refused(404, f"{service} is not supported here. Set SUPABASE_URL to a Supabase that serves it.")


class _Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def _answer(connection: HTTPConnection, answer: Response, sentence: str) -> Response:
    """Return `answer`, for a socket in the form that Realtime's clients read."""
    if connection.scope["type"] == "websocket":
        return json_answer({"error": sentence}, answer.status_code)
    return answer


def _key_of(connection: HTTPConnection) -> str:
    """Return the key of a request. Sockets send it as a query parameter, proxies of browsers as x-api-key."""
    headers = connection.headers
    if connection.scope["type"] == "websocket" and headers.get("x-api-key"):
        return headers["x-api-key"]
    return headers.get("apikey") or connection.query_params.get("apikey", "")


def _without_key(scope: Scope) -> Scope:
    """Remove a key in the query from REST requests, where every parameter is a filter."""
    query: bytes = scope.get("query_string", b"")
    if b"apikey" not in query or not scope["path"].startswith("/rest/"):
        return scope
    kept = [part for part in query.split(b"&") if part.partition(b"=")[0] != b"apikey"]
    return {**scope, "query_string": b"&".join(kept)}
