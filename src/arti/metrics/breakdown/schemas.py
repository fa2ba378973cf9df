"""Public schemas of breakdowns and of the catalogue of dimensions."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.places.schemas import PlaceName
from arti.metrics.schemas import Kind

PartsRule = Literal["partition", "shares", "overlap", "separate"]
PartSource = Literal["sync", "import", "label_import", "typed"]


class DimensionValue(BaseModel):
    value: str
    name: str


class DimensionEntry(BaseModel):
    """A dimension. `values` are those of its list; countries and places have their own endpoints."""

    slug: str
    name: str
    description: str
    kind: Literal["list", "country", "place", "period", "text"]
    values: list[DimensionValue]


class DimensionCatalogue(BaseModel):
    items: list[DimensionEntry]


class CountryEntry(BaseModel):
    code: str
    name: str


class Countries(BaseModel):
    items: list[CountryEntry]


class BreakdownMetric(BaseModel):
    slug: str
    name: str
    unit: str
    kind: Kind


class BreakdownPeriod(BaseModel):
    """`label` is the period in words; `from` is null for a lifetime. `days` with a number, of which it is made."""

    from_: date | None = Field(alias="from", serialization_alias="from")
    to: date
    days: int
    label: ReaderText


class BreakdownPart(BaseModel):
    """A part. `value` is its code; a city's is a place, or begins with ~ where it is not known which place is meant."""

    value: str
    name: str
    place: PlaceName | None
    amount: float | None
    null_reason: ReaderText | None
    share_percent: float | None = Field(description="Of the whole; null where a share would not be honest.")
    source: PartSource
    series_ids: list[UUID]


class BreakdownWhole(BaseModel):
    """The whole that shares refer to, of the same days; null with a note where it is not known."""

    value: float | None
    metric: str | None
    name: str | None
    source: PartSource | None
    series_id: UUID | None
    note: ReaderText | None


class BreakdownTotal(BaseModel):
    """The sum of the parts; null with a note where they may not be added up."""

    value: float | None
    note: ReaderText | None


class BreakdownRemainder(BaseModel):
    """Whole minus parts: of whom the part is unknown. Null with a note where it would be a guess."""

    value: float | None
    share_percent: float | None
    note: ReaderText | None


class BreakdownRule(BaseModel):
    parts: PartsRule
    cut: bool = Field(description="A part that is missing is unknown, not 0.")
    listed: int | None = Field(description="How many parts the source lists at most.")
    absent: ReaderText = Field(description="What a missing part means, in words.")


class BreakdownResponse(BaseModel):
    """A number by one dimension. `parts` is empty, with a `note`, where there are none."""

    provider: str
    provider_name: str
    metric: BreakdownMetric
    dimension: str
    dimension_name: str
    rule: BreakdownRule
    period: BreakdownPeriod | None
    known_on: date | None
    parts: list[BreakdownPart]
    total: BreakdownTotal
    whole: BreakdownWhole
    remainder: BreakdownRemainder
    note: ReaderText | None


class AvailableBreakdown(BaseModel):
    """A breakdown that has numbers. `period` is empty for daily values."""

    provider: str
    provider_name: str
    metric: str
    name: str
    unit: str
    dimension: str
    dimension_name: str
    period: str
    parts: int
    newest_on: date


class AvailableBreakdowns(BaseModel):
    items: list[AvailableBreakdown]
