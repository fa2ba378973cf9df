"""Public schemas of the update desk."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import Body


class DeskExport(BaseModel):
    """One export of one artist: how old it is, when it is due, where it is downloaded."""

    export: str
    provider: str | None
    title: ReaderText
    every_days: int
    imported_at: datetime | None = Field(description="When the newest one was committed.")
    last_day: date | None = Field(description="The last day that its numbers are of, where it has days.")
    due_on: date
    is_due: bool
    waiting: int = Field(description="Files of it that are previewed and not committed.")
    link: str | None


class DeskArtist(BaseModel):
    id: UUID
    name: str
    exports: list[DeskExport]


class ExportCadence(BaseModel):
    """How often an export is due; `every_days` null: it is not asked for."""

    export: str
    provider: str
    title: ReaderText
    every_days: int | None
    usual_days: int


class NewCadence(Body):
    every_days: int | None = Field(ge=1, le=366, description="Null: this export is not asked for.")
