"""Public schemas of reading an import's file again."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from arti.imports.schemas import ImportProgress
from arti.language.messages.reader import ReaderText
from arti.orgs.schemas import Body


class RereadRequest(Body):
    commit: bool = Field(default=False, description="False: only show the difference; nothing is stored.")


class RereadValue(BaseModel):
    """A value or a line of royalties that is read otherwise."""

    change: Literal["new", "changed", "gone"]
    row: int | None = Field(description="Row of the file; of a value that is gone, where it stood.")
    what: str = Field(description="The metric, or the title of the line.")
    title: str | None = Field(description="Of the song, video or playlist; null: of the artist.")
    dimension: str
    observed_on: date = Field(description="The day, or the month of a line of royalties.")
    before: str | None
    after: str | None


class Reread(BaseModel):
    """What the file says now, beside what is stored."""

    from_version: int = Field(description="Of the parser with which it was committed.")
    to_version: int
    new: int
    changed: int
    gone: int
    first: list[RereadValue] = Field(description="The first hundred.")
    committed: bool
    state: Literal["running", "done", "failed"] = Field(
        default="done", description="A large file is read by a job: until it is done, nothing is counted."
    )
    progress: ImportProgress | None = Field(default=None, description="Of the job that reads a large file.")
    problem: ReaderText | None = Field(default=None, description="Why the job failed, and what to do.")
