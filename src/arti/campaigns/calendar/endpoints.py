"""HTTP of the calendar, on which campaigns lie too. Its entries are written in `arti.music.calendar`."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.campaigns.calendar import store
from arti.campaigns.calendar.schemas import CalendarItem
from arti.music.calendar.schemas import CalendarKind, Day
from arti.music.service import get_artist
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core import clock
from arti_core.errors import Invalid
from arti_core.paging import Page, invalid_cursor, make_page, read_text_cursor, write_text_cursor

router = ApiRouter(tags=["calendar"])

_DAYS_BEFORE, _DAYS_AFTER = 30, 180
MAX_ITEMS = 500


@router.get("/api/calendar")
async def list_calendar(
    access: Annotated[Access, needs(Permission.ROSTER_READ)],
    from_on: Annotated[Day | None, Query(alias="from", description="The first day; 30 days ago.")] = None,
    to_on: Annotated[Day | None, Query(alias="to", description="The last day; 180 days after today.")] = None,
    artist_id: UUID | None = None,
    kind: Annotated[list[CalendarKind] | None, Query(description="May be given several times. None: all.")] = None,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ITEMS)] = 200,
) -> Page[CalendarItem]:
    """List releases, campaigns, posts, shows, pitches and notes that lie in a range of days, by first day."""
    from_on = from_on or clock.today() - timedelta(days=_DAYS_BEFORE)
    to_on = to_on or max(from_on, clock.today() + timedelta(days=_DAYS_AFTER))
    if to_on < from_on:
        raise Invalid("The last day is before the first.", field="to")
    if artist_id is not None:
        await get_artist(access.connection, access.org_id, artist_id)
    after = read_text_cursor(cursor)
    try:
        after_day = (date.fromisoformat(after[0]), after[1]) if after else None
    except ValueError:
        raise invalid_cursor() from None
    rows = await store.list_items(
        access.connection,
        access.org_id,
        from_on=from_on,
        to_on=to_on,
        artist_id=artist_id,
        kinds=list(kind or ()),
        after=after_day,
        limit=limit + 1,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["starts_on"].isoformat(), row["id"]))
    items = [CalendarItem.model_validate(dict(row)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)
