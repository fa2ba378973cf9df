"""Public schemas of artists and annotations."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from arti.orgs.schemas import Body

_NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_NUL)]
Genre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=_NO_NUL)]
Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00<>\"]+$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
AnnotationKind = Literal["release", "campaign", "show", "playlist", "press", "note"]


class NewArtist(Body):
    name: Name
    genres: list[Genre] = Field(default=[], max_length=20)
    country: Country | None = None
    image_url: Link | None = None


class ArtistChange(Body):
    """Fields that are left out stay as they are."""

    name: Name | None = None
    genres: list[Genre] | None = Field(default=None, max_length=20)
    country: Country | None = None
    image_url: Link | None = None


class ArtistName(BaseModel):
    id: UUID
    name: str


class Annotation(BaseModel):
    id: UUID
    occurred_on: date
    kind: AnnotationKind
    title: str
    url: str | None


class NewAnnotation(Body):
    occurred_on: date
    kind: AnnotationKind = "note"
    title: Name
    url: Link | None = None
