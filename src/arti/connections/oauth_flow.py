"""The OAuth flow: send a person to the provider, handle the callback, link the account."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from arti.connections import store
from arti.connections.provider_apps import find_sealed_app, open_app, open_client
from arti.connections.service import request_sync
from arti.connections.tokens import VAULT_KIND, seal_tokens
from arti.music.store import find_artist_name
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor, ApiContext, authorize
from arti.providers.connectors import CONNECTORS
from arti.providers.contract import ProviderAccount
from arti.providers.oauth import ProviderTokens, authorize_query, make_verifier
from arti.settings import Settings
from arti.vocabulary import Permission, Provider
from arti_core import vault_store
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Principal, anonymous_transaction, member_transaction
from arti_core.errors import Invalid, NotFound

CALLBACK_PATH = "/api/accounts/callback"


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """An authorization that was requested and not yet answered, as its OAuth state holds it."""

    org_id: UUID
    user_id: UUID
    artist_id: UUID
    provider: Provider
    verifier: str
    return_to: str
    profile_url: str | None


async def begin_connect(
    connection: Connection,
    context: ApiContext,
    principal: Principal,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: Provider,
    return_to: str,
    profile_url: str | None,
) -> str:
    """Store the state of a new authorization and return the URL of the provider's consent page."""
    if await find_artist_name(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    # Only a path of the web app: the callback must not redirect to another site.
    if not return_to.startswith("/") or return_to.startswith("//") or "\\" in return_to:
        raise Invalid("return_to must be a path in the web app, e.g. /accounts/.", field="return_to")
    async with anonymous_transaction(context.pool) as login_connection:
        sealed = await find_sealed_app(login_connection, org_id, provider)
    app = open_app(context.settings, context.vault, org_id, provider, sealed)
    state, verifier = uuid4(), make_verifier()
    await store.delete_old_oauth_states(connection, org_id)
    await store.insert_oauth_state(
        connection,
        org_id,
        state=state,
        user_id=principal.user_id,
        artist_id=artist_id,
        provider=provider,
        verifier=verifier,
        return_to=return_to,
        profile_url=profile_url,
    )
    spec = CONNECTORS[provider].oauth
    query = authorize_query(
        spec, app, redirect_uri=context.settings.api_url + CALLBACK_PATH, state=str(state), verifier=verifier
    )
    return f"{context.settings.provider_url(provider, spec.authorize_url)}?{query}"


async def consume_oauth_state(pool: Pool, state: str) -> PendingAuthorization | None:
    """Mark a state as used. Returns None for one that is unknown, used or expired."""
    try:
        state_id = UUID(state)
    except ValueError:
        return None
    async with anonymous_transaction(pool) as connection:
        row = await store.consume_oauth_state(connection, state_id)
    if row is None:
        return None
    return PendingAuthorization(
        row["org_id"],
        row["user_id"],
        row["artist_id"],
        Provider(row["provider"]),
        row["code_verifier"],
        row["return_to"],
        row["profile_url"],
    )


async def finish_connect(context: ApiContext, pending: PendingAuthorization, *, code: str, request_id: str) -> UUID:
    """Exchange the code, link the account and enqueue its first sync. Returns the account's id.

    Raises ProviderError, and Forbidden when the person who started the flow may no longer do this.
    """
    principal = Principal(pending.user_id, None, request_id=request_id)
    async with member_transaction(context.pool, principal, read_only=True) as connection:
        artist_name = await _check_still_allowed(connection, pending)
    async with anonymous_transaction(context.pool) as login_connection:
        sealed = await find_sealed_app(login_connection, pending.org_id, pending.provider)
    app = open_app(context.settings, context.vault, pending.org_id, pending.provider, sealed)
    connector = CONNECTORS[pending.provider]
    client = open_client(context.http_client, context.settings, pending.provider, app)
    tokens = await connector.exchange(
        client, code=code, verifier=pending.verifier, redirect_uri=context.settings.api_url + CALLBACK_PATH
    )
    client.access_token = tokens.access_token
    account = await connector.identify(client, artist_name=artist_name, profile_url=pending.profile_url)
    async with member_transaction(context.pool, principal) as connection:
        await _check_still_allowed(connection, pending)
        actor = Actor(connection, pending.org_id, principal, context.vault)
        return await link_account(actor, context.vault, pending, account, tokens)


async def _check_still_allowed(connection: Connection, pending: PendingAuthorization) -> str:
    await authorize(connection, pending.org_id, Permission.CONNECTIONS_MANAGE)
    name = await find_artist_name(connection, pending.org_id, pending.artist_id)
    if name is None:
        raise NotFound("artist")
    return name


async def link_account(
    actor: Actor, vault: Vault, pending: PendingAuthorization, account: ProviderAccount, tokens: ProviderTokens
) -> UUID:
    """Write the account, its sealed tokens, the audit entry and the first sync, in the caller's transaction."""
    connection, org_id = actor.connection, actor.org_id
    account_id = await store.upsert_account(
        connection,
        org_id,
        artist_id=pending.artist_id,
        provider=pending.provider,
        account=account,
        tokens=tokens,
        connected_by=pending.user_id,
    )
    sealed = seal_tokens(vault, org_id, account_id, tokens)
    await vault_store.put_secret(connection, org_id, kind=VAULT_KIND, ref=str(account_id), sealed=sealed)
    await audit(
        actor,
        "account.connected",
        account_id,
        {
            "provider": pending.provider,
            "name": account.display_name,
            "external_id": account.external_id,
        },
    )
    await request_sync(connection, org_id, account_id, kind="backfill", requested_by=pending.user_id)
    return account_id


def return_url(settings: Settings, return_to: str, **result: str) -> str:
    """Return the URL of the web app to redirect to, with the result in its query."""
    parts = urlsplit(return_to)
    query = "&".join(part for part in (parts.query, urlencode(result)) if part)
    return f"{settings.site_url}{parts.path}?{query}"
