"""HTTP of kept mappings. One is made by committing a file of an own source."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from arti.imports.mappings import service, store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import Body
from arti.vocabulary import Permission

router = ApiRouter(tags=["imports"])


class ImportMapping(BaseModel):
    """What the columns of a table hold. The next file with this header is read so by itself."""

    id: UUID
    source: str
    header: list[str]
    options: dict[str, str] = Field(description="As answers to the preview's questions.")
    saved_at: datetime


class NewMapping(Body):
    source: str = Field(max_length=100, description="The org's own source that the file is from, e.g. own.linkfire.")


class MappedImport(BaseModel):
    id: UUID = Field(description="Of the preview, whose questions ask what each column holds.")


@router.post("/api/imports/{import_id}/mapping", status_code=201)
async def map_import(
    import_id: UUID, body: NewMapping, access: Annotated[Access, needs(Permission.IMPORTS_WRITE)]
) -> MappedImport:
    """Read a refused table as one of an own source. Its questions ask what each column holds; commit it to keep that.

    The refused import is replaced by the preview.
    """
    return MappedImport(id=await service.map_import(access, access.context.file_store, import_id, source=body.source))


@router.get("/api/import-mappings")
async def list_import_mappings(access: Annotated[Access, needs(Permission.IMPORTS_READ)]) -> list[ImportMapping]:
    """List the kept mappings, newest first."""
    rows = await store.list_mappings(access.connection, access.org_id)
    return [ImportMapping.model_validate(dict(row)) for row in rows]


@router.delete("/api/import-mappings/{mapping_id}", status_code=204)
async def delete_import_mapping(
    mapping_id: UUID, access: Annotated[Access, needs(Permission.IMPORTS_WRITE)]
) -> Response:
    """Forget a mapping. The next file with its header is asked about again; what was imported stays."""
    await service.forget_mapping(access, mapping_id)
    return Response(status_code=204)
