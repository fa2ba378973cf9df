"""Public schemas of an org's own sources and metrics, and of values that are typed or pushed."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.metrics.schemas import Kind
from arti.orgs.schemas import Body

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, pattern="^https?://[^ ]{1,500}$")]
OwnSlug = Annotated[str, StringConstraints(pattern=r"^own\.[a-z0-9_]{1,60}$")]
How = Literal["typed", "pushed", "file"]
Cadence = Literal["day", "week"]
Aggregation = Literal["sum", "last", "mean", "none"]


class NewSource(Body):
    """A source of the org's own. Without a `slug` it is made of the name."""

    name: Name
    slug: OwnSlug | None = None
    url: Link | None = None
    how: How = "typed"
    cadence: Cadence = Field(default="day", description="What one of its numbers covers: a day, or a week.")
    time_zone: str = Field(default="UTC", max_length=60)
    note: Note = ""


class SourceChange(Body):
    name: Name | None = None
    url: Link | None = None
    how: How | None = None
    cadence: Cadence | None = None
    time_zone: str | None = Field(default=None, max_length=60)
    note: Note | None = None


class SourceEntry(BaseModel):
    """A platform, or a source of the org's own (`own`). `series` of it hold numbers."""

    slug: str
    name: str
    own: bool
    has_connector: bool
    time_zone: str
    url: str | None
    how: How | None
    cadence: Cadence
    note: str
    series: int


class SourceList(BaseModel):
    items: list[SourceEntry]


class NewMetric(Body):
    """A metric of the org's own. Without a `slug` it is made of the name."""

    name: Name
    slug: OwnSlug | None = None
    unit: str = Field(max_length=40, description="What is counted: clicks, tickets, people, percent.")
    kind: str = Field(max_length=40, description="counter, flow, rolling or ratio.")
    aggregation: str | None = Field(default=None, max_length=40, description="sum, last, mean or none.")
    description: Note = ""
    higher_is_better: bool = True
    can_fall: bool = Field(default=True, description="Of a counter: whether it may honestly fall.")


class MetricChange(Body):
    name: Name | None = None
    unit: str | None = Field(default=None, max_length=40)
    kind: str | None = Field(default=None, max_length=40)
    aggregation: str | None = Field(default=None, max_length=40)
    description: Note | None = None
    higher_is_better: bool | None = None
    can_fall: bool | None = None


class OwnMetric(BaseModel):
    slug: str
    name: str
    unit: str
    kind: Kind
    aggregation: Aggregation
    description: str
    higher_is_better: bool
    can_fall: bool
    series: int


class EnteredValue(Body):
    """One value of an artist, or of one of their items, songs or releases.

    `on` is the day, or the last day of the week where the source counts weeks.
    """

    metric: str = Field(max_length=100, pattern=r"^[a-z_]+\.[a-z0-9_.]+$")
    artist_id: UUID
    asset_id: UUID | None = None
    recording_id: UUID | None = Field(default=None, description="A song of the artist, instead of `asset_id`.")
    release_id: UUID | None = Field(default=None, description="A release of the artist, instead of `asset_id`.")
    on: date
    value: float | None
    null_reason: str | None = Field(default=None, max_length=40, description="Why there is no value.")
    dimension: dict[str, str] = Field(default={}, max_length=4, description='E.g. {"country": "DE"}.')


class EnteredValues(Body):
    observations: list[EnteredValue] = Field(min_length=1, max_length=1000)


class EnteredCounts(BaseModel):
    """What was stored. The same values once more are `unchanged`.

    `unfinished`: of a day or week that is not over where the source counts; left out. Send them again when it is over.
    """

    new: int
    restated: int
    unchanged: int
    unfinished: int
