"""Artists, what explains their lines, and the numbers about them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from arti.metrics import schemas, service, summary
from arti.metrics.series_endpoint import router as hot
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission, Provider
from arti_core.errors import Invalid
from arti_core.paging import MAX_PAGE, Page, read_text_cursor, write_text_cursor

router = APIRouter(tags=["metrics"])
router.include_router(hot)

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]
ReadsMetrics = Annotated[Access, needs(Permission.METRICS_READ)]


@router.get("/api/artists")
async def list_artists(
    access: ReadsRoster,
    q: Annotated[str | None, Query(max_length=200, description="Part of the name.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Artist]:
    """List the roster by name, each artist with the headline number of each platform."""
    if q and "\x00" in q:
        raise Invalid("Search for letters, not for a NUL byte.", field="q")
    after = read_text_cursor(cursor)
    artists, more = await summary.list_artists(access.connection, access.org_id, q=q or None, after=after, limit=limit)
    next_cursor = write_text_cursor(artists[-1].name.lower(), artists[-1].id) if more else None
    return Page(items=artists, next_cursor=next_cursor)


@router.post("/api/artists", status_code=201)
async def create_artist(artist: schemas.NewArtist, access: WritesRoster) -> schemas.Artist:
    """Put an artist on the roster."""
    id = await service.create_artist(
        access.connection, access.org_id, principal=access.principal, **artist.model_dump()
    )
    return await summary.get_artist(access.connection, access.org_id, id)


@router.get("/api/artists/{artist_id}")
async def get_artist(artist_id: UUID, access: ReadsRoster) -> schemas.Artist:
    """Return one artist."""
    return await summary.get_artist(access.connection, access.org_id, artist_id)


@router.patch("/api/artists/{artist_id}")
async def update_artist(artist_id: UUID, change: schemas.ArtistChange, access: WritesRoster) -> schemas.Artist:
    """Change what is named; the rest stays."""
    await service.update_artist(
        access.connection, access.org_id, artist_id, changes=change.model_dump(exclude_unset=True)
    )
    return await summary.get_artist(access.connection, access.org_id, artist_id)


@router.delete("/api/artists/{artist_id}", status_code=204)
async def delete_artist(artist_id: UUID, access: WritesRoster) -> Response:
    """Delete an artist with all numbers about them. Their accounts must be disconnected first."""
    await service.delete_artist(access.connection, access.org_id, artist_id, principal=access.principal)
    return Response(status_code=204)


@router.get("/api/artists/{artist_id}/summary")
async def get_artist_summary(
    artist_id: UUID,
    access: ReadsMetrics,
    days: Annotated[int, Query(ge=1, le=366, description="Length of the period.")] = 28,
) -> schemas.Summary:
    """Return the artist's numbers of the last days, each with its change where there is an honest one.

    Each number's period ends on the newest day that its platform has told; `stale` says that this is long ago.
    """
    return await summary.summarise(access.connection, access.org_id, artist_id, days=days)


@router.get("/api/artists/{artist_id}/assets")
async def list_artist_assets(
    artist_id: UUID,
    access: ReadsMetrics,
    provider: Provider | None = None,
    kind: schemas.AssetKind | None = None,
    sort: Literal["value", "released", "title"] = "value",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Asset]:
    """List tracks, videos and posts with their numbers, the most played first."""
    assets, last = await summary.list_assets(
        access.connection,
        access.org_id,
        artist_id,
        provider=provider,
        kind=kind,
        sort=sort,
        after=read_text_cursor(cursor),
        limit=limit,
    )
    return Page(items=assets, next_cursor=write_text_cursor(*last) if last else None)


@router.get("/api/artists/{artist_id}/annotations")
async def list_annotations(
    artist_id: UUID,
    access: ReadsRoster,
    from_on: Annotated[date | None, Query(alias="from")] = None,
    to_on: Annotated[date | None, Query(alias="to")] = None,
    limit: Limit = 100,
) -> Page[schemas.Annotation]:
    """List the newest notes, releases and shows of the period, oldest first."""
    items = await summary.list_annotations(
        access.connection, access.org_id, artist_id, from_on=from_on, to_on=to_on, limit=limit
    )
    return Page(items=items, next_cursor=None)


@router.post("/api/artists/{artist_id}/annotations", status_code=201)
async def create_annotation(
    artist_id: UUID, annotation: schemas.NewAnnotation, access: WritesRoster
) -> schemas.Annotation:
    """Mark a day that explains a line on a chart."""
    id = await service.create_annotation(
        access.connection, access.org_id, artist_id, created_by=access.principal.user_id, **annotation.model_dump()
    )
    return schemas.Annotation(id=id, **annotation.model_dump())


@router.delete("/api/annotations/{annotation_id}", status_code=204)
async def delete_annotation(annotation_id: UUID, access: WritesRoster) -> Response:
    """Take a mark away."""
    await service.delete_annotation(access.connection, access.org_id, annotation_id)
    return Response(status_code=204)


@router.get("/api/metrics")
async def list_metrics(access: ReadsMetrics) -> schemas.MetricCatalogue:
    """Return every metric with its unit, its kind, and the days on which its meaning changed."""
    return summary.read_catalogue()


@router.get("/api/observations")
async def list_observations(
    access: ReadsMetrics,
    series_id: UUID,
    from_on: Annotated[date | None, Query(alias="from")] = None,
    to_on: Annotated[date | None, Query(alias="to")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.ObservationRow]:
    """Return the rows behind a number, oldest first: value, source, when it was known, and what it was before."""
    after = read_text_cursor(cursor)
    try:
        after_on = date.fromisoformat(after[0]) if after else None
    except ValueError:
        raise Invalid("This page cursor is not one of ours. Start again from the first page.", field="cursor") from None
    rows, more = await summary.list_observations(
        access.connection, access.org_id, series_id, from_on=from_on, to_on=to_on, after=after_on, limit=limit
    )
    return Page(
        items=rows, next_cursor=write_text_cursor(rows[-1].observed_on.isoformat(), series_id) if more else None
    )
