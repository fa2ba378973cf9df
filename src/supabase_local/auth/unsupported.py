"""GoTrue's features that are not supported: answered as upstream answers where they are disabled."""

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.auth.errors import AuthError
from supabase_local.auth.middleware import Endpoint, context_of, need_admin, principal_of, route
from supabase_local.gateway.json_io import json_answer

_EVERY = "GET POST PUT PATCH DELETE"


def _disabled(code: str, sentence: str, *, status: int = 404, admin: bool = False, signed_in: bool = False) -> Endpoint:
    async def refuse(request: Request) -> Response:
        if admin:
            need_admin(request)
        if signed_in:
            principal_of(request)
        raise AuthError(status, code, sentence)

    return refuse


async def describe_server(request: Request) -> Response:
    """Return the metadata that upstream serves even where its OAuth server is disabled."""
    issuer = context_of(request).issuer
    return json_answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "token_endpoint": f"{issuer}/oauth/token",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "userinfo_endpoint": f"{issuer}/oauth/userinfo",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256", "plain"],
        },
        headers={"Cache-Control": "public, max-age=600"},
    )


async def no_providers(request: Request) -> Response:
    need_admin(request)
    return json_answer({"items": []})


async def no_passkeys(request: Request) -> Response:
    need_admin(request)
    return json_answer([])


_SAML = ("saml_provider_disabled", "SAML 2.0 is disabled")
_OAUTH_SERVER = ("feature_disabled", "OAuth server is disabled")
_PASSKEYS = ("passkey_disabled", "Passkeys are disabled")

_NO_CODES = _disabled(
    "mfa_recovery_codes_enroll_not_enabled",
    "MFA enroll is disabled for recovery codes",
    status=422,
    signed_in=True,
)

ROUTES = [
    route("/.well-known/openid-configuration", "GET", describe_server, public=True),
    route("/.well-known/oauth-authorization-server", "GET", describe_server, public=True),
    route("/factors/recovery-codes", "GET POST DELETE", _NO_CODES),
    route("/factors/recovery-codes/{rest:path}", "POST", _NO_CODES),
    route("/sso", _EVERY, _disabled(*_SAML)),
    route("/sso/saml/{rest:path}", _EVERY, _disabled(*_SAML), public=True),
    route("/admin/sso/providers", "GET", no_providers),
    route("/admin/sso/providers", "POST", _disabled(*_SAML, admin=True)),
    route(
        "/admin/sso/providers/{idp_id}",
        _EVERY,
        _disabled("sso_provider_not_found", "SSO Identity Provider not found", admin=True),
    ),
    route("/passkeys", _EVERY, _disabled(*_PASSKEYS)),
    route("/passkeys/{rest:path}", _EVERY, _disabled(*_PASSKEYS)),
    route("/admin/users/{user_id}/passkeys", "GET", no_passkeys),
    route("/user/oauth/grants", _EVERY, _disabled(*_OAUTH_SERVER, signed_in=True)),
    route("/oauth/{rest:path}", _EVERY, _disabled(*_OAUTH_SERVER)),
    route("/admin/oauth/{rest:path}", _EVERY, _disabled(*_OAUTH_SERVER, admin=True)),
    route(
        "/admin/custom-providers",
        _EVERY,
        _disabled("feature_disabled", "Custom OAuth providers are disabled", admin=True),
    ),
    route(
        "/admin/custom-providers/{rest:path}",
        _EVERY,
        _disabled("feature_disabled", "Custom OAuth providers are disabled", admin=True),
    ),
    route("/scim/{rest:path}", _EVERY, _disabled("feature_disabled", "SCIM server is disabled")),
]
