"""The logo of the active org: shown to its members, changed by its admins."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Response, UploadFile
from pydantic import BaseModel

from arti.orgs.api_route import ApiRouter, form_of
from arti.orgs.authorization import Access, needs
from arti.orgs.logo import service
from arti.vocabulary import Permission

router = ApiRouter(tags=["orgs"])

Admin = Annotated[Access, needs(Permission.ORG_MANAGE)]
_PICTURE: Any = {200: {"content": {kind: {} for kind in ("image/png", "image/jpeg", "image/webp")}}}


class OrgLogo(BaseModel):
    id: UUID


@router.put("/api/orgs/current/logo")
@form_of(files=1, most_bytes=service.MOST_BYTES)
async def put_logo(file: Annotated[UploadFile, File()], access: Admin) -> OrgLogo:
    """Store a logo: PNG, JPEG or WebP of up to 256 KB and 2,048 pixels a side."""
    return OrgLogo(id=await service.put_logo(access, await file.read(service.MOST_BYTES + 1)))


@router.get("/api/orgs/current/logo", responses=_PICTURE, response_class=Response)
async def get_logo(access: Annotated[Access, needs(Permission.ROSTER_READ)]) -> Response:
    """Return the logo."""
    file, content = await service.get_logo(access)
    # Of the type that its bytes are, never one that somebody said: with nosniff a browser makes nothing else of it.
    headers = {"Content-Disposition": f'inline; filename="{file.name}"', "Cross-Origin-Resource-Policy": "same-site"}
    return Response(content, media_type=file.media_type, headers=headers)


@router.delete("/api/orgs/current/logo", status_code=204)
async def delete_logo(access: Admin) -> None:
    """Remove the logo."""
    await service.delete_logo(access)
