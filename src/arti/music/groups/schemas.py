"""Public schemas of artist groups and tags."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.music.schemas import ArtistName
from arti.orgs.schemas import Body

_NO_NUL = r"^[^\x00]*$"
GroupName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_NO_NUL)]


class ArtistGroup(BaseModel):
    """Artists that belong together: a label's imprint, a manager's roster. Access may be given by group."""

    id: UUID
    name: str
    artists: list[ArtistName] = Field(description="Those that the caller sees, by name.")
    member_count: int | None = Field(description="Members who have it on their list; null for who sees no members.")


class ArtistGroups(BaseModel):
    items: list[ArtistGroup]


class ArtistGroupName(Body):
    name: GroupName


class ArtistIds(Body):
    artist_ids: list[UUID] = Field(max_length=10_000)


class Tag(BaseModel):
    id: UUID
    name: str
    artists: int = Field(description="How many artists have it, of those that the caller sees.")


class Tags(BaseModel):
    items: list[Tag]
