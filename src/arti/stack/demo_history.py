"""The counters of the demo's past year.

Providers tell a counter's present value only, so an installation that starts today has one day of it. The demo shows
a team that has been here for a year: the days before come from the world that the twins simulate.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.base.clock import today
from arti.base.database import Pool, as_job, open_pool
from arti.metrics.service import record_observations
from arti.providers.connectors import CONNECTORS
from arti.providers.contract import Observation
from arti.providers.twins.history import Timeline, account_name, timeline
from arti.settings import Settings
from arti.vocabulary import Provider

DAYS: Final = 365


def _followers(world: Timeline, day: date) -> float:
    return float(world.followers[world.index(day)])


def _plays(world: Timeline, day: date) -> float:
    shown = (item for item, work in enumerate(world.releases) if not work.hidden)
    return float(sum(world.lifetime(item, day) for item in shown))


_COUNTERS: Final[Mapping[Provider, Mapping[str, Callable[[Timeline, date], float]]]] = {
    Provider.INSTAGRAM: {"audience.followers": _followers},
    Provider.YOUTUBE: {"audience.followers": lambda world, day: _rounded(_followers(world, day))},
    Provider.SOUNDCLOUD: {"audience.followers": _followers, "consumption.plays": _plays},
}


def _rounded(value: float) -> float:
    """Return `value` with its first three digits only, as YouTube shows subscribers."""
    unit = 10 ** max(len(str(int(value))) - 3, 0)
    return float(int(value) // unit * unit)


async def record_counters(settings: Settings, org_id: UUID) -> None:
    """Store each day's counters of every synced account of the demo org, as part of its first sync run."""
    pool = await open_pool(settings.worker_database_url.get_secret_value(), size=1)
    try:
        await _record(pool, org_id)
    finally:
        await pool.close()


async def _record(pool: Pool, org_id: UUID) -> None:
    async with as_job(pool, org_id) as connection:
        runs = await connection.fetch(
            """select distinct on (a.id) a.provider::text as provider, a.artist_id, r.name, s.id as run_id
               from connected_accounts a
               join artists r on r.org_id = a.org_id and r.id = a.artist_id
               join sync_runs s on s.org_id = a.org_id and s.connection_id = a.id
               where a.org_id = $1 order by a.id, s.started_at""",
            org_id,
        )
        for run in runs:
            provider = Provider(run["provider"])
            world = timeline(provider, account_name(run["name"]), today())
            days = [today() - timedelta(days=age) for age in range(DAYS, 0, -1)]
            observations = [
                Observation(metric, day, read(world, day))
                for metric, read in _COUNTERS.get(provider, {}).items()
                for day in days
                if not world.missing[world.index(day)]
            ]
            await record_observations(
                connection,
                org_id,
                artist_id=run["artist_id"],
                provider=provider,
                observations=observations,
                terms=CONNECTORS[provider].terms,
                time_zone=CONNECTORS[provider].time_zone,
                sync_run_id=run["run_id"],
            )
