"""Metrics and providers of an org, the built-in ones and its own: the one place to look them up."""

from dataclasses import dataclass
from uuid import UUID

from arti.metrics.catalogue import CATALOGUE, METRICS, Metric
from arti.metrics.sources import known_store as store
from arti.vocabulary import OWN_PREFIX
from arti_core.database import Connection, Row
from arti_core.errors import Invalid


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A platform, or a source of the org's own. `cadence`: what one of its numbers covers, a day or a week."""

    slug: str
    name: str
    time_zone: str
    has_connector: bool
    cadence: str = "day"

    @property
    def is_own(self) -> bool:
        return self.slug.startswith(OWN_PREFIX)


async def list_metrics(connection: Connection, org_id: UUID) -> dict[str, Metric]:
    """Return every metric by its slug: the built-in ones in the catalogue's order, then the org's own by name."""
    own = await store.list_metrics(connection, org_id)
    return {metric.slug: metric for metric in (*CATALOGUE, *map(_metric, own))}


async def find_metric(connection: Connection, org_id: UUID, slug: str) -> Metric | None:
    """Return a metric, or None."""
    if not slug.startswith(OWN_PREFIX):
        return METRICS.get(slug)
    row = await store.find_metric(connection, org_id, slug)
    return _metric(row) if row else None


async def get_metric(connection: Connection, org_id: UUID, slug: str, *, field: str = "metric") -> Metric:
    """Return a metric. Raises Invalid."""
    metric = await find_metric(connection, org_id, slug)
    if metric is None:
        raise Invalid("There is no such metric. GET /api/metrics lists them.", field=field)
    return metric


async def list_providers(connection: Connection, org_id: UUID) -> dict[str, KnownProvider]:
    """Return every provider by its slug: the built-in ones, then the org's own sources by name."""
    return {row["slug"]: _provider(row) for row in await store.list_providers(connection, org_id)}


async def find_provider(connection: Connection, org_id: UUID, slug: str) -> KnownProvider | None:
    """Return a platform or an own source, or None."""
    row = await store.find_provider(connection, org_id, slug)
    return _provider(row) if row else None


async def get_provider(connection: Connection, org_id: UUID, slug: str, *, field: str = "provider") -> KnownProvider:
    """Return a platform or an own source. Raises Invalid."""
    provider = await find_provider(connection, org_id, slug)
    if provider is None:
        known = ", ".join(await list_providers(connection, org_id))
        raise Invalid(f"There is no such platform or source. This org has {known}.", field=field)
    return provider


def _metric(row: Row) -> Metric:
    return Metric(**dict(row))


def _provider(row: Row) -> KnownProvider:
    return KnownProvider(**dict(row))
