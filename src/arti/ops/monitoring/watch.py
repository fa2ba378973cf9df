"""Look after the installation every few seconds, and tell the operator what is wrong.

Every API process keeps its health fresh; one of them, with the watch, examines and tells. While no API answers, a
worker has the watch and says so. So each part is looked at by another: a frozen worker by the API, a frozen API by a
worker.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

import structlog

from arti.ops.health import Health, ServiceState
from arti.ops.monitoring import rules, store
from arti.ops.monitoring.figures import read_figures
from arti.ops.monitoring.notices import notify
from arti.ops.monitoring.rules import PartResult, Problem
from arti.ops.monitoring.surroundings import list_certificates, list_unexpected_ports
from arti.settings import Settings
from arti_core.clock import now
from arti_core.database import Pool, anonymous_transaction
from arti_core.errors import ArtiError
from arti_core.http_client import OutboundClient

log = structlog.get_logger()

STEP_SECONDS: Final = 10.0
_LEASE_SECONDS: Final = 30.0
_SURROUNDINGS_SECONDS: Final = 600.0
_API_HOLD: Final = 20.0
_API_SECONDS: Final = 5.0


@dataclass
class Surroundings:
    """What one process has last seen of certificates and ports."""

    certificates: Mapping[str, float] = field(default_factory=dict)
    ports: Sequence[int] = ()
    _seen_at: float = float("-inf")

    async def refresh(self, settings: Settings) -> None:
        """Look again, unless that was a moment ago."""
        if time.monotonic() - self._seen_at < _SURROUNDINGS_SECONDS:
            return
        self._seen_at = time.monotonic()
        self.certificates = await list_certificates(settings)
        self.ports = await asyncio.to_thread(list_unexpected_ports, settings)


class Watch(ABC):
    """The watch of one process."""

    def __init__(self, pool: Pool, settings: Settings, http_client: OutboundClient) -> None:
        self.pool, self.settings, self.http_client = pool, settings, http_client
        self._process_id = uuid4()

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            await asyncio.sleep(STEP_SECONDS)
            try:
                await self.step()
            except Exception as error:
                log.warning("the watch could not look", error=type(error).__name__)

    @abstractmethod
    async def step(self) -> None:
        """Look once."""

    async def take(self) -> bool:
        """Return whether this process has the watch now."""
        async with anonymous_transaction(self.pool) as connection:
            return await store.take_watch(connection, self._process_id, _LEASE_SECONDS)

    async def notify(self, problems: Mapping[str, Problem], *, examined: Collection[str] | None = None) -> None:
        """Store what is wrong and tell what is due. `examined` are the rules that were looked at; None: all."""
        found = {name: asdict(problem) for name, problem in problems.items()}
        async with anonymous_transaction(self.pool) as connection:
            due = await store.note_alerts(connection, found, examined)
        for row in due:
            is_notice = row["name"].partition(":")[0] in rules.NOTICES
            if (row["ended"] and is_notice) or await self.send(row["name"], row["detail"], row["since"], row["ended"]):
                async with anonymous_transaction(self.pool) as connection:
                    await store.mark_notified(connection, row["name"], ended=row["ended"])

    async def send(self, name: str, detail: str, since: datetime, ended: bool) -> bool:
        """Tell one alert, or its end. Returns whether it was sent."""
        return await notify(self.settings, self.http_client, name=name, detail=detail, since=since, ended=ended)


class ApiWatch(Watch):
    """The watch of an API process: keeps its health fresh, and examines everything while it has the watch."""

    def __init__(self, pool: Pool, settings: Settings, http_client: OutboundClient, health: Health) -> None:
        super().__init__(pool, settings, http_client)
        self._health = health
        self.surroundings = Surroundings()
        self._database: Problem | None = None
        self._database_since, self._database_notified = now(), False

    async def step(self) -> None:
        results = await self._health.check_all(needed_only=False)
        parts = [PartResult(result.name, result.state, result.detail) for result in results]
        await self._watch_database(parts[0])
        if parts[0].state is not ServiceState.OK or not await self.take():
            return
        await self.surroundings.refresh(self.settings)
        async with anonymous_transaction(self.pool) as connection:
            figures = await read_figures(connection)
        await self.notify(
            rules.examine_parts(parts)
            | rules.examine_figures(figures)
            | rules.examine_certificates(self.surroundings.certificates)
            | rules.examine_ports(self.surroundings.ports)
        )

    async def _watch_database(self, part: PartResult) -> None:
        """Tell of a lost database, which cannot keep its own alert: each API process tells once."""
        problem = rules.examine_parts([part]).get("part:database")
        if problem is not None and self._database is None:
            self._database, self._database_since, self._database_notified = problem, now(), False
        if self._database is None:
            return
        lasted = (now() - self._database_since).total_seconds()
        if problem is None:
            if self._database_notified:
                await self.send("part:database", self._database.detail, self._database_since, ended=True)
            self._database = None
        elif not self._database_notified and lasted >= problem.hold:
            self._database_notified = await self.send(
                "part:database", problem.detail, self._database_since, ended=False
            )


class WorkerWatch(Watch):
    """The watch of a worker: verifies audit chains, and takes over while no API answers."""

    async def step(self) -> None:
        async with anonymous_transaction(self.pool) as connection:
            await store.check_next_audit_chain(connection)
        if await self._does_api_answer() or not await self.take():
            return
        async with anonymous_transaction(self.pool) as connection:
            figures = await read_figures(connection)
        api = Problem(f"The API does not answer at {self.settings.api_url}. See ./arti status.", hold=_API_HOLD)
        await self.notify({"api": api} | rules.examine_figures(figures), examined=("api", *rules.OF_FIGURES))

    async def _does_api_answer(self) -> bool:
        url = f"{self.settings.api_url}/healthz"
        try:
            answer = await self.http_client.call("GET", url, timeout_seconds=_API_SECONDS)
        except ArtiError:
            return False
        return answer.status < 500
