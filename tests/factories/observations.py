"""Insert artists and observations as a worker does; change stored values behind its back."""

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


async def change_definition(
    database: Database, since_on: date, *, metric: str, provider: Provider, continued_as: str | None = None
) -> None:
    """Make a provider count a metric differently from `since_on` on, as a feed would."""
    await database.as_owner(
        """insert into metric_definitions (id, metric, provider, version, since_on, note, continued_as)
           values ('of a test', $1, $2, 99, $3, 'From here it counts differently.', $4)""",
        metric,
        provider,
        since_on,
        continued_as,
    )


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


async def insert_value(database: Database, org_id: UUID, series_id: UUID, day: date, value: float) -> None:
    """Store one value of a series that has none in this month, without a worker."""
    await database.as_owner(
        """with batch as (
             insert into observation_batches (org_id, id, artist_id, provider, sync_run_id)
             select org_id, floor(random() * 1e9), artist_id, provider, gen_random_uuid() from series
             where org_id = $1 and id = $2 returning id)
           insert into observation_months
             (org_id, series_id, month, days, artist_id, asset_id, provider, is_money, values, batches)
           select s.org_id, s.id, $3::date - $4::int + 1, 1 << ($4 - 1), s.artist_id, s.asset_id, s.provider,
             s.is_money, array_fill(null::float8, array[$4 - 1]) || $5::float8,
             array_fill(null::int, array[$4 - 1]) || batch.id
           from series s, batch where s.org_id = $1 and s.id = $2""",
        org_id,
        series_id,
        day,
        day.day,
        value,
    )


async def add_to_values(database: Database, day: date, difference: float) -> None:
    """Change the values of a day in every series, as no provider and no revision says."""
    await database.as_owner(
        "update observation_months set values[$1] = values[$1] + $2 where month = $3",
        day.day,
        difference,
        day.replace(day=1),
    )


async def delete_days(database: Database, first: date, last: date = date.max) -> None:
    """Delete the rows of these days in every series."""
    for row in await database.as_owner("select * from observation_months where month >= $1", first.replace(day=1)):
        stays = [
            on_day
            for on_day in range(1, len(row["values"]) + 1)
            if row["days"] >> (on_day - 1) & 1 and not first <= row["month"].replace(day=on_day) <= last
        ]
        key = (row["org_id"], row["series_id"], row["month"])
        if not stays:
            await database.as_owner(
                "delete from observation_months where org_id = $1 and series_id = $2 and month = $3", *key
            )
            continue
        await database.as_owner(
            """update observation_months set days = $4, values = $5, batches = $6
               where org_id = $1 and series_id = $2 and month = $3""",
            *key,
            sum(1 << (on_day - 1) for on_day in stays),
            [row["values"][on_day - 1] if on_day in stays else None for on_day in range(1, stays[-1] + 1)],
            [row["batches"][on_day - 1] if on_day in stays else None for on_day in range(1, stays[-1] + 1)],
        )


async def backdate(database: Database, org_id: UUID, days: int) -> None:
    """Move everything that the org knows so many days back: what is written next is known that much later."""
    shift = timedelta(days=days)
    await database.as_owner(
        "update observation_batches set known_at = known_at - $2::interval where org_id = $1", org_id, shift
    )
    await database.as_owner(
        """update observation_revisions set known_at = known_at - $2::interval,
             superseded_at = superseded_at - $2::interval where org_id = $1""",
        org_id,
        shift,
    )
