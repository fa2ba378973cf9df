"""Job handlers of connected accounts."""

from typing import Final
from uuid import UUID

import structlog

from arti.connections import sync_store
from arti.connections.provider_apps import find_sealed_app_of_job, open_app, open_client
from arti.connections.service import request_sync
from arti.connections.sync import sync_account
from arti.connections.tokens import VAULT_KIND, open_tokens
from arti.jobs import Handler, JobRun
from arti.providers.connectors import CONNECTORS
from arti.providers.errors import ProviderError
from arti.vocabulary import Provider
from arti_core import vault_store
from arti_core.errors import ArtiError

log = structlog.get_logger()


async def sync_due(job: JobRun) -> None:
    """Enqueue a sync of each account of the org that is due."""
    async with job.transaction() as connection:
        for account in await sync_store.list_due(connection, job.org_id):
            kind = "nightly" if account["last_success_at"] else "backfill"
            await request_sync(connection, job.org_id, account["id"], kind=kind, requested_by=None)


async def sync(job: JobRun) -> None:
    """Bring one account up to date."""
    await sync_account(job, UUID(job.args["account_id"]), job.args["kind"])


async def revoke_consents(job: JobRun) -> None:
    """Revoke the tokens of each account, where its provider has a request for it.

    One that fails is logged and left: the tokens are deleted with the org, and a person can end a consent in the
    settings of their provider.
    """
    worker_context, org_id = job.worker_context, job.org_id
    async with job.transaction() as connection:
        accounts = await sync_store.list_accounts(connection, org_id)
        refs = [str(account["id"]) for account in accounts]
        sealed_tokens = await vault_store.list_sealed(connection, org_id, kind=VAULT_KIND, refs=refs)
        sealed_apps = {
            provider: await find_sealed_app_of_job(connection, org_id, provider)
            for provider in {Provider(account["provider"]) for account in accounts}
        }
    for account in accounts:
        provider = Provider(account["provider"])
        sealed = sealed_tokens.get(str(account["id"]))
        if sealed is None:
            continue
        try:
            tokens = open_tokens(worker_context.vault, org_id, account["id"], sealed)
            app = open_app(worker_context.settings, worker_context.vault, org_id, provider, sealed_apps[provider])
            client = open_client(
                worker_context.http_client, worker_context.settings, provider, app, tokens.access_token
            )
            await CONNECTORS[provider].revoke(client, tokens)
        except (ProviderError, ArtiError) as error:
            log.warning("a consent was not revoked", provider=provider, error=type(error).__name__)


HANDLERS: Final[dict[str, Handler]] = {"connections.sync_due": sync_due, "connections.sync": sync}
