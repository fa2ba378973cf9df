"""Public schemas of assets, series and metrics. A missing number is null, with a reason; it is never 0."""

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
    """The number of a platform shown beside an artist in a list. `basis` and `change_note`: see Tile."""

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
    """A period of days, both ends included."""

    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    days: int


class DefinitionBreak(BaseModel):
    """A change of definition: from `on` the provider counts the metric differently."""

    on: date
    note: str


class Tile(BaseModel):
    """One number of the summary.

    `basis`: how the days became one number: summed, the last day, the mean, or a single day.
    `change_note`: why there is no change or no percentage: no days before, a new definition, missing days,
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
    updated_at: datetime | None = Field(description="When the newest of these numbers was stored.")


class AssetValue(BaseModel):
    metric: str
    name: str
    unit: str
    value: float | None
    period: str = Field(description="28 days, total, lifetime, or the period of an export.")
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


class SeriesGap(BaseModel):
    """Days without a value, both ends included."""

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
    gaps: list[SeriesGap]
    breaks: list[DefinitionBreak]
    basis: Basis | None
    total: float | None
    previous_total: float | None = Field(description="The total of as many days directly before.")
    change_percent: float | None
    change_note: ChangeNote | None
    as_of: date | None
    stale: bool


class SeriesResponse(BaseModel):
    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    bucket: Bucket
    series: list[Series]
