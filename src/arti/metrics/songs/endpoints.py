"""HTTP of songs with their numbers, and of roll-ups."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from arti.metrics.songs import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import Day, KnownOn
from arti.vocabulary import Permission
from arti_core.errors import Invalid
from arti_core.paging import MAX_PAGE, Page, read_text_cursor

router = ApiRouter(tags=["songs"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
Search = Annotated[str | None, Query(max_length=200, description="Part of the title.")]
Sort = Literal["released", "title"]
ReadsMetrics = Annotated[Access, needs(Permission.METRICS_READ)]


@router.get("/api/artists/{artist_id}/recordings")
async def list_artist_recordings(
    artist_id: UUID,
    access: ReadsMetrics,
    q: Search = None,
    sort: Sort = "released",
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[schemas.Song]:
    """List an artist's songs, also those on which they are featured: what each is on every platform, and its numbers.

    A number covers the last 28 days that its platform has reported.
    """
    return await _list(access, q, sort, cursor, limit, known_on, artist_id=artist_id)


@router.get("/api/recordings")
async def list_recordings(
    access: ReadsMetrics,
    release_id: UUID | None = None,
    q: Search = None,
    sort: Sort = "released",
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[schemas.Song]:
    """List the songs of the org, or of one release."""
    return await _list(access, q, sort, cursor, limit, known_on, release_id=release_id)


@router.get("/api/recordings/{recording_id}")
async def get_recording(recording_id: UUID, access: ReadsMetrics, known_on: KnownOn = None) -> schemas.Song:
    """Return a song with all its numbers. The id of a merged recording leads to the one it was merged into."""
    return await service.get_song(access.connection, access.org_id, recording_id, known_on=known_on)


@router.get("/api/rollups")
async def get_rollup(
    access: ReadsMetrics,
    scope: schemas.Scope,
    metric: Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9_.]+$")],
    id: Annotated[
        str | None, Query(max_length=200, description="Of a recording, release or artist; the name of a label.")
    ] = None,
    from_on: Annotated[Day | None, Query(alias="from")] = None,
    to_on: Annotated[Day | None, Query(alias="to")] = None,
    known_on: KnownOn = None,
) -> schemas.Rollup:
    """Add up one metric over the songs of a scope, by platform; the last 28 days without `from` and `to`.

    Only what may be added is added, each item of a platform once. What is left out is listed with the reason.
    """
    return await service.read_rollup(
        access.connection,
        access.org_id,
        scope=scope,
        id=id,
        metric=metric,
        from_on=from_on,
        to_on=to_on,
        known_on=known_on,
    )


async def _list(
    access: Access,
    q: str | None,
    sort: str,
    cursor: str | None,
    limit: int,
    known_on: date | None,
    *,
    artist_id: UUID | None = None,
    release_id: UUID | None = None,
) -> Page[schemas.Song]:
    if q and "\x00" in q:
        raise Invalid("The search text contains a NUL byte.", field="q")
    return await service.list_songs(
        access.connection,
        access.org_id,
        artist_id=artist_id,
        release_id=release_id,
        q=q or None,
        sort=sort,
        after=read_text_cursor(cursor),
        limit=limit,
        known_on=known_on,
    )
