"""HTTP of matching: what waits for a person, what a person decides, and undo."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from arti.music.matching import candidates_store, schemas
from arti.music.matching.changes import history_store
from arti.music.matching.changes import service as changes
from arti.music.matching.jobs import enqueue_match
from arti.music.recordings.schemas import AssetLink, ChangeMade, Merge, SongChange, SongChanges, Split
from arti.music.recordings.service import resolve_recording
from arti.music.service import get_artist
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.paging import (
    MAX_PAGE,
    Page,
    make_page,
    make_page_by_creation,
    read_cursor,
    read_text_cursor,
    write_text_cursor,
)

router = ApiRouter(tags=["songs"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.get("/api/match-candidates")
async def list_match_candidates(
    access: ReadsRoster,
    artist_id: UUID | None = None,
    status: schemas.MatchStatus = "open",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.MatchCandidate]:
    """List the matches that wait for a person, the surest first; or those that were linked, accepted or rejected."""
    rows = await candidates_store.list_candidates(
        access.connection,
        access.org_id,
        artist_id=artist_id,
        status=status,
        after=read_text_cursor(cursor),
        limit=limit + 1,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    items = [schemas.MatchCandidate.model_validate(dict(row)) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.post("/api/match-candidates/{candidate_id}/accept")
async def accept_match(candidate_id: UUID, access: WritesRoster) -> ChangeMade:
    """Say that the asset is this song. `change_id` undoes it."""
    return ChangeMade(change_id=await changes.decide_candidate(access, candidate_id, accept=True), recording_id=None)


@router.post("/api/match-candidates/{candidate_id}/reject", status_code=204)
async def reject_match(candidate_id: UUID, access: WritesRoster) -> Response:
    """Say that the asset is not this song. The two are not matched again, unless it is undone."""
    await changes.decide_candidate(access, candidate_id, accept=False)
    return Response(status_code=204)


@router.post("/api/artists/{artist_id}/match", status_code=202)
async def match_artist(artist_id: UUID, access: WritesRoster) -> Response:
    """Match the artist's assets anew, for example after an alias was added. It also runs after each sync and import."""
    await get_artist(access.connection, access.org_id, artist_id)
    await enqueue_match(access, artist_id)
    return Response(status_code=202)


@router.post("/api/recordings/{recording_id}/merge")
async def merge_recordings(recording_id: UUID, body: Merge, access: WritesRoster) -> ChangeMade:
    """Make one song of two. This one stays, with the assets, tracks and credits of both."""
    change_id = await changes.merge_recordings(access, recording_id, body.recording_id)
    return ChangeMade(change_id=change_id, recording_id=recording_id)


@router.post("/api/recordings/{recording_id}/assets")
async def link_asset(recording_id: UUID, body: AssetLink, access: WritesRoster) -> ChangeMade:
    """Say that an asset of a platform is this song."""
    change_id = await changes.link_asset(access, recording_id, body.asset_id)
    return ChangeMade(change_id=change_id, recording_id=recording_id)


@router.post("/api/recordings/{recording_id}/split")
async def split_asset(recording_id: UUID, body: Split, access: WritesRoster) -> ChangeMade:
    """Take an asset off a song. It becomes a song of its own (`recording_id`), or no song with `as_song` false."""
    change_id, new_id = await changes.split_asset(access, recording_id, body.asset_id, as_song=body.as_song)
    return ChangeMade(change_id=change_id, recording_id=new_id)


@router.get("/api/recordings/{recording_id}/changes")
async def list_song_changes(recording_id: UUID, access: ReadsRoster) -> SongChanges:
    """List who merged, linked or split this song, or rejected a match with it, the newest first."""
    await resolve_recording(access.connection, access.org_id, recording_id)
    rows = await history_store.list_changes(access.connection, access.org_id, recording_id=recording_id, limit=MAX_PAGE)
    return SongChanges(items=[SongChange.model_validate(dict(row)) for row in rows])


@router.get("/api/song-changes")
async def list_changes(
    access: ReadsRoster, artist_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[SongChange]:
    """List what people decided about songs and releases, the newest first. Each can be undone."""
    rows = await history_store.list_changes(
        access.connection, access.org_id, artist_id=artist_id, after=read_cursor(cursor), limit=limit + 1
    )
    return make_page_by_creation([SongChange.model_validate(dict(row)) for row in rows], limit)


@router.post("/api/song-changes/{change_id}/undo", status_code=204)
async def undo_song_change(change_id: UUID, access: WritesRoster) -> Response:
    """Undo a merge, a link, a split, or a rejected match. Later changes of the same songs must be undone first."""
    await changes.undo_change(access, change_id)
    return Response(status_code=204)
