"""Public schemas of overlaps."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText


class ExportDate(BaseModel):
    """By what an export is newer or older than others."""

    last_on: date = Field(description="The last complete day that the file holds.")
    named_at: datetime | None = Field(description="The date in the file's name; it decides between equal last days.")
    uploaded_at: datetime = Field(description="Decides only between files of equal last days without a date in a name.")


class OverlappedImport(BaseModel):
    """An import whose values stand on days that the file holds too."""

    import_id: UUID | None = Field(description="Null: values that were entered or pushed.")
    file_name: str | None
    own_date: ExportDate | None
    same: int = Field(description="Values that are equal in both.")
    replaced: int = Field(description="Values that differ, and the file's one will stay.")
    kept: int = Field(description="Values that differ, and the stored one stays.")
    first: date
    last: date
    days: int = Field(description="Days on which values differ.")
    reason: ReaderText = Field(description="Why the one or the other stays, in words.")


class DifferingValue(BaseModel):
    """A value that the file and what is stored say differently."""

    row: int | None
    metric: str
    title: str | None = Field(description="Of the song, video or playlist; null: of the artist.")
    dimension: str
    observed_on: date
    stored: float | None
    in_file: float | None
    stays: Literal["stored", "file"]
    import_id: UUID | None


class Overlap(BaseModel):
    """What a file says beside what is stored, value by value."""

    own_date: ExportDate | None
    new: int = Field(description="Values of which nothing is stored.")
    same: int
    replaced: int
    kept: int
    imports: list[OverlappedImport]
    differing: list[DifferingValue] = Field(description="The first hundred, the latest days first.")
