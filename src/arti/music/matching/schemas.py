"""Public schemas of matches that wait for a person."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.music.recordings.schemas import SongAsset

MatchStatus = Literal["open", "linked", "accepted", "rejected"]


class MatchReason(BaseModel):
    """What speaks for a match, or with negative points against it."""

    code: str = Field(description="isrc, upc, platform_id, title, artist, duration, release_day, other_isrc, ...")
    points: float
    detail: ReaderText


class MatchedRecording(BaseModel):
    id: UUID
    title: str
    version_title: str | None
    isrc: str | None
    released_on: date | None


class MatchedRelease(BaseModel):
    id: UUID
    title: str
    upc: str | None
    released_on: date | None


class MatchCandidate(BaseModel):
    """An asset that may be a recording or a release. `linked`: it was certain and nobody was asked."""

    id: UUID
    status: MatchStatus
    score: float = Field(description="From 0 to 1; 0.9 and more is certain.")
    reasons: list[MatchReason]
    asset: SongAsset
    recording: MatchedRecording | None
    release: MatchedRelease | None
    created_at: datetime
    decided_at: datetime | None
