"""Sign in with Google, GitHub or Spotify: /authorize and /callback (GoTrue's external.go and external_oauth.go).

The `state` parameter is the id of a row. The row holds the provider, where the browser goes afterwards, the account to
link, and the verifier of PKCE and of the nonce: a code or a token of another flow or provider is refused.
"""

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
from supabase_local.auth.external.oidc import IssuerUnusable
from supabase_local.auth.external.profiles import Profile
from supabase_local.auth.redirects import with_fragment, with_query
from supabase_local.auth.tokens import flow_state_store, pkce
from supabase_local.auth.tokens.flow_state_store import FLOW_LIFE
from supabase_local.auth.tokens.sessions import open_session, user_of
from supabase_local.gateway.authentication import AuthResult

# Parameters that a client cannot pass on to the provider: those that are set here, those that would redirect the
# response or change its form, and those for this server.
_RESERVED_PARAMETERS = frozenset(
    {
        *("client_id", "client_secret", "client_assertion", "client_assertion_type", "redirect_uri"),
        *("response_type", "response_mode", "state", "nonce", "scope", "scopes", "code", "code_challenge"),
        *("code_challenge_method", "code_verifier", "grant_type", "request", "request_uri", "registration"),
        *("provider", "redirect_to", "invite_token", "skip_http_redirect", "apikey"),
    }
)
_ABANDONED_AFTER = timedelta(days=2)  # the link of a mail is valid for a day
_NO_EMAIL = "Error getting user email from external provider"


@dataclass(frozen=True, slots=True)
class CallbackState:
    """The flow of a callback, and where the browser goes afterwards."""

    flow: flow_state_store.Flow
    redirect_to: str


async def start(
    context: AuthContext, query: Mapping[str, str], *, redirect_to: str, linking_target_id: UUID | None = None
) -> str:
    """Start a flow and return the provider's authorization URL. Raises AuthError."""
    name = query.get("provider", "")
    try:
        provider = providers.find_provider(context.settings, name)
    except providers.Unsupported as unsupported:
        raise bad_request("validation_failed", f"Unsupported provider: {unsupported}") from None
    challenge = pkce.read_challenge(query)
    verifier, at = providers.new_verifier(), clock.now()
    async with open_transaction(context.pool, "begin") as connection:
        await store.delete_old_flows(connection, before=at - _ABANDONED_AFTER, oauth_before=at - 2 * FLOW_LIFE)
        flow = await flow_state_store.create_flow(
            connection,
            provider_type=provider.name,
            authentication_method="oauth",
            challenge=challenge,
            referrer=redirect_to,
            linking_target_id=linking_target_id,
        )
        await store.insert_verifier(connection, flow.id, provider=provider.name, verifier=verifier, at=at)
    try:
        return await providers.authorize_url(
            context.issuers,
            provider,
            state=str(flow.id),
            verifier=verifier,
            scopes=query.get("scopes", ""),
            extra={key: value for key, value in query.items() if key.lower() not in _RESERVED_PARAMETERS},
        )
    except IssuerUnusable as error:
        raise bad_request("validation_failed", f"Unsupported provider: {error}") from None


async def start_linking(
    context: AuthContext, principal: AuthResult, query: Mapping[str, str], *, redirect_to: str
) -> str:
    """Start a flow that links an identity to the user's account. Returns the authorization URL. Raises AuthError."""
    async with open_transaction(context.pool, "begin read only") as connection:
        user, _ = await user_of(connection, principal)
    return await start(context, query, redirect_to=redirect_to, linking_target_id=user.id)


async def find_callback_state(context: AuthContext, state: str) -> CallbackState:
    """Return the flow of `state`. Raises AuthError when it is unknown, expired or used."""
    if not state:
        raise bad_request("bad_oauth_callback", "OAuth state parameter missing")
    try:
        flow_id = UUID(state)
    except ValueError:
        raise bad_request("bad_oauth_state", "OAuth state parameter is invalid") from None
    async with open_transaction(context.pool, "begin") as connection:
        flow = await flow_state_store.lock_flow(connection, flow_id)
    if flow is None or flow.authentication_method != "oauth":
        raise bad_request("bad_oauth_state", "OAuth state not found or expired")
    if flow.is_expired:
        raise bad_request("bad_oauth_state", "OAuth state has expired")
    if flow.user_id is not None:
        raise bad_request("flow_state_already_used", "State has already been used")
    return CallbackState(flow, flow.referrer or context.settings.site_url)


async def finish(
    context: AuthContext, state: CallbackState, parameters: Mapping[str, str], *, client_info: ClientInfo
) -> str:
    """Handle the provider's redirect. Returns the URL to redirect to, with a code or a session. Raises AuthError."""
    if parameters.get("error"):
        raise OAuthError(parameters["error"][:200], parameters.get("error_description", "")[:1000])
    code = parameters.get("code", "")
    if not code:
        raise bad_request("bad_oauth_callback", "OAuth callback with missing authorization code missing")
    flow = state.flow
    try:
        provider = providers.find_provider(context.settings, flow.provider_type)
    except providers.Unsupported as unsupported:
        raise bad_request("oauth_provider_not_supported", f"Unsupported provider: {unsupported}") from None
    if provider.issuer and parameters.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: mix-up attack
        raise bad_request("bad_oauth_callback", "OAuth callback of another issuer")
    async with open_transaction(context.pool, "begin") as connection:
        verifier = await store.take_verifier(connection, flow.id)
    if verifier is None:
        raise bad_request("bad_oauth_state", "OAuth state not found or expired")
    try:
        tokens = await providers.exchange(context.http_client, context.issuers, provider, code=code, verifier=verifier)
        profile = await providers.read_profile(
            context.http_client, context.issuers, provider, tokens, verifier=verifier
        )
    except (providers.ProviderFailed, IssuerUnusable) as error:
        raise AuthError(500, "unexpected_failure", str(error)) from error
    if not profile.emails:
        raise AuthError(500, "unexpected_failure", _NO_EMAIL)
    session = await _complete_sign_in(context, state, profile, tokens, client_info)
    if session is None:
        return with_query(state.redirect_to, {"code": flow.auth_code or ""})
    fragment = {
        name: str(session[name]) for name in ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    }
    fragment["provider_token"] = tokens.access
    if tokens.refresh:
        fragment["provider_refresh_token"] = tokens.refresh
    return with_fragment(state.redirect_to, fragment | {"sb": ""})


async def _complete_sign_in(
    context: AuthContext, state: CallbackState, profile: Profile, tokens: providers.Tokens, client_info: ClientInfo
) -> dict[str, Any] | None:
    """Sign the user in. Returns their Session, or None when a code will be exchanged for it."""
    flow = state.flow
    for is_last_attempt in (False, True):
        try:
            async with open_transaction(context.pool, "begin") as connection:
                if flow.linking_target_id is None:
                    sign_in = await linking.sign_in_with_identity(
                        connection,
                        context,
                        flow.provider_type,
                        profile,
                        redirect_to=state.redirect_to,
                        client_info=client_info,
                    )
                else:
                    sign_in = await linking.link(
                        connection,
                        context,
                        flow.provider_type,
                        profile,
                        flow.linking_target_id,
                        redirect_to=state.redirect_to,
                        client_info=client_info,
                    )
                session = None
                if sign_in.user and flow.auth_code:
                    await pkce.complete_flow(
                        connection,
                        context,
                        flow.id,
                        user_id=sign_in.user.id,
                        provider_access_token=tokens.access,
                        provider_refresh_token=tokens.refresh,
                    )
                elif sign_in.user:
                    await flow_state_store.delete_flow(connection, flow.id)
                    session = await open_session(
                        connection, context, sign_in.user, method="oauth", client_info=client_info
                    )
            break
        except asyncpg.UniqueViolationError:  # a concurrent sign-in of the same user has created the identity
            if is_last_attempt:
                raise
    context.mail_queue.wake()
    if sign_in.refusal:
        raise sign_in.refusal
    return session
