"""Public shapes of insights."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.insights.detectors.finding import DetectorName
from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import FIRST_DAY, LAST_DAY
from arti.vocabulary import Severity

InsightStatus = Literal["new", "acknowledged", "dismissed", "withdrawn"]
InsightOrder = Literal["newest", "weight"]


class Feedback(BaseModel):
    """A member's assessment of an insight."""

    rating: Literal["useful", "not_useful"]
    comment: str = Field(default="", max_length=2000)


class Triage(BaseModel):
    """The team's decision about an insight."""

    status: Literal["new", "acknowledged", "dismissed"]


class Cause(BaseModel):
    """What happened around the day of an insight. Near in time: no proof that it was the cause."""

    kind: str = Field(description="E.g. release, upload, post, campaign, season, definition change, correction.")
    on: date
    text: str


class StoryChart(BaseModel):
    """The main series around the day of an insight: a value a step, from `from` on. Null: no value."""

    from_: date = Field(alias="from", serialization_alias="from")
    step_days: int = Field(description="1, or 7 of a weekly source.")
    of_gains: bool = Field(description="What a running total gained, and not its level.")
    values: list[float | None]


class Assignee(BaseModel):
    id: UUID
    name: str


class Insight(BaseModel):
    """One finding about one artist as text, in the reader's language. Days are those of the provider's time zone."""

    id: UUID
    artist_id: UUID
    artist_name: str
    asset_id: UUID | None
    asset_title: str | None
    detector: DetectorName
    severity: Severity
    provider: str
    metric: str
    metric_name: str
    unit: str
    happened_on: date
    period_from: date
    period_to: date
    title: str
    body: str
    confidence: float
    narrator: str = Field(description="`templates`, or the name of the model that chose and ordered the clauses.")
    status: InsightStatus
    withdrawn_reason: ReaderText | None
    cause: Cause | None
    next_step: str = Field(description="What to check next; empty where the text says it.")
    quiet: bool = Field(description="Its days were past when ARTi learnt of them, so nobody was notified.")
    direction: int = Field(description="1: a rise, -1: a fall, 0: neither.")
    is_read: bool = Field(description="By the caller; what is quiet or no longer new counts as read.")
    assignee: Assignee | None
    snoozed_until: date | None = Field(description="Not listed before this day.")
    part_count: int
    comment_count: int
    chart: StoryChart
    created_at: datetime
    my_feedback: Feedback | None


class Passage(BaseModel):
    """A passage of a document of the knowledge base."""

    document_id: UUID
    document_title: str
    text: str


class Evidence(BaseModel):
    """One number of a text with the computation that reproduces it, or one cited passage."""

    slot: str
    label: str
    unit: str
    value: float | None = Field(description="Null for a passage.")
    shown: str
    computation: dict[str, Any] = Field(description='E.g. {"op": "sum", "series_id": ..., "from": ..., "to": ...}.')
    series_id: UUID | None
    chunk: Passage | None = None


class InsightPart(BaseModel):
    """What else was found of the same artist around the same day: one finding in one other series."""

    id: UUID
    asset_id: UUID | None
    asset_title: str | None
    detector: DetectorName
    provider: str
    metric: str
    metric_name: str
    happened_on: date
    title: str
    numbers: list[Evidence] = Field(description="The rows of a number: its slot is `{id of the part}.{slot}`.")


class TextPiece(BaseModel):
    """A part of a text: a number, with the slot of its evidence, or words and names."""

    text: str
    slot: str | None


class InsightStory(Insight):
    part_titles: list[str] = Field(description="Of what else was found around that day: the first three.")


class InsightDetail(Insight):
    evidence: list[Evidence]
    parts: list[InsightPart] = Field(description="Only those of platforms that the caller may read.")
    pieces: list[TextPiece] = Field(description="The body again, with its numbers apart.")
    prompt_version: str
    release_id: UUID | None = Field(description="Of an insight about a new release: that release.")
    dossier: str | None = Field(description="Path of the CSV for the distributor, of streams that are worth checking.")


class ObservationSource(BaseModel):
    """The sync run or import that a value came from, or who entered or pushed it."""

    kind: Literal["sync", "import", "entry"]
    id: UUID
    file_name: str | None
    row: int | None


class EvidenceRow(BaseModel):
    """One stored observation that a number is computed from."""

    window: Literal["current", "base"]
    observed_on: date
    value: float | None
    null_reason: ReaderText | None
    remark: str | None
    definition: int
    known_at: datetime
    source: ObservationSource


class EvidenceRows(BaseModel):
    """The rows behind a number, and the number recomputed from them."""

    slot: str
    label: str
    unit: str
    computation: dict[str, Any]
    value: float
    shown: str
    recomputed: float | None = Field(description="Null when it can no longer be computed.")
    matches: bool
    rows: list[EvidenceRow]


class NewQuestion(BaseModel):
    question: str = Field(min_length=3, max_length=500)
    artist_id: UUID | None = None
    known_on: date | None = Field(
        None,
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="Answer as on this day, from what was known at its end (UTC). Documents are not quoted then; "
        "names, campaigns and costs are those of now.",
    )


class ScoredPassage(Passage):
    score: float = Field(description="Cosine similarity; compare within one answer only.")


class Understood(BaseModel):
    """What a question was understood to be about; empty where it was not."""

    language: Literal["en", "de", "es", "fr", "pt"]
    text: str = Field(description="In one line, in the question's language.")
    metrics: list[str]
    about: list[str] = Field(description="Artists and works.")
    platforms: list[str]
    from_on: date | None
    to_on: date | None
    compared_from: date | None
    compared_to: date | None
    not_understood: list[str] = Field(description="Words that are no name, period or other word that ARTi knows.")


class QuotedSentence(BaseModel):
    """A sentence of a document, as it stands there: what it says is the document's, not ARTi's."""

    document_id: UUID
    document_title: str
    text: str


class Answer(BaseModel):
    """An answer as text, in the question's language. Each number in it is in `numbers`, with its computation.

    Without an answer (`enough_data` false) the text says what was not understood or is not stored.
    """

    answer: str
    enough_data: bool
    numbers: list[Evidence]
    passages: list[ScoredPassage]
    narrator: str = Field(description="Always `templates`: no model takes part.")
    understood: Understood
    examples: list[str] = Field(description="Questions that the org's own numbers answer; only without an answer.")
    quotations: list[QuotedSentence]
