"""The grant id_token of POST /token (GoTrue's token_oidc.go)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import asyncpg
from starlette.requests import Request

from arti_core.database import open_transaction
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, OAuthError, bad_request
from supabase_local.auth.external import linking, providers
from supabase_local.auth.external.oidc import BadIDToken, IssuerUnusable, WrongAudience
from supabase_local.auth.external.profiles import Profile, ProfileUnreadable, google_profile
from supabase_local.auth.middleware import context_of, principal_of
from supabase_local.auth.tokens.sessions import open_session, user_of
from supabase_local.gateway.authentication import AuthResult


async def id_token_grant(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the Session for an ID token that an app obtained by itself. Raises AuthError.

    With `link_identity` in the body the identity is added to the account of the bearer token.
    """
    principal = None
    if body.get("link_identity") is True:
        if not request.headers.get("authorization"):
            raise OAuthError("invalid request", "Linking requires a valid user access token in Authorization")
        principal = principal_of(request)
    context, client_info = context_of(request), ClientInfo.of(request)
    redirect_to = context.redirects.of(request)
    token, name = body.get("id_token"), body.get("provider")
    if not isinstance(token, str) or not token:
        raise OAuthError("invalid request", "id_token required")
    if not name and not (body.get("client_id") and body.get("issuer")):
        raise OAuthError("invalid request", "provider or client_id and issuer required")
    provider = _id_token_provider(context, name, body.get("issuer"))
    access_token, nonce = body.get("access_token") or "", body.get("nonce") or ""
    if not isinstance(access_token, str) or not isinstance(nonce, str):
        raise OAuthError("invalid request", "access_token and nonce must be strings")
    try:
        claims = await context.issuers.verify(
            token, issuer=provider.issuer, client_ids=provider.client_ids, access_token=access_token
        )
        profile = google_profile(claims)
    except WrongAudience:
        raise OAuthError("invalid request", "Unacceptable audience in id_token") from None
    except (BadIDToken, IssuerUnusable, ProfileUnreadable) as error:
        raise OAuthError("invalid request", "Bad ID token") from error
    _check_nonce(claims.get("nonce"), nonce)
    for is_last_attempt in (False, True):
        try:
            return await _sign_in(context, provider.name, profile, principal, redirect_to, client_info)
        except asyncpg.UniqueViolationError:  # a concurrent sign-in of the same user has created the identity
            if is_last_attempt:
                raise
        except AuthError as refused:
            if refused.status < 500:
                raise
            raise OAuthError("server_error", "Internal Server Error") from refused
    raise AssertionError  # the loop returns or raises


async def _sign_in(
    context: AuthContext,
    provider: str,
    profile: Profile,
    principal: AuthResult | None,
    redirect_to: str,
    client_info: ClientInfo,
) -> dict[str, Any]:
    session: dict[str, Any] | None = None
    async with open_transaction(context.pool, "begin") as connection:
        if principal is None:
            sign_in = await linking.sign_in_with_identity(
                connection, context, provider, profile, redirect_to=redirect_to, client_info=client_info
            )
        else:
            target, _ = await user_of(connection, principal)
            sign_in = await linking.link(
                connection, context, provider, profile, target.id, redirect_to=redirect_to, client_info=client_info
            )
        if sign_in.user:
            session = await open_session(connection, context, sign_in.user, method="oauth", client_info=client_info)
    context.mail_queue.wake()
    if session is None:
        raise sign_in.refusal or OAuthError("server_error", "Internal Server Error")
    return session


def _id_token_provider(context: AuthContext, name: object, issuer: object) -> providers.ExternalProvider:
    google = context.settings.gotrue_external_google_url or providers.GOOGLE_ISSUER
    if name != "google" and issuer != google:
        raise bad_request("validation_failed", f'Custom OIDC provider "{str(name or "")[:100]}" not allowed')
    try:
        return providers.find_provider(context.settings, "google")
    except providers.Unsupported:
        raise bad_request("provider_disabled", f'Provider (issuer "{google}") is not enabled') from None


def _check_nonce(in_token: object, nonce: str) -> None:
    """Compare the nonce that the app sends in clear with its SHA-256 in the token. Raises OAuthError."""
    if bool(in_token) != bool(nonce):
        raise OAuthError("invalid request", "Passed nonce and nonce in id_token should either both exist or not.")
    hashed = hashlib.sha256(nonce.encode()).hexdigest()
    if nonce and not hmac.compare_digest(hashed.encode(), str(in_token).encode()):
        raise OAuthError("invalid nonce", "Nonces mismatch")
