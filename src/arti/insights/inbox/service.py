"""What members do with insights: read, assign, put off, comment."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from arti.insights.inbox import store
from arti.insights.inbox.schemas import InsightChange, InsightComment, InsightReads
from arti.insights.store import set_status
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti_core import clock
from arti_core.database import Row
from arti_core.errors import Conflict, Invalid, NotFound

# All of them are one answer, so that a member who writes without an end does not fill the memory of the API.
MOST_COMMENTS: Final = 500


async def put_reads(access: Access, reads: InsightReads) -> None:
    """Record for the caller alone which insights they have read. Raises NotFound."""
    known = await _known(access, reads.insight_ids)
    write = store.add_reads if reads.read else store.delete_reads
    await write(access.connection, access.org_id, access.principal.user_id, [row["id"] for row in known])


async def change_insights(access: Access, change: InsightChange) -> None:
    """Give insights to a member, put them off, or set their status. Raises NotFound, Invalid; Conflict if withdrawn."""
    known = await _known(access, change.insight_ids)
    ids = [row["id"] for row in known]
    if change.status is not None:
        if any(row["status"] == "withdrawn" for row in known):
            raise Conflict("A withdrawn insight is among them: its status cannot change.")
        for row in known:
            if row["status"] != change.status:
                await set_status(access.connection, access.org_id, row["id"], change.status)
                await _audit(access, "insight.triaged", row, {"from": row["status"], "to": change.status})
    if "assigned_to" in change.model_fields_set:
        await _assign(access, known, ids, change.assigned_to)
    if "snoozed_until" in change.model_fields_set:
        until = change.snoozed_until
        if until is not None and until <= clock.today():
            raise Invalid("Choose a day from tomorrow on.", field="snoozed_until")
        await store.set_snoozed(access.connection, access.org_id, ids, until)
        for row in known:
            if row["snoozed_until"] != until:
                await _audit(access, "insight.snoozed", row, {"until": until.isoformat() if until else None})


async def list_comments(access: Access, insight_id: UUID) -> list[InsightComment]:
    """Return the comments on an insight, the oldest first. Raises NotFound."""
    await _known(access, [insight_id])
    rows = await store.list_comments(access.connection, access.org_id, insight_id)
    return [
        InsightComment.model_validate(dict(row) | {"is_own": row["author_id"] == access.principal.user_id})
        for row in rows
    ]


async def add_comment(access: Access, insight_id: UUID, body: str) -> list[InsightComment]:
    """Add the caller's comment; return all. Raises NotFound, Conflict when there are too many."""
    [row] = await _known(access, [insight_id])
    if await store.count_comments(access.connection, access.org_id, insight_id) >= MOST_COMMENTS:
        raise Conflict(f"An insight has at most {MOST_COMMENTS} comments. Delete one of yours first.")
    await store.add_comment(access.connection, access.org_id, insight_id, access.principal.user_id, body)
    await _audit(access, "insight.commented", row, {})
    return await list_comments(access, insight_id)


async def delete_comment(access: Access, insight_id: UUID, comment_id: UUID) -> None:
    """Delete the caller's own comment. Raises NotFound."""
    [row] = await _known(access, [insight_id])
    if not await store.delete_comment(
        access.connection, access.org_id, insight_id, comment_id, user_id=access.principal.user_id
    ):
        raise NotFound("comment")
    await _audit(access, "insight.comment_deleted", row, {})


async def _assign(access: Access, known: Sequence[Row], ids: Sequence[UUID], user_id: UUID | None) -> None:
    artists = list({row["artist_id"] for row in known})
    if user_id is not None and not await store.may_be_assigned(access.connection, access.org_id, user_id, artists):
        raise Invalid("This person is no active member who may see all of these artists.", field="assigned_to")
    await store.set_assigned(access.connection, access.org_id, ids, user_id)
    for row in known:
        if row["assigned_to"] != user_id:
            await _audit(access, "insight.assigned", row, {"to": str(user_id) if user_id else None})


async def _known(access: Access, insight_ids: Sequence[UUID]) -> list[Row]:
    wanted = set(insight_ids)
    rows = await store.list_known(access.connection, access.org_id, list(wanted))
    if len(rows) != len(wanted):
        raise NotFound("insight")
    return rows


async def _audit(access: Access, action: str, row: Row, details: Mapping[str, Any]) -> None:
    await audit(access, action, row["id"], {"artist_id": str(row["artist_id"]), **details})
