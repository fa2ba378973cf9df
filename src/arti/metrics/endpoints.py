"""HTTP of metrics: summary, assets, series, catalogue."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from arti.metrics import schemas, summary
from arti.metrics.series_endpoint import router as series_router
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission, Provider
from arti_core.paging import MAX_PAGE, Page, read_text_cursor

router = APIRouter(tags=["metrics"])
router.include_router(series_router)

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
ReadsMetrics = Annotated[Access, needs(Permission.METRICS_READ)]


@router.get("/api/artists/{artist_id}/summary")
async def get_artist_summary(
    artist_id: UUID,
    access: ReadsMetrics,
    days: Annotated[int, Query(ge=1, le=366, description="Length of the period.")] = 28,
) -> schemas.Summary:
    """Return the artist's numbers of the last days, each with its change if the days before are comparable.

    A number's period ends on the newest day that its platform has reported; `stale` if that is too long ago.
    """
    return await summary.read_summary(access.connection, access.org_id, artist_id, days=days)


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
    return await summary.list_assets(
        access.connection,
        access.org_id,
        artist_id,
        provider=provider,
        kind=kind,
        sort=sort,
        after=read_text_cursor(cursor),
        limit=limit,
    )


@router.get("/api/metrics")
async def list_metrics(access: ReadsMetrics) -> schemas.MetricCatalogue:
    """Return every metric with its unit, its kind, and the changes of its definition."""
    return summary.read_catalogue()
