"""Notifications of a member, and the settings of members and channels."""

from typing import Any
from uuid import UUID

from arti.automation.channels.service import get_channel
from arti.automation.notifications import store
from arti.automation.notifications.schemas import Notification, NotificationSettings
from arti.insights.narration.reading import read_row
from arti.language.locale_formats import show_moment
from arti.language.pieces import as_plain
from arti.language.reader_locale import FIRST_WEEKDAYS, ReaderLocale
from arti.language.sentences import say
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.orgs.locale_store import read_locale, read_week_start
from arti.vocabulary import Permission
from arti_core.contact_addresses import parse_email
from arti_core.database import Row
from arti_core.errors import Forbidden, Invalid, NotFound
from arti_core.paging import Page, make_page_by_creation, read_cursor

MAX_COUNT = 100


async def list_notifications(access: Access, *, unread: bool, cursor: str | None, limit: int) -> Page[Notification]:
    """Return the caller's notifications, the newest first, in their language."""
    connection, org_id, user_id = access.connection, access.org_id, access.principal.user_id
    rows = await store.list_notifications(
        connection, org_id, user_id, unread=unread, after=read_cursor(cursor), limit=limit + 1
    )
    locale = await read_locale(connection, org_id, user_id)
    settings = await store.find_settings(connection, org_id, user_id=user_id)
    zone = settings["time_zone"] if settings else locale.time_zone
    return make_page_by_creation([_notification(row, locale, zone) for row in rows], limit)


async def count_unread(access: Access) -> int:
    return await store.count_unread(access.connection, access.org_id, access.principal.user_id, at_most=MAX_COUNT)


async def mark_read(access: Access, ids: list[UUID] | None, *, read: bool) -> None:
    """Mark the caller's notifications. Raises NotFound for one that is not theirs."""
    marked = await store.mark_read(access.connection, access.org_id, access.principal.user_id, ids, read=read)
    if ids is not None and marked != len(set(ids)):
        raise NotFound("notification")


async def read_own_settings(access: Access) -> NotificationSettings:
    user_id = access.principal.user_id
    row = await store.find_settings(access.connection, access.org_id, user_id=user_id)
    if row is None:
        locale = await read_locale(access.connection, access.org_id, user_id)
        return NotificationSettings(time_zone=locale.time_zone, weekday=await _find_weekday(access, user_id))
    return NotificationSettings.model_validate(_shown(row))


async def put_own_settings(access: Access, settings: NotificationSettings) -> NotificationSettings:
    """Change what the caller gets. Raises Invalid, Forbidden."""
    if settings.cc and Permission.AUTOMATION_MANAGE not in access.permissions:
        raise Forbidden("Only who may manage channels may send copies to other addresses. Ask a manager of the org.")
    row = await store.put_settings(
        access.connection,
        access.org_id,
        await _values(access, settings, access.principal.user_id),
        run_as=access.principal.user_id,
        user_id=access.principal.user_id,
    )
    await audit(access, "notifications.changed", row["id"], _details(settings))
    return NotificationSettings.model_validate(_shown(row))


async def read_channel_settings(access: Access, channel_id: UUID) -> NotificationSettings:
    """Raises NotFound."""
    await get_channel(access, channel_id)
    row = await store.find_settings(access.connection, access.org_id, channel_id=channel_id)
    if row is None:
        locale = await read_locale(access.connection, access.org_id)
        return NotificationSettings(time_zone=locale.time_zone, weekday=await _find_weekday(access, None))
    return NotificationSettings.model_validate(_shown(row))


async def put_channel_settings(
    access: Access, channel_id: UUID, settings: NotificationSettings
) -> NotificationSettings:
    """Change the digest and the quiet hours of a channel; its digest holds what the caller sees. Raises Invalid."""
    channel = await get_channel(access, channel_id)
    if settings.frequency != "off" and channel.kind not in ("slack", "email"):
        raise Invalid("A digest goes to Slack or by mail. This channel takes single messages.", field="frequency")
    if settings.cc and channel.kind != "email":
        raise Invalid("Copies go by mail only.", field="cc")
    if settings.at_once != "off":
        raise Invalid("A channel gets single messages by its rules.", field="at_once")
    row = await store.put_settings(
        access.connection,
        access.org_id,
        await _values(access, settings, None),
        run_as=access.principal.user_id,
        channel_id=channel_id,
    )
    await audit(access, "channel.digest_changed", channel_id, {"name": channel.name, **_details(settings)})
    return NotificationSettings.model_validate(_shown(row))


async def _find_weekday(access: Access, user_id: UUID | None) -> int:
    """Return the first day of a member's week, or of the org's (1 is Monday): a weekly digest is of such a week."""
    return FIRST_WEEKDAYS[await read_week_start(access.connection, access.org_id, user_id)] + 1


async def _values(access: Access, settings: NotificationSettings, user_id: UUID | None) -> dict[str, Any]:
    artist_ids = list(dict.fromkeys(settings.artist_ids))
    if artist_ids and await store.count_artists(access.connection, access.org_id, artist_ids) != len(artist_ids):
        raise NotFound("artist")
    try:
        cc = list(dict.fromkeys(parse_email(address) for address in settings.cc))
    except ValueError as error:
        raise Invalid(str(error), field="cc") from None
    weekday = settings.weekday or await _find_weekday(access, user_id)
    return settings.model_dump() | {"artist_ids": artist_ids, "cc": cc, "weekday": weekday}


def _details(settings: NotificationSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", include={"frequency", "at_once", "quiet_from", "quiet_to", "cc"})


def _shown(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in NotificationSettings.model_fields}


def _notification(row: Row, locale: ReaderLocale, zone: str) -> Notification:
    artist, detail = row["artist_name"], ""
    if row["kind"] == "digest":
        begin, end = (show_moment(row[name], zone, locale.language) for name in ("period_from", "period_until"))
        words = {"begin": {"name": begin}, "end": {"name": end}, "zone": {"name": zone.replace("_", " ")}}
        title = as_plain(say("message.bell_digest", locale))
        detail = as_plain(say("message.digest.period", locale, words))
        path = f"/notifications/?digest={row['id']}"
    elif row["kind"] == "account":
        words = {"platform": {"platform": row["provider"], "name": ""}}
        title = as_plain(say("message.reconnect.title", locale, words))
        detail, path = row["account_name"] or "", f"/accounts/?id={row['account_id']}"
    else:
        text = read_row(dict(row), locale)
        title, detail, path = as_plain(text.title), as_plain(text.body), f"/insights/?id={row['insight_id']}"
    return Notification(
        id=row["id"],
        kind=row["kind"],
        title=title,
        detail=detail,
        artist_name=artist,
        provider=row["provider"],
        severity=row["severity"],
        is_fall=(row["direction"] or 0) < 0,
        path=path,
        created_at=row["created_at"],
        read_at=row["read_at"],
    )
