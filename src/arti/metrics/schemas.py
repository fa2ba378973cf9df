"""Public shapes of assets and numbers. A missing number is null, with a reason; it is never 0."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.music.schemas import ArtistName
from arti.vocabulary import Provider

Kind = Literal["counter", "flow", "rolling", "ratio"]
Source = Literal["sync", "import"]
Basis = Literal["sum", "last", "mean", "day"]
ChangeNote = Literal["no_previous", "definition_break", "days_missing", "small_base"]
AssetKind = Literal["track", "album", "video", "post", "playlist"]
Bucket = Literal["day", "week", "month"]


class Headline(BaseModel):
    """The one number of a platform that stands beside an artist in a list. `basis` and `change_note`: see Tile."""

    provider: Provider
    metric: str
    name: str
    unit: str
    basis: Basis
    value: float | None
    change_percent: float | None
    change_note: ChangeNote | None
    period_days: int
    as_of: date
    stale: bool


class Period(BaseModel):
    """Both days are part of the period."""

    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    days: int


class DefinitionBreak(BaseModel):
    """From `on` the provider counts something else under the same name."""

    on: date
    note: str


class Tile(BaseModel):
    """One number of the summary.

    `basis`: how the days became one number: summed, the last day, the mean, or one single day.
    `change_note` says why there is no change or no percent: nothing before, a new definition, days missing,
    or a base below 100.
    """

    series_id: UUID
    provider: Provider
    metric: str
    name: str
    unit: str
    kind: Kind
    higher_is_better: bool
    basis: Basis
    period: Period | None
    value: float | None
    previous: float | None
    change: float | None
    change_percent: float | None
    change_note: ChangeNote | None
    as_of: date | None
    age_days: int | None
    stale: bool
    source: Source
    definition_break: DefinitionBreak | None
    null_reason: str | None
    spark: list[float | None]


class Summary(BaseModel):
    artist: ArtistName
    period: Period
    previous: Period
    tiles: list[Tile]
    providers: list[Provider]
    updated_at: datetime | None = Field(description="When the newest of these numbers became known.")


class AssetValue(BaseModel):
    metric: str
    name: str
    unit: str
    value: float | None
    period: str = Field(description="28 days, total, lifetime, or the period that an export names.")
    as_of: date


class Asset(BaseModel):
    id: UUID
    provider: Provider
    kind: AssetKind
    title: str
    url: str | None
    released_on: date | None
    external_id: str
    isrc: str | None
    values: list[AssetValue]


class MetricDefinition(BaseModel):
    provider: Provider
    version: int
    since_on: date
    note: str


class MetricEntry(BaseModel):
    slug: str
    name: str
    unit: str
    kind: Kind
    aggregation: Literal["sum", "last", "mean", "none"]
    description: str
    higher_is_better: bool
    definitions: list[MetricDefinition]


class MetricCatalogue(BaseModel):
    items: list[MetricEntry]


class Point(BaseModel):
    on: date = Field(description="The day, or the first day of the week (Monday) or month.")
    value: float | None
    null_reason: str | None = None
    revised: bool = False


class Gap(BaseModel):
    """Days of which nothing is known, both ends included."""

    from_: date = Field(alias="from", serialization_alias="from")
    to: date


class Series(BaseModel):
    series_id: UUID
    provider: Provider
    metric: str
    name: str
    unit: str
    kind: Kind
    aggregation: Literal["sum", "last", "mean", "none"]
    time_zone: str
    source: list[Source]
    points: list[Point]
    gaps: list[Gap]
    breaks: list[DefinitionBreak]
    basis: Basis | None
    total: float | None
    previous_total: float | None = Field(description="The same, over the days just before; as many as are known here.")
    change_percent: float | None
    change_note: ChangeNote | None
    as_of: date | None
    stale: bool


class SeriesAnswer(BaseModel):
    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    bucket: Bucket
    series: list[Series]
