"""The consent of an artist's team: send a person to the provider, take the answer, link the account."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from arti.connections import store
from arti.connections.provider_apps import open_app, open_client
from arti.connections.service import request_sync
from arti.connections.tokens import VAULT_KIND, seal_tokens
from arti.orgs.audit import record_audit
from arti.orgs.authorization import ApiContext
from arti.providers.connectors import CONNECTORS
from arti.providers.contract import ProviderAccount
from arti.providers.oauth import ProviderTokens, authorize_query, make_verifier
from arti.settings import Settings
from arti.vocabulary import ROLE_PERMISSIONS, Permission, Provider, Role
from arti_core.crypto import KEY_VERSION, Vault
from arti_core.database import Connection, Pool, Principal, anonymous_transaction, member_transaction
from arti_core.errors import Forbidden, Invalid, NotFound

CALLBACK_PATH = "/api/accounts/callback"


@dataclass(frozen=True, slots=True)
class PendingConsent:
    """A consent under way, as the state proves it."""

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
    """Remember a consent under way and return the provider's page where it is given."""
    if await store.find_artist_name(connection, org_id, artist_id) is None:
        raise NotFound("artist")
    # Only a path of our own: the browser must not be sent elsewhere afterwards.
    if not return_to.startswith("/") or return_to.startswith("//") or "\\" in return_to:
        raise Invalid("return_to must be a path in the web app, e.g. /accounts/.", field="return_to")
    async with anonymous_transaction(context.pool) as own:
        sealed = await store.find_sealed_app(own, org_id, provider)
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


async def consume_oauth_state(pool: Pool, state: str) -> PendingConsent | None:
    """Spend a state. Returns None for one that is unknown, used or too old."""
    try:
        id = UUID(state)
    except ValueError:
        return None
    async with anonymous_transaction(pool) as connection:
        row = await store.take_oauth_state(connection, id)
    if row is None:
        return None
    return PendingConsent(
        row["org_id"],
        row["user_id"],
        row["artist_id"],
        Provider(row["provider"]),
        row["code_verifier"],
        row["return_to"],
        row["profile_url"],
    )


async def finish_connect(context: ApiContext, consent: PendingConsent, *, code: str, request_id: str) -> UUID:
    """Turn a consent into a linked account and owe its first sync. Returns the account's id.

    Raises ProviderError, and Forbidden when the person who began may no longer do this.
    """
    principal = Principal(consent.user_id, None, request_id=request_id)
    async with member_transaction(context.pool, principal, read_only=True) as connection:
        artist_name = await _check_still_allowed(connection, consent)
    async with anonymous_transaction(context.pool) as own:
        sealed = await store.find_sealed_app(own, consent.org_id, consent.provider)
    app = open_app(context.settings, context.vault, consent.org_id, consent.provider, sealed)
    connector = CONNECTORS[consent.provider]
    client = open_client(context.http_client, context.settings, consent.provider, app)
    tokens = await connector.exchange(
        client, code=code, verifier=consent.verifier, redirect_uri=context.settings.api_url + CALLBACK_PATH
    )
    client.access_token = tokens.access_token
    account = await connector.identify(client, artist_name=artist_name, profile_url=consent.profile_url)
    async with member_transaction(context.pool, principal) as connection:
        await _check_still_allowed(connection, consent)
        return await link_account(connection, context.vault, consent, account, tokens, request_id=request_id)


async def _check_still_allowed(connection: Connection, consent: PendingConsent) -> str:
    role = await store.find_role(connection, consent.org_id, consent.user_id)
    if role is None or Permission.CONNECTIONS_MANAGE not in ROLE_PERMISSIONS[Role(role)]:
        raise Forbidden("You may no longer connect accounts in this org. Ask an admin of the org.")
    name = await store.find_artist_name(connection, consent.org_id, consent.artist_id)
    if name is None:
        raise NotFound("artist")
    return name


async def link_account(
    connection: Connection,
    vault: Vault,
    consent: PendingConsent,
    account: ProviderAccount,
    tokens: ProviderTokens,
    *,
    request_id: str | None,
) -> UUID:
    """Write the account, its sealed tokens, the audit row and the first sync, in one transaction."""
    org_id = consent.org_id
    account_id = await store.upsert_account(
        connection,
        org_id,
        artist_id=consent.artist_id,
        provider=consent.provider,
        account=account,
        tokens=tokens,
        connected_by=consent.user_id,
    )
    sealed = seal_tokens(vault, org_id, account_id, tokens)
    await store.put_secret(
        connection, org_id, kind=VAULT_KIND, ref=str(account_id), sealed=sealed, key_version=KEY_VERSION
    )
    await record_audit(
        connection,
        org_id=org_id,
        actor_id=consent.user_id,
        action="account.connected",
        subject_kind="account",
        subject_id=account_id,
        details={
            "provider": consent.provider,
            "name": account.display_name,
            "external_id": account.external_id,
        },
        request_id=request_id,
    )
    await request_sync(connection, org_id, account_id, kind="backfill", requested_by=consent.user_id)
    return account_id


def return_url(settings: Settings, return_to: str, **words: str) -> str:
    """Return the page of the web app to come back to, with what happened in its query."""
    parts = urlsplit(return_to)
    query = "&".join(part for part in (parts.query, urlencode(words)) if part)
    return f"{settings.site_url}{parts.path}?{query}"
