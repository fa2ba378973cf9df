"""HTTP of insights: the list, the evidence of each number, feedback, triage, and questions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from arti.insights import service
from arti.insights.ask import answering
from arti.insights.dossiers.service import write_dossier
from arti.insights.inbox.endpoints import router as inbox
from arti.insights.knowledge.endpoints import router as documents
from arti.insights.model_use.endpoints import router as model_use
from arti.insights.schemas import (
    Answer,
    EvidenceRows,
    Feedback,
    Insight,
    InsightDetail,
    InsightOrder,
    InsightStatus,
    NewQuestion,
    Triage,
)
from arti.insights.store import InsightFilter
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn, Moment, SearchText
from arti.vocabulary import Permission, Severity
from arti_core.paging import MAX_PAGE, Page

router = ApiRouter(tags=["insights"])
router.include_router(documents)
router.include_router(model_use)
router.include_router(inbox)

Reader = Annotated[Access, needs(Permission.INSIGHTS_READ)]
FeedbackAccess = Annotated[Access, needs(Permission.INSIGHTS_FEEDBACK)]


@router.get("/api/insights")
async def list_insights(
    access: Reader,
    artist_id: UUID | None = None,
    severity: Severity | None = None,
    status: InsightStatus | None = None,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    assigned_to: UUID | None = None,
    unread: Annotated[bool, Query(description="Only those that the caller has not read.")] = False,
    snoozed: Annotated[bool, Query(description="Only those that are put off; else none of them.")] = False,
    found_after: Annotated[Moment | None, Query(description="As the period of a digest begins.")] = None,
    found_until: Annotated[Moment | None, Query(description="As it ends.")] = None,
    q: Annotated[
        SearchText | None,
        Query(
            description="Words that are each in the title as written in English, or name the platform or the metric."
        ),
    ] = None,
    order: InsightOrder = "newest",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    known_on: KnownOn = None,
) -> Page[Insight]:
    """List insights. Withdrawn and dismissed ones are listed only with `status=withdrawn` or `status=dismissed`.

    `order`: `newest` by creation, or `weight`: by the day of the event, where a new important insight ranks as if it
    were four weeks younger and a new notice as if it were one week younger.

    With `known_on` those that had been found by then and were not withdrawn by then, with charts of what was known.
    What people did with them, and the numbers in their texts, are those of now: see `known_on` of the rows of evidence.
    """
    return await service.list_insights(
        access.connection,
        access.org_id,
        user_id=access.principal.user_id,
        filter=InsightFilter(
            artist_id, severity, status, provider, assigned_to, unread, snoozed, found_after, found_until, known_on, q
        ),
        order=order,
        cursor=cursor,
        limit=limit,
    )


@router.get("/api/insights/{insight_id}")
async def get_insight(access: Reader, insight_id: UUID, known_on: KnownOn = None) -> InsightDetail:
    """Return one insight with the evidence behind every number in it.

    With `known_on` its chart is that of what was known; one that was found later is unknown.
    """
    return await service.get_insight(
        access.connection, access.org_id, insight_id, user_id=access.principal.user_id, known_on=known_on
    )


@router.get("/api/insights/{insight_id}/evidence/{slot}/rows")
async def list_evidence_rows(access: Reader, insight_id: UUID, slot: str, known_on: KnownOn = None) -> EvidenceRows:
    """Return the stored rows behind one number, and recompute it from them.

    With `known_on` from what that day knew: `matches` then says whether the number could be written on that day.
    """
    return await service.list_evidence_rows(
        access.connection, access.org_id, insight_id, user_id=access.principal.user_id, slot=slot, known_on=known_on
    )


@router.get(
    "/api/insights/{insight_id}/dossier.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_insight_dossier(access: Reader, insight_id: UUID, known_on: KnownOn = None) -> Response:
    """Return what is stored around an insight as CSV: of streams that are worth checking, for the distributor.

    The days from four weeks before to four weeks after, then what each playlist brought, and the listeners of each
    city, with the source of each row. Numbers of files and people only: what a platform's API gave is not handed
    on. With `known_on` the numbers that were known; no day is worth checking before the insight was found.
    """
    text = await write_dossier(
        access.connection, access.org_id, insight_id, user_id=access.principal.user_id, known_on=known_on
    )
    headers = {"Content-Disposition": f'attachment; filename="dossier-{insight_id}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.put("/api/insights/{insight_id}/feedback")
async def put_insight_feedback(access: FeedbackAccess, insight_id: UUID, feedback: Feedback) -> Insight:
    """Record whether an insight was useful. A member's last feedback replaces the one before."""
    return await service.put_feedback(
        access.connection, access.org_id, insight_id, user_id=access.principal.user_id, feedback=feedback
    )


@router.patch("/api/insights/{insight_id}")
async def triage_insight(access: FeedbackAccess, insight_id: UUID, triage: Triage) -> Insight:
    """Acknowledge or dismiss an insight for the whole team, or make it new again."""
    return await service.triage_insight(access, insight_id, status=triage.status)


@router.post("/api/ask")
async def ask_question(access: Reader, question: NewQuestion) -> Answer:
    """Answer a question from stored numbers and documents, with evidence for each number."""
    return await answering.answer_question(access, question)
