"""HTTP of the inbox: read, assign, put off and comment on insights."""

from typing import Annotated
from uuid import UUID

from arti.insights.inbox import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["insights"])

Reader = Annotated[Access, needs(Permission.INSIGHTS_READ)]
FeedbackAccess = Annotated[Access, needs(Permission.INSIGHTS_FEEDBACK)]


@router.put("/api/insight-reads", status_code=204)
async def put_insight_reads(access: Reader, reads: schemas.InsightReads) -> None:
    """Mark insights as read or unread, for the caller alone."""
    await service.put_reads(access, reads)


@router.patch("/api/insights", status_code=204)
async def change_insights(access: FeedbackAccess, change: schemas.InsightChange) -> None:
    """Assign insights to a member, put them off until a day, or set their status, for the whole team."""
    await service.change_insights(access, change)


@router.get("/api/insights/{insight_id}/comments")
async def list_insight_comments(access: Reader, insight_id: UUID) -> list[schemas.InsightComment]:
    """List the comments on an insight, the oldest first."""
    return await service.list_comments(access, insight_id)


@router.post("/api/insights/{insight_id}/comments", status_code=201)
async def add_insight_comment(
    access: FeedbackAccess, insight_id: UUID, comment: schemas.NewInsightComment
) -> list[schemas.InsightComment]:
    """Comment on an insight. Returns all comments."""
    return await service.add_comment(access, insight_id, comment.body)


@router.delete("/api/insights/{insight_id}/comments/{comment_id}", status_code=204)
async def delete_insight_comment(access: FeedbackAccess, insight_id: UUID, comment_id: UUID) -> None:
    """Delete a comment of one's own."""
    await service.delete_comment(access, insight_id, comment_id)
