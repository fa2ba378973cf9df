"""HTTP of places: search the gazetteer, list the texts that are not clear, decide about one."""

import asyncio
from typing import Annotated

from fastapi import Query

from arti.metrics.places import gazetteer, schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["metrics"])


@router.get("/api/places")
async def search_places(
    access: Annotated[Access, needs(Permission.METRICS_READ)],
    q: Annotated[str, Query(min_length=1, max_length=100, description="A name in any language, or its beginning.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> schemas.Places:
    """Find cities of 15,000 people and more by name, the largest first. Source: GeoNames, CC BY 4.0."""
    found = await asyncio.to_thread(gazetteer.search, q, limit=limit)
    return schemas.Places(items=[service.describe_place(place) for place in found])


@router.get("/api/places/unknown")
async def list_unknown_places(access: Annotated[Access, needs(Permission.METRICS_READ)]) -> schemas.UnknownPlaces:
    """List the texts of places in the org's numbers that could mean several places, or none that is known."""
    return schemas.UnknownPlaces(items=await service.list_unknown(access.connection, access.org_id))


@router.put("/api/places/unknown")
async def decide_place(
    decision: schemas.PlaceDecision, access: Annotated[Access, needs(Permission.IMPORTS_WRITE)]
) -> schemas.DecidedPlace:
    """Decide which place a text means, for the numbers that are stored and those that come."""
    return await service.decide_place(access, decision)
