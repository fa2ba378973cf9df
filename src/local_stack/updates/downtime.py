"""How long the API, the gateway and the web app did not answer, seen from this machine."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from local_stack.run_state import ServiceStatus
from local_stack.supervision.readiness import http_status

_EVERY_SECONDS = 0.1
_ANSWER_SECONDS = 1.0
_PATHS = {"api": "/readyz", "gateway": "/healthz", "web": "/config.json"}


@dataclass(slots=True)
class Outages:
    """Of one service. `longest` and `total` in seconds, from the last good answer to the next one."""

    answered_at: float
    was_down: bool = False
    total: float = 0.0
    longest: float = 0.0

    def add(self, *, at: float, answered: bool) -> None:
        if answered:
            if self.was_down:
                self.total += at - self.answered_at
                self.longest = max(self.longest, at - self.answered_at)
            self.answered_at = at
        self.was_down = not answered


class Downtime:
    """Asks each service ten times a second, from `start` to `stop`."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self.outages: dict[str, Outages] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.outages = {name: Outages(time.monotonic()) for name in self._urls}
        self._tasks = [asyncio.create_task(self._watch(name)) for name in self._urls]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def list_down(self) -> list[str]:
        """Return the services that did not answer well when they were last asked."""
        return [name for name, outages in self.outages.items() if outages.was_down]

    def describe(self) -> str:
        """Return the downtime of each service in words, the longest first."""
        parts = sorted(self.outages.items(), key=lambda item: -item[1].total)
        seconds = ", ".join(f"{name} {outages.total:.1f} s" for name, outages in parts)
        return f"Downtime {self.seconds:.1f} s ({seconds})."

    @property
    def seconds(self) -> float:
        return max((outages.total for outages in self.outages.values()), default=0.0)

    async def _watch(self, name: str) -> None:
        while True:
            answered = await is_well(self._urls[name])
            self.outages[name].add(at=time.monotonic(), answered=answered)
            await asyncio.sleep(_EVERY_SECONDS)


def list_urls(rows: Sequence[ServiceStatus], host: str) -> dict[str, str]:
    """Return where to ask, for those of the services that run here. `host` is where this machine reaches them."""
    return {
        row.service: f"{row.url.replace('127.0.0.1', host)}{_PATHS[row.service]}"
        for row in rows
        if row.service in _PATHS and row.state != "external"
    }


async def is_well(url: str) -> bool:
    """Return whether `url` answers with 200 within a second."""
    with suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await http_status(url) == 200
    return False
