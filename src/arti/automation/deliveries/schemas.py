"""Public shapes of deliveries, the mailbox and events."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from arti.automation.channels.schemas import ChannelKind, RequestBody
from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import Moment

DeliveryStatus = Literal["pending", "sending", "sent", "mailbox", "failed", "unknown", "dead", "held", "cancelled"]


class Attempt(BaseModel):
    """One attempt at a delivery. `unknown`: no response came, the message may have arrived."""

    attempt: int
    started_at: datetime
    outcome: Literal["sending", "sent", "failed", "unknown"]
    duration_seconds: float | None
    response_status: int | None
    error: ReaderText | None


class Delivery(BaseModel):
    """One message to one channel, or to the caller. `next_attempt_at` is null when no further attempt is scheduled.

    `held`: a limit refused it. `cancelled`: there was nothing to send any more. `period_until`: of a digest.
    """

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
    last_error: ReaderText | None
    sent_at: datetime | None
    period_until: datetime | None
    created_at: datetime
    attempts: list[Attempt]


class MailboxMessage(BaseModel):
    """A message that was not sent, because no external service is configured for its channel."""

    id: UUID
    kind: ChannelKind
    recipient: str
    subject: str
    body: str
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class MailboxChange(RequestBody):
    read: bool


class Event(BaseModel):
    """Something that happened in the org. `deliveries` counts its messages."""

    id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime
    dispatched_at: datetime | None
    deliveries: int


class ReplayRange(RequestBody):
    since: Moment
    until: Moment | None = None


class ReplayResult(BaseModel):
    requested: int
