"""The gateway, in Kong's place: /auth/v1, /rest/v1 and /realtime/v1 on one port."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Scope

from arti_core.crypto import Vault
from arti_core.database import Pool, open_pool
from arti_core.errors import ArtiError, Misconfigured
from arti_core.http_client import OutboundClient
from arti_core.http_server import serve
from arti_core.mail_budget import MailLimits
from arti_core.request_body import RequestBodyMiddleware
from arti_core.security_headers import SecurityHeadersMiddleware
from supabase_local.auth.context import AuthContext, MailTranslator, keep_english
from supabase_local.auth.endpoints import ROUTES as AUTH
from supabase_local.auth.errors import AuthError, answer_error
from supabase_local.auth.external.oidc import Issuers
from supabase_local.auth.hooks import parse_hook_uri
from supabase_local.auth.mail.mailer import open_mail_queue
from supabase_local.auth.mail.requests import seal_unsealed
from supabase_local.auth.mail.worker import MailWorker
from supabase_local.auth.redirects import Redirects
from supabase_local.auth.tokens.refresh_tokens import RefreshTokens
from supabase_local.auth.users.password import Passwords
from supabase_local.gateway.api_key_middleware import ApiKeyMiddleware
from supabase_local.gateway.authentication import Authenticator
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.gateway.json_io import json_answer
from supabase_local.keys.api_keys import ApiKeys, KeyLookup
from supabase_local.keys.signing_keys import SigningKeys
from supabase_local.realtime.context import open_realtime
from supabase_local.realtime.endpoints import ROUTES as REALTIME
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.serializer import MAX_FRAME_BYTES
from supabase_local.rest.config import read_config
from supabase_local.rest.endpoints import ROUTES as REST
from supabase_local.rest.errors import RestError, error_response
from supabase_local.rest.schema_cache.loader import open_schema_cache_loader
from supabase_local.rest.service import RestContext
from supabase_local.settings import SupabaseLocalSettings, list_gateway_refusals

log = structlog.get_logger()

# Response headers that the official clients read; browsers hide the others.
_EXPOSED_HEADERS = (
    "Content-Range",
    "Content-Location",
    "Location",
    "Preference-Applied",
    "X-Total-Count",
    "Link",
    "X-Supabase-Api-Version",
    "X-Sb-Error-Code",
    "Range-Unit",
    "Retry-After",
    "WWW-Authenticate",
    "Proxy-Status",
    "Server-Timing",
    "Date",
)

ROUTES: Final[Mapping[str, Sequence[BaseRoute]]] = {"rest": REST, "auth": AUTH, "realtime": REALTIME}


def create_gateway(
    settings: SupabaseLocalSettings,
    *,
    use_key: KeyLookup | None = None,
    permission_model: PermissionModel | None = None,
    mail_limits: MailLimits | None = None,
    find_mail_translator: MailTranslator = keep_english,
    beside: Callable[[Pool], Coroutine[Any, Any, None]] | None = None,
    services: Collection[str] = tuple(ROUTES),
) -> Starlette:
    """Build the gateway. Its lifespan opens one pool for each database role that it needs.

    `services` are those of ROUTES that it serves.
    `use_key` looks up the API keys of a database; without it those of the settings are the only ones.
    `permission_model` declares to Realtime what the policies depend on.
    `mail_limits` need the mail budgets of an application's migrations.
    `find_mail_translator` finds the language of auth's mails to a user; without it they are in English.
    `beside` runs while the gateway serves, with auth's pool.
    Raises Misconfigured when a key or a database URL is missing.
    """
    for refusal in list_gateway_refusals(settings):
        raise Misconfigured(refusal)
    keys = SigningKeys(
        settings.jwt_keys.get_secret_value(),
        file=settings.jwt_keys_file,
        legacy_secret=settings.jwt_secret.get_secret_value(),
        allow_symmetric=not settings.is_production,
    )
    if settings.gotrue_hook_custom_access_token_uri:
        parse_hook_uri(settings.gotrue_hook_custom_access_token_uri)  # fails now, and not at the first sign-in
    Redirects(settings.site_url, settings.additional_redirect_urls)  # fails now, if it must
    api_keys = ApiKeys(
        keys,
        publishable_key=settings.supabase_publishable_key,
        secret_key=settings.supabase_secret_key.get_secret_value(),
        use_key=use_key,
    )
    authenticator = Authenticator(keys, api_keys, issuer=settings.issuer)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            # supabase_auth_admin owns schema auth, as upstream; no route runs a client's SQL on this pool.
            auth_pool = await open_pool(settings.auth_database_url.get_secret_value(), size=10, refuse_unsafe=False)
            stack.push_async_callback(auth_pool.close)
            api_keys.pool = auth_pool
            vault = Vault(settings.master_keys())
            if {"rest", "realtime"} & set(services):
                await _open_rest_and_realtime(stack, app, settings, services, vault, permission_model)
            if "auth" in services:
                await _open_auth(stack, app, settings, keys, vault, auth_pool, mail_limits, find_mail_translator)
            if beside:
                other = asyncio.create_task(beside(auth_pool))
                stack.push_async_callback(_end_task, other)
            yield

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            *(route for service in services for route in ROUTES[service]),
            Route("/{rest:path}", not_found),
        ],
        middleware=[
            Middleware(SecurityHeadersMiddleware),
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],  # no cookies: requests are authenticated by their headers only
                allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
                allow_headers=["*"],
                expose_headers=_EXPOSED_HEADERS,
                max_age=86_400,
            ),
            Middleware(RequestBodyMiddleware, respond=answer_refused_body),
            Middleware(ApiKeyMiddleware, api_keys=api_keys),
        ],
        lifespan=lifespan,
    )
    app.state.authenticator = authenticator
    return app


async def _open_rest_and_realtime(
    stack: AsyncExitStack,
    app: Starlette,
    settings: SupabaseLocalSettings,
    services: Collection[str],
    vault: Vault,
    permission_model: PermissionModel | None,
) -> None:
    """Open what runs clients' requests in the database."""
    claims_key = settings.claims_signing_key
    rest_pool = await open_pool(settings.rest_database_url.get_secret_value(), size=20, claims_key=claims_key)
    stack.push_async_callback(rest_pool.close)
    service_pool = await open_pool(settings.service_database_url.get_secret_value(), size=10, claims_key=claims_key)
    stack.push_async_callback(service_pool.close)
    app.state.pools = pools = DatabasePools(
        rest_pool, service_pool, tokens_outlive_sessions=settings.jwt_valid_until_expiry
    )
    if "rest" in services:
        schema_cache_loader = open_schema_cache_loader(settings, rest_pool)
        stack.push_async_callback(schema_cache_loader.stop)
        app.state.rest = RestContext(pools, schema_cache_loader, read_config(settings))
    if "realtime" in services:
        authenticator: Authenticator = app.state.authenticator
        model = permission_model or PermissionModel()
        realtime = await open_realtime(settings, authenticator, pools, model, vault.keys)
        stack.push_async_callback(realtime.close)
        app.state.realtime = realtime.context


async def _open_auth(
    stack: AsyncExitStack,
    app: Starlette,
    settings: SupabaseLocalSettings,
    keys: SigningKeys,
    vault: Vault,
    pool: Pool,
    mail_limits: MailLimits | None,
    find_mail_translator: MailTranslator,
) -> None:
    """Open what signs users in and mails them."""
    passwords = Passwords(
        min_length=settings.password_min_length,
        refuse_common=settings.password_refuse_common,
        context_words=[word.strip() for word in settings.password_context_words.split(",")],
    )
    stack.callback(passwords.close)
    http_client = OutboundClient(allowed_hosts=settings.private_hosts())
    stack.push_async_callback(http_client.close)
    app.state.auth = AuthContext(
        settings,
        pool,
        keys,
        passwords,
        RefreshTokens(lambda: vault.keys.derive("refresh tokens")),
        settings.issuer,
        vault,
        http_client,
        Issuers(http_client),
        Redirects(settings.site_url, settings.additional_redirect_urls),
        open_mail_queue(settings, pool, vault, mail_limits),
        find_mail_translator,
    )
    mail_worker = MailWorker(app.state.auth)
    await app.state.auth.mail_queue.seal_unsealed()
    await seal_unsealed(app.state.auth)
    mail_worker.start()
    stack.push_async_callback(mail_worker.stop)


async def _end_task(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def answer_refused_body(scope: Scope, error: ArtiError) -> Response:
    """Answer a body that is too large or too slow, in the form of the service that it was for."""
    path: str = scope["path"]
    if path.startswith("/rest/v1/"):
        return error_response(RestError(error.status, "PGRST102", error.message))
    if path.startswith("/auth/v1/"):
        return answer_error(Request(scope), AuthError(error.status, f"request_{error.code}", error.message))
    return json_answer({"message": error.message}, error.status)


async def healthz(request: Request) -> Response:
    """Report that the process is alive; needs no key and no database."""
    return json_answer({"status": "ok"})


async def not_found(request: Request) -> Response:
    return json_answer({"message": "no Route matched with those values"}, 404)


def serve_gateway(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve until stopped."""
    serve(
        app,
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,  # costs each of a thousand sockets a window, and each frame its compression
    )
