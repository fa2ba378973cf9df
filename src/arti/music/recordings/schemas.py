"""Public schemas of recordings, credits and the assets that are a song."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from arti.music.identifiers import parse_isrc
from arti.music.schemas import Name
from arti.orgs.schemas import Body

CreditRole = Literal["main", "featured", "remixer", "producer"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Milliseconds = Annotated[int, Field(ge=1, le=24 * 3_600_000)]


def check_isrc(text: str) -> str:
    """Return the ISRC as its 12 characters. Raises ValueError."""
    isrc = parse_isrc(text)
    if isrc is None:
        raise ValueError("an ISRC has 12 characters, such as QZAR22600001")
    return isrc


Isrc = Annotated[str, StringConstraints(max_length=40), AfterValidator(check_isrc)]


class Credit(BaseModel):
    """Who is named on a song. `artist_id` is null for somebody who is not on the roster or not seen by the caller."""

    artist_id: UUID | None
    name: str
    role: CreditRole


class CreditEntry(Body):
    """A credit to set: of an artist of the roster, or of a name. An artist's own name is used when none is given."""

    artist_id: UUID | None = None
    name: Name | None = None
    role: CreditRole = "main"


class SongAsset(BaseModel):
    """What a song or a release is on a platform."""

    id: UUID
    artist_id: UUID = Field(description="Under whom the platform's account or file was read.")
    provider: str
    kind: str
    kind_guessed: bool = Field(description="The platform does not say the kind: it is guessed, e.g. by the length.")
    title: str
    url: str | None
    external_id: str
    released_on: date | None
    isrc: str | None


class SongRelease(BaseModel):
    """A release that a song is on."""

    id: UUID
    title: str
    kind: str | None
    released_on: date | None


class Recording(BaseModel):
    id: UUID
    isrc: str | None
    title: str
    version_title: str | None = Field(description="Live, Sped Up, a remixer's Remix; null for the song itself.")
    version_of: UUID | None
    duration_ms: int | None
    released_on: date | None
    credits: list[Credit]
    assets: list[SongAsset]
    releases: list[SongRelease]


class NewRecording(Body):
    title: Title
    version_title: Name | None = None
    version_of: UUID | None = None
    isrc: Isrc | None = None
    duration_ms: Milliseconds | None = None
    released_on: date | None = None
    credits: list[CreditEntry] = Field(min_length=1, max_length=100)


class RecordingChange(Body):
    """Fields that are left out stay as they are."""

    title: Title | None = None
    version_title: Name | None = None
    version_of: UUID | None = None
    isrc: Isrc | None = None
    duration_ms: Milliseconds | None = None
    released_on: date | None = None


class Credits(Body):
    """All credits of a song, in order."""

    credits: list[CreditEntry] = Field(max_length=100)


class Merge(Body):
    recording_id: UUID = Field(description="The recording that is merged into this one.")


class AssetLink(Body):
    asset_id: UUID


class Split(Body):
    asset_id: UUID
    as_song: bool = Field(default=True, description="False: the asset is no song, e.g. a video of something else.")


class SongChange(BaseModel):
    """One change of songs by a person, of a recording or of a release.

    `kind`: merge (the other one into this one), link (the asset was the other one, or none), split (the asset is the
    other one now, or none), reject (the asset is not this one).
    """

    id: UUID
    kind: Literal["merge", "link", "split", "reject"]
    recording_id: UUID | None
    other_id: UUID | None
    release_id: UUID | None
    other_release_id: UUID | None
    asset_id: UUID | None
    title: str | None
    version_title: str | None
    other_title: str | None
    asset_title: str | None
    asset_provider: str | None
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    undone_by: UUID | None
    undone_at: datetime | None


class SongChanges(BaseModel):
    items: list[SongChange]


class ChangeMade(BaseModel):
    """`change_id` is what undoes it; null when there was nothing to change. `recording_id`: the song it is about."""

    change_id: UUID | None
    recording_id: UUID | None
