"""Public schemas of the roster."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from arti.metrics.schemas import Headline
from arti.music.schemas import ExternalId
from arti.vocabulary import Provider


class AccountState(BaseModel):
    provider: Provider
    status: str


class Artist(BaseModel):
    id: UUID
    name: str
    genres: list[str]
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    image_url: str | None
    aliases: list[str]
    external_ids: list[ExternalId]
    tags: list[str]
    group_ids: list[UUID]
    created_at: datetime
    headline: list[Headline]
    accounts: list[AccountState]
