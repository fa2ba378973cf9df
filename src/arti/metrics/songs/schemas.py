"""Public schemas of the numbers of songs. Each has a unit, a period, and says what is not in it and why."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.schemas import Period
from arti.metrics.songs.rollup import Reason
from arti.music.recordings.schemas import Recording

Scope = Literal["recording", "release", "artist", "label", "catalogue"]
SumBasis = Literal["sum", "gain"]


class RefusedSeries(BaseModel):
    """One series that is not in a sum."""

    series_id: UUID
    asset_id: UUID
    recording_id: UUID
    title: str


class RefusedSeriesGroup(BaseModel):
    """Series that are not in a sum for one reason; `examples` are the first of `count`."""

    reason: Reason
    sentence: ReaderText
    count: int
    examples: list[RefusedSeries]


class SongFigure(BaseModel):
    """One number of a song on one platform. `basis`: the days of a flow summed, or the gain of a counter."""

    provider: str
    metric: str
    name: str
    unit: str
    basis: SumBasis
    value: float | None
    period: Period
    assets: int = Field(description="How many of the song's assets are in it.")
    refused: list[RefusedSeriesGroup]


class Song(Recording):
    """A song with what it is on each platform and its numbers there."""

    figures: list[SongFigure]


class RollupPlatform(BaseModel):
    """The sum on one platform. `series_ids`: what it was made of, at most a hundred."""

    provider: str
    value: float | None
    recordings: int
    assets: int
    series_ids: list[UUID]
    refused: list[RefusedSeriesGroup]


class Rollup(BaseModel):
    """One metric of a song, a release, an artist, a label or the whole catalogue, by platform.

    `total` adds the platforms only where the metric means the same on each; else `total_note` says why there is none.
    """

    scope: Scope
    id: str | None
    metric: str
    name: str
    unit: str
    basis: SumBasis | None
    period: Period | None = Field(description="null when no song of the scope has this metric.")
    recordings: int = Field(description="How many songs are in the sums.")
    platforms: list[RollupPlatform]
    total: float | None
    total_note: ReaderText | None
