"""Public schemas of the home page."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.insights.schemas import InsightStory
from arti.metrics.schemas import ChangeNote
from arti.music.schemas import ArtistName
from arti.orgs.schemas import ListedItem
from arti.roster.schemas import AccountState

Since = Literal["session", "week"]
NeedKind = Literal["reconnect", "import_questions", "exports_due", "failed_deliveries"]
FirstStepKind = Literal["artist", "numbers", "story", "channel", "invitation"]
FigureBasis = Literal["sum", "last", "mean", "day", "gain"]


class Need(BaseModel):
    """Something that waits for a person."""

    kind: NeedKind
    count: int = Field(description="Accounts, files, exports or messages.")
    artists: list[ArtistName] = Field(description="Whom it is about: the first three by name; none of messages.")
    artist_count: int


class FirstStep(BaseModel):
    """Something that a new org does once."""

    kind: FirstStepKind
    done: bool


class Home(BaseModel):
    """What was found since a moment, and what waits for a person."""

    since: datetime
    since_kind: Since = Field(
        description="session: the caller's last session. week: the last first day of the caller's week before today."
    )
    last_session_at: datetime | None
    stories: list[InsightStory] = Field(description="Five at most, two of an artist at most: falls first.")
    needs: list[Need]
    first_steps: list[FirstStep] = Field(
        description="Of an org in its first 30 days, as far as the caller may take them; empty once all are done."
    )


class RosterColumn(BaseModel):
    """One metric of one platform, the same for every artist."""

    provider: str
    metric: str
    name: str
    unit: str
    basis: FigureBasis = Field(description="How days became a number; gain: what a running total gained.")


class RosterFigure(BaseModel):
    """An artist's number of a column. `change_note`: see Tile."""

    provider: str
    value: float | None
    change_percent: float | None
    change_note: ChangeNote | None
    as_of: date
    stale: bool
    spark: list[float | None] = Field(description="The last 28 days up to `as_of`.")


class RosterRow(BaseModel):
    id: UUID
    name: str
    genres: list[str]
    country: str | None
    image_url: str | None
    tags: list[str]
    group_ids: list[UUID]
    is_starred: bool = Field(description="One of the caller's own artists.")
    unread_insights: int
    accounts: list[AccountState]
    updated_on: date | None = Field(description="The newest day of these numbers.")
    figures: list[RosterFigure] = Field(description="Only columns that the artist has numbers of.")


class HomeRoster(BaseModel):
    groups: list[ListedItem] = Field(description="What the roster can be filtered by.")
    tags: list[str]
    columns: list[RosterColumn]
    items: list[RosterRow]
    total: int
    page: int
    page_size: int
