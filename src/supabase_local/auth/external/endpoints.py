"""GoTrue's routes of external.go and identity.go: /authorize, /callback and /user/identities."""

from collections.abc import Mapping

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import AuthError, OAuthError
from supabase_local.auth.external import identity, service
from supabase_local.auth.middleware import context_of, path_id, principal_of, route
from supabase_local.auth.redirects import with_fragment, with_query
from supabase_local.gateway.json_io import json_answer, read_form

log = structlog.get_logger()

_DENIED = ("signup_disabled", "user_banned", "provider_email_needs_verification")
_OAUTH_ERRORS = {
    400: "invalid_request",
    401: "unauthorized_client",
    403: "access_denied",
    503: "temporarily_unavailable",
}


async def authorize(request: Request) -> Response:
    context = context_of(request)
    url = await service.start(context, request.query_params, redirect_to=context.redirects.of(request))
    return _redirect(url, 302)


async def callback(request: Request) -> Response:
    """Handle the redirect from a provider. Errors are redirected to the application too."""
    context = context_of(request)
    parameters: Mapping[str, str] = await read_form(request) if request.method == "POST" else request.query_params
    try:
        state = await service.find_callback_state(context, parameters.get("state", ""))
    except AuthError as refused:
        return _redirect_with_error(context.settings.site_url, refused)
    try:
        return _redirect(await service.finish(context, state, parameters, client_info=ClientInfo.of(request)), 303)
    except AuthError as refused:
        log.info("sign-in refused", provider=state.flow.provider_type, code=refused.code, exc_info=refused.__cause__)
        return _redirect_with_error(state.redirect_to, refused)


async def link_identity(request: Request) -> Response:
    _need_manual_linking(request)
    context, principal = context_of(request), principal_of(request)
    url = await service.start_linking(
        context, principal, request.query_params, redirect_to=context.redirects.of(request)
    )
    if request.query_params.get("skip_http_redirect") == "true":
        return json_answer({"url": url})
    return _redirect(url, 302)


async def unlink_identity(request: Request) -> Response:
    principal = principal_of(request)
    _need_manual_linking(request)
    await identity.unlink(
        context_of(request), principal, path_id(request, "identity_id"), client_info=ClientInfo.of(request)
    )
    return json_answer({})


def _need_manual_linking(request: Request) -> None:
    if not context_of(request).settings.gotrue_security_manual_linking_enabled:
        raise AuthError(404, "manual_linking_disabled", "Manual linking is disabled")


def _error_parameters(error: AuthError) -> dict[str, str]:
    """Return an error as parameters of OAuth 2 (RFC 6749, 4.1.2.1)."""
    if isinstance(error, OAuthError):
        return {"error": error.code, "error_description": error.message}
    kind = "access_denied" if error.code in _DENIED else _OAUTH_ERRORS.get(error.status, "server_error")
    return {"error": kind, "error_code": error.code, "error_description": error.message}


def _redirect_with_error(page: str, error: AuthError) -> Response:
    """Redirect to `page` with the error in the query and, as upstream does, in the fragment too."""
    parameters = _error_parameters(error)
    return _redirect(with_fragment(with_query(page, parameters), parameters | {"sb": ""}), 303)


def _redirect(url: str, status: int) -> Response:
    # These URLs hold codes and tokens: no cache may store them, no page may receive them as the referrer.
    return RedirectResponse(url, status, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


ROUTES = [
    route("/authorize", "GET", authorize, public=True),
    route("/callback", "GET POST", callback, public=True),
    route("/user/identities/authorize", "GET", link_identity),
    route("/user/identities/{identity_id}", "DELETE", unlink_identity),
]
