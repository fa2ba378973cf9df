"""Public shapes of the knowledge base."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, HttpUrl

DocumentKind = Literal["note", "press", "brief", "report", "guide"]
MAX_BODY = 400_000


class NewDocument(BaseModel):
    """A text that the team wrote or saved, as plain text or Markdown."""

    title: str = Field(min_length=1, max_length=300)
    body: str = Field(min_length=1, max_length=MAX_BODY)
    kind: DocumentKind = "note"
    artist_id: UUID | None = None
    source_url: HttpUrl | None = None


class Document(BaseModel):
    id: UUID
    artist_id: UUID | None
    artist_name: str | None
    title: str
    kind: DocumentKind
    source_url: str | None
    status: Literal["pending", "indexed", "failed"] = Field(description="Found by search once it is indexed.")
    characters: int
    chunks: int
    created_at: datetime


class DocumentDetail(Document):
    body: str


class SearchHit(BaseModel):
    document_id: UUID
    title: str
    text: str
    score: float = Field(description="Cosine similarity; compare within one answer only.")
    model: str


class SearchResults(BaseModel):
    results: list[SearchHit]
