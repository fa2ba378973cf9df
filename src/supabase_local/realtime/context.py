"""The objects that one gateway process opens for Realtime."""

import asyncio
from dataclasses import dataclass, field

from arti_core.database import open_transaction
from arti_core.master_keys import MasterKeys
from supabase_local.gateway.authentication import Authenticator
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import RealtimeChannel
from supabase_local.realtime.channel.pubsub import PubSub
from supabase_local.realtime.permission_model import PermissionModel
from supabase_local.realtime.postgres_changes.dispatcher import ChangeDispatcher
from supabase_local.realtime.postgres_changes.publication import Publication
from supabase_local.realtime.relay import GatewayRelay
from supabase_local.realtime.relay_messages import MessageSealer
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
    relay: GatewayRelay | None

    async def close(self) -> None:
        self.revocation.cancel()
        if self.relay is not None:
            await self.relay.stop()
        await self.context.dispatcher.stop()


async def open_realtime(
    settings: SupabaseLocalSettings,
    authenticator: Authenticator,
    pools: DatabasePools,
    permission_model: PermissionModel,
    master_keys: MasterKeys,
) -> Realtime:
    """Start the revocation task and join the other gateways; the replication slot comes with the first subscription."""
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
    relay = None
    if redis_url := settings.redis_url.get_secret_value():
        name = await _relay_name(pools)
        relay = pubsub.relay = GatewayRelay(redis_url, name, MessageSealer(master_keys, name), pubsub)
        await relay.start()
    revocation = asyncio.create_task(watch_revocation(context.channels, authorizer, dispatcher.permissions_changed))
    return Realtime(context, revocation, relay)


async def _relay_name(pools: DatabasePools) -> str:
    """Return a name for the gateways of this database: a Redis may serve several installations."""
    async with open_transaction(pools.service) as connection:
        number: str = await connection.fetchval(
            """select concat_ws('-', (select system_identifier from pg_control_system()), d.oid)
               from pg_database d where d.datname = current_database()"""
        )
    return f"supabase:realtime:{number}"
