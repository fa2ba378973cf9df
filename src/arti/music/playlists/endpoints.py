"""HTTP of playlists."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.music.playlists import service
from arti.music.playlists.kinds import PlaylistKind
from arti.music.playlists.schemas import Placement, Playlist, PlaylistDetail, PlaylistKindChange
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page, invalid_cursor

router = ApiRouter(tags=["playlists"])

ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=20, description="`next_cursor` of the page before.")]
Current = Annotated[bool | None, Query(description="True: still named; false: ended. None: both.")]


@router.get("/api/artists/{artist_id}/playlists")
async def list_artist_playlists(
    access: ReadsRoster,
    artist_id: UUID,
    kind: PlaylistKind | None = None,
    current: Current = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[Placement]:
    """List on which playlists the artist's songs are or were, the latest and biggest first."""
    offset = _read_offset(cursor)
    items = await service.list_artist_placements(
        access.connection,
        access.org_id,
        artist_id,
        kind=kind,
        current=current,
        offset=offset,
        limit=limit + 1,
        known_on=known_on,
    )
    return _make_page(items, offset, limit)


@router.get("/api/recordings/{recording_id}/playlists")
async def list_recording_playlists(
    access: ReadsRoster,
    recording_id: UUID,
    kind: PlaylistKind | None = None,
    current: Current = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[Placement]:
    """List on which playlists a song is or was, on all platforms, the latest and biggest first."""
    offset = _read_offset(cursor)
    items = await service.list_recording_placements(
        access.connection,
        access.org_id,
        recording_id,
        kind=kind,
        current=current,
        offset=offset,
        limit=limit + 1,
        known_on=known_on,
    )
    return _make_page(items, offset, limit)


@router.get("/api/playlists/{playlist_id}")
async def get_playlist(access: ReadsRoster, playlist_id: UUID, known_on: KnownOn = None) -> PlaylistDetail:
    """Return a playlist, the songs on it, and what each export or sync says of it."""
    return await service.get_playlist(access.connection, access.org_id, playlist_id, known_on=known_on)


@router.patch("/api/playlists/{playlist_id}")
async def update_playlist(access: WritesRoster, playlist_id: UUID, change: PlaylistKindChange) -> Playlist:
    """Say of what kind a playlist is: editorial, algorithmic or a listener's."""
    return await service.update_kind(access, playlist_id, kind=change.kind)


def _read_offset(cursor: str | None) -> int:
    # The order is by numbers that change with each import, so a page is a place in it.
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
        raise invalid_cursor()
    return int(cursor)


def _make_page(items: list[Placement], offset: int, limit: int) -> Page[Placement]:
    more = len(items) > limit
    return Page(items=items[:limit], next_cursor=str(offset + limit) if more else None)
