"""The observations behind a number, with their sources and revisions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from arti.imports import store
from arti.language.messages.reader import ReaderText
from arti.metrics import observation_store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission
from arti_core.errors import NotFound
from arti_core.paging import MAX_PAGE, Page, invalid_cursor, make_page, read_text_cursor, write_text_cursor

router = ApiRouter(tags=["metrics"])


class ValueSource(BaseModel):
    """The sync run or import that a value came from, or who entered it; `row` 1 is the line after the header."""

    kind: Literal["sync", "import", "entry"]
    id: UUID = Field(description="Of the sync run or import, or of the member or API key.")
    file_name: str | None
    row: int | None


class Revision(BaseModel):
    """A value that was restated later."""

    value: float | None
    null_reason: ReaderText | None
    state: str | None
    remark: ReaderText | None
    definition: int
    known_at: datetime
    superseded_at: datetime
    source: ValueSource


class ObservationRow(BaseModel):
    observed_on: date
    value: float | None
    null_reason: ReaderText | None = Field(description="Why there is no value, in words.")
    state: str | None = Field(description="The code of null_reason or remark: hidden, late, rounded, ...")
    remark: ReaderText | None = Field(description="What is to be known about the value, in words.")
    definition: int
    source: ValueSource
    known_at: datetime
    revisions: list[Revision]


@router.get("/api/observations")
async def list_observations(
    access: Annotated[Access, needs(Permission.METRICS_READ)],
    series_id: UUID,
    from_on: Annotated[date | None, Query(alias="from")] = None,
    to_on: Annotated[date | None, Query(alias="to")] = None,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    known_on: KnownOn = None,
) -> Page[ObservationRow]:
    """List the observations behind a number, oldest first, each with its source and revisions."""
    after = read_text_cursor(cursor)
    try:
        after_on = date.fromisoformat(after[0]) if after else None
    except ValueError:
        raise invalid_cursor() from None
    if not await observation_store.series_exists(access.connection, access.org_id, series_id):
        raise NotFound("series")
    rows = await observation_store.list_rows(
        access.connection,
        access.org_id,
        series_id,
        from_on=from_on,
        to_on=to_on,
        after=after_on,
        limit=limit + 1,
        known_on=known_on,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["observed_on"].isoformat(), series_id))
    imports = {entry["import_id"] for row in page.items for entry in (row, *row["revisions"]) if entry["import_id"]}
    names = await store.list_file_names(access.connection, access.org_id, {UUID(str(id)) for id in imports})
    items = [
        ObservationRow.model_validate(
            _with_source(dict(row), names)
            | {"revisions": [_with_source(revision, names) for revision in row["revisions"]]}
        )
        for row in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


def _with_source(row: Mapping[str, Any], file_names: Mapping[UUID, str]) -> dict[str, Any]:
    import_id = row["import_id"] and UUID(str(row["import_id"]))
    source = {
        "kind": "import" if import_id else "entry" if row["entered_by"] else "sync",
        "id": import_id or row["entered_by"] or row["sync_run_id"],
        "file_name": file_names.get(import_id) if import_id else None,
        "row": row["source_row"],
    }
    return {**row, "source": source}
