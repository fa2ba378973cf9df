"""Put Realtime's parts together for one gateway process."""

import asyncio
from dataclasses import dataclass

from supabase_local.gateway.authentication import Authenticator
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.hub import Hub
from supabase_local.realtime.context import RealtimeContext
from supabase_local.realtime.postgres_changes.dispatcher import Changes
from supabase_local.realtime.postgres_changes.publication import Publication
from supabase_local.realtime.revocation import watch
from supabase_local.settings import SupabaseLocalSettings


@dataclass(frozen=True, slots=True)
class Realtime:
    context: RealtimeContext
    watching: asyncio.Task[None]

    async def close(self) -> None:
        self.watching.cancel()
        await self.context.changes.stop()


def open_realtime(settings: SupabaseLocalSettings, authenticator: Authenticator, pools: DatabasePools) -> Realtime:
    """Start to watch; changes are read once somebody listens."""
    published = Publication(pools)
    authorizer = Authorizer(pools, published)
    hub = Hub()
    changes = Changes(pools, settings.realtime_database_url.get_secret_value(), published, authorizer, hub.deliver)
    context = RealtimeContext(authenticator, pools, hub, changes, authorizer, settings.realtime_allow_public, set())
    return Realtime(context, asyncio.create_task(watch(context)))
