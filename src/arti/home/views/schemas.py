"""Public schemas of saved views."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.orgs.schemas import Body

_NO_NUL = r"^[^\x00]*$"
ViewPath = Literal["/", "/artist/", "/compare/"]
ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_NO_NUL)]
ViewQuery = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[A-Za-z0-9%&=+*._-]*$")]


class SavedViewContent(Body):
    """A page as it is shown: `path` and `query` are those of its address, without the question mark."""

    name: ViewName
    path: ViewPath
    query: ViewQuery = ""
    is_shared: bool = Field(False, description="Shown to every member who sees all artists and songs that it names.")


class SavedView(BaseModel):
    id: UUID
    name: str
    path: ViewPath
    query: str
    is_shared: bool
    is_own: bool = Field(description="Saved by the caller, who alone can change it.")
    author: str | None = Field(description="Who saved it; null for who sees no members.")
    updated_at: datetime


class SavedViews(BaseModel):
    items: list[SavedView]
