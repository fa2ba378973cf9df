"""HTTP of reading an import's file again."""

from typing import Annotated
from uuid import UUID

from arti.imports import store
from arti.imports.large.store import find_stage
from arti.imports.parsers.registry import holds_money
from arti.imports.readers.large_files import ReadsFile
from arti.imports.rereading import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.database import Row
from arti_core.errors import NotFound

router = ApiRouter(tags=["imports"])

Reads = Annotated[Access, needs(Permission.IMPORTS_READ)]
Writes = Annotated[Access, needs(Permission.IMPORTS_WRITE)]


@router.post("/api/imports/{import_id}/reread")
async def reread_import(
    import_id: UUID, body: schemas.RereadRequest, access: Writes, _slot: ReadsFile
) -> schemas.Reread:
    """Read the file of a committed import again with the parsers of now, and return what is read otherwise.

    Nothing is stored without `commit`. The answers that were given at its commit are used again. A large file is read
    by a job: the state is `running`, and GET of the same address says what it found.
    """
    await _find(access, import_id, Permission.MONEY_WRITE)
    return await service.start_reread(access, access.context.file_store, import_id, commit=body.commit)


@router.get("/api/imports/{import_id}/reread")
async def get_reread(import_id: UUID, access: Reads) -> schemas.Reread:
    """Return what the job found that last read a large file again, or how far it is."""
    row = await _find(access, import_id, Permission.MONEY_READ)
    return service.public_reread(row, await find_stage(access.connection, access.org_id, import_id))


async def _find(access: Access, import_id: UUID, of_money: Permission) -> Row:
    row = await store.find_import(access.connection, access.org_id, import_id)
    if row is None:
        raise NotFound("import")
    if holds_money(row["source"]):
        access.need(of_money)
    return row
