"""Public shapes of health and jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.ops.health import ServiceState


class Alive(BaseModel):
    alive: bool = True


class PartState(BaseModel):
    name: str
    state: ServiceState


class Readiness(BaseModel):
    """Whether the API can serve; `failing` names the parts for which it cannot."""

    ready: bool
    failing: list[str]
    parts: list[PartState]


class PartHealth(PartState):
    """One part. For people who are not signed in, everything but name and state is null."""

    needed: bool = Field(description="Without it the API cannot serve.")
    latency_ms: float | None = None
    last_success_age_seconds: float | None = Field(default=None, description="Null: not once since the start.")
    detail: ReaderText | None = None


class HealthReport(BaseModel):
    state: ServiceState
    parts: list[PartHealth]
    checked_at: datetime


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"


class Job(BaseModel):
    """A background job."""

    id: UUID
    name: str
    status: JobStatus
    attempts: int
    max_attempts: int
    progress: dict[str, Any]
    last_error: ReaderText | None
    requested_by: UUID | None
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
