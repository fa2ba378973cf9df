"""HTTP of batches: many files in one request, reviewed and committed together."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import File, Form, UploadFile

from arti.imports.batches import commit, schemas, service, store
from arti.imports.batches.placements import public_unplaced, read_placements
from arti.imports.parsers.registry import BY_SOURCE
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.readers.large_files import ReadsFile
from arti.orgs.api_route import ApiRouter, form_of
from arti.orgs.authorization import Access, needs
from arti.vocabulary import OWN_PREFIX, Permission
from arti_core.database import Row
from arti_core.errors import NotFound, TooLarge

router = ApiRouter(tags=["imports"])

Reads = Annotated[Access, needs(Permission.IMPORTS_READ)]
Writes = Annotated[Access, needs(Permission.IMPORTS_WRITE)]
_MOST_FILES: Final = 200
_MOST_BYTES: Final = 3 * MAX_BYTES  # they are in memory together


@router.post("/api/import-batches", status_code=201)
@form_of(files=_MOST_FILES)
async def create_import_batch(
    access: Writes,
    _slot: ReadsFile,
    files: Annotated[
        list[UploadFile],
        File(description="Up to 200 files or zips of 20 MB. A name may hold folders: `Mira Sol/Table data.csv`."),
    ],
    artist_id: Annotated[
        UUID | None, Form(description="Whose files these are. Without it each file finds its artist by itself.")
    ] = None,
    batch_id: Annotated[UUID | None, Form(description="An earlier batch that these files belong to.")] = None,
    placements: Annotated[
        str | None,
        Form(
            max_length=30_000,
            description='Artists of files that came back as `unplaced`, sent again: {"name": "artist id"}, as JSON.',
        ),
    ] = None,
) -> schemas.ImportBatchUpload:
    """Preview many files at once, of one or of many artists. Nothing counts before it is committed.

    A file finds its artist by what it states, its folder, its name, or the songs in it. The files of one artist and
    platform learn from each other: a daily export gives the others their period. Send an `Idempotency-Key`: the same
    request sent twice then has one effect.
    """
    most = min(MAX_BYTES, access.context.settings.arti_upload_max_bytes)
    for file in files:
        if (file.size or 0) > most:
            raise TooLarge(f"{file.filename} is larger than {most // 1048576} MB. Import it alone, on its artist.")
    if sum(file.size or 0 for file in files) > _MOST_BYTES:
        raise TooLarge(f"The files have more than {_MOST_BYTES // 1048576} MB together. Send fewer at once.")
    contents = [((file.filename or "file").replace("\\", "/"), await file.read()) for file in files]
    id, unplaced = await service.add_files(
        access,
        access.context.file_store,
        batch_id=batch_id,
        files=contents,
        artist_id=artist_id,
        placements=read_placements(placements),
        may_import_money=Permission.MONEY_WRITE in access.permissions,
    )
    return schemas.ImportBatchUpload(
        id=id,
        items=await _list_items(access, id),
        unplaced=[public_unplaced(one) for one in unplaced],
    )


@router.get("/api/import-batches/{batch_id}")
async def get_import_batch(batch_id: UUID, access: Reads) -> schemas.ImportBatch:
    """Return the files of a batch, with their questions, in the order in which they are committed."""
    if not await store.batch_exists(access.connection, access.org_id, batch_id):
        raise NotFound("batch")
    return schemas.ImportBatch(id=batch_id, items=await _list_items(access, batch_id))


@router.post("/api/import-batches/{batch_id}/commit")
async def commit_import_batch(batch_id: UUID, body: schemas.BatchAnswers, access: Writes) -> schemas.BatchCommit:
    """Commit every file of a batch that has no open question. While `left` is not 0, send the request again."""
    results, left = await commit.commit_batch(
        access,
        access.context.file_store,
        batch_id,
        answers=body.answers,
        import_ids=body.import_ids,
        may_import_money=Permission.MONEY_WRITE in access.permissions,
    )
    counts = [result.recorded or {} for result in results]
    totals = {name: sum(count.get(name, 0) for count in counts) for name in ("new", "restated", "unchanged")}
    return schemas.BatchCommit(
        results=[
            schemas.CommittedItem.model_validate(
                {name: getattr(result, name) for name in ("import_id", "id", "file_name", "result", "reason")}
            )
            for result in results
        ],
        left=left,
        **totals,
    )


async def _list_items(access: Access, batch_id: UUID) -> list[schemas.BatchItem]:
    rows = await store.list_items(access.connection, access.org_id, batch_id)
    return [schemas.BatchItem.model_validate(_fields(row)) for row in commit.sort_items(rows)]


def _fields(row: Row) -> dict[str, Any]:
    source = row["source"] or ""
    title = BY_SOURCE[source].title if source in BY_SOURCE else None
    if source.startswith(OWN_PREFIX):
        title = f"Own source {source}"
    questions = row["questions"] if row["status"] == "previewed" else []
    return {
        **row,
        "source_title": title,
        "questions": [
            {**each, "labels": each["choices"], "default": row["options"].get(each["key"], each["default"])}
            for each in questions
        ],
        "open": service.open_keys_of(row),
        "progress": {name: row[name] for name in ("done", "total", "problem")} if row["is_large"] else None,
    }
