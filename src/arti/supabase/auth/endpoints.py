"""GoTrue's routes under /auth/v1: HTTP in, HTTP out."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from arti.supabase.auth import admin, service, sessions
from arti.supabase.auth.doors import AuthDoors, Visit
from arti.supabase.auth.errors import AuthError, answer_error, bad_request, forbidden
from arti.supabase.gate import Asker, KeyRefused, TokenRefused, refuse_key
from arti.supabase.wire import BodyRefused, json_answer, read_json

log = structlog.get_logger()

Endpoint = Callable[[Request], Awaitable[Response]]

_PROVIDERS = (
    *("anonymous_users", "apple", "azure", "bitbucket", "discord", "email", "facebook", "figma", "fly", "github"),
    *("gitlab", "google", "kakao", "keycloak", "linkedin", "linkedin_oidc", "notion", "phone", "slack", "slack_oidc"),
    *("snapchat", "spotify", "twitch", "twitter", "workos", "x", "zoom"),
)


def _doors(request: Request) -> AuthDoors:
    doors: AuthDoors = request.app.state.auth
    return doors


def _asker(request: Request) -> Asker:
    try:
        asker: Asker | None = request.app.state.gate.asker(request)
    except TokenRefused as refused:
        raise forbidden("bad_jwt", str(refused)) from None
    if asker is None:
        raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
    return asker


def _need_admin(request: Request) -> None:
    if _asker(request).role != "service_role":
        raise forbidden("not_admin", "User not allowed")


async def health(request: Request) -> Response:
    return json_answer({"version": "arti", "name": "GoTrue", "description": "ARTi speaks GoTrue's protocol, in part"})


async def show_settings(request: Request) -> Response:
    settings = _doors(request).settings
    external = dict.fromkeys(_PROVIDERS, False) | {"email": True, "anonymous_users": settings.enable_anonymous_users}
    return json_answer(
        {
            "external": external,
            "disable_signup": settings.disable_signup,
            "mailer_autoconfirm": settings.enable_email_autoconfirm,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "saml_enabled": False,
        }
    )


async def jwks(request: Request) -> Response:
    body = _doors(request).keys.jwks
    return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=600"})


async def sign_up(request: Request) -> Response:
    body = await read_json(request)
    data = service.metadata_of(body, "data")
    if body.get("phone"):
        raise bad_request("phone_provider_disabled", "Phone signups are disabled")
    if not body.get("email"):
        return json_answer(await service.sign_up_anonymously(_doors(request), data=data, visit=Visit.of(request)))
    return json_answer(
        await service.sign_up(
            _doors(request), email=body["email"], password=body.get("password"), data=data, visit=Visit.of(request)
        )
    )


async def token(request: Request) -> Response:
    grant, body = request.query_params.get("grant_type"), await read_json(request)
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    if grant == "password":
        if body.get("phone"):
            raise bad_request("phone_provider_disabled", "Phone logins are disabled")
        answer = await service.sign_in(
            _doors(request), email=body.get("email"), password=body.get("password"), visit=Visit.of(request)
        )
        return json_answer(answer, headers=headers)
    if grant == "refresh_token":
        text = body.get("refresh_token")
        if not isinstance(text, str) or not text:
            raise bad_request("validation_failed", "refresh_token required")
        return json_answer(await sessions.refresh(_doors(request), text, visit=Visit.of(request)), headers=headers)
    raise bad_request("invalid_credentials", "unsupported_grant_type")


async def get_user(request: Request) -> Response:
    return json_answer(await service.get_me(_doors(request), _asker(request)))


async def update_user(request: Request) -> Response:
    asker, body = _asker(request), await read_json(request)
    return json_answer(await service.update_me(_doors(request), asker, body, visit=Visit.of(request)))


async def log_out(request: Request) -> Response:
    asker, scope = _asker(request), request.query_params.get("scope") or "global"
    if scope not in ("global", "local", "others"):
        raise bad_request("validation_failed", f'Unsupported logout scope "{scope}"')
    await service.sign_out(_doors(request), asker, scope=scope, visit=Visit.of(request))
    return Response(status_code=204)


async def admin_list_users(request: Request) -> Response:
    _need_admin(request)
    page, per_page = _number(request, "page", 1), _number(request, "per_page", 50)
    users, total = await admin.list_users(
        _doors(request), wanted=request.query_params.get("filter", "")[:255], page=page, per_page=min(per_page, 1000)
    )
    last = max(1, -(-total // per_page))
    base = request.url.remove_query_params("page")
    links = [f'<{base.include_query_params(page=page + 1)}>; rel="next"'] if page < last else []
    links.append(f'<{base.include_query_params(page=last)}>; rel="last"')
    headers = {"X-Total-Count": str(total), "Link": ", ".join(links)}
    return json_answer({"users": users, "aud": "authenticated"}, headers=headers)


async def admin_create_user(request: Request) -> Response:
    _need_admin(request)
    return json_answer(await admin.create_user(_doors(request), await read_json(request), visit=Visit.of(request)))


async def admin_get_user(request: Request) -> Response:
    _need_admin(request)
    return json_answer(await admin.get_user(_doors(request), _user_id(request)))


async def admin_update_user(request: Request) -> Response:
    _need_admin(request)
    body = await read_json(request)
    return json_answer(await admin.update_user(_doors(request), _user_id(request), body, visit=Visit.of(request)))


async def admin_delete_user(request: Request) -> Response:
    _need_admin(request)
    soft = (await read_json(request)).get("should_soft_delete") is True
    await admin.delete_user(_doors(request), _user_id(request), soft=soft, visit=Visit.of(request))
    return json_answer({})


async def invite(request: Request) -> Response:
    _need_admin(request)
    return json_answer(await admin.invite(_doors(request), await read_json(request), visit=Visit.of(request)))


async def not_spoken(request: Request) -> Response:
    """Answer every other route of GoTrue, so that a client gets a sentence and not a page."""
    path = request.url.path.removeprefix("/auth/v1")
    raise AuthError(404, "not_found", f"ARTi's auth does not speak {request.method} {path} yet, see docs/supabase.md")


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise bad_request("validation_failed", f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)


def _user_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["user_id"])
    except ValueError:
        raise AuthError(404, "validation_failed", "user_id must be an UUID") from None


def _in_gotrues_words(endpoint: Endpoint, *, open_to_all: bool = False) -> Endpoint:
    """Demand an API key (unless `open_to_all`), and answer every error in GoTrue's form."""

    async def answer(request: Request) -> Response:
        try:
            if not open_to_all:
                key = request.headers.get("apikey") or request.query_params.get("apikey", "")
                request.app.state.gate.role_of_key(key)
            return await endpoint(request)
        except KeyRefused as refused:
            return refuse_key(refused)
        except BodyRefused as refused:
            return answer_error(request, bad_request("bad_json", str(refused)))
        except AuthError as refused:
            return answer_error(request, refused)
        except Exception as error:
            log.error("unforeseen error", path=request.url.path, exc_info=error)
            return answer_error(request, AuthError(500, "unexpected_failure", "Unexpected failure, see the logs"))

    return answer


def _route(path: str, method: str, endpoint: Endpoint, **options: Any) -> Route:
    return Route(f"/auth/v1{path}", _in_gotrues_words(endpoint, **options), methods=[method])


ROUTES = [
    _route("/.well-known/jwks.json", "GET", jwks, open_to_all=True),
    _route("/health", "GET", health),
    _route("/settings", "GET", show_settings),
    _route("/signup", "POST", sign_up),
    _route("/token", "POST", token),
    _route("/user", "GET", get_user),
    _route("/user", "PUT", update_user),
    _route("/logout", "POST", log_out),
    _route("/invite", "POST", invite),
    _route("/admin/users", "GET", admin_list_users),
    _route("/admin/users", "POST", admin_create_user),
    _route("/admin/users/{user_id}", "GET", admin_get_user),
    _route("/admin/users/{user_id}", "PUT", admin_update_user),
    _route("/admin/users/{user_id}", "DELETE", admin_delete_user),
    Route("/auth/v1/{rest:path}", _in_gotrues_words(not_spoken), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
]
