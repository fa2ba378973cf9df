"""Public schemas of a comparison: two to six artists or songs, one meaning a column, the same days for all."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.schemas import ChangeNote, DefinitionBreak, Kind, Period, Source

SubjectKind = Literal["artist", "song"]
ComparedBasis = Literal["sum", "last", "mean", "day", "gain"]


class ComparedSubject(BaseModel):
    """An artist, or a song with the names of its artists."""

    kind: SubjectKind
    id: UUID
    name: str
    artists: list[str] = Field(description="Of a song: its main artists. Empty for an artist.")
    artist_ids: list[UUID] = Field(description="The artist, or of a song its main artists whom the caller sees.")


class ComparedMetric(BaseModel):
    """A metric of one platform that some of the subjects have. `basis`: how days become a number."""

    provider: str
    provider_name: str
    metric: str
    name: str
    unit: str
    kind: Kind
    basis: ComparedBasis = Field(description="gain: what a running total gained in the period.")
    subjects: int = Field(description="How many of the compared have it.")


class RosterRank(BaseModel):
    """Where a number stands among all artists of the roster that the caller sees and that have it."""

    rank: int = Field(description="1 is the highest.")
    of: int
    percentile: int | None = Field(description="Percent of the others with a lower number; null with fewer than 20.")


class ComparedFigure(BaseModel):
    """The number of one subject in one column. `level`: of a running total what it stood at."""

    subject_id: UUID
    value: float | None
    value_note: ReaderText | None = Field(description="Why there is no value, in words.")
    level: float | None
    previous: float | None = Field(description="The same number of the days before.")
    change_percent: float | None
    change_note: ChangeNote | None
    as_of: date | None
    stale: bool
    source: list[Source]
    series_ids: list[UUID]
    breaks: list[DefinitionBreak] = Field(description="Since the first day of the period before.")
    rank: RosterRank | None
    change_rank: RosterRank | None


class ComparedColumn(ComparedMetric):
    """One meaning for all subjects, over the same days."""

    period: Period
    previous_period: Period
    figures: list[ComparedFigure]
    rank_note: ReaderText | None = Field(description="Why there is no rank in the roster, in words.")


class ComparedPoint(BaseModel):
    on: date
    value: float | None


class ComparedLine(BaseModel):
    """The days of one subject in the chosen column; of a running total what each day gained."""

    subject_id: UUID
    points: list[ComparedPoint]
    previous: list[ComparedPoint] = Field(description="The days of the period before, in the same order.")


class ComparisonResponse(BaseModel):
    """The first column is the chosen one, which `lines` draw. No columns: no subject has a number."""

    subjects: list[ComparedSubject]
    options: list[ComparedMetric] = Field(description="What can be compared, what most have first.")
    columns: list[ComparedColumn]
    lines: list[ComparedLine]
