"""HTTP of upload links: for members, who make them, and for whoever has one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile

from arti.imports.parsers.registry import BY_SOURCE
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.upload_links import schemas, service, store
from arti.imports.upload_links.route import UploadRouter, read_token
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, get_context, needs, public
from arti.vocabulary import Permission
from arti_core import clock
from arti_core.database import Row
from arti_core.errors import TooLarge
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["imports"])
upload_router = UploadRouter(tags=["imports"])

Reads = Annotated[Access, needs(Permission.IMPORTS_READ)]
Manages = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.post("/api/upload-links", status_code=201)
async def create_upload_link(body: schemas.NewUploadLink, access: Manages) -> schemas.CreatedUploadLink:
    """Make a link with which somebody without an account hands in files for one artist.

    The files become previews; nothing counts before a member commits it. The link works until it expires, is revoked,
    has taken what it was made for, or its maker may no longer do this themselves.
    """
    row, token = await service.create_link(access, body)
    url = f"{access.context.settings.site_url}/upload/#{token}"
    return schemas.CreatedUploadLink(**_fields(row), url=url)


@router.get("/api/upload-links")
async def list_upload_links(
    access: Reads,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> Page[schemas.UploadLink]:
    """List the upload links, newest first. Their tokens are not stored."""
    rows = await store.list_links(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([schemas.UploadLink(**_fields(row)) for row in rows], limit)


@router.delete("/api/upload-links/{link_id}", status_code=204)
async def revoke_upload_link(link_id: UUID, access: Manages) -> Response:
    """Revoke a link. It stops working at once; what it brought stays."""
    await service.revoke_link(access, link_id)
    return Response(status_code=204)


@upload_router.get("/api/uploads/link")
@public
async def open_upload_link(request: Request) -> schemas.OpenedUploadLink:
    """Return for whom a link is and what it still takes. The token: `Authorization: UploadLink ...`."""
    link = request.state.upload_link
    names = ("org_name", "artist_name", "expires_at", "files_left", "bytes_left")
    return schemas.OpenedUploadLink(
        **{name: link[name] for name in names},
        max_file_bytes=min(get_context(request).settings.arti_upload_max_bytes, MAX_BYTES, link["bytes_left"]),
    )


@upload_router.post("/api/uploads", status_code=202)
@public
async def upload_by_link(request: Request, file: Annotated[UploadFile, File()]) -> schemas.ReceivedUpload:
    """Hand in a file. It is read after the answer; ask for what became of it by its id."""
    context = get_context(request)
    most = min(context.settings.arti_upload_max_bytes, MAX_BYTES)
    content = await file.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"The file is larger than {most // 1048576} MB. Export a shorter period.")
    id = await service.take_file(context.pool, read_token(request), name=file.filename or "file", content=content)
    return schemas.ReceivedUpload(id=id)


@upload_router.get("/api/uploads")
@public
async def list_uploads(
    request: Request, id: Annotated[list[UUID], Query(max_length=100, description="Of the files that you sent.")]
) -> list[schemas.Upload]:
    """Return what became of files that were handed in by this link."""
    rows = await service.list_uploads(get_context(request).pool, read_token(request), id)
    return [schemas.Upload(**{**row, "tables": [_table(one) for one in row.pop("imports")]}) for row in rows]


def _table(found: dict[str, Any]) -> schemas.HandedInTable:
    source = found["source"] or ""
    return schemas.HandedInTable(
        name=found["file_name"],
        title=BY_SOURCE[source].title if source in BY_SOURCE else None,
        rows=found["rows"],
        refusal=found["refusal"],
        imported=found["is_committed"],
    )


def _fields(row: Row) -> dict[str, Any]:
    names = schemas.UploadLink.model_fields.keys() - {"status"}
    is_over = row["expires_at"] <= clock.now()
    status = "revoked" if row["revoked_at"] else "expired" if is_over else "open"
    return {name: row[name] for name in names} | {"status": status}
