"""HTTP of annotations: notes on days of an artist's charts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from arti.music import schemas, service
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page

router = APIRouter(tags=["artists"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.get("/api/artists/{artist_id}/annotations")
async def list_annotations(
    artist_id: UUID,
    access: ReadsRoster,
    from_on: Annotated[date | None, Query(alias="from")] = None,
    to_on: Annotated[date | None, Query(alias="to")] = None,
    limit: Limit = 100,
) -> Page[schemas.Annotation]:
    """List the newest annotations of the period, oldest first."""
    items = await service.list_annotations(
        access.connection, access.org_id, artist_id, from_on=from_on, to_on=to_on, limit=limit
    )
    return Page(items=items, next_cursor=None)


@router.post("/api/artists/{artist_id}/annotations", status_code=201)
async def create_annotation(
    artist_id: UUID, annotation: schemas.NewAnnotation, access: WritesRoster
) -> schemas.Annotation:
    """Add a note to a day of an artist's charts."""
    id = await service.create_annotation(
        access.connection, access.org_id, artist_id, created_by=access.principal.user_id, **annotation.model_dump()
    )
    return schemas.Annotation(id=id, **annotation.model_dump())


@router.delete("/api/annotations/{annotation_id}", status_code=204)
async def delete_annotation(annotation_id: UUID, access: WritesRoster) -> Response:
    """Delete an annotation."""
    await service.delete_annotation(access.connection, access.org_id, annotation_id)
    return Response(status_code=204)
