"""HTTP of an org's own sources and metrics, and of values that are typed or pushed."""

from typing import Annotated

from fastapi import Response

from arti.metrics.sources import entry, schemas, service
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import KeyScope, Permission

router = ApiRouter(tags=["metrics"])

Reads = Annotated[Access, needs(Permission.METRICS_READ)]
Enters = Annotated[Access, needs(Permission.IMPORTS_WRITE, key_scope=KeyScope.VALUES_PUSH)]
Manages = Annotated[Access, needs(Permission.CONNECTIONS_MANAGE)]


@router.get("/api/sources")
async def list_sources(access: Reads) -> schemas.SourceList:
    """List the platforms and the org's own sources."""
    return schemas.SourceList(items=await service.list_sources(access.connection, access.org_id))


@router.post("/api/sources", status_code=201)
async def create_source(new: schemas.NewSource, access: Manages) -> schemas.SourceEntry:
    """Add a source of the org's own: link clicks, ticket sales, a mailing list, numbers noted by hand."""
    return await service.create_source(access, new)


@router.patch("/api/sources/{slug}")
async def update_source(slug: str, change: schemas.SourceChange, access: Manages) -> schemas.SourceEntry:
    """Change an own source. Once it has numbers, its days and weeks stay."""
    return await service.update_source(access, slug, change)


@router.delete("/api/sources/{slug}", status_code=204)
async def delete_source(slug: str, access: Manages) -> Response:
    """Remove an own source. Refused while numbers, campaigns or rules use it."""
    await service.delete_source(access, slug)
    return Response(status_code=204)


@router.post("/api/sources/{slug}/observations")
async def enter_observations(slug: str, values: schemas.EnteredValues, access: Enters) -> schemas.EnteredCounts:
    """Store values of an own source, up to 1,000 at once: typed by a person, or pushed by a key of scope values:push.

    Idempotent."""
    return await entry.enter_values(access, slug, values.observations)


@router.delete("/api/sources/{slug}/observations", status_code=204)
async def delete_source_observations(slug: str, access: Manages) -> Response:
    """Remove every typed or pushed number of an own source. Refused while it has numbers from files."""
    await entry.delete_values(access, slug)
    return Response(status_code=204)


@router.post("/api/metrics", status_code=201)
async def create_metric(new: schemas.NewMetric, access: Manages) -> schemas.OwnMetric:
    """Define a metric of the org's own: what is counted, and how its days become a period."""
    return await service.create_metric(access, new)


@router.patch("/api/metrics/{slug}")
async def update_metric(slug: str, change: schemas.MetricChange, access: Manages) -> schemas.OwnMetric:
    """Change an own metric. Once there are numbers of it, its unit, its kind and how it sums stay."""
    return await service.update_metric(access, slug, change)


@router.delete("/api/metrics/{slug}", status_code=204)
async def delete_metric(slug: str, access: Manages) -> Response:
    """Remove an own metric. Refused while numbers, campaigns or rules use it."""
    await service.delete_metric(access, slug)
    return Response(status_code=204)
