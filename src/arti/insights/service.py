"""Reading insights and their evidence, feedback and triage."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.insights import computations, store
from arti.insights.computations import Computation
from arti.insights.narration.verifier import is_reproduced
from arti.insights.schemas import (
    Evidence,
    EvidenceRow,
    EvidenceRows,
    Feedback,
    Insight,
    InsightDetail,
    InsightOrder,
    InsightPart,
    ObservationSource,
    Passage,
)
from arti.insights.store import InsightFilter
from arti.insights.stories.store import list_parts
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, NotFound
from arti_core.paging import Page, make_page, read_cursor, write_cursor


async def list_insights(
    connection: Connection,
    org_id: UUID,
    *,
    user_id: UUID,
    filter: InsightFilter,
    order: InsightOrder,
    cursor: str | None,
    limit: int,
) -> Page[Insight]:
    rows = await store.list_insights(
        connection, org_id, user_id=user_id, filter=filter, order=order, after=read_cursor(cursor), limit=limit + 1
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_cursor(row["sort_at"], row["id"]))
    return Page(items=[Insight.model_validate(_shape(row)) for row in page.items], next_cursor=page.next_cursor)


async def get_insight(connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID) -> InsightDetail:
    row = await store.find_insight(connection, org_id, insight_id, user_id=user_id)
    if row is None:
        raise NotFound("insight")
    evidence = await store.list_evidence(connection, org_id, insight_id)
    parts = await list_parts(connection, org_id, insight_id)
    dossier = f"/api/insights/{insight_id}/dossier.csv" if row["detector"] == "unusual_streams" else None
    numbers = {"evidence": [_evidence(item) for item in evidence], "parts": [_part(part) for part in parts]}
    return InsightDetail.model_validate(_shape(row) | numbers | {"dossier": dossier})


async def list_evidence_rows(connection: Connection, org_id: UUID, insight_id: UUID, *, slot: str) -> EvidenceRows:
    """Return the rows behind one number, and the number recomputed from them. Passages have no rows: NotFound."""
    evidence = await store.list_evidence(connection, org_id, insight_id)
    numbers: list[Mapping[str, Any]] = [dict(row) for row in evidence if row["value"] is not None]
    for part in await list_parts(connection, org_id, insight_id):
        numbers += [one.model_dump() for one in _part(part).numbers]
    number = next((each for each in numbers if each["slot"] == slot), None)
    if number is None:
        raise NotFound("number")
    item = Computation.from_json(number["computation"])
    [recomputed] = await computations.compute(connection, org_id, [item])
    rows = await computations.list_rows(connection, org_id, item)
    return EvidenceRows(
        slot=slot,
        label=number["label"],
        unit=number["unit"],
        computation=number["computation"],
        value=number["value"],
        shown=number["shown"],
        recomputed=recomputed,
        matches=is_reproduced(number["value"], recomputed),
        rows=[_observation(row) for row in rows],
    )


async def put_feedback(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, feedback: Feedback
) -> Insight:
    await get_insight(connection, org_id, insight_id, user_id=user_id)
    await store.put_feedback(
        connection, org_id, insight_id, user_id=user_id, rating=feedback.rating, comment=feedback.comment
    )
    return await get_insight(connection, org_id, insight_id, user_id=user_id)


async def triage_insight(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, status: str
) -> Insight:
    if not await store.set_status(connection, org_id, insight_id, status):
        await get_insight(connection, org_id, insight_id, user_id=user_id)
        raise Conflict("This insight was withdrawn because its numbers are no longer valid. Its status cannot change.")
    return await get_insight(connection, org_id, insight_id, user_id=user_id)


def _shape(row: Row) -> dict[str, Any]:
    feedback = {"rating": row["my_rating"], "comment": row["my_comment"]} if row["my_rating"] else None
    return dict(row) | {"my_feedback": feedback}


def _part(row: Row) -> InsightPart:
    numbers = [
        Evidence.model_validate(number | {"slot": f"{row['id']}.{number['slot']}", "series_id": row["series_id"]})
        for number in row["numbers"]
    ]
    return InsightPart.model_validate(dict(row) | {"numbers": numbers})


def _evidence(row: Row) -> Evidence:
    passage = None
    if row["document_id"] is not None:
        passage = Passage(document_id=row["document_id"], document_title=row["document_title"], text=row["chunk_text"])
    return Evidence(
        slot=row["slot"],
        label=row["label"],
        unit=row["unit"],
        value=row["value"],
        shown=row["shown"],
        computation=row["computation"],
        series_id=row["series_id"],
        chunk=passage,
    )


def _observation(row: Row) -> EvidenceRow:
    entered, imported = row["entered_by"] is not None, row["import_id"] is not None
    return EvidenceRow(
        window=row["window"],
        observed_on=row["observed_on"],
        value=row["value"],
        null_reason=row["null_reason"],
        remark=row["remark"],
        definition=row["definition"],
        known_at=row["known_at"],
        source=ObservationSource(
            kind="import" if imported else "entry" if entered else "sync",
            id=row["import_id"] or row["entered_by"] or row["sync_run_id"],
            file_name=row["file_name"],
            row=row["source_row"],
        ),
    )
