"""HTTP of deliveries, the mailbox and events."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.automation.channels.schemas import EnqueuedJob
from arti.automation.deliveries import service, store
from arti.automation.deliveries.schemas import (
    Delivery,
    DeliveryStatus,
    Event,
    MailboxChange,
    MailboxMessage,
    ReplayRange,
    ReplayResult,
)
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import EventType, Permission
from arti_core.errors import NotFound
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["automation"])

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("/api/deliveries")
async def list_deliveries(
    access: Reader, status: DeliveryStatus | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[Delivery]:
    """List deliveries with their attempts, newest first."""
    rows = await store.list_deliveries(
        access.connection, access.org_id, status=status, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([Delivery.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/deliveries/replay", status_code=202)
async def replay_deliveries(access: Manager, period: ReplayRange) -> ReplayResult:
    """Retry the dead and held deliveries of a period, oldest first, at most 1,000 a call."""
    return ReplayResult(requested=await service.enqueue_replay(access, since=period.since, until=period.until))


@router.post("/api/deliveries/{delivery_id}/retry", status_code=202)
async def retry_delivery(access: Manager, delivery_id: UUID) -> EnqueuedJob:
    """Retry one delivery now, in any state but `sent`."""
    return EnqueuedJob(job_id=await service.enqueue_retry(access, delivery_id))


@router.get("/api/mailbox")
async def list_mailbox(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[MailboxMessage]:
    rows = await store.list_mailbox(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([MailboxMessage.model_validate(dict(row)) for row in rows], limit)


@router.get("/api/mailbox/{message_id}")
async def get_mailbox_message(access: Reader, message_id: UUID) -> MailboxMessage:
    row = await store.find_message(access.connection, access.org_id, message_id)
    if row is None:
        raise NotFound("message")
    return MailboxMessage.model_validate(dict(row))


@router.patch("/api/mailbox/{message_id}")
async def update_mailbox_message(access: Reader, message_id: UUID, change: MailboxChange) -> MailboxMessage:
    row = await store.mark_message(access.connection, access.org_id, message_id, read=change.read)
    if row is None:
        raise NotFound("message")
    return MailboxMessage.model_validate(dict(row))


@router.get("/api/events")
async def list_events(
    access: Reader, type: EventType | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[Event]:
    """List what happened in the org, newest first."""
    rows = await store.list_events(
        access.connection, access.org_id, type=type, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([Event.model_validate(dict(row)) for row in rows], limit)
