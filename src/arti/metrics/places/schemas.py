"""Public schemas of places."""

from uuid import UUID

from pydantic import BaseModel, Field

from arti.orgs.schemas import Body


class PlaceName(BaseModel):
    """A place, by its number in GeoNames, with the metro area that it belongs to."""

    id: int
    name: str
    country: str
    country_name: str
    metro_id: int
    metro_name: str


class PlaceEntry(PlaceName):
    region: str = Field(description="GeoNames' first-level code, e.g. TX.")
    latitude: float
    longitude: float
    population: int


class Places(BaseModel):
    """Source of all places: GeoNames, CC BY 4.0."""

    items: list[PlaceEntry]


class UnknownPlace(BaseModel):
    """A text that could mean several places or none. `candidates` bear that name, the largest first."""

    text: str
    country: str | None
    series: int
    artist_ids: list[UUID]
    candidates: list[PlaceEntry]


class UnknownPlaces(BaseModel):
    items: list[UnknownPlace]


class PlaceDecision(Body):
    """Which place a text means, from now on and for the numbers that are stored."""

    text: str = Field(min_length=1, max_length=200)
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    place_id: int = Field(gt=0, le=2_000_000_000)


class DecidedPlace(BaseModel):
    """`renamed` series now count for the place; `kept` stay under the text: the place has numbers of its own there."""

    place: PlaceEntry
    renamed: int
    kept: int
