"""HTTP of comparisons."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from arti.metrics.comparison import schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission

router = ApiRouter(tags=["metrics"])

Slug = Annotated[str | None, Query(max_length=100, description="Of the chosen column; with both metric and provider.")]


@router.get("/api/comparison")
async def get_comparison(
    access: Annotated[Access, needs(Permission.METRICS_READ)],
    artist_id: Annotated[list[UUID] | None, Query(max_length=6, description="Artists to compare; repeated.")] = None,
    recording_id: Annotated[list[UUID] | None, Query(max_length=6, description="Songs to compare; repeated.")] = None,
    metric: Slug = None,
    provider: Slug = None,
    days: Annotated[int, Query(ge=7, le=366, description="Length of the period, and of the one before.")] = 28,
    to_on: Annotated[
        date | None, Query(alias="to", description="Last day. Default: the newest that all of them have.")
    ] = None,
    known_on: KnownOn = None,
) -> schemas.ComparisonResponse:
    """Compare up to six artists, or as many songs, by every metric that they have: one meaning a column.

    All are counted over the same days. A running total is compared by what it gained. Growth never crosses a change
    of definition. The daily values of the chosen metric are in `lines`, with those of the period before.
    """
    query = service.ComparisonQuery(artist_id or [], recording_id or [], metric, provider, days, to_on, known_on)
    return await service.read_comparison(access.connection, access.org_id, query)
