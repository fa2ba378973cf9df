"""Put Realtime's parts together for one gateway process."""

import asyncio
from dataclasses import dataclass

from arti.settings import Settings
from arti.supabase.gate import Gate
from arti.supabase.logins import Logins
from arti.supabase.realtime.changes import Changes
from arti.supabase.realtime.doors import RealtimeDoors
from arti.supabase.realtime.hub import Hub
from arti.supabase.realtime.judge import Judge
from arti.supabase.realtime.published import Published
from arti.supabase.realtime.watch import watch


@dataclass(frozen=True, slots=True)
class Realtime:
    doors: RealtimeDoors
    watching: asyncio.Task[None]

    async def close(self) -> None:
        self.watching.cancel()
        await self.doors.changes.stop()


def open_realtime(settings: Settings, gate: Gate, logins: Logins) -> Realtime:
    """Start to watch; changes are read once somebody listens."""
    published = Published(logins)
    judge = Judge(logins, published)
    hub = Hub()
    changes = Changes(logins, settings.realtime_database_url.get_secret_value(), published, judge, hub.deliver)
    doors = RealtimeDoors(gate, logins, hub, changes, judge, settings.realtime_allow_public, set())
    return Realtime(doors, asyncio.create_task(watch(doors)))
