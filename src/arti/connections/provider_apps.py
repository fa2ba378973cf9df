"""The org's OAuth apps, and the clients that use them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from arti.providers.client import ProviderClient
from arti.providers.connectors import CONNECTORS
from arti.providers.oauth import AppCredentials
from arti.settings import Settings
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core import vault_store
from arti_core.crypto import Vault
from arti_core.database import Connection
from arti_core.errors import Conflict
from arti_core.http_client import OutboundClient


async def find_sealed_app(connection: Connection, org_id: UUID, provider: Provider) -> bytes | None:
    """Return the org's sealed OAuth app. As arti_api itself, not as a member."""
    return await vault_store.find_sealed(connection, org_id, kind="provider_app", ref=provider.value)


async def find_sealed_app_of_job(connection: Connection, org_id: UUID, provider: Provider) -> bytes | None:
    """Return the org's sealed OAuth app, in a transaction of a job of this org."""
    sealed = await vault_store.list_sealed(connection, org_id, kind="provider_app", refs=[provider.value])
    return sealed.get(provider.value)


def open_app(
    settings: Settings, vault: Vault, org_id: UUID, provider: Provider, sealed: bytes | None
) -> AppCredentials:
    """Return the org's OAuth app at a provider; the simulators share one. Raises Conflict when there is none."""
    if settings.simulators_url:
        return AppCredentials(settings.simulator_client_id, settings.simulator_client_secret.get_secret_value())
    if sealed is None:
        raise Conflict(f"This org has no {PROVIDER_NAMES[provider]} app yet. Add its client id and secret first.")
    secret = vault.open(sealed, owner_id=org_id, kind="provider_app", ref=provider.value)
    assert isinstance(secret, dict)  # sealed by save_provider_app
    return AppCredentials(secret["client_id"], secret["client_secret"])


def open_client(
    http_client: OutboundClient,
    settings: Settings,
    provider: Provider,
    app: AppCredentials,
    access_token: str = "",
    renew: Callable[[], Awaitable[str]] | None = None,
) -> ProviderClient:
    """Return a client that is limited to the provider's own hosts."""
    hosts = CONNECTORS[provider].hosts
    return ProviderClient(http_client, settings, provider, hosts=hosts, app=app, access_token=access_token, renew=renew)
