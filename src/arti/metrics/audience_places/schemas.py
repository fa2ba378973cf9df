"""Public schemas of where an audience is: cities beside each other, each platform by itself."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.breakdown.schemas import PartSource
from arti.metrics.places.schemas import PlaceEntry
from arti.music.schemas import ArtistName


class AudienceColumn(BaseModel):
    """One number of one artist on one platform by city. `index` is its place in the cells of a row."""

    artist_id: UUID
    provider: str
    provider_name: str
    metric: str
    name: str
    unit: str
    period: ReaderText = Field(description="In words: the days that a number of this column covers.")
    as_of: date
    source: list[PartSource]
    cities: int = Field(description="How many cities the source lists.")
    average: float | None = Field(description="Of the listed cities: what a usual one has.")
    whole: float | None = Field(description="The number of all cities, known or not, where it is known.")
    absent: ReaderText = Field(description="What a city that is not listed means, in words.")


class PlaceGrowth(BaseModel):
    """The change of a city's number since `base_on`, `days` before as far as there is a number near that day."""

    days: Literal[28, 365]
    base: float | None
    base_on: date | None
    percent: float | None
    note: ReaderText | None = Field(description="Why there is no change, in words.")


class AudienceCell(BaseModel):
    """A city's number in a column. It is not added to those of other platforms."""

    column: int
    amount: float | None
    null_reason: ReaderText | None
    share_percent: float | None = Field(description="Of the whole; null where that is not known.")
    of_average: float | None = Field(description="How many times the average of the artist's listed cities it is.")
    rank: int = Field(description="Among the listed cities of the column; 1 is the largest.")
    growth: list[PlaceGrowth]


class LastShow(BaseModel):
    """The last show of an artist that the calendar holds and whose title or notes name the city."""

    artist_id: UUID
    on: date
    title: str


class AudiencePlace(BaseModel):
    """A city. Without a `place` it is the text of a source whose place is not known."""

    value: str
    name: str
    place: PlaceEntry | None
    cells: list[AudienceCell]
    last_shows: list[LastShow]


class AudiencePlaces(BaseModel):
    """Cities, those first that most of the columns list, then the best placed. Places: GeoNames, CC BY 4.0."""

    artists: list[ArtistName]
    columns: list[AudienceColumn]
    places: list[AudiencePlace]
    total: int = Field(description="How many cities there are in all.")
