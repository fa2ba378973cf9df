"""Public schemas of the calendar."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.music.calendar.schemas import CalendarKind, PitchStatus
from arti.music.schemas import ArtistName


class Owner(BaseModel):
    """A member, as those see them who may see members."""

    id: UUID
    name: str


class CalendarItem(BaseModel):
    """Something that lies in a range of days. `source` and `id` say what it is and where to read more of it."""

    source: Literal["calendar_entries", "releases", "campaigns", "assets"]
    id: UUID
    kind: CalendarKind
    title: str
    starts_on: date
    ends_on: date = Field(description="The last day; the first one, if it is one day.")
    deadline_on: date | None
    artists: list[ArtistName] = Field(description="Those of the roster that the caller sees. Empty: the whole label.")
    owner: Owner | None
    status: PitchStatus | None = Field(description="Of a pitch only.")
    url: str | None
    provider: str | None = Field(description="The platform of a post, or of a campaign's goal.")
    recording_id: UUID | None
    release_id: UUID | None
