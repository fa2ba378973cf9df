"""HTTP of channels, rules, deliveries, the mailbox and events."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query

from arti.automation import rules, store
from arti.automation.channels import service
from arti.automation.deliveries import delivery_store, delivery_worker
from arti.automation.schemas import (
    Channel,
    ChannelChange,
    ChannelMade,
    Delivery,
    DeliveryStatus,
    Event,
    MailboxChange,
    MailboxMessage,
    NewChannel,
    NewRule,
    Replayed,
    ReplayRange,
    Requested,
    Rule,
    RuleChange,
)
from arti.automation.webhooks.endpoints import router as inbound
from arti.orgs.authorization import Access, needs
from arti.vocabulary import EventType, Permission
from arti_core.errors import NotFound
from arti_core.paging import MAX_PAGE, Page, read_cursor, write_cursor

router = APIRouter(tags=["automation"])
router.include_router(inbound)

Reader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
Manager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Row = TypeVar("Row", Channel, Rule, Delivery, MailboxMessage, Event)


def _page(items: list[Row], limit: int) -> Page[Row]:
    """Make a page of `limit` items out of up to one more."""
    shown = items[:limit]
    more = len(items) > limit
    return Page(items=shown, next_cursor=write_cursor(shown[-1].created_at, shown[-1].id) if more else None)


@router.get("/api/channels")
async def list_channels(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[Channel]:
    rows = await store.list_channels(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return _page([service.show_channel(row, access.context.settings) for row in rows], limit)


@router.post("/api/channels", status_code=201)
async def create_channel(access: Manager, given: NewChannel) -> ChannelMade:
    return await service.create_channel(access, given)


@router.patch("/api/channels/{channel_id}")
async def update_channel(access: Manager, channel_id: UUID, change: ChannelChange) -> Channel:
    return await service.update_channel(access, channel_id, change)


@router.delete("/api/channels/{channel_id}", status_code=204)
async def delete_channel(access: Manager, channel_id: UUID) -> None:
    await service.delete_channel(access, channel_id)


@router.post("/api/channels/{channel_id}/test", status_code=202)
async def test_channel(access: Manager, channel_id: UUID) -> Requested:
    """Send a test message over this channel, as a delivery like any other."""
    return Requested(job_id=await service.enqueue_test(access, channel_id))


@router.get("/api/channels/{channel_id}/workflow")
async def get_channel_workflow(access: Reader, channel_id: UUID) -> dict[str, Any]:
    """Return the n8n workflow that takes what this channel sends, ready to import."""
    return await service.render_channel_workflow(access, channel_id)


@router.get("/api/rules")
async def list_rules(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[Rule]:
    rows = await store.list_rules(access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1)
    return _page([Rule.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/rules", status_code=201)
async def create_rule(access: Manager, given: NewRule) -> Rule:
    return await rules.create_rule(access, given)


@router.patch("/api/rules/{rule_id}")
async def update_rule(access: Manager, rule_id: UUID, change: RuleChange) -> Rule:
    return await rules.update_rule(access, rule_id, change)


@router.delete("/api/rules/{rule_id}", status_code=204)
async def delete_rule(access: Manager, rule_id: UUID) -> None:
    await rules.delete_rule(access, rule_id)


@router.get("/api/deliveries")
async def list_deliveries(
    access: Reader, status: DeliveryStatus | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[Delivery]:
    """List what was told to whom, newest first, each with its tries."""
    rows = await delivery_store.list_deliveries(
        access.connection, access.org_id, status=status, after=read_cursor(cursor), limit=limit + 1
    )
    return _page([Delivery.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/deliveries/replay", status_code=202)
async def replay_deliveries(access: Manager, given: ReplayRange) -> Replayed:
    """Send again what was given up in a stretch of time, at most 1,000 messages a call, oldest first."""
    return Replayed(requested=await delivery_worker.enqueue_replay(access, since=given.since, until=given.until))


@router.post("/api/deliveries/{delivery_id}/retry", status_code=202)
async def retry_delivery(access: Manager, delivery_id: UUID) -> Requested:
    """Send one message again now, whatever became of it, unless it was sent."""
    return Requested(job_id=await delivery_worker.enqueue_retry(access, delivery_id))


@router.get("/api/mailbox")
async def list_mailbox(access: Reader, cursor: str | None = None, limit: Limit = 50) -> Page[MailboxMessage]:
    rows = await delivery_store.list_mailbox(
        access.connection, access.org_id, after=read_cursor(cursor), limit=limit + 1
    )
    return _page([MailboxMessage.model_validate(dict(row)) for row in rows], limit)


@router.get("/api/mailbox/{message_id}")
async def get_mailbox_message(access: Reader, message_id: UUID) -> MailboxMessage:
    row = await delivery_store.find_message(access.connection, access.org_id, message_id)
    if row is None:
        raise NotFound("message")
    return MailboxMessage.model_validate(dict(row))


@router.patch("/api/mailbox/{message_id}")
async def update_mailbox_message(access: Reader, message_id: UUID, change: MailboxChange) -> MailboxMessage:
    row = await delivery_store.mark_message(access.connection, access.org_id, message_id, read=change.read)
    if row is None:
        raise NotFound("message")
    return MailboxMessage.model_validate(dict(row))


@router.get("/api/events")
async def list_events(
    access: Reader, type: EventType | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[Event]:
    """List what happened in the org, newest first."""
    rows = await delivery_store.list_events(
        access.connection, access.org_id, type=type, after=read_cursor(cursor), limit=limit + 1
    )
    return _page([Event.model_validate(dict(row)) for row in rows], limit)
