"""Health of a provider for one org: reachability, credentials, quota, accounts by status."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from arti.connections import store
from arti.connections.provider_apps import find_sealed_app
from arti.connections.schemas import AccountCounts, ProviderHealth, Quota
from arti.orgs.authorization import Access
from arti.orgs.service import get_provider_permissions
from arti.providers.connectors import CONNECTORS
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.clock import now
from arti_core.database import anonymous_transaction
from arti_core.errors import ArtiError
from arti_core.http_client import OutboundClient
from arti_core.shared_results import share_result

PROBE_INTERVAL: Final = timedelta(seconds=15)
_PROBE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class ProviderProbe:
    reachable: bool
    checked_at: datetime


# The last probe by URL: one for all requests of this process, and through Redis for all processes.
_probes: dict[str, ProviderProbe] = {}
_locks: dict[str, asyncio.Lock] = {}


async def probe(http_client: OutboundClient, settings: Settings, provider: Provider) -> ProviderProbe:
    """Return whether the provider responds at all; all processes together ask it at most once in 15 seconds."""
    url = settings.provider_url(provider, CONNECTORS[provider].probe_url)
    async with _locks.setdefault(url, asyncio.Lock()):
        last = _probes.get(url)
        if last is None or not _is_fresh(last):
            shared = await share_result(
                settings.redis_url.get_secret_value(),
                f"arti:probe:{url}",
                lambda: _ask(http_client, url),
                is_fresh=lambda found: _is_fresh(_read_probe(found)),
                make_seconds=_PROBE_SECONDS + 1,
                keep_seconds=PROBE_INTERVAL.total_seconds(),
            )
            last = _probes[url] = _read_probe(shared)
        return last


async def _ask(http_client: OutboundClient, url: str) -> bytes:
    try:
        reachable = (await http_client.call("GET", url, timeout_seconds=_PROBE_SECONDS)).status < 500
    except ArtiError:
        reachable = False
    return orjson.dumps([reachable, now()])


def _read_probe(shared: bytes) -> ProviderProbe:
    reachable, checked_at = orjson.loads(shared)
    return ProviderProbe(reachable, datetime.fromisoformat(checked_at))


def _is_fresh(last: ProviderProbe) -> bool:
    return now() - last.checked_at < PROBE_INTERVAL


def known_probes(settings: Settings) -> dict[Provider, ProviderProbe]:
    """Return the last probe of each provider that this process has probed."""
    urls = {provider: settings.provider_url(provider, CONNECTORS[provider].probe_url) for provider in Provider}
    return {provider: _probes[url] for provider, url in urls.items() if url in _probes}


async def describe_health(access: Access, provider: Provider) -> ProviderHealth:
    """Return the health of a provider for this org."""
    context, org_id = access.context, access.org_id
    async with anonymous_transaction(context.pool) as login_connection:
        sealed_app = await find_sealed_app(login_connection, org_id, provider)
    counts = await store.count_accounts(access.connection, org_id, provider)
    last_probe = await probe(context.http_client, context.settings, provider)
    return ProviderHealth(
        provider=provider,
        mode="simulator" if context.settings.simulators_url else "real",
        reachable=last_probe.reachable,
        credentials=bool(context.settings.simulators_url) or sealed_app is not None,
        quota=await _quota(access, provider),
        accounts=AccountCounts(active=counts["active"], needs_reauth=counts["needs_reauth"], paused=counts["paused"]),
        last_success_at=counts["last_success_at"],
        last_error_class=counts["last_error_class"],
        checked_at=last_probe.checked_at,
    )


async def _quota(access: Access, provider: Provider) -> Quota | None:
    connector = CONNECTORS[provider]
    # Whoever sees some accounts sees some of the calls, and what is left cannot be told from these.
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    if connector.budget is None or not access.sees_all_artists or not platforms[provider]["can_read"]:
        return None
    zone = ZoneInfo(connector.time_zone)
    today = clock.today_in(connector.time_zone)
    day_start = datetime.combine(today, time(0), zone)
    used = await store.count_calls_since(access.connection, access.org_id, provider, day_start)
    limit = connector.budget.calls_a_day
    resets_at = datetime.combine(today + timedelta(days=1), time(0), zone)
    return Quota(left=max(0, limit - used), limit=limit, resets_at=resets_at)
