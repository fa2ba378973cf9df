"""Public shapes of imports: a preview with its questions and row_results, and what became of it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from arti.vocabulary import Provider

Status = Literal["previewed", "committed", "undone", "refused"]
RowStatus = Literal["accepted", "warning", "rejected"]


class Question(BaseModel):
    """What the file leaves open. `default` is a guess from its name or its neighbours; a person confirms it."""

    key: str
    text: str
    kind: Literal["text", "day", "choice"]
    default: str | None
    choices: list[str]


class Days(BaseModel):
    """The days of a daily export. Missing ones are listed and never filled in."""

    first: date
    last: date
    missing: list[date] = Field(description="The first hundred of them.")
    missing_count: int


class TotalCheck(BaseModel):
    """The export's own Total against the sum of its rows."""

    column: str
    total: float
    sum: float
    matches: bool


class Recorded(BaseModel):
    """What the commit changed."""

    new: int
    restated: int
    unchanged: int


class ImportSummary(BaseModel):
    rows: int = 0
    accepted: int = 0
    warnings: int = 0
    rejected: int = 0
    observations: int = 0
    assets: int = 0
    days: Days | None = None
    metrics: list[str] = []
    totals_check: list[TotalCheck] = []
    notes: list[str] = []
    recorded: Recorded | None = None


class ImportRow(BaseModel):
    """What became of one row; row 1 is the line after the header."""

    row: int
    status: RowStatus
    reason: str | None
    values: dict[str, str]


class Import(BaseModel):
    """One export file. Nothing of it counts before it is committed."""

    id: UUID
    artist_id: UUID
    file_name: str
    provider: Provider | None
    source: str | None
    source_title: str | None
    status: Status
    options: dict[str, str]
    summary: ImportSummary
    questions: list[Question]
    refusal: str | None
    byte_size: int
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class ImportPreview(Import):
    row_results: list[ImportRow] = Field(description="The first hundred rows; GET .../rows gives them all.")


class Previews(BaseModel):
    """One preview for each file; a zip holds several."""

    imports: list[ImportPreview]


class CommitOptions(BaseModel):
    """Answers to the preview's questions, by key."""

    model_config = ConfigDict(extra="forbid")

    options: dict[str, str] = Field(default={}, max_length=10)
