"""Public schemas of calendar entries."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.music.schemas import Link
from arti.orgs.schemas import Body

CalendarKind = Literal["release", "campaign", "post", "show", "pitch", "playlist", "press", "note"]
PitchStatus = Literal["open", "sent", "accepted", "declined"]
# Bounds that keep arithmetic on days in range.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]
EntryTitle = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00]*$")
]
Notes = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]


class NewCalendarEntry(Body):
    """A pitch needs `deadline_on`, which is its day unless `starts_on` says another; everything else `starts_on`."""

    kind: CalendarKind = "note"
    title: EntryTitle
    artist_id: UUID | None = Field(default=None, description="Null: it concerns the whole label.")
    starts_on: Day | None = None
    ends_on: Day | None = Field(default=None, description="The last day. Null: one day.")
    deadline_on: Day | None = Field(default=None, description="By when the owner must have acted.")
    owner_id: UUID | None = Field(default=None, description="A member of the org.")
    status: PitchStatus | None = Field(default=None, description="Of a pitch only; a new one is open.")
    url: Link | None = None
    notes: Notes = ""
    recording_id: UUID | None = None
    release_id: UUID | None = None


class CalendarEntryChange(Body):
    """Fields that are left out stay as they are."""

    kind: CalendarKind | None = None
    title: EntryTitle | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    deadline_on: Day | None = None
    owner_id: UUID | None = None
    status: PitchStatus | None = None
    url: Link | None = None
    notes: Notes | None = None
    recording_id: UUID | None = None
    release_id: UUID | None = None


class CalendarEntry(BaseModel):
    id: UUID
    artist_id: UUID | None
    kind: CalendarKind
    title: str
    starts_on: date
    ends_on: date = Field(description="The last day; the first one, if it is one day.")
    deadline_on: date | None
    owner_id: UUID | None
    status: PitchStatus | None
    url: str | None
    notes: str
    recording_id: UUID | None
    release_id: UUID | None
    created_at: datetime
