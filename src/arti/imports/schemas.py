"""Public schemas of imports."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.money.schemas import Currency, Exact
from arti.orgs.schemas import Body

Status = Literal["reading", "previewed", "committing", "committed", "undoing", "undone", "refused"]
RowStatus = Literal["accepted", "warning", "rejected"]


class ImportQuestion(BaseModel):
    """What the file does not contain. `default` is a guess from file names; the user confirms it."""

    key: str
    text: ReaderText
    kind: Literal["text", "day", "choice"]
    default: str | None
    choices: list[str]
    labels: list[ReaderText] = Field(description="What the choices are called, in their order.")


class DayCoverage(BaseModel):
    """The days of a daily export. Missing days are listed and never filled in."""

    first: date
    last: date
    missing: list[date] = Field(description="The first hundred of them.")
    missing_count: int


class TotalCheck(BaseModel):
    """The export's Total and the sum of its rows."""

    column: str
    total: float
    sum: float
    matches: bool


class RecordedCounts(BaseModel):
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
    money_lines: int = Field(default=0, description="Lines of a royalty report.")
    days: DayCoverage | None = None
    metrics: list[str] = []
    totals_check: list[TotalCheck] = []
    notes: list[ReaderText] = []
    recorded: RecordedCounts | None = None
    kept: int = Field(default=0, description="Values of the file that are not stored: a newer export holds their day.")


class ImportRow(BaseModel):
    """The result of one row; row 1 is the line after the header."""

    row: int
    status: RowStatus
    reason: ReaderText | None
    values: dict[str, str]


class ImportProgress(BaseModel):
    """How far the job of a large file is: bytes while it is read, lines while it is committed."""

    done: int
    total: int
    problem: ReaderText | None = Field(description="Why the last job failed, and what to do.")


class Import(BaseModel):
    """One export file. Its observations are stored when it is committed.

    A file above 2 MB is read, committed and undone by a job: it is `reading`, `committing` or `undoing` meanwhile.
    """

    id: UUID
    artist_id: UUID
    file_name: str
    provider: str | None
    source: str | None
    source_title: ReaderText | None
    status: Status
    options: dict[str, str]
    summary: ImportSummary
    questions: list[ImportQuestion]
    refusal: ReaderText | None
    progress: ImportProgress | None = Field(default=None, description="Null for a file that no job works on.")
    byte_size: int
    parser_version: int = Field(description="Of what read the file at its commit; a newer one may read it otherwise.")
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class MoneyTotal(BaseModel):
    """What the lines of a royalty report add up to in one currency."""

    currency: Currency
    amount: Exact
    lines: int


class ImportPreview(Import):
    money: list[MoneyTotal] = []
    row_results: list[ImportRow] = Field(description="The first hundred rows; GET .../rows has more.")


class UnplacedFile(BaseModel):
    """A file that is nobody's yet, of which nothing is stored. Send it again and name its artist in `placements`."""

    name: str
    title: ReaderText | None = Field(description="What the file is, where it was recognised.")
    reason: ReaderText
    candidates: list[UUID] = Field(description="The artists that something speaks for.")
    refused: bool = Field(description="Whether it cannot be imported anyway, whoever it is of.")


class Previews(BaseModel):
    """One preview for each file; a zip can contain several."""

    imports: list[ImportPreview]
    batch_id: UUID | None = Field(default=None, description="The batch that a large file was added to.")
    unplaced: list[UnplacedFile] = Field(default=[], description="Tables of a large file that found no artist.")


class CommitOptions(Body):
    """Answers to the preview's questions, by key."""

    options: dict[str, str] = Field(default={}, max_length=60)
