"""Sign in with Google, GitHub or Spotify: send people there, take them back, and believe ID tokens.

The state that travels with the browser is the id of a row and says nothing by itself. Behind it lie the provider, where
the person goes afterwards, whose account it is about, and a secret that only the provider's answer to us can use (PKCE
and nonce): a code or a token of another flow, or of another provider, opens nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from arti_core import clock
from arti_core.database import open_transaction
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, OAuthError, bad_request
from supabase_local.auth.external import linking, providers, store
from supabase_local.auth.external.oidc import BadIDToken, IssuerUnusable, WrongAudience
from supabase_local.auth.external.profiles import Profile, ProfileUnreadable, google_profile
from supabase_local.auth.redirects import with_fragment, with_query
from supabase_local.auth.tokens import pkce
from supabase_local.auth.tokens.sessions import open_session, user_of
from supabase_local.gateway.authentication import AuthResult

# What a caller may not slip into the address of the provider: what we set ourselves, what would send the answer
# elsewhere or in another form, and what is meant for us alone.
_OURS = frozenset(
    {
        *("client_id", "client_secret", "client_assertion", "client_assertion_type", "redirect_uri"),
        *("response_type", "response_mode", "state", "nonce", "scope", "scopes", "code", "code_challenge"),
        *("code_challenge_method", "code_verifier", "grant_type", "request", "request_uri", "registration"),
        *("provider", "redirect_to", "invite_token", "skip_http_redirect", "apikey"),
    }
)
_OLD = timedelta(days=2)  # a magic link may lie in the mailbox for a day
_NO_EMAIL = "Error getting user email from external provider"


@dataclass(frozen=True, slots=True)
class Return:
    """Where the browser goes after a provider, and the flow that brought it."""

    flow: pkce.Flow
    redirect_to: str


async def begin(
    context: AuthContext, query: Mapping[str, str], *, redirect_to: str, linking_target_id: UUID | None = None
) -> str:
    """Remember a flow and return where the browser goes to sign in. Raises AuthError."""
    name = query.get("provider", "")
    try:
        provider = providers.find_provider(context.settings, name)
    except providers.Unsupported as unsupported:
        raise bad_request("validation_failed", f"Unsupported provider: {unsupported}") from None
    challenge = pkce.read_challenge(query)
    verifier, at = providers.new_verifier(), clock.now()
    async with open_transaction(context.pool, "begin") as connection:
        await store.delete_old_flows(connection, before=at - _OLD, began_here_before=at - 2 * pkce.FLOW_LIFE)
        flow = await pkce.create_flow(
            connection,
            provider_type=provider.name,
            authentication_method="oauth",
            challenge=challenge,
            referrer=redirect_to,
            linking_target_id=linking_target_id,
        )
        await store.remember_verifier(connection, flow.id, provider=provider.name, verifier=verifier, at=at)
    try:
        return await providers.authorize_url(
            context.issuers,
            provider,
            state=str(flow.id),
            verifier=verifier,
            scopes=query.get("scopes", ""),
            extra={key: value for key, value in query.items() if key.lower() not in _OURS},
        )
    except IssuerUnusable as error:
        raise bad_request("validation_failed", f"Unsupported provider: {error}") from None


async def begin_linking(
    context: AuthContext, principal: AuthResult, query: Mapping[str, str], *, redirect_to: str
) -> str:
    """Return where a signed-in person goes to add a way in to their account. Raises AuthError."""
    async with open_transaction(context.pool, "begin read only") as connection:
        user, _ = await user_of(connection, principal)
    return await begin(context, query, redirect_to=redirect_to, linking_target_id=user.id)


async def find_callback_state(context: AuthContext, state: str) -> Return:
    """Return the flow of `state`. Raises AuthError when it is no state of ours, is over, or was used."""
    if not state:
        raise bad_request("bad_oauth_callback", "OAuth state parameter missing")
    try:
        flow_id = UUID(state)
    except ValueError:
        raise bad_request("bad_oauth_state", "OAuth state parameter is invalid") from None
    async with open_transaction(context.pool, "begin") as connection:
        flow = await pkce.lock_flow(connection, flow_id)
    if flow is None or flow.authentication_method != "oauth":
        raise bad_request("bad_oauth_state", "OAuth state not found or expired")
    if flow.is_expired:
        raise bad_request("bad_oauth_state", "OAuth state has expired")
    if flow.user_id is not None:
        raise bad_request("flow_state_already_used", "State has already been used")
    return Return(flow, flow.referrer or context.settings.site_url)


async def finish(context: AuthContext, back: Return, answer: Mapping[str, str], *, client_info: ClientInfo) -> str:
    """Take what the provider sent back with the browser. Returns where the browser goes, with code or session.

    Raises AuthError.
    """
    if answer.get("error"):
        raise OAuthError(answer["error"][:200], answer.get("error_description", "")[:1000])
    code = answer.get("code", "")
    if not code:
        raise bad_request("bad_oauth_callback", "OAuth callback with missing authorization code missing")
    flow = back.flow
    try:
        provider = providers.find_provider(context.settings, flow.provider_type)
    except providers.Unsupported as unsupported:
        raise bad_request("oauth_provider_not_supported", f"Unsupported provider: {unsupported}") from None
    if provider.issuer and answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another one's answer
        raise bad_request("bad_oauth_callback", "OAuth callback of another issuer")
    async with open_transaction(context.pool, "begin") as connection:
        verifier = await store.take_verifier(connection, flow.id)
    if verifier is None:
        raise bad_request("bad_oauth_state", "OAuth state not found or expired")
    try:
        tokens = await providers.exchange(context.outside, context.issuers, provider, code=code, verifier=verifier)
        profile = await providers.read_profile(context.outside, context.issuers, provider, tokens, verifier=verifier)
    except (providers.ProviderFailed, IssuerUnusable) as error:
        raise AuthError(500, "unexpected_failure", str(error)) from error
    if not profile.emails:
        raise AuthError(500, "unexpected_failure", _NO_EMAIL)
    session = await _complete_sign_in(context, back, profile, tokens, client_info)
    if session is None:
        return with_query(back.redirect_to, {"code": flow.auth_code or ""})
    told = {
        name: str(session[name]) for name in ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    }
    told["provider_token"] = tokens.access
    if tokens.refresh:
        told["provider_refresh_token"] = tokens.refresh
    return with_fragment(back.redirect_to, told | {"sb": ""})


async def _complete_sign_in(
    context: AuthContext, back: Return, profile: Profile, tokens: providers.Tokens, client_info: ClientInfo
) -> dict[str, Any] | None:
    """Let the person in. Returns their Session, or None when a code is to be exchanged for it."""
    flow = back.flow
    for last in (False, True):
        try:
            async with open_transaction(context.pool, "begin") as connection:
                if flow.linking_target_id is None:
                    arrival = await linking.sign_in_with_identity(
                        connection,
                        context,
                        flow.provider_type,
                        profile,
                        redirect_to=back.redirect_to,
                        client_info=client_info,
                    )
                else:
                    arrival = await linking.link(
                        connection,
                        context,
                        flow.provider_type,
                        profile,
                        flow.linking_target_id,
                        redirect_to=back.redirect_to,
                        client_info=client_info,
                    )
                session = None
                if arrival.user and flow.auth_code:
                    await pkce.complete_flow(
                        connection,
                        context,
                        flow.id,
                        user_id=arrival.user.id,
                        provider_access_token=tokens.access,
                        provider_refresh_token=tokens.refresh,
                    )
                elif arrival.user:
                    await pkce.delete_flow(connection, flow.id)
                    session = await open_session(
                        connection, context, arrival.user, method="oauth", client_info=client_info
                    )
            break
        except asyncpg.UniqueViolationError:  # the same person came in at the same time, and is known now
            if last:
                raise
    context.mail_queue.wake()
    if arrival.refusal:
        raise arrival.refusal
    return session


async def sign_in_with_id_token(
    context: AuthContext,
    body: Mapping[str, Any],
    *,
    principal: AuthResult | None,
    redirect_to: str,
    client_info: ClientInfo,
) -> dict[str, Any]:
    """Believe an ID token that an app got by itself. Returns the Session.

    `principal` is who adds it to their account as one more way in, with `link_identity` in the body. Raises AuthError.
    """
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
    for last in (False, True):
        try:
            return await _sign_in_with(context, provider.name, profile, principal, redirect_to, client_info)
        except asyncpg.UniqueViolationError:  # the same person came in at the same time, and is known now
            if last:
                raise
        except AuthError as refused:
            if refused.status < 500:
                raise
            raise OAuthError("server_error", "Internal Server Error") from refused
    raise AssertionError  # the loop returns or raises


async def _sign_in_with(
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
            arrival = await linking.sign_in_with_identity(
                connection, context, provider, profile, redirect_to=redirect_to, client_info=client_info
            )
        else:
            target, _ = await user_of(connection, principal)
            arrival = await linking.link(
                connection, context, provider, profile, target.id, redirect_to=redirect_to, client_info=client_info
            )
        if arrival.user:
            session = await open_session(connection, context, arrival.user, method="oauth", client_info=client_info)
    context.mail_queue.wake()
    if session is None:
        raise arrival.refusal or OAuthError("server_error", "Internal Server Error")
    return session


def _id_token_provider(context: AuthContext, name: object, issuer: object) -> providers.Provider:
    google = context.settings.gotrue_external_google_url or providers.GOOGLE_ISSUER
    if name != "google" and issuer != google:
        raise bad_request("validation_failed", f'Custom OIDC provider "{str(name or "")[:100]}" not allowed')
    try:
        return providers.find_provider(context.settings, "google")
    except providers.Unsupported:
        raise bad_request("provider_disabled", f'Provider (issuer "{google}") is not enabled') from None


def _check_nonce(in_token: object, shown: str) -> None:
    """An app sends the nonce in clear, and had its SHA-256 put into the token."""
    if bool(in_token) != bool(shown):
        raise OAuthError("invalid request", "Passed nonce and nonce in id_token should either both exist or not.")
    hashed = hashlib.sha256(shown.encode()).hexdigest()
    if shown and not hmac.compare_digest(hashed.encode(), str(in_token).encode()):
        raise OAuthError("invalid nonce", "Nonces mismatch")
