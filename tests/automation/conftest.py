"""Receivers on loopback, and an org whose events can be created."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.settings import Settings
from arti.vocabulary import EventType
from arti_core import clock
from tests.automation.fake_receivers import FakeMailServer, Receiver, run_server
from tests.conftest import Member, World
from tests.job_runner import run_due_jobs

SLACK_PATH = "/services/T000/B000/very-secret"
SLACK_URL = f"https://hooks.slack.com{SLACK_PATH}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The operator allows loopback, where the receivers listen."""
    return settings.model_copy(update={"allowed_hosts": "127.0.0.1"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with run_server(made.serve) as port:
        made.port = port
        yield made
        made.silence.set()


@pytest.fixture
async def mail_sink() -> AsyncIterator[FakeMailServer]:
    made = FakeMailServer()
    async with run_server(made.serve) as port:
        made.port = port
        yield made


@dataclass
class Scenario:
    """An org with a manager and an artist, and functions that create channels, rules and events in it."""

    world: World
    worker_context: WorkerContext
    manager: Member
    artist_id: UUID

    @property
    def org_id(self) -> UUID:
        return self.manager.org_id

    def change_settings(self, **settings: Any) -> None:
        """Change the worker's settings."""
        self.worker_context = replace(
            self.worker_context, settings=self.worker_context.settings.model_copy(update=settings)
        )

    def slack_is(self, url: str) -> None:
        """Let SLACK_BASE_URL of the worker be a receiver's."""
        self.change_settings(slack_base_url=url)

    async def register_workflow(self, path: str = "arti/events", org_id: UUID | None = None) -> str:
        """Register a workflow of the operator's n8n, as `./arti n8n add` does. Returns its id."""
        rows = await self.world.database.as_owner(
            "insert into n8n_workflows (org_id, name, path) values ($1, 'Tell the team', $2) returning id",
            org_id or self.org_id,
            path,
        )
        return str(rows[0]["id"])

    async def create_channel(self, kind: str, **more: Any) -> dict[str, Any]:
        answer = await self.manager.http.post("/api/channels", json={"kind": kind, "name": f"Our {kind}", **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def create_rule(self, channel: dict[str, Any], **more: Any) -> dict[str, Any]:
        given = {"name": "Our rule", "channel_id": channel["id"], **more}
        answer = await self.manager.http.post("/api/rules", json=given)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def create_insight(self, **more: Any) -> UUID:
        """Create an insight without its event."""
        values: dict[str, Any] = {
            "title": "Followers jumped by 812",
            "body": "Vera Lumen gained 812 followers on 3 March.",
            "severity": "important",
            "provider": "spotify",
            "metric": "audience.followers",
            "detector": "spike",
            **more,
        }
        rows = await self.world.database.as_owner(
            """with line as (
                 insert into series (org_id, artist_id, provider, metric) values ($1, $2, $6::text, $7)
                 on conflict (org_id, artist_id, provider, metric, asset_id, dimension, terms)
                   do update set time_zone = 'UTC' returning id)
               insert into insights (org_id, artist_id, detector, fingerprint, severity, provider, metric, series_id,
                 happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence)
               select $1, $2, $3, $4, $5, $6::text, $7, line.id, '2026-03-03', '2026-03-01', '2026-03-03',
                 $8, $9, '{}', 'templates', '1', 0.9 from line returning id""",
            self.org_id,
            self.artist_id,
            values["detector"],
            uuid4().hex,
            values["severity"],
            values["provider"],
            values["metric"],
            values["title"],
            values["body"],
        )
        return UUID(str(rows[0]["id"]))

    async def create_event(self, type: EventType, payload: dict[str, Any]) -> UUID:
        rows = await self.world.database.as_owner(
            "insert into events (org_id, type, payload) values ($1, $2, $3) returning id", self.org_id, type, payload
        )
        return UUID(str(rows[0]["id"]))

    async def create_insight_with_event(self, **more: Any) -> UUID:
        """Create an insight with its event in the outbox. Returns the event's id."""
        return await self.create_event_of(await self.create_insight(**more))

    async def create_event_of(self, insight_id: UUID) -> UUID:
        facts = {"insight_id": str(insight_id), "artist_id": str(self.artist_id)}
        return await self.create_event(EventType.INSIGHT_CREATED, facts)

    async def run_due_jobs(self) -> list[tuple[str, str]]:
        return await run_due_jobs(self.worker_context)

    async def list_deliveries(self) -> list[dict[str, Any]]:
        answer = await self.manager.http.get("/api/deliveries")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def get_only_delivery(self) -> dict[str, Any]:
        (one,) = await self.list_deliveries()
        return one

    async def make_everything_due(self) -> None:
        """Make every waiting job and delivery due now."""
        await self.world.database.as_owner(
            "update deliveries set next_attempt_at = clock.now() where status in ('pending', 'failed')"
        )
        await self.world.database.as_owner(
            "update jobs set run_at = clock.now(), dispatched_at = null where status = 'queued'"
        )

    async def seconds_to_next_attempt(self) -> float:
        """Return how long until the next attempt of the only delivery."""
        next_at = datetime.fromisoformat((await self.get_only_delivery())["next_attempt_at"])
        return (next_at - clock.now()).total_seconds()


@pytest.fixture
async def scenario(world: World, worker_context: WorkerContext) -> Scenario:
    manager = await world.member()
    rows = await world.database.as_owner(
        "insert into artists (org_id, name) values ($1, 'Vera Lumen') returning id", manager.org_id
    )
    return Scenario(world, worker_context, manager, UUID(str(rows[0]["id"])))
