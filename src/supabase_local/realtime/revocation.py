"""Close the channels of subscribers whose session, key or channel policies no longer allow them."""

import asyncio
from collections.abc import Set
from contextlib import suppress

import asyncpg
import structlog

from arti_core.errors import Unavailable
from supabase_local.realtime.authorization import Authorizer
from supabase_local.realtime.channel.channel import SESSION_ENDED, RealtimeChannel, permission_lost

log = structlog.get_logger()

_CHECK_SECONDS = 1.0
_CHECKS_PER_POLICY_CHECK = 3  # policies are also checked at once when a permission changes


async def watch_revocation(
    channels: Set[RealtimeChannel], authorizer: Authorizer, permissions_changed: asyncio.Event
) -> None:
    """Check every second until cancelled, with one statement for all channels."""
    checks = 0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(permissions_changed.wait(), _CHECK_SECONDS)
        changed = permissions_changed.is_set()
        permissions_changed.clear()
        checks += 1
        try:
            await _close_expired(channels, authorizer)
            if changed or checks % _CHECKS_PER_POLICY_CHECK == 0:
                await _close_unauthorized(channels, authorizer)
        except (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("realtime cannot check for revoked access", error=type(error).__name__)
        except Exception as error:  # the next check must run
            log.error("the check for revoked access failed", exc_info=error)


async def _close_expired(channels: Set[RealtimeChannel], authorizer: Authorizer) -> None:
    """Close the channels of sessions that ended and of keys that were revoked."""
    subscribers = {channel: channel.subscriber for channel in channels}
    live = await authorizer.live_subscribers(set(subscribers.values()))
    for channel, subscriber in subscribers.items():
        if subscriber not in live and channel.subscriber == subscriber:  # else its token was refreshed meanwhile
            channel.close(channel, SESSION_ENDED)


async def _close_unauthorized(channels: Set[RealtimeChannel], authorizer: Authorizer) -> None:
    """Close the private channels that their policies no longer let the subscriber read."""
    requests = {channel: (channel.subscriber, channel.name) for channel in channels if channel.config.private}
    policies = await authorizer.channel_policies(set(requests.values()))
    for channel, request in requests.items():
        if channel.subscriber != request[0]:  # its token was refreshed meanwhile
            continue
        channel_policies = policies[request]
        if channel_policies is None:
            channel.close(channel, SESSION_ENDED)
        elif not channel_policies.can_read(channel.config):
            channel.close(channel, permission_lost(channel))
        else:
            channel.policies = channel_policies
