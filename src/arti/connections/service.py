"""Connected accounts: sync on demand, disconnect, the org's OAuth apps."""

from uuid import UUID

from arti.connections import store
from arti.connections.tokens import VAULT_KIND
from arti.metrics.observation_store import delete_series, list_assets_without_series
from arti.music.store import delete_assets
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.providers.connectors import CONNECTORS
from arti.providers.oauth import AppCredentials
from arti.vocabulary import Provider
from arti_core import vault_store
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Conflict, NotFound
from arti_core.jobs import enqueue_job


def sync_key(account_id: UUID) -> str:
    """Return the dedupe key of an account's syncs: one runs at a time."""
    return f"connections.sync:{account_id}"


async def request_sync(
    connection: Connection, org_id: UUID, account_id: UUID, *, kind: str, requested_by: UUID | None
) -> UUID:
    """Enqueue a sync. Returns the job's id, or that of the unfinished one if there is one."""
    job_id = await enqueue_job(
        connection,
        org_id,
        "connections.sync",
        {"account_id": str(account_id), "kind": kind},
        dedupe_key=sync_key(account_id),
        requested_by=requested_by,
    )
    job_id = job_id or await store.find_unfinished_job(connection, org_id, sync_key(account_id))
    if job_id is None:
        raise Conflict("A sync of this account has just ended. Try again.")
    return job_id


async def get_account(connection: Connection, org_id: UUID, account_id: UUID) -> Row:
    row = await store.find_account(connection, org_id, account_id)
    if row is None:
        raise NotFound("account")
    return row


async def sync_now(connection: Connection, org_id: UUID, account_id: UUID, principal: Principal) -> UUID:
    """Enqueue a sync that a person requested. Raises Conflict when the account is not active."""
    account = await get_account(connection, org_id, account_id)
    if account["status"] != "active":
        raise Conflict("This account must be connected again before it can be synced.")
    return await request_sync(connection, org_id, account_id, kind="manual", requested_by=principal.user_id)


async def disconnect(access: Access, account_id: UUID, *, delete_data: bool) -> None:
    """Delete an account's tokens; with `delete_data` also the data of its syncs, revisions included."""
    connection, org_id = access.connection, access.org_id
    account = await get_account(connection, org_id, account_id)
    await vault_store.delete_secret(connection, org_id, kind=VAULT_KIND, ref=str(account_id))
    if delete_data:
        provider = Provider(account["provider"])
        await store.delete_account(connection, org_id, account_id)
        await _delete_synced_data(connection, org_id, artist_id=account["artist_id"], provider=provider)
    else:
        await store.mark_disconnected(connection, org_id, account_id)
    await audit(
        access,
        "account.disconnected",
        account_id,
        {"provider": account["provider"], "name": account["display_name"], "data_deleted": delete_data},
    )


async def _delete_synced_data(connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider) -> None:
    """Delete the series and assets of an artist's syncs, unless another linked account still provides them."""
    if await store.has_linked_account(connection, org_id, artist_id=artist_id, provider=provider):
        return
    terms = CONNECTORS[provider].terms
    await delete_series(connection, org_id, artist_id=artist_id, provider=provider, terms=terms, only_empty=False)
    unused = await list_assets_without_series(connection, org_id, artist_id=artist_id, provider=provider)
    await delete_assets(connection, org_id, unused)


async def save_provider_app(access: Access, provider: Provider, app: AppCredentials) -> None:
    """Seal the org's own OAuth app at a provider."""
    secret = {"client_id": app.client_id, "client_secret": app.client_secret}
    sealed = access.context.vault.seal(secret, owner_id=access.org_id, kind="provider_app", ref=provider.value)
    await vault_store.put_secret(
        access.connection, access.org_id, kind="provider_app", ref=provider.value, sealed=sealed
    )
    await audit(access, "provider_app.saved", provider.value)
