"""Public schemas of releases."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from arti.music.identifiers import parse_upc
from arti.music.recordings.schemas import Credit, CreditEntry, SongAsset, Title
from arti.music.schemas import Name
from arti.orgs.schemas import Body

ReleaseKind = Literal["album", "single", "ep", "compilation"]


def check_upc(text: str) -> str:
    """Return the UPC in one form. Raises ValueError."""
    upc = parse_upc(text)
    if upc is None:
        raise ValueError("this is no UPC or EAN-13; its last digit must check the others")
    return upc


Upc = Annotated[str, StringConstraints(max_length=40), AfterValidator(check_upc)]


class Release(BaseModel):
    id: UUID
    upc: str | None
    title: str
    label: str | None
    kind: ReleaseKind | None
    released_on: date | None
    credits: list[Credit]
    track_count: int


class ReleaseTrack(BaseModel):
    disc: int
    position: int
    recording_id: UUID
    title: str
    version_title: str | None
    isrc: str | None
    duration_ms: int | None


class ReleaseWithTracks(Release):
    """A release with those of its tracks that the caller sees, and the albums of platforms that are it."""

    tracks: list[ReleaseTrack]
    assets: list[SongAsset]


class NewRelease(Body):
    title: Title
    upc: Upc | None = None
    label: Name | None = None
    kind: ReleaseKind | None = None
    released_on: date | None = None
    credits: list[CreditEntry] = Field(min_length=1, max_length=100)


class ReleaseChange(Body):
    """Fields that are left out stay as they are."""

    title: Title | None = None
    upc: Upc | None = None
    label: Name | None = None
    kind: ReleaseKind | None = None
    released_on: date | None = None
    credits: list[CreditEntry] | None = Field(default=None, max_length=100)


class TrackEntry(Body):
    disc: int = Field(default=1, ge=1, le=100)
    position: int = Field(ge=1, le=1000)
    recording_id: UUID


class Tracks(Body):
    """All tracks of a release."""

    tracks: list[TrackEntry] = Field(max_length=1000)


class Label(BaseModel):
    name: str
    releases: int


class Labels(BaseModel):
    items: list[Label]
