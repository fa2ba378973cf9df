"""HTTP of where an audience is."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.metrics.audience_places import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission

router = ApiRouter(tags=["metrics"])


@router.get("/api/audience/places")
async def list_audience_places(
    access: Annotated[Access, needs(Permission.METRICS_READ)],
    artist_id: Annotated[list[UUID], Query(min_length=1, max_length=6, description="Whose audience; repeated.")],
    known_on: KnownOn = None,
) -> schemas.AudiencePlaces:
    """List the cities of up to six artists: each platform's number beside the others, its growth, the last show there.

    Of each platform one number by city, the newest: people where it has them. Numbers of platforms and artists are
    never added: one person can be in several.
    """
    return await service.read_audience_places(access.connection, access.org_id, artist_id, known_on=known_on)
