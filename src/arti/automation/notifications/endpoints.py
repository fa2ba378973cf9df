"""HTTP of notifications, of what a member or a channel gets, and of the links in mails that change it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from arti.automation.notifications import schemas, service, subscriptions
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, get_context, needs, public
from arti.vocabulary import Permission
from arti_core.database import Row, anonymous_transaction
from arti_core.paging import MAX_PAGE, Page

router = ApiRouter(tags=["automation"])

Reader = Annotated[Access, needs(Permission.INSIGHTS_READ)]
ChannelReader = Annotated[Access, needs(Permission.AUTOMATION_READ)]
ChannelManager = Annotated[Access, needs(Permission.AUTOMATION_MANAGE)]
Token = Annotated[str, Query(max_length=1000, description="Of the link in a mail.")]


@router.get("/api/notifications")
async def list_notifications(
    access: Reader,
    unread: bool = False,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
) -> Page[schemas.Notification]:
    """List the caller's notifications, the newest first."""
    return await service.list_notifications(access, unread=unread, cursor=cursor, limit=limit)


@router.get("/api/notifications/unread")
async def count_unread_notifications(access: Reader) -> schemas.UnreadNotifications:
    """Count the caller's unread notifications."""
    return schemas.UnreadNotifications(count=await service.count_unread(access))


@router.put("/api/notification-reads", status_code=204)
async def put_notification_reads(access: Reader, reads: schemas.NotificationReads) -> None:
    """Mark notifications of the caller as read or unread: some, or all."""
    await service.mark_read(access, reads.ids, read=reads.read)


@router.get("/api/notification-settings")
async def get_notification_settings(access: Reader) -> schemas.NotificationSettings:
    """Return what the caller gets, and when."""
    return await service.read_own_settings(access)


@router.put("/api/notification-settings")
async def put_notification_settings(
    access: Reader, settings: schemas.NotificationSettings
) -> schemas.NotificationSettings:
    """Change what the caller gets, and when."""
    return await service.put_own_settings(access, settings)


@router.get("/api/channels/{channel_id}/notification-settings")
async def get_channel_notification_settings(access: ChannelReader, channel_id: UUID) -> schemas.NotificationSettings:
    """Return the digest and the quiet hours of a channel."""
    return await service.read_channel_settings(access, channel_id)


@router.put("/api/channels/{channel_id}/notification-settings")
async def put_channel_notification_settings(
    access: ChannelManager, channel_id: UUID, settings: schemas.NotificationSettings
) -> schemas.NotificationSettings:
    """Change the digest and the quiet hours of a channel. Its digest holds what the caller sees."""
    return await service.put_channel_settings(access, channel_id, settings)


@router.get("/api/subscription")
@public
async def get_subscription(request: Request, token: Token) -> schemas.Subscription:
    """Return what the link of a mail is for."""
    context = get_context(request)
    link = subscriptions.open_link(context.vault, token)
    async with anonymous_transaction(context.pool) as connection:
        row = await subscriptions.find_subscription(connection, link)
    return _subscription(link, row)


@router.put("/api/subscription")
@public
async def put_subscription(request: Request, token: Token, change: schemas.SubscriptionChange) -> schemas.Subscription:
    """Change how often the mail of a link comes, without a sign-in; nothing else can be changed by it."""
    return await _change_subscription(request, token, change.frequency)


@router.post("/api/subscription")
@public
async def unsubscribe(request: Request, token: Token) -> schemas.Subscription:
    """End a subscription by the button of a mail program (List-Unsubscribe-Post, RFC 8058). The body is not read."""
    return await _change_subscription(request, token, "off")


async def _change_subscription(
    request: Request, token: str, frequency: subscriptions.SubscriptionFrequency
) -> schemas.Subscription:
    context = get_context(request)
    link = subscriptions.open_link(context.vault, token)
    async with anonymous_transaction(context.pool) as connection:
        await subscriptions.change_subscription(connection, link, frequency)
        row = await subscriptions.find_subscription(connection, link)
    return _subscription(link, row)


def _subscription(link: subscriptions.SubscriptionLink, row: Row) -> schemas.Subscription:
    is_copy = link.part == "copy" and row["frequency"] != "off"
    return schemas.Subscription(
        org_name=row["org_name"],
        language=row["language"],
        part=link.part,
        frequency="on" if is_copy else row["frequency"],
        choices=list(link.choices),
    )
