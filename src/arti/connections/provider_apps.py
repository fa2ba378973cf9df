"""Opens what a call to a provider needs: the org's OAuth app and the client."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from arti.providers.client import ProviderClient
from arti.providers.connectors import CONNECTORS
from arti.providers.oauth import AppCredentials
from arti.settings import Settings
from arti.vocabulary import PROVIDER_NAMES, Provider
from arti_core.crypto import Vault
from arti_core.errors import Conflict
from arti_core.http_client import OutboundClient


def open_app(
    settings: Settings, vault: Vault, org_id: UUID, provider: Provider, sealed: bytes | None
) -> AppCredentials:
    """Return the org's OAuth app at a provider; the simulators share one. Raises Conflict when there is none."""
    if settings.simulators_url:
        return AppCredentials(settings.simulator_client_id, settings.simulator_client_secret.get_secret_value())
    if sealed is None:
        raise Conflict(f"This org has no {PROVIDER_NAMES[provider]} app yet. Add its client id and secret first.")
    opened = vault.open(sealed, owner_id=org_id, kind="provider_app", ref=provider.value)
    assert isinstance(opened, dict)  # sealed by save_provider_app
    return AppCredentials(opened["client_id"], opened["client_secret"])


def open_client(
    http_client: OutboundClient,
    settings: Settings,
    provider: Provider,
    app: AppCredentials,
    access_token: str = "",
    renew: Callable[[], Awaitable[str]] | None = None,
) -> ProviderClient:
    """Return a client that may talk to the provider's own hosts."""
    hosts = CONNECTORS[provider].hosts
    return ProviderClient(http_client, settings, provider, hosts=hosts, app=app, access_token=access_token, renew=renew)
