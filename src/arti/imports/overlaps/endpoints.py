"""HTTP of overlaps: which days of a preview differ from what is stored."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import ValidationError

from arti.imports.overlaps import comparison, schemas
from arti.imports.readers.large_files import ReadsFile
from arti.imports.schemas import CommitOptions
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.errors import Invalid

router = ApiRouter(tags=["imports"])

_MOST = 20_000


@router.get("/api/imports/{import_id}/overlap")
async def get_import_overlap(
    import_id: UUID,
    access: Annotated[Access, needs(Permission.IMPORTS_READ)],
    _slot: ReadsFile,
    options: Annotated[
        str | None,
        Query(max_length=_MOST, description='Answers to the preview\'s questions: {"period": "28day"}, as JSON.'),
    ] = None,
) -> schemas.Overlap:
    """Compare a preview with what is stored: which values differ, and which of the two stays after a commit.

    The newer export stays by its own date, not by the order of uploads. An import that is not a preview has no overlap.
    """
    return await comparison.compare_with_stored(
        access.connection, access.context.file_store, access.org_id, import_id, answered=_read_options(options)
    )


def _read_options(text: str | None) -> dict[str, str]:
    try:
        return CommitOptions.model_validate({"options": orjson.loads(text)}).options if text else {}
    except (orjson.JSONDecodeError, ValidationError):
        raise Invalid('options must be a JSON object of texts, e.g. {"period": "28day"}.', field="options") from None
