"""The objects that one gateway process opens for Realtime."""

import asyncio
from dataclasses import dataclass, field

from supabase_local.gateway.authentication import Authenticator
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import RealtimeChannel
from supabase_local.realtime.channel.pubsub import PubSub
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes.dispatcher import ChangeDispatcher
from supabase_local.realtime.postgres_changes.publication import Publication
from supabase_local.realtime.revocation import watch_revocation
from supabase_local.settings import SupabaseLocalSettings


@dataclass(frozen=True, slots=True)
class RealtimeContext:
    """Stored on `app.state.realtime` of the gateway."""

    authenticator: Authenticator
    pools: DatabasePools
    pubsub: PubSub
    dispatcher: ChangeDispatcher
    authorizer: Authorizer
    allow_public: bool
    channels: set[RealtimeChannel] = field(default_factory=set)  # all that are joined in this process


@dataclass(frozen=True, slots=True)
class Realtime:
    context: RealtimeContext
    revocation: asyncio.Task[None]

    async def close(self) -> None:
        self.revocation.cancel()
        await self.context.dispatcher.stop()


def open_realtime(
    settings: SupabaseLocalSettings,
    authenticator: Authenticator,
    pools: DatabasePools,
    permission_model: PermissionModel,
) -> Realtime:
    """Start the revocation task; the replication slot is created with the first subscription."""
    publication = Publication(pools, permission_model)
    authorizer = Authorizer(pools, publication, permission_model)
    pubsub = PubSub()
    dispatcher = ChangeDispatcher(
        pools,
        settings.realtime_database_url.get_secret_value(),
        publication,
        authorizer,
        permission_model,
        pubsub.broadcast_message_row,
    )
    context = RealtimeContext(authenticator, pools, pubsub, dispatcher, authorizer, settings.realtime_allow_public)
    return Realtime(
        context, asyncio.create_task(watch_revocation(context.channels, authorizer, dispatcher.permissions_changed))
    )
