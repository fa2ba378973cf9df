"""Public shapes of rules."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.automation.channels.schemas import ChannelKind, Name, RequestBody
from arti.vocabulary import EventType, Severity

RuleEvent = Literal[EventType.INSIGHT_CREATED, EventType.ACCOUNT_NEEDS_REAUTH, EventType.SYNC_FAILED]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]


class Conditions(RequestBody):
    """Which events a rule matches; a missing condition matches every event."""

    min_severity: Severity | None = None
    detectors: list[Slug] | None = Field(None, min_length=1, max_length=20)
    providers: list[Slug] | None = Field(None, min_length=1, max_length=30)
    metrics: list[Slug] | None = Field(None, min_length=1, max_length=50)
    artist_ids: list[UUID] | None = Field(None, min_length=1, max_length=200)


class NewRule(RequestBody):
    name: Name
    event_type: RuleEvent = EventType.INSIGHT_CREATED
    conditions: Conditions = Conditions()
    channel_id: UUID
    enabled: bool = True


class RuleChange(RequestBody):
    name: Name | None = None
    event_type: RuleEvent | None = None
    conditions: Conditions | None = None
    channel_id: UUID | None = None
    enabled: bool | None = None


class Rule(BaseModel):
    id: UUID
    name: str
    event_type: RuleEvent
    conditions: Conditions
    channel_id: UUID
    channel_name: str
    channel_kind: ChannelKind
    enabled: bool
    run_as: UUID | None = Field(
        description="Whose view it notifies of: the member who made it, or changed what it does; null: of everything."
    )
    is_ownerless: bool = Field(description="That member has left: it fires again when another one saves it.")
    created_at: datetime
    updated_at: datetime
