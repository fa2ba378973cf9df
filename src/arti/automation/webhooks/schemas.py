"""Public shapes of inbound webhooks: their sources and the calls received."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from arti.language.messages.reader import ReaderText

Source = Literal["n8n", "slack", "meta", "custom"]


class NewWebhookSource(BaseModel):
    """Slack and Meta provide their own secret; for n8n and custom one is generated."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    secret: str | None = Field(
        None, min_length=8, max_length=200, description="slack: the signing secret. meta: the app secret."
    )


class WebhookSource(BaseModel):
    """A system that may call a webhook: the URL to call and the signature to use."""

    source: Source
    url: str
    signing: Literal["standard-webhooks", "slack-v0", "x-hub-signature-256"]
    created_at: datetime
    received: int
    last_received_at: datetime | None


class CreatedWebhookSource(WebhookSource):
    """`secret` (when generated) and `verify_token` (for Meta) are shown only once."""

    secret: str | None = None
    verify_token: str | None = None


class WebhookEvent(BaseModel):
    """A call that was received. `note` is the result of its processing."""

    id: UUID
    source: str
    external_id: str
    payload: dict[str, Any]
    status: Literal["received", "processed", "failed"]
    note: ReaderText | None
    received_at: datetime
    processed_at: datetime | None


class Received(BaseModel):
    """The call is stored and processed after the response. A repetition changes nothing."""

    status: Literal["received", "already_received"]
    challenge: str | None = None


class AnnotationData(BaseModel):
    """The data of a call of type `annotation`: something that explains a chart."""

    model_config = ConfigDict(extra="forbid")

    artist_id: UUID
    occurred_on: date
    kind: Literal["release", "campaign", "show", "playlist", "press", "note"] = "note"
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)] | None = None
