"""Public shapes of channels, and what the request bodies of automation share."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from arti.language.messages.reader import ReaderText

ChannelKind = Literal["slack", "email", "sms", "n8n"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class RequestBody(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewTarget(RequestBody):
    """Where a channel sends. Each kind takes a field of its own."""

    address: str | None = Field(None, description="email: the address", max_length=254)
    phone: str | None = Field(None, description="sms: the number as +49..., stored encrypted", max_length=16)
    url: str | None = Field(
        None, description="n8n: https URL of your own webhook node on a public host, stored encrypted", max_length=2000
    )
    workflow_id: UUID | None = Field(None, description="n8n: a workflow of the operator's n8n, in place of a URL")
    label: str | None = Field(None, description="slack: shown only, e.g. #releases", max_length=80)


class Target(BaseModel):
    """Where a channel sends, as it may be shown: a phone number is masked, a URL is reduced to its host."""

    address: str | None = None
    phone: str | None = None
    host: str | None = None
    label: str | None = None
    workflow_id: UUID | None = None


class Workflow(BaseModel):
    """A workflow of the operator's n8n that is registered for the org."""

    id: UUID
    name: str


class NewChannel(RequestBody):
    kind: ChannelKind
    name: Name
    target: NewTarget = NewTarget()
    secret: str | None = Field(
        None,
        max_length=2000,
        description="slack: the incoming webhook URL. n8n: a whsec_ signing secret, generated when missing.",
    )


class ChannelChange(RequestBody):
    name: Name | None = None
    enabled: bool | None = None
    target: NewTarget | None = None
    secret: str | None = Field(None, max_length=2000)


class Channel(BaseModel):
    """A destination of messages. `delivers_to` is `mailbox` until an external service is configured for it.

    `problem`: what its members should change, in a sentence.
    """

    id: UUID
    kind: ChannelKind
    name: str
    target: Target
    enabled: bool
    disabled_reason: ReaderText | None
    delivers_to: Literal["external", "mailbox"]
    problem: ReaderText | None
    created_at: datetime
    updated_at: datetime


class CreatedChannel(Channel):
    """A new channel. `secret` is its generated signing secret, which is shown only once."""

    secret: str | None = None


class EnqueuedJob(BaseModel):
    """A requested job. `job_id` is null when the same job is queued already."""

    job_id: UUID | None
