"""HTTP of metrics: summary, assets, series, catalogue."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from arti.metrics import schemas, summary
from arti.metrics.audience_places.endpoints import router as audience_places_router
from arti.metrics.breakdown.endpoints import router as breakdown_router
from arti.metrics.comparison.endpoints import router as comparison_router
from arti.metrics.numbers_file import write_numbers
from arti.metrics.places.endpoints import router as places_router
from arti.metrics.release_start.endpoints import router as release_start_router
from arti.metrics.series.endpoint import router as series_router
from arti.metrics.songs.endpoints import router as songs_router
from arti.metrics.sources.endpoints import router as sources_router
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import FIRST_DAY, LAST_DAY, KnownOn
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page, read_text_cursor

router = ApiRouter(tags=["metrics"])
router.include_router(series_router)
router.include_router(songs_router)
router.include_router(breakdown_router)
router.include_router(comparison_router)
router.include_router(release_start_router)
router.include_router(places_router)
router.include_router(audience_places_router)
router.include_router(sources_router)

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsMetrics = Annotated[Access, needs(Permission.METRICS_READ)]


@router.get("/api/artists/{artist_id}/summary")
async def get_artist_summary(
    artist_id: UUID,
    access: ReadsMetrics,
    days: Annotated[int, Query(ge=1, le=366, description="Length of the period.")] = 28,
    known_on: KnownOn = None,
) -> schemas.Summary:
    """Return the artist's numbers of the last days, each with its change if the days before are comparable.

    A number's period ends on the newest day that its platform has reported; `stale` if that is too long ago.
    """
    return await summary.read_summary(access.connection, access.org_id, artist_id, days=days, known_on=known_on)


@router.get(
    "/api/artists/{artist_id}/numbers.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_artist_numbers(
    artist_id: UUID,
    access: ReadsMetrics,
    provider: Annotated[str, Query(max_length=100, description="Slug of a platform.")],
    from_on: Annotated[date | None, Query(alias="from", description="First day. Default: the first there is.")] = None,
    to_on: Annotated[date | None, Query(alias="to", description="Last day. Default: the last there is.")] = None,
    known_on: KnownOn = None,
) -> Response:
    """Return the artist's numbers on a platform as CSV, one row a value, as an import reads them again.

    Numbers of files and people only: what a platform's API gave is not handed on. At most 100,000 values.
    """
    text = await write_numbers(
        access.connection,
        access.org_id,
        artist_id,
        provider=provider,
        from_on=from_on,
        to_on=to_on,
        known_on=known_on,
    )
    headers = {"Content-Disposition": f'attachment; filename="numbers-{provider}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/api/artists/{artist_id}/assets")
async def list_artist_assets(
    artist_id: UUID,
    access: ReadsMetrics,
    provider: Annotated[str | None, Query(max_length=100)] = None,
    kind: schemas.AssetKind | None = None,
    is_song: Annotated[bool | None, Query(description="false: only what is no song and no release.")] = None,
    sort: Literal["value", "released", "title"] = "value",
    cursor: Cursor = None,
    limit: Limit = 50,
    known_on: KnownOn = None,
) -> Page[schemas.Asset]:
    """List tracks, videos and posts with their numbers, the most played first."""
    return await summary.list_assets(
        access.connection,
        access.org_id,
        artist_id,
        provider=provider,
        kind=kind,
        is_song=is_song,
        sort=sort,
        after=read_text_cursor(cursor),
        limit=limit,
        known_on=known_on,
    )


@router.get("/api/metrics")
async def list_metrics(
    access: ReadsMetrics,
    known_on: Annotated[
        date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Definitions as known at the end of this day (UTC).")
    ] = None,
) -> schemas.MetricCatalogue:
    """Return every metric with its unit, its kind, and the changes of its definition."""
    return await summary.read_catalogue(access.connection, access.org_id, known_on=known_on)
