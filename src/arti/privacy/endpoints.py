"""Export and deletion: of the active org by its admins, of the caller by themselves."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import IO, Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, SignedIn, get_context, needs, public
from arti.privacy import schemas, service, store
from arti.privacy.archive import PIECE_BYTES
from arti.vocabulary import Permission
from arti_core import clock
from arti_core.errors import Conflict

router = ApiRouter(tags=["privacy"])

Admin = Annotated[Access, needs(Permission.ORG_MANAGE)]
_ZIP = "application/zip"


@router.post("/api/orgs/current/exports", status_code=202)
async def create_org_export(access: Admin) -> schemas.OrgExport:
    """Have a zip made of everything that the active org has."""
    return schemas.OrgExport.model_validate(await service.request_export(access))


@router.get("/api/orgs/current/exports")
async def list_org_exports(access: Admin) -> list[schemas.OrgExport]:
    """List the exports of the active org that have not expired, the newest first."""
    return [schemas.OrgExport.model_validate(row) for row in await service.list_exports(access)]


@router.get("/api/orgs/current/exports/{export_id}/content", response_class=StreamingResponse)
async def download_org_export(export_id: UUID, access: Admin) -> Response:
    """Download the zip. Only while it has not expired, and only for an admin."""
    export = await service.get_export(access, export_id)
    if export["state"] is not schemas.ExportState.READY:
        raise Conflict("This export is not ready yet.")
    headers = {"Content-Length": str(export["byte_size"]), **_named(f"arti-export-{export['requested_at']:%Y-%m-%d}")}
    pieces = service.stream_export(access.context, access.principal, access.org_id, export_id)
    return StreamingResponse(pieces, media_type=_ZIP, headers=headers)


@router.get("/api/orgs/current/erasure")
async def get_org_erasure(access: Annotated[Access, needs(Permission.ROSTER_READ)]) -> schemas.PendingErasure:
    """Return when the active org will be deleted, if it will."""
    row = await store.find_erasure(access.connection, access.org_id)
    return schemas.PendingErasure(erasure=schemas.OrgErasure.model_validate(dict(row)) if row else None)


@router.post("/api/orgs/current/erasure", status_code=202)
async def request_org_erasure(body: schemas.OrgErasureRequest, access: Admin) -> schemas.OrgErasure:
    """Have the active org deleted with all its data after 12 hours. Until then an admin may cancel it."""
    return schemas.OrgErasure.model_validate(dict(await service.request_org_erasure(access, body.name)))


@router.delete("/api/orgs/current/erasure", status_code=204)
async def cancel_org_erasure(access: Admin) -> None:
    """Keep the active org after all."""
    await service.cancel_org_erasure(access)


@router.get("/auth/me/export", response_class=StreamingResponse)
@public
async def export_me(request: Request, principal: SignedIn) -> Response:
    """Download a zip of what is stored about the caller."""
    stack = AsyncExitStack()
    file = await stack.enter_async_context(service.own_archive(get_context(request), principal))
    headers = _named(f"arti-my-data-{clock.now():%Y-%m-%d}")
    return StreamingResponse(_read(file, stack), media_type=_ZIP, headers=headers)


@router.post("/auth/me/erasure", status_code=204)
@public
async def erase_me(request: Request, body: schemas.AccountErasureRequest, principal: SignedIn) -> None:
    """Delete the caller's account and what is stored about them, at once. What they wrote in orgs stays there."""
    await service.erase_account(get_context(request), principal, body.email)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.zip"'}


async def _read(file: IO[bytes], stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        while piece := file.read(PIECE_BYTES):
            yield piece
