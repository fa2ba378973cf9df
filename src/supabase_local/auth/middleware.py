"""What every route of /auth/v1 shares: API key, principal, and errors in GoTrue's form (GoTrue's middleware.go)."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError, answer_error, bad_request, forbidden
from supabase_local.gateway.authentication import AuthResult, KeyRefused, TokenRefused, refuse_key
from supabase_local.gateway.json_io import BodyRefused, BodyTooLarge

log = structlog.get_logger()

Endpoint = Callable[[Request], Awaitable[Response]]


def route(path: str, methods: str, endpoint: Endpoint, *, public: bool = False) -> Route:
    """Return a route below /auth/v1; `methods` are separated by blanks; an API key is required unless `public`."""
    return Route(f"/auth/v1{path}", _with_gotrue_errors(endpoint, public=public), methods=methods.split())


def context_of(request: Request) -> AuthContext:
    context: AuthContext = request.app.state.auth
    return context


def principal_of(request: Request) -> AuthResult:
    """Return the principal. Raises AuthError without a token or a key that acts as a user."""
    principal = _principal_or_key_of(request)
    if principal.role == "anon" and "authorization" not in request.headers:
        raise _no_bearer()
    return principal


def _principal_or_key_of(request: Request) -> AuthResult:
    try:
        principal: AuthResult | None = request.app.state.authenticator.principal(request, on_auth=True)
    except TokenRefused as refused:
        raise forbidden("bad_jwt", str(refused)) from None
    if principal is None:
        raise _no_bearer()
    return principal


def _no_bearer() -> AuthError:
    return AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")


def path_id(request: Request, name: str) -> UUID:
    """Return the UUID in the path. Raises AuthError (404) when it is invalid."""
    try:
        return UUID(request.path_params[name])
    except ValueError:
        raise AuthError(404, "validation_failed", f"{name} must be an UUID") from None


def need_admin(request: Request) -> None:
    if _principal_or_key_of(request).role != "service_role":
        raise forbidden("not_admin", "User not allowed")


def _with_gotrue_errors(endpoint: Endpoint, *, public: bool) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            if not public:
                request.app.state.authenticator.principal_of_key(request)
            return await endpoint(request)
        except KeyRefused as error:
            return refuse_key(error)
        except BodyTooLarge as error:
            return answer_error(request, AuthError(413, "request_too_large", str(error)))
        except BodyRefused as error:
            return answer_error(request, bad_request("bad_json", str(error)))
        except AuthError as error:
            return answer_error(request, error)
        except asyncpg.DataError as refused:  # for example a NUL in a text, which JSON allows
            log.info("a value was refused by the database", path=request.url.path, state=refused.sqlstate)
            return answer_error(request, bad_request("validation_failed", "A value cannot be stored, or is too long"))
        except Exception as error:
            log.error("unexpected error", path=request.url.path, exc_info=error)
            return answer_error(request, AuthError(500, "unexpected_failure", "Unexpected failure, see the logs"))

    return answer
