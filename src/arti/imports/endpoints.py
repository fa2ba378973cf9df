"""HTTP of imports: preview, commit, undo."""

import asyncio
from itertools import islice
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import File, Form, Query, Response, UploadFile
from pydantic import ValidationError

from arti.imports import history, preview, schemas, service, store, stored_files
from arti.imports.batches.large_files import add_large
from arti.imports.batches.placements import public_unplaced, read_batch, read_placements
from arti.imports.batches.service import Unplaced
from arti.imports.large import service as large
from arti.imports.large.results import list_results, questions_of
from arti.imports.large.store import find_stage, list_progress
from arti.imports.large.unpacking import needs_job
from arti.imports.mappings.service import keep_mapping
from arti.imports.parsers.registry import BY_SOURCE, holds_money
from arti.imports.readers.large_files import ReadsFile
from arti.imports.stored_files import StoredImport
from arti.imports.types import FileQuestion
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import OWN_PREFIX, Permission
from arti_core.database import Row
from arti_core.errors import Invalid, NotFound, TooLarge
from arti_core.paging import MAX_PAGE, Page, invalid_cursor, make_page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["imports"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
Reads = Annotated[Access, needs(Permission.IMPORTS_READ)]
Writes = Annotated[Access, needs(Permission.IMPORTS_WRITE)]


@router.post("/api/imports", status_code=201)
async def create_import(
    access: Writes,
    _slot: ReadsFile,
    file: Annotated[UploadFile, File()],
    artist_id: Annotated[
        UUID | None, Form(description="Whose file this is. Without it the tables of a large file find their artists.")
    ] = None,
    source: Annotated[
        str | None, Form(max_length=100, description="The org's own source that the file is from, e.g. own.linkfire.")
    ] = None,
    mapping: Annotated[
        str | None,
        Form(max_length=20_000, description='For an own source: {"day": "Week", "column_2": "own.clicks"}, as JSON.'),
    ] = None,
    batch: Annotated[
        str | None,
        Form(max_length=40, description="Of a large file: the id of the batch that it belongs to, or `new`."),
    ] = None,
    placements: Annotated[
        str | None,
        Form(
            max_length=30_000,
            description='Artists of tables that came back as `unplaced`, sent again: {"name": "artist id"}, as JSON.',
        ),
    ] = None,
) -> schemas.Previews:
    """Preview an export file, or each file of a zip. Observations are stored when the preview is committed.

    A file that cannot be imported is returned with status `refused` and the reason. A file of an own source is read as
    `mapping` says: its keys are those of the preview's questions.
    """
    most, size = access.context.settings.arti_upload_max_bytes, file.size or 0
    if size > most:
        raise TooLarge(f"The file is larger than {most // 1048576} MB. Export a shorter period.")
    name = (file.filename or "file").replace("\\", "/")
    batch_id, unplaced = None, list[Unplaced]()
    is_large = source is None and await asyncio.to_thread(needs_job, file.file, size)
    if artist_id is None and not is_large:
        raise Invalid(
            "Say in artist_id whose file this is, or send it to POST /api/import-batches, where it finds its artist.",
            field="artist_id",
        )
    if is_large and (batch is not None or artist_id is None):
        batch_id, imports, unplaced = await add_large(
            access,
            access.context.file_store,
            batch_id=read_batch(batch or "new"),
            artist_id=artist_id,
            placements=read_placements(placements),
            name=name,
            source=file.file,
        )
    elif is_large and artist_id:
        imports = await large.create_large(access, access.context.file_store, artist_id, name, file.file)
    else:
        assert artist_id is not None
        imports = await service.preview_upload(
            access.connection,
            access.context.file_store,
            access.org_id,
            artist_id=artist_id,
            file_name=name,
            content=await file.read(),
            principal=access.principal,
            source=source,
            mapping=_read_mapping(mapping),
        )
    return schemas.Previews(
        imports=[await _preview(access, stored) for stored in imports],
        batch_id=batch_id,
        unplaced=[public_unplaced(one) for one in unplaced],
    )


@router.get("/api/imports")
async def list_imports(
    access: Reads, artist_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[schemas.Import]:
    """List imports, newest first."""
    rows = await store.list_imports(
        access.connection, access.org_id, artist_id=artist_id, after=read_cursor(cursor), limit=limit + 1
    )
    progress = await list_progress(access.connection, access.org_id, [row["id"] for row in rows])
    imports = [
        schemas.Import.model_validate({**_fields(row, []), "progress": dict(progress.get(row["id"], {})) or None})
        for row in rows
    ]
    return make_page_by_creation(imports, limit)


@router.get("/api/imports/{import_id}")
async def get_import(import_id: UUID, access: Reads, _slot: ReadsFile) -> schemas.ImportPreview:
    """Return an import with its questions and the results of its first rows."""
    return await _preview(access, StoredImport(import_id))


@router.get("/api/imports/{import_id}/rows")
async def list_import_rows(
    import_id: UUID,
    access: Reads,
    _slot: ReadsFile,
    status: schemas.RowStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.ImportRow]:
    """List the result of each row; of a large file of the first 1,000 rows, and 10,000 of each other status."""
    row = await _find(access, import_id)
    after = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 9 else 0
    if cursor and not after:
        raise invalid_cursor()
    if await find_stage(access.connection, access.org_id, import_id) is not None:
        items = await _staged_results(access, import_id, status=status, after=after, limit=limit + 1)
    else:
        stored = await stored_files.parse_stored_file(access.connection, access.context.file_store, access.org_id, row)
        items = _row_results(stored, status=status, after=after, limit=limit + 1)
    return make_page(items, limit, cursor_of=lambda item: str(item.row))


@router.post("/api/imports/{import_id}/commit")
async def commit_import(
    import_id: UUID, answers: schemas.CommitOptions, access: Writes, _slot: ReadsFile
) -> schemas.ImportPreview:
    """Commit a preview with the answers to its questions. The same file twice changes nothing."""
    row = await _find(access, import_id)
    if holds_money(row["source"]):
        access.need(Permission.MONEY_WRITE)
    stage = await find_stage(access.connection, access.org_id, import_id)
    if stage is not None:
        id = await large.start_commit(access, access.context.file_store, row, stage, answers.options)
        return await _preview(access, StoredImport(id))
    stored = await service.commit_import(access, access.context.file_store, import_id, answered=answers.options)
    await keep_mapping(access, await _find(access, stored.id), stored)
    return await _preview(access, stored)


@router.post("/api/imports/{import_id}/undo")
async def undo_import(import_id: UUID, access: Writes, _slot: ReadsFile) -> schemas.ImportPreview:
    """Undo an import: restore the values from before it."""
    row = await _find(access, import_id)
    if holds_money(row["source"]):
        access.need(Permission.MONEY_WRITE)
    if await large.undo_needs_job(access, row):
        await large.start_undo(access, row)
    else:
        await history.undo_import(access, access.context.file_store, import_id)
    return await _preview(access, StoredImport(import_id))


@router.delete("/api/imports/{import_id}", status_code=204)
async def delete_import(import_id: UUID, access: Writes) -> Response:
    """Delete a preview or a refused file."""
    await service.delete_import(access.connection, access.context.file_store, access.org_id, import_id)
    return Response(status_code=204)


async def _find(access: Access, import_id: UUID) -> Row:
    row = await store.find_import(access.connection, access.org_id, import_id)
    if row is None:
        raise NotFound("import")
    return row


async def _preview(access: Access, stored: StoredImport) -> schemas.ImportPreview:
    """Return an import's public form; parses its file unless `stored` contains it parsed."""
    row = await _find(access, stored.id)
    stage = await find_stage(access.connection, access.org_id, stored.id)
    if stage is not None:
        return await _staged_preview(access, row, stage)
    if stored.parsed is None:
        stored = await stored_files.parse_stored_file(access.connection, access.context.file_store, access.org_id, row)
    questions = stored.recognised.questions if stored.recognised and row["status"] == "previewed" else []
    row_results = _row_results(stored, status=None, after=0, limit=100)
    return schemas.ImportPreview.model_validate(
        {**_fields(row, questions), "row_results": row_results, "money": _total_money(stored)}
    )


async def _staged_preview(access: Access, row: Row, stage: Row) -> schemas.ImportPreview:
    content = stage["content"]
    return schemas.ImportPreview.model_validate(
        {
            **_fields(row, questions_of(stage) if row["status"] == "previewed" else []),
            "progress": dict(stage.items()),
            "row_results": []  # whoever waits asks each second
            if row["status"] in ("reading", "committing", "undoing")
            else await _staged_results(access, row["id"], status=None, after=0, limit=100),
            "money": [
                {"currency": currency, "amount": amount, "lines": lines}
                for currency, (amount, lines) in content.get("money", {}).items()
            ],
        }
    )


async def _staged_results(
    access: Access, import_id: UUID, *, status: str | None, after: int, limit: int
) -> list[schemas.ImportRow]:
    found = await list_results(access.connection, access.context.file_store, access.org_id, import_id)
    matching = (one for one in found if one[0] > after and status in (None, one[1]))
    return [
        schemas.ImportRow(row=row, status=row_status, reason=reason, values=values)
        for row, row_status, reason, values in islice(matching, limit)
    ]


def _total_money(stored: StoredImport) -> list[schemas.MoneyTotal]:
    totals = stored.parsed.money.totals() if stored.parsed else {}
    return [
        schemas.MoneyTotal(currency=currency, amount=amount, lines=lines)
        for currency, (amount, lines) in sorted(totals.items())
    ]


def _fields(row: Row, questions: list[FileQuestion]) -> dict[str, object]:
    parser = BY_SOURCE.get(row["source"] or "")
    options = row["options"]
    public_questions = [
        schemas.ImportQuestion(
            key=question.key,
            text=question.text,
            kind=question.kind,
            default=options.get(question.key, question.default),
            choices=list(question.choices),
            labels=list(question.choices),
        )
        for question in questions
    ]
    title = parser.title if parser else _own_title(row["source"])
    return {**row, "source_title": title, "questions": public_questions}


def _own_title(source: str | None) -> str | None:
    """Return the title of files of an own source, by its slug: its name may have changed since."""
    return f"Own source {source}" if source and source.startswith(OWN_PREFIX) else None


def _read_mapping(text: str | None) -> dict[str, str]:
    try:
        return schemas.CommitOptions.model_validate({"options": orjson.loads(text)}).options if text else {}
    except (orjson.JSONDecodeError, ValidationError):
        raise Invalid('mapping must be a JSON object of texts, e.g. {"day": "Week"}.', field="mapping") from None


def _row_results(stored: StoredImport, *, status: str | None, after: int, limit: int) -> list[schemas.ImportRow]:
    if stored.recognised is None or stored.parsed is None:
        return []
    matching = (
        result for result in stored.parsed.row_results if result.row > after and status in (None, result.status)
    )
    return [
        schemas.ImportRow(
            row=result.row,
            status=result.status,
            reason=result.reason,
            values=preview.get_row_values(stored.recognised.table, result.row),
        )
        for result in islice(matching, limit)
    ]
