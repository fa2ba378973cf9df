"""HTTP of releases."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.music.releases import schemas, service, store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.errors import Invalid
from arti_core.paging import MAX_PAGE, Page, make_page, read_text_cursor, write_text_cursor

router = ApiRouter(tags=["songs"])

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.get("/api/releases")
async def list_releases(
    access: ReadsRoster,
    artist_id: Annotated[UUID | None, Query(description="Credited on the release or on one of its tracks.")] = None,
    label: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of the title.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Release]:
    """List releases, the newest first."""
    for field, text in (("label", label), ("q", q)):
        if text and "\x00" in text:
            raise Invalid("The text contains a NUL byte.", field=field)
    rows = await store.list_releases(
        access.connection,
        access.org_id,
        artist_id=artist_id,
        label=label or None,
        q=q or None,
        after=read_text_cursor(cursor),
        limit=limit + 1,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    return Page(items=[schemas.Release.model_validate(dict(row)) for row in page.items], next_cursor=page.next_cursor)


@router.post("/api/releases", status_code=201)
async def create_release(release: schemas.NewRelease, access: WritesRoster) -> schemas.ReleaseWithTracks:
    """Add a release by hand, for example one that is planned."""
    id = await service.create_release(access, release)
    return await service.get_release(access.connection, access.org_id, id)


@router.get("/api/releases/{release_id}")
async def get_release(release_id: UUID, access: ReadsRoster) -> schemas.ReleaseWithTracks:
    """Return a release with its tracks."""
    return await service.get_release(access.connection, access.org_id, release_id)


@router.patch("/api/releases/{release_id}")
async def update_release(
    release_id: UUID, change: schemas.ReleaseChange, access: WritesRoster
) -> schemas.ReleaseWithTracks:
    """Change a release. Fields that are left out stay as they are."""
    changes = change.model_dump(exclude_unset=True, exclude={"credits"})
    await service.update_release(access, release_id, changes, change.credits)
    return await service.get_release(access.connection, access.org_id, release_id)


@router.put("/api/releases/{release_id}/tracks")
async def replace_release_tracks(
    release_id: UUID, body: schemas.Tracks, access: WritesRoster
) -> schemas.ReleaseWithTracks:
    """Set all tracks of a release."""
    await service.replace_tracks(access, release_id, body.tracks)
    return await service.get_release(access.connection, access.org_id, release_id)


@router.get("/api/labels")
async def list_labels(access: ReadsRoster) -> schemas.Labels:
    """List the labels of the org's releases."""
    rows = await store.list_labels(access.connection, access.org_id)
    return schemas.Labels(items=[schemas.Label.model_validate(dict(row)) for row in rows])
