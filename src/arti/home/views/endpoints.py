"""HTTP of saved views."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from arti.home.views import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["home"])

Reads = Annotated[Access, needs(Permission.ROSTER_READ)]


@router.get("/api/views")
async def list_views(access: Reads) -> schemas.SavedViews:
    """List your saved views, and the shared ones of artists whom you see."""
    return schemas.SavedViews(items=await service.list_views(access))


@router.post("/api/views", status_code=201)
async def create_view(view: schemas.SavedViewContent, access: Reads) -> schemas.SavedView:
    """Save a page with its period, metric and filters under a name, for yourself or for the org."""
    return await service.create_view(access, view)


@router.put("/api/views/{view_id}")
async def replace_view(view_id: UUID, view: schemas.SavedViewContent, access: Reads) -> schemas.SavedView:
    """Rename one of your views, replace what it shows, share it or stop sharing it."""
    return await service.replace_view(access, view_id, view)


@router.delete("/api/views/{view_id}", status_code=204)
async def delete_view(view_id: UUID, access: Reads) -> Response:
    """Delete one of your views; an admin deletes shared ones too. Saved again with the same content it is back."""
    await service.delete_view(access, view_id)
    return Response(status_code=204)
