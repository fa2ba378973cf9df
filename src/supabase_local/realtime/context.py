"""What a socket needs of the process that serves it."""

from dataclasses import dataclass

from supabase_local.gateway.authentication import Authenticator
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import Channel
from supabase_local.realtime.channel.hub import Hub
from supabase_local.realtime.postgres_changes.dispatcher import Changes


@dataclass(frozen=True, slots=True)
class RealtimeContext:
    """Kept on `app.state.realtime` of the gateway."""

    authenticator: Authenticator
    pools: DatabasePools
    hub: Hub
    changes: Changes
    authorizer: Authorizer
    allow_public: bool
    channels: set[Channel]  # all that are joined in this process
