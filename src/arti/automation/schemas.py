"""The public shapes of channels, rules, deliveries, the mailbox and events."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from arti.vocabulary import EventType, Provider, Severity

ChannelKind = Literal["slack", "email", "sms", "n8n"]
ToldEvent = Literal[EventType.INSIGHT_CREATED, EventType.ACCOUNT_NEEDS_REAUTH, EventType.SYNC_FAILED]
DeliveryStatus = Literal["pending", "sending", "sent", "mailbox", "failed", "unknown", "dead"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]


class _RequestBody(BaseModel):
    """What people send: an unknown field is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class TargetGiven(_RequestBody):
    """Where a channel leads. Each kind takes its own field."""

    address: str | None = Field(None, description="email: the address", max_length=254)
    phone: str | None = Field(None, description="sms: the number as +49..., kept sealed", max_length=16)
    url: str | None = Field(None, description="n8n: the URL of the webhook node, kept sealed", max_length=2000)
    label: str | None = Field(None, description="slack: shown only, e.g. #releases", max_length=80)


class Target(BaseModel):
    """What may be shown of where a channel leads: a phone number is masked, of a URL only the host is left."""

    address: str | None = None
    phone: str | None = None
    host: str | None = None
    label: str | None = None


class NewChannel(_RequestBody):
    kind: ChannelKind
    name: Name
    target: TargetGiven = TargetGiven()
    secret: str | None = Field(
        None,
        max_length=2000,
        description="slack: the incoming webhook URL. n8n: a whsec_ signing secret, made for you when missing.",
    )


class ChannelChange(_RequestBody):
    name: Name | None = None
    enabled: bool | None = None
    target: TargetGiven | None = None
    secret: str | None = Field(None, max_length=2000)


class Channel(BaseModel):
    """A place where messages go. `leads` is `mailbox` as long as nothing outside is configured for it."""

    id: UUID
    kind: ChannelKind
    name: str
    target: Target
    enabled: bool
    disabled_reason: str | None
    leads: Literal["outside", "mailbox"]
    created_at: datetime
    updated_at: datetime


class ChannelMade(Channel):
    """A channel just made. `secret` is the signing secret that was made for it, shown this once only."""

    secret: str | None = None


class Conditions(_RequestBody):
    """Which events a rule lets through; a missing condition lets all through."""

    min_severity: Severity | None = None
    detectors: list[Word] | None = Field(None, min_length=1, max_length=20)
    providers: list[Provider] | None = Field(None, min_length=1, max_length=4)
    metrics: list[Word] | None = Field(None, min_length=1, max_length=50)
    artist_ids: list[UUID] | None = Field(None, min_length=1, max_length=200)


class NewRule(_RequestBody):
    name: Name
    event_type: ToldEvent = EventType.INSIGHT_CREATED
    conditions: Conditions = Conditions()
    channel_id: UUID
    enabled: bool = True


class RuleChange(_RequestBody):
    name: Name | None = None
    event_type: ToldEvent | None = None
    conditions: Conditions | None = None
    channel_id: UUID | None = None
    enabled: bool | None = None


class Rule(BaseModel):
    id: UUID
    name: str
    event_type: ToldEvent
    conditions: Conditions
    channel_id: UUID
    channel_name: str
    channel_kind: ChannelKind
    enabled: bool
    created_at: datetime
    updated_at: datetime


class Attempt(BaseModel):
    """One try at a delivery. `unknown`: no answer came, the message may or may not have arrived."""

    attempt: int
    started_at: datetime
    outcome: Literal["sending", "sent", "failed", "unknown"]
    duration_seconds: float | None
    response_status: int | None
    error: str | None


class Delivery(BaseModel):
    """One message owed to one channel. `next_attempt_at` is null when no further try is planned."""

    id: UUID
    event_id: UUID | None
    event_type: str | None
    rule_id: UUID | None
    rule_name: str | None
    channel_id: UUID | None
    channel_name: str | None
    kind: ChannelKind
    recipient: str
    subject: str
    status: DeliveryStatus
    next_attempt_at: datetime | None
    last_error: str | None
    sent_at: datetime | None
    created_at: datetime
    attempts: list[Attempt]


class MailboxMessage(BaseModel):
    """A message that stayed here, because nothing outside is configured for its channel."""

    id: UUID
    kind: ChannelKind
    recipient: str
    subject: str
    body: str
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class MailboxChange(_RequestBody):
    read: bool


class Event(BaseModel):
    """Something that happened in the org. `deliveries` counts the messages that it led to."""

    id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime
    dispatched_at: datetime | None
    deliveries: int


class Requested(BaseModel):
    """Work owed. `job_id` is null when the same work is under way already."""

    job_id: UUID | None


class ReplayRange(_RequestBody):
    since: AwareDatetime
    until: AwareDatetime | None = None


class Replayed(BaseModel):
    requested: int
