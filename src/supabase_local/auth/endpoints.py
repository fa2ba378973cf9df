"""GoTrue's routes under /auth/v1: HTTP in, HTTP out."""

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth import rate_limits
from supabase_local.auth.admin.endpoints import ROUTES as ADMIN
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import AuthError
from supabase_local.auth.external.endpoints import ROUTES as EXTERNAL
from supabase_local.auth.external.providers import enabled_providers
from supabase_local.auth.mail.endpoints import ROUTES as MAIL
from supabase_local.auth.mfa.endpoints import ROUTES as MFA
from supabase_local.auth.middleware import context_of, principal_of, route
from supabase_local.auth.tokens.endpoints import ROUTES as TOKEN
from supabase_local.auth.tokens.logout import logout
from supabase_local.auth.tokens.pkce import read_challenge
from supabase_local.auth.unsupported import ROUTES as UNSUPPORTED
from supabase_local.auth.users import signup, user
from supabase_local.auth.users.accounts import metadata_of
from supabase_local.auth.users.phone import sign_up_by_phone
from supabase_local.gateway.json_io import json_answer, read_json

_PROVIDERS = (
    *("anonymous_users", "apple", "azure", "bitbucket", "discord", "email", "facebook", "figma", "fly", "github"),
    *("gitlab", "google", "kakao", "keycloak", "linkedin", "linkedin_oidc", "notion", "phone", "slack", "slack_oidc"),
    *("snapchat", "spotify", "twitch", "twitter", "workos", "x", "zoom"),
)


async def health(request: Request) -> Response:
    return json_answer(
        {"version": "supabase_local", "name": "GoTrue", "description": "A part of GoTrue's API, by supabase_local"}
    )


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
        signup.check_anonymous_enabled(context)
        await rate_limits.take(request, rate_limits.ANONYMOUS)
        return json_answer(await signup.sign_up_anonymously(context, data=data, client_info=ClientInfo.of(request)))
    await rate_limits.take(request, rate_limits.SIGN_UP)
    answer = await signup.sign_up(
        context,
        email=body["email"],
        password=body.get("password"),
        data=data,
        challenge=read_challenge(body),
        redirect_to=context.redirects.of(request),
        client_info=ClientInfo.of(request),
    )
    return json_answer(answer)


async def get_user(request: Request) -> Response:
    return json_answer(await user.get_user(context_of(request), principal_of(request)))


async def update_user(request: Request) -> Response:
    principal, context = principal_of(request), context_of(request)
    await rate_limits.take(request, rate_limits.USER)
    answer = await user.update_user(
        context,
        principal,
        await read_json(request),
        redirect_to=context.redirects.of(request),
        client_info=ClientInfo.of(request),
    )
    return json_answer(answer)


async def not_supported(request: Request) -> Response:
    """Answer every other route of GoTrue, so that a client gets a sentence and not a page."""
    path = request.url.path.removeprefix("/auth/v1")
    raise AuthError(404, "not_found", f"{request.method} {path} is not supported. See docs/supabase.md.")


ROUTES = [
    route("/.well-known/jwks.json", "GET", jwks, public=True),
    route("/health", "GET", health),
    route("/settings", "GET", show_settings),
    route("/signup", "POST", sign_up),
    route("/user", "GET", get_user),
    route("/user", "PUT", update_user),
    route("/logout", "POST", logout),
    *TOKEN,
    *ADMIN,
    *MAIL,
    *UNSUPPORTED,
    *MFA,
    *EXTERNAL,
    route("/{rest:path}", "GET POST PUT PATCH DELETE", not_supported),
]
