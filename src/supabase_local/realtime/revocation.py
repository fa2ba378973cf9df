"""Look every second whether those who listen still may: by their sessions and keys, by the policies of channels."""

import asyncio
from contextlib import suppress

import asyncpg
import structlog

from arti_core.errors import Unavailable
from supabase_local.realtime.channel.protocol import ENDED, lost_permission, may_read
from supabase_local.realtime.context import RealtimeContext

log = structlog.get_logger()

_EVERY_SECONDS = 1.0
_POLICIES_EVERY = 3  # looks; at once when a membership changes


async def watch(context: RealtimeContext) -> None:
    """End the channels of those who may listen no longer, until cancelled. One question for all, however many."""
    looks = 0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(context.changes.permissions_changed.wait(), _EVERY_SECONDS)
        changed = context.changes.permissions_changed.is_set()
        context.changes.permissions_changed.clear()
        looks += 1
        try:
            await _close_expired(context)
            if changed or looks % _POLICIES_EVERY == 0:
                await _close_unauthorized(context)
        except (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("realtime cannot ask who still may listen", error=type(error).__name__)
        except Exception as error:  # the next look must come
            log.error("realtime could not look who still may listen", exc_info=error)


async def _close_expired(context: RealtimeContext) -> None:
    """Sessions that ended, keys that were revoked."""
    asked = {channel: channel.audience for channel in context.channels}
    alive = await context.authorizer.live_audiences(set(asked.values()))
    for channel, audience in asked.items():
        if audience not in alive and channel.audience == audience:  # else it renewed its token meanwhile
            channel.end(channel, ENDED)


async def _close_unauthorized(context: RealtimeContext) -> None:
    """Private channels whose policies do not let them in any more."""
    asked = {channel: (channel.audience, channel.name) for channel in context.channels if channel.config.private}
    found = await context.authorizer.access(set(asked.values()))
    for channel, pair in asked.items():
        if channel.audience != pair[0]:  # renewed its token meanwhile
            continue
        access = found[pair]
        if access is None:
            channel.end(channel, ENDED)
        elif not may_read(access, channel.config):
            channel.end(channel, lost_permission(channel))
        else:
            channel.access = access
