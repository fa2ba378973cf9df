"""HTTP of the first days of a release."""

from typing import Annotated
from uuid import UUID

from arti.metrics.release_start import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission

router = ApiRouter(tags=["songs"])


@router.get("/api/releases/{release_id}/start")
async def get_release_start(
    release_id: UUID, access: Annotated[Access, needs(Permission.METRICS_READ)], known_on: KnownOn = None
) -> schemas.ReleaseStart:
    """Return what a release brought after 1, 3, 7, 14 and 28 complete days, beside the artist's earlier ones.

    Each platform by itself, over the same days after each release. A day that is not in yet has no value, and says so.
    """
    return await service.read_release_start(access.connection, access.org_id, release_id, known_on=known_on)
