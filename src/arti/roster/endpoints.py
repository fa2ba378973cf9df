"""HTTP of the roster: artists with their headline numbers and account states."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from arti.music import service as music
from arti.music.matching.jobs import enqueue_match
from arti.music.schemas import ArtistChange, NewArtist
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.roster import schemas, service
from arti.vocabulary import Permission
from arti_core.errors import Invalid
from arti_core.paging import MAX_PAGE, Page, read_text_cursor

router = ApiRouter(tags=["artists"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.get("/api/artists")
async def list_artists(
    access: ReadsRoster,
    q: Annotated[str | None, Query(max_length=200, description="Part of the name.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[schemas.Artist]:
    """List the roster by name, each artist with the headline number of each platform."""
    if q and "\x00" in q:
        raise Invalid("The search text contains a NUL byte.", field="q")
    after = read_text_cursor(cursor)
    return await service.list_artists(
        access.connection, access.org_id, q=q or None, after=after, limit=limit, known_on=known_on
    )


@router.post("/api/artists", status_code=201)
async def create_artist(artist: NewArtist, access: WritesRoster) -> schemas.Artist:
    """Add an artist to the roster."""
    id = await music.create_artist(access, **artist.model_dump())
    return await service.get_artist(access.connection, access.org_id, id)


@router.get("/api/artists/{artist_id}")
async def get_artist(artist_id: UUID, access: ReadsRoster, known_on: KnownOn = None) -> schemas.Artist:
    """Return one artist. `known_on` concerns the numbers."""
    return await service.get_artist(access.connection, access.org_id, artist_id, known_on=known_on)


@router.patch("/api/artists/{artist_id}")
async def update_artist(artist_id: UUID, change: ArtistChange, access: WritesRoster) -> schemas.Artist:
    """Change an artist. Fields that are left out stay as they are."""
    await music.update_artist(access, artist_id, changes=change.model_dump(exclude_unset=True))
    if change.aliases is not None:  # songs may be found under another name now
        await enqueue_match(access, artist_id)
    return await service.get_artist(access.connection, access.org_id, artist_id)


@router.delete("/api/artists/{artist_id}", status_code=204)
async def delete_artist(artist_id: UUID, access: WritesRoster) -> Response:
    """Delete an artist with all their numbers. Their accounts must be disconnected first."""
    await service.delete_artist(access, artist_id)
    return Response(status_code=204)
