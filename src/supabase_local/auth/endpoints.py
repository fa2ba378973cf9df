"""GoTrue's routes under /auth/v1: HTTP in, HTTP out."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth import rate_limits, service
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, unprocessable
from supabase_local.auth.external.endpoints import ROUTES as OAUTH
from supabase_local.auth.external.endpoints import sign_in_with_id_token
from supabase_local.auth.external.providers import enabled_providers
from supabase_local.auth.mail.endpoints import ROUTES as MAILS
from supabase_local.auth.mfa.endpoints import ROUTES as FACTORS
from supabase_local.auth.middleware import context_of, need_admin, path_id, principal_of, route
from supabase_local.auth.tokens import sessions
from supabase_local.auth.tokens.pkce import exchange_code, read_challenge
from supabase_local.auth.unsupported import ROUTES as OFF
from supabase_local.auth.users import admin, user_update
from supabase_local.auth.users.accounts import metadata_of
from supabase_local.auth.users.phone import sign_in_by_phone, sign_up_by_phone
from supabase_local.gateway.json_io import json_answer, read_json

_PROVIDERS = (
    *("anonymous_users", "apple", "azure", "bitbucket", "discord", "email", "facebook", "figma", "fly", "github"),
    *("gitlab", "google", "kakao", "keycloak", "linkedin", "linkedin_oidc", "notion", "phone", "slack", "slack_oidc"),
    *("snapchat", "spotify", "twitch", "twitter", "workos", "x", "zoom"),
)


async def health(request: Request) -> Response:
    return json_answer({"version": "arti", "name": "GoTrue", "description": "ARTi speaks GoTrue's protocol, in part"})


async def show_settings(request: Request) -> Response:
    settings = context_of(request).settings
    external = dict.fromkeys(_PROVIDERS, False) | dict.fromkeys(enabled_providers(settings), True)
    external |= {
        "email": True,
        "phone": settings.enable_phone_signup,
        "anonymous_users": settings.enable_anonymous_users,
    }
    return json_answer(
        {
            "external": external,
            "disable_signup": settings.disable_signup,
            "mailer_autoconfirm": settings.enable_email_autoconfirm,
            "phone_autoconfirm": settings.enable_phone_autoconfirm,
            "sms_provider": "",
            "saml_enabled": False,
        }
    )


async def jwks(request: Request) -> Response:
    body = context_of(request).keys.jwks
    return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=600"})


async def sign_up(request: Request) -> Response:
    body, context = await read_json(request), context_of(request)
    data = metadata_of(body, "data")
    if body.get("phone"):
        await rate_limits.take(request, rate_limits.SIGN_UP)
        return json_answer(await sign_up_by_phone(context, body, data=data, client_info=ClientInfo.of(request)))
    if not body.get("email"):
        service.check_anonymous_enabled(context)
        await rate_limits.take(request, rate_limits.ANONYMOUS)
        return json_answer(await service.sign_up_anonymously(context, data=data, client_info=ClientInfo.of(request)))
    await rate_limits.take(request, rate_limits.SIGN_UP)
    answer = await service.sign_up(
        context,
        email=body["email"],
        password=body.get("password"),
        data=data,
        challenge=read_challenge(body),
        redirect_to=context.redirects.of(request),
        client_info=ClientInfo.of(request),
    )
    return json_answer(answer)


async def token(request: Request) -> Response:
    grant, body = request.query_params.get("grant_type"), await read_json(request)
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    await rate_limits.take(request, rate_limits.TOKEN)
    if grant == "pkce":
        answer = await exchange_code(
            context_of(request), body.get("auth_code"), body.get("code_verifier"), client_info=ClientInfo.of(request)
        )
        return json_answer(answer, headers=headers)
    if grant == "password":
        if body.get("phone"):
            answer = await sign_in_by_phone(context_of(request), body, client_info=ClientInfo.of(request))
        else:
            answer = await service.sign_in_by_email(
                context_of(request),
                email=body.get("email"),
                password=body.get("password"),
                client_info=ClientInfo.of(request),
            )
        return json_answer(answer, headers=headers)
    if grant == "refresh_token":
        text = body.get("refresh_token")
        if not isinstance(text, str) or not text:
            raise bad_request("validation_failed", "refresh_token required")
        return json_answer(
            await sessions.refresh(context_of(request), text, client_info=ClientInfo.of(request)), headers=headers
        )
    if grant == "id_token":
        return json_answer(await sign_in_with_id_token(request, body), headers=headers)
    if grant == "web3":
        raise unprocessable("web3_provider_disabled", "Web3 provider is disabled")
    raise bad_request("invalid_credentials", "unsupported_grant_type")


async def get_user(request: Request) -> Response:
    return json_answer(await service.get_me(context_of(request), principal_of(request)))


async def update_user(request: Request) -> Response:
    principal, context = principal_of(request), context_of(request)
    await rate_limits.take(request, rate_limits.USER)
    answer = await user_update.update_me(
        context,
        principal,
        await read_json(request),
        redirect_to=context.redirects.of(request),
        client_info=ClientInfo.of(request),
    )
    return json_answer(answer)


async def log_out(request: Request) -> Response:
    principal, scope = principal_of(request), request.query_params.get("scope") or "global"
    if scope not in ("global", "local", "others"):
        raise bad_request("validation_failed", f'Unsupported logout scope "{scope}"')
    await service.sign_out(context_of(request), principal, scope=scope, client_info=ClientInfo.of(request))
    return Response(status_code=204)


async def admin_list_users(request: Request) -> Response:
    need_admin(request)
    page, per_page = _number(request, "page", 1), min(_number(request, "per_page", 50), 1000)
    users, total = await admin.list_users(
        context_of(request), wanted=request.query_params.get("filter", "")[:255], page=page, per_page=per_page
    )
    headers = _paging_headers(request, page=page, per_page=per_page, total=total)
    return json_answer({"users": users, "aud": "authenticated"}, headers=headers)


async def admin_list_audit(request: Request) -> Response:
    need_admin(request)
    page, per_page = _number(request, "page", 1), min(_number(request, "per_page", 50), 1000)
    entries, total = await admin.list_audit(context_of(request), page=page, per_page=per_page)
    return json_answer(entries, headers=_paging_headers(request, page=page, per_page=per_page, total=total))


async def admin_create_user(request: Request) -> Response:
    need_admin(request)
    return json_answer(
        await admin.create_user(context_of(request), await read_json(request), client_info=ClientInfo.of(request))
    )


async def admin_get_user(request: Request) -> Response:
    need_admin(request)
    return json_answer(await admin.get_user(context_of(request), path_id(request, "user_id")))


async def admin_update_user(request: Request) -> Response:
    need_admin(request)
    body = await read_json(request)
    return json_answer(
        await admin.update_user(
            context_of(request), path_id(request, "user_id"), body, client_info=ClientInfo.of(request)
        )
    )


async def admin_delete_user(request: Request) -> Response:
    need_admin(request)
    soft = (await read_json(request)).get("should_soft_delete") is True
    await admin.delete_user(
        context_of(request), path_id(request, "user_id"), soft=soft, client_info=ClientInfo.of(request)
    )
    return json_answer({})


async def not_supported(request: Request) -> Response:
    """Answer every other route of GoTrue, so that a client gets a sentence and not a page."""
    path = request.url.path.removeprefix("/auth/v1")
    raise AuthError(404, "not_found", f"ARTi's auth does not speak {request.method} {path} yet, see docs/supabase.md")


def _paging_headers(request: Request, *, page: int, per_page: int, total: int) -> dict[str, str]:
    """Return upstream's. `page` comes first: clients read the number behind the first equals sign of a link."""
    last = -(-total // per_page)
    rels = ([(page + 1, "next")] if page < last else []) + [(last, "last")]
    asked = sorted((name, value) for name, value in request.query_params.items() if name != "page")
    links = [f'<{request.url.path}?{urlencode([("page", number), *asked])}>; rel="{rel}"' for number, rel in rels]
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 7 or not 1 <= int(text) <= 1_000_000:
        raise bad_request("validation_failed", f"Bad Pagination Parameters: {name} must be a positive number")
    return int(text)


ROUTES = [
    route("/.well-known/jwks.json", "GET", jwks, public=True),
    route("/health", "GET", health),
    route("/settings", "GET", show_settings),
    route("/signup", "POST", sign_up),
    route("/token", "POST", token),
    route("/user", "GET", get_user),
    route("/user", "PUT", update_user),
    route("/logout", "POST", log_out),
    route("/admin/users", "GET", admin_list_users),
    route("/admin/users", "POST", admin_create_user),
    route("/admin/users/{user_id}", "GET", admin_get_user),
    route("/admin/users/{user_id}", "PUT", admin_update_user),
    route("/admin/users/{user_id}", "DELETE", admin_delete_user),
    route("/admin/audit", "GET", admin_list_audit),
    *MAILS,
    *OFF,
    *FACTORS,
    *OAUTH,
    route("/{rest:path}", "GET POST PUT PATCH DELETE", not_supported),
]
