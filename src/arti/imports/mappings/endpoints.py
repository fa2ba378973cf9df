"""HTTP of kept mappings. One is made by committing a file of an own source."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from arti.imports.mappings import store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.errors import NotFound

router = ApiRouter(tags=["imports"])


class ImportMapping(BaseModel):
    """What the columns of a table hold. The next file with this header is read so by itself."""

    id: UUID
    source: str
    header: list[str]
    options: dict[str, str] = Field(description="As answers to the preview's questions.")
    saved_at: datetime


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
    if not await store.delete_mapping(access.connection, access.org_id, mapping_id):
        raise NotFound("mapping")
    return Response(status_code=204)
