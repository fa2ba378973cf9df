"""Public schemas of artists."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from arti.dimensions.countries import ISO_COUNTRIES
from arti.orgs.schemas import Body

_NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_NUL)]
Genre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=_NO_NUL)]
Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00<>\"]+$")]
TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=_NO_NUL)]


def check_country(code: str) -> str:
    """Return the code. Raises ValueError for one that is not in ISO 3166-1."""
    if code not in ISO_COUNTRIES:
        raise ValueError("a country is a code of ISO 3166-1 with two letters, such as GB")
    return code


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(check_country)]


class ExternalId(Body):
    """The artist's id on a platform (spotify, youtube ...) or in a registry (isni, ipi, musicbrainz ...)."""

    provider: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{1,59}$")]
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_NUL)]
    url: Link | None = None


class NewArtist(Body):
    """`genres` are of the list at /api/genres; any other word is a tag."""

    name: Name
    genres: list[Genre] = Field(default=[], max_length=20)
    country: Country | None = None
    image_url: Link | None = None
    aliases: list[Name] = Field(default_factory=list, max_length=50)
    external_ids: list[ExternalId] = Field(default_factory=list, max_length=50)
    tags: list[TagName] = Field(default_factory=list, max_length=50)


class ArtistChange(Body):
    """Fields that are left out stay as they are."""

    name: Name | None = None
    genres: list[Genre] | None = Field(default=None, max_length=20)
    country: Country | None = None
    image_url: Link | None = None
    aliases: list[Name] | None = Field(default=None, max_length=50)
    external_ids: list[ExternalId] | None = Field(default=None, max_length=50)
    tags: list[TagName] | None = Field(default=None, max_length=50)


class Genres(BaseModel):
    items: list[str]


class ArtistName(BaseModel):
    id: UUID
    name: str
