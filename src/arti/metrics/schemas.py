"""Public schemas of assets, series and metrics. A missing number is null, with a reason; it is never 0."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.music.schemas import ArtistName

Kind = Literal["counter", "flow", "rolling", "ratio"]
Source = Literal["sync", "import", "label_import"]  # the last: of a label's team, for that label's tracks only
Basis = Literal["sum", "last", "mean", "day"]
ChangeNote = Literal["no_previous", "definition_break", "days_missing", "small_base", "fell", "rounded"]
AssetKind = Literal["track", "album", "video", "short", "post", "reel", "story", "sound", "playlist"]
Bucket = Literal["day", "week", "month"]


class Headline(BaseModel):
    """The number of a platform shown beside an artist in a list. `basis` and `change_note`: see Tile."""

    provider: str
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
    """A change of definition: from `on` the provider counts the metric differently.

    `continued_as`: the metric that goes on with the old meaning, where there is one.
    """

    on: date
    note: ReaderText
    old_meaning: str | None = None
    new_meaning: str | None = None
    continued_as: str | None = None


class Tile(BaseModel):
    """One number of the summary.

    `basis`: how the days became one number: summed, the last day, the mean, or a single day.
    `change`: against the period before; of a counter what it gained in the period, in percent of the gain before.
    `change_note`: why there is no change or no percentage: no days before, a new definition, missing days, a base below
    100, a total that fell because the provider corrected it, or that the provider rounds more coarsely than it grew.
    """

    series_id: UUID
    provider: str
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
    null_reason: ReaderText | None
    spark: list[float | None]


class Summary(BaseModel):
    artist: ArtistName
    period: Period
    previous: Period
    tiles: list[Tile]
    providers: list[str]
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
    provider: str
    kind: AssetKind
    kind_guessed: bool = Field(description="The platform does not say the kind: it is guessed, e.g. by the length.")
    title: str
    url: str | None
    released_on: date | None
    external_id: str
    isrc: str | None
    values: list[AssetValue]


class MetricDefinition(BaseModel):
    """A change of what a provider counts. Growth is never computed across `since_on`."""

    id: str
    provider: str
    version: int | None = Field(description="2 for the first change of a metric on a platform. Null without a day.")
    since_on: date | None = Field(description="Null: announced, the day is not known.")
    scope: list[str] = Field(description="The kinds of assets that it concerns; all: every kind.")
    note: ReaderText
    old_meaning: str
    new_meaning: str
    continued_as: str | None = Field(description="The metric that goes on with the old meaning.")
    announced_on: date | None
    source_url: str | None
    known_at: datetime = Field(description="When this installation learned of it.")


class MetricEntry(BaseModel):
    slug: str
    name: str
    unit: str
    kind: Kind
    aggregation: Literal["sum", "last", "mean", "none"]
    description: str
    higher_is_better: bool
    can_fall: bool = Field(description="False: a counter whose lower value is a correction, so that it has no gain.")
    definitions: list[MetricDefinition]


class MetricCatalogue(BaseModel):
    items: list[MetricEntry]


class Point(BaseModel):
    on: date = Field(description="The day, or the first day of the week (Monday) or month.")
    value: float | None
    null_reason: ReaderText | None = Field(default=None, description="Why there is no value, in words.")
    remark: ReaderText | None = Field(default=None, description="What is to be known about the value, in words.")
    state: str | None = Field(default=None, description="The code of null_reason or remark: hidden, late, rounded, ...")
    revised: bool = False


class SeriesGap(BaseModel):
    """Days without a value, both ends included."""

    from_: date = Field(alias="from", serialization_alias="from")
    to: date


class Series(BaseModel):
    series_id: UUID
    provider: str
    metric: str
    name: str
    unit: str
    kind: Kind
    aggregation: Literal["sum", "last", "mean", "none"]
    time_zone: str
    interval_days: int = Field(description="How many days a value covers, up to its own: 1, or 7 of a weekly source.")
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
    unbroken: list[Series] = Field(
        description="Across a change of definition: the series that go on with the meaning from before."
    )
