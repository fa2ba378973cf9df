"""HTTP of the home page."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from arti.home import roster, schemas, service
from arti.home.store import RosterFilter
from arti.home.views.endpoints import router as views
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission
from arti_core.errors import Invalid

router = ApiRouter(tags=["home"])
router.include_router(views)

Reads = Annotated[Access, needs(Permission.ROSTER_READ)]


@router.get("/api/home")
async def get_home(access: Reads, since: schemas.Since | None = None, known_on: KnownOn = None) -> schemas.Home:
    """Return what was found since the last session or the first day of the caller's week, and what waits for a person.

    `known_on` concerns the stories: those that had been found, with charts of what was known. What waits is of now.
    """
    return await service.read_home(access, since=since, known_on=known_on)


@router.put("/api/home/session", status_code=204)
async def put_home_session(access: Reads) -> None:
    """Record that the caller looks at the home page now."""
    await service.put_session(access)


@router.get("/api/home/artists")
async def list_home_artists(
    access: Reads,
    q: Annotated[str | None, Query(max_length=200, description="Part of the name.")] = None,
    group_id: UUID | None = None,
    tag: Annotated[str | None, Query(max_length=200)] = None,
    own: Annotated[bool, Query(description="Only those that the caller has starred.")] = False,
    days: Annotated[int, Query(ge=7, le=365)] = 28,
    sort: Annotated[
        str, Query(max_length=100, description="name, insights, updated, a platform, or `platform:change`.")
    ] = "name",
    descending: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    known_on: KnownOn = None,
) -> schemas.HomeRoster:
    """List the roster with the same metrics of every artist. Artists without what is sorted by come last."""
    if "\x00" in f"{q}{tag}":
        raise Invalid("The search text contains a NUL byte.", field="q")
    filter = RosterFilter(q or None, group_id, tag or None, own)
    return await roster.read_roster(
        access, filter, days=days, sort=sort, descending=descending, page=page, known_on=known_on
    )


@router.put("/api/artists/{artist_id}/star", status_code=204)
async def star_artist(artist_id: UUID, access: Reads) -> Response:
    """Make an artist one of the caller's own."""
    await service.star(access, artist_id)
    return Response(status_code=204)


@router.delete("/api/artists/{artist_id}/star", status_code=204)
async def unstar_artist(artist_id: UUID, access: Reads) -> Response:
    """Make an artist none of the caller's own any more."""
    await service.unstar(access, artist_id)
    return Response(status_code=204)
