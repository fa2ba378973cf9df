"""Look every second whether those who listen still may: sessions, keys, and the policies of private channels."""

import asyncio

import asyncpg
import structlog

from arti.base.errors import Unavailable
from arti.supabase.realtime.conversation import ENDED, lost_permission, may_read
from arti.supabase.realtime.doors import RealtimeDoors

log = structlog.get_logger()

_EVERY_SECONDS = 1.0


async def watch(doors: RealtimeDoors) -> None:
    """End the channels of those who may listen no longer, until cancelled. Two questions for all, however many."""
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        try:
            await _look(doors)
        except (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("realtime cannot ask who still may listen", error=type(error).__name__)
        except Exception as error:  # the next look must come
            log.error("realtime could not look who still may listen", exc_info=error)


async def _look(doors: RealtimeDoors) -> None:
    channels = list(doors.channels)
    if not channels:
        return
    public = [channel for channel in channels if not channel.config.private]
    private = [channel for channel in channels if channel.config.private]
    alive = await doors.judge.living({channel.audience for channel in public})
    for channel in public:
        if channel.audience not in alive:
            channel.end(channel, ENDED)
    asked = {channel: (channel.audience, channel.name) for channel in private}
    found = await doors.judge.access(set(asked.values()))
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
