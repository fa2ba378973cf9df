"""HTTP of a member's digests."""

from typing import Annotated
from uuid import UUID

from arti.automation.digests import own_digest, schemas
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["automation"])


@router.get("/api/notifications/{notification_id}/digest")
async def get_notification_digest(
    access: Annotated[Access, needs(Permission.INSIGHTS_READ)], notification_id: UUID
) -> schemas.ReadableDigest:
    """Return the stories and panels of a digest of the caller, as they see them now."""
    return await own_digest.get_digest(access, notification_id)
