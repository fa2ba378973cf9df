"""Insert artists and observations as a worker does."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from arti.jobs import WorkerContext
from arti.metrics.service import ObservationCounts, record_observations
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core.database import job_transaction
from tests.conftest import Database


async def make_artist(database: Database, org_id: UUID, name: str = "Mira Sol") -> UUID:
    rows = await database.as_owner("insert into artists (org_id, name) values ($1, $2) returning id", org_id, name)
    return UUID(str(rows[0]["id"]))


async def store_observations(
    worker_context: WorkerContext,
    org_id: UUID,
    artist_id: UUID,
    observations: Sequence[Observation],
    assets: Sequence[AssetRecord] = (),
    *,
    provider: Provider = Provider.SPOTIFY,
    terms: str = "own",
) -> ObservationCounts:
    async with job_transaction(worker_context.pool, org_id) as connection:
        return await record_observations(
            connection,
            org_id,
            artist_id=artist_id,
            provider=provider,
            observations=observations,
            assets=assets,
            terms=terms,
            time_zone="UTC",
            sync_run_id=uuid4(),
        )


def daily_observations(
    metric: str, last: date, values: Sequence[float | None], *, dimension: str = ""
) -> list[Observation]:
    """Return one observation a day up to `last`; a day with None has none."""
    first = last - timedelta(days=len(values) - 1)
    return [
        Observation(metric, first + timedelta(days=index), value, dimension=dimension)
        for index, value in enumerate(values)
        if value is not None
    ]
