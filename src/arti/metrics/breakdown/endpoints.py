"""HTTP of breakdowns and of the catalogue of dimensions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from arti.dimensions.catalogue import DIMENSIONS
from arti.dimensions.countries import country_names
from arti.metrics.breakdown import schemas, service
from arti.metrics.breakdown.service import BreakdownQuestion
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.orgs.schemas import KnownOn
from arti.vocabulary import Permission

router = ApiRouter(tags=["metrics"])

Reads = Annotated[Access, needs(Permission.METRICS_READ)]
Slug = Annotated[str, Query(max_length=100)]
Day = date | None


@router.get("/api/artists/{artist_id}/breakdown")
async def get_breakdown(
    artist_id: UUID,
    access: Reads,
    metric: Slug,
    provider: Slug,
    dimension: Annotated[str, Query(max_length=200, description="E.g. country, city, or age,gender.")],
    from_on: Annotated[Day, Query(alias="from", description="First day of daily values. Default: 28 days.")] = None,
    to_on: Annotated[Day, Query(alias="to", description="Last day. Default: the newest with a value.")] = None,
    period: Annotated[
        str | None,
        Query(pattern="^(|lifetime|[1-9][0-9]{0,3}day)$", description="Totals of such a period; empty: daily values."),
    ] = None,
    known_on: KnownOn = None,
    asset_id: UUID | None = None,
    recording_id: Annotated[UUID | None, Query(description="A song: its item on the platform, if it has one.")] = None,
    group: Annotated[Literal["metro"] | None, Query(description="Cities by metro area.")] = None,
) -> schemas.BreakdownResponse:
    """Return a number by one dimension: parts, shares of the whole where they are honest, and what is unknown.

    Parts are added up only where the dimension's rule allows it; `rule.absent` says what a missing part means.
    """
    question = BreakdownQuestion(
        artist_id=artist_id,
        asset_id=asset_id,
        recording_id=recording_id,
        provider=provider,
        metric=metric,
        dimension=dimension,
        period=period,
        from_on=from_on,
        to_on=to_on,
        known_on=known_on,
        by_metro=group == "metro",
    )
    return await service.read_breakdown(access.connection, access.org_id, question)


@router.get("/api/artists/{artist_id}/breakdowns")
async def list_breakdowns(
    artist_id: UUID,
    access: Reads,
    asset_id: UUID | None = None,
    recording_id: UUID | None = None,
    known_on: KnownOn = None,
) -> schemas.AvailableBreakdowns:
    """List the breakdowns of an artist, of an asset, or of a song that have numbers."""
    items = await service.list_available(
        access.connection,
        access.org_id,
        artist_id,
        asset_id=asset_id,
        recording_id=recording_id,
        known_on=known_on,
    )
    return schemas.AvailableBreakdowns(items=items)


@router.get("/api/dimensions")
async def list_dimensions(access: Reads) -> schemas.DimensionCatalogue:
    """List the dimensions by which numbers may be split, with the values of those that have a list."""
    return schemas.DimensionCatalogue(
        items=[
            schemas.DimensionEntry(
                slug=dimension.slug,
                name=dimension.name,
                description=dimension.description,
                kind=dimension.kind,
                values=[schemas.DimensionValue(value=value, name=name) for value, name in dimension.values.items()],
            )
            for dimension in DIMENSIONS
        ]
    )


@router.get("/api/countries")
async def list_countries(access: Reads) -> schemas.Countries:
    """List the countries of ISO 3166-1 and Kosovo by name."""
    return schemas.Countries(
        items=[schemas.CountryEntry(code=code, name=name) for code, name in country_names().items()]
    )
