"""Says how a provider is doing for one org: reachable, credentials, quota, accounts by state."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from arti.base.clock import now
from arti.base.database import as_nobody
from arti.base.errors import ArtiError
from arti.base.http import Outside
from arti.connections import store
from arti.connections.schemas import AccountCounts, ProviderHealth, Quota
from arti.orgs.access import Access
from arti.providers.connectors import CONNECTORS
from arti.settings import Settings
from arti.vocabulary import Provider

PROBE_EVERY: Final = timedelta(seconds=30)
_PROBE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Probe:
    reachable: bool
    checked_at: datetime


# One probe for all callers of this process: the key is the address that was asked.
_probes: dict[str, Probe] = {}
_asking: dict[str, asyncio.Lock] = {}


async def probe(outside: Outside, settings: Settings, provider: Provider) -> Probe:
    """Ask whether the provider answers at all, at most once in 30 seconds."""
    url = settings.provider_url(provider, CONNECTORS[provider].probe_url)
    async with _asking.setdefault(url, asyncio.Lock()):
        last = _probes.get(url)
        if last is None or now() - last.checked_at >= PROBE_EVERY:
            try:
                answer = await outside.call("GET", url, timeout_seconds=_PROBE_SECONDS)
                last = Probe(answer.status < 500, now())
            except ArtiError:
                last = Probe(False, now())
            _probes[url] = last
        return last


async def describe_health(access: Access, provider: Provider) -> ProviderHealth:
    """Return the health of a provider as this org sees it."""
    doors, org_id = access.doors, access.org_id
    async with as_nobody(doors.pool) as own:
        credentials = bool(doors.settings.twins_url) or await store.find_sealed_app(own, org_id, provider) is not None
    counts = await store.count_accounts(access.connection, org_id, provider)
    probed = await probe(doors.outside, doors.settings, provider)
    return ProviderHealth(
        provider=provider,
        mode="twin" if doors.settings.twins_url else "real",
        reachable=probed.reachable,
        credentials=credentials,
        quota=await _quota(access, provider),
        accounts=AccountCounts(active=counts["active"], needs_reauth=counts["needs_reauth"], paused=counts["paused"]),
        last_success_at=counts["last_success_at"],
        last_error_class=counts["last_error_class"],
        checked_at=probed.checked_at,
    )


async def _quota(access: Access, provider: Provider) -> Quota | None:
    connector = CONNECTORS[provider]
    if connector.budget is None:
        return None
    zone = ZoneInfo(connector.time_zone)
    today = now().astimezone(zone).date()
    began = datetime.combine(today, time(0), zone)
    used = await store.count_calls_since(access.connection, access.org_id, provider, began)
    limit = connector.budget.calls_a_day
    resets_at = datetime.combine(today + timedelta(days=1), time(0), zone)
    return Quota(left=max(0, limit - used), limit=limit, resets_at=resets_at)
