"""HTTP of calendar entries. What lies in a range of days, campaigns included, is read in `arti.campaigns.calendar`."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from arti.music.calendar import service
from arti.music.calendar.schemas import CalendarEntry, CalendarEntryChange, NewCalendarEntry
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(prefix="/api/calendar", tags=["calendar"])

ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.post("", status_code=201)
async def create_calendar_entry(access: WritesRoster, entry: NewCalendarEntry) -> CalendarEntry:
    """Add a show, a pitch with its deadline and owner, a note: something that explains a chart or is due."""
    return await service.create_entry(access, entry)


@router.get("/{entry_id}")
async def get_calendar_entry(access: ReadsRoster, entry_id: UUID) -> CalendarEntry:
    return await service.get_entry(access.connection, access.org_id, entry_id)


@router.patch("/{entry_id}")
async def update_calendar_entry(access: WritesRoster, entry_id: UUID, change: CalendarEntryChange) -> CalendarEntry:
    return await service.update_entry(access, entry_id, change)


@router.delete("/{entry_id}", status_code=204)
async def delete_calendar_entry(access: WritesRoster, entry_id: UUID) -> Response:
    await service.delete_entry(access, entry_id)
    return Response(status_code=204)
