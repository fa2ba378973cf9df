"""Public schemas of a release's first 28 days, beside the artist's earlier releases at the same age."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.schemas import Kind, Source
from arti.music.releases.schemas import ReleaseKind
from arti.music.schemas import ArtistName

AgeState = Literal["in", "not_over", "not_in_yet", "missing", "definition_break"]


class StartedRelease(BaseModel):
    """A release and its main artists of the roster."""

    id: UUID
    title: str
    kind: ReleaseKind | None
    released_on: date | None
    artists: list[ArtistName]


class AgeFigure(BaseModel):
    """What a release had brought after `age` complete days. `state` says why there is no value."""

    age: int
    on: date
    value: float | None
    state: AgeState


class AgeComparison(AgeFigure):
    """The same of this release, against the artist's earlier ones at the same age."""

    previous: float | None = Field(description="Of the release before.")
    change_percent: float | None = Field(description="Against the release before; null below a base of 100.")
    median: float | None = Field(description="Of the earlier releases that have a number at this age.")
    releases: int = Field(description="How many they are.")


class ReleaseCurve(BaseModel):
    """The cumulated number after each of the days 1 to 28 as far as it is known, of one release on one platform."""

    release_id: UUID
    title: str
    released_on: date
    values: list[float | None]
    ages: list[AgeFigure]
    tracks: int = Field(description="How many of its tracks have this number.")
    track_count: int


class ReleasePace(BaseModel):
    """Where the number will stand after `age` days if it grows as the earlier releases did from `from_age` on.

    `low` and `high` are the least and the greatest of them. If releases are alike, one ends in between with the
    probability of `likelihood_percent`.
    """

    age: int
    on: date
    low: float
    high: float
    from_age: int
    releases: int
    likelihood_percent: int


class ReleaseStartPlatform(BaseModel):
    """A platform's number of the release. Numbers of platforms are never added."""

    provider: str
    provider_name: str
    metric: str
    name: str
    unit: str
    kind: Kind
    source: list[Source]
    time_zone: str
    known_until: date | None = Field(description="The newest day that the platform has reported of it.")
    curve: ReleaseCurve
    ages: list[AgeComparison]
    earlier: list[ReleaseCurve] = Field(description="The latest first.")
    pace: ReleasePace | None
    pace_note: ReaderText | None = Field(description="Why there is no pace, in words.")
    note: ReaderText | None = Field(description="What is not counted, in words.")


class TrackSaves(BaseModel):
    """Saves and listeners of a track, of the same file and days."""

    recording_id: UUID
    title: str
    provider: str
    period: str = Field(description="E.g. 28day, lifetime.")
    as_of: date
    source: Source
    saves: float
    listeners: float
    per_hundred: float | None = Field(description="Saves for each hundred listeners; null below 100 listeners.")


class ReleaseStart(BaseModel):
    """A release in its first days. Without platforms `note` says why."""

    release: StartedRelease
    complete_days: int | None = Field(description="Days that are over since the release; null without a day.")
    platforms: list[ReleaseStartPlatform]
    saves: list[TrackSaves]
    note: ReaderText | None
