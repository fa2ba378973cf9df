"""What the insights room shows to people."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.vocabulary import Provider, Severity

Detector = Literal["spike", "level_shift", "trend_change", "milestone", "growth", "stale_data"]
InsightStatus = Literal["new", "acknowledged", "dismissed", "withdrawn"]
InsightOrder = Literal["newest", "weight"]


class Feedback(BaseModel):
    """What one person thinks of an insight."""

    verdict: Literal["useful", "not_useful"]
    comment: str = Field(default="", max_length=2000)


class Triage(BaseModel):
    """What the team decided about an insight."""

    status: Literal["new", "acknowledged", "dismissed"]


class Insight(BaseModel):
    """One finding about one artist, in words. Days are the provider's own."""

    id: UUID
    artist_id: UUID
    artist_name: str
    asset_id: UUID | None
    asset_title: str | None
    detector: Detector
    severity: Severity
    provider: Provider
    metric: str
    metric_name: str
    unit: str
    happened_on: date
    period_from: date
    period_to: date
    title: str
    body: str
    confidence: float
    narrator: str = Field(description="`templates`, or the name of the model that worded it.")
    status: InsightStatus
    withdrawn_reason: str | None
    created_at: datetime
    my_feedback: Feedback | None


class Passage(BaseModel):
    """A piece of a document of the knowledge base."""

    document_id: UUID
    document_title: str
    text: str


class Evidence(BaseModel):
    """One number of a text with the way to compute it again, or one passage that lies beside it."""

    slot: str
    label: str
    unit: str
    value: float | None = Field(description="Null for a passage.")
    shown: str
    computation: dict[str, Any] = Field(description='E.g. {"op": "sum", "series_id": ..., "from": ..., "to": ...}.')
    series_id: UUID | None
    chunk: Passage | None = None


class InsightDetail(Insight):
    evidence: list[Evidence]
    template: dict[str, Any] = Field(description="{title, body} with {{slots}}, as the narrator worded it.")
    prompt_version: str


class ObservationSource(BaseModel):
    kind: Literal["sync", "import"]
    id: UUID
    file_name: str | None
    row: int | None


class EvidenceRow(BaseModel):
    """One stored observation that went into a number."""

    window: Literal["current", "base"]
    observed_on: date
    value: float | None
    null_reason: str | None
    definition: int
    known_at: datetime
    source: ObservationSource


class EvidenceRows(BaseModel):
    """The rows behind a number, and the number computed again from them just now."""

    slot: str
    label: str
    unit: str
    computation: dict[str, Any]
    value: float
    shown: str
    recomputed: float | None = Field(description="Null when the rows are gone.")
    matches: bool
    rows: list[EvidenceRow]


class Question(BaseModel):
    question: str = Field(min_length=3, max_length=500)
    artist_id: UUID | None = None


class ScoredPassage(Passage):
    score: float = Field(description="Cosine similarity; compare within one answer only.")


class Answer(BaseModel):
    """An answer in words; each number in it is in `numbers`, with the way to compute it again."""

    answer: str
    enough_data: bool
    numbers: list[Evidence]
    passages: list[ScoredPassage]
    narrator: str
