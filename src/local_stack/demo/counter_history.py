"""The counters of the demo's past year.

Providers report a counter's present value only, so a new installation has one day of it. The demo shows a team that
has used ARTi for a year: the days before come from the simulated world.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.metrics.service import record_observations
from arti.providers.connectors import CONNECTORS
from arti.settings import Settings
from arti.vocabulary import Provider
from arti_core.database import job_transaction, open_pool
from local_stack.demo.snapshots import list_snapshots
from provider_simulators.world import account_name

DAYS: Final = 365


async def record_counters(settings: Settings, org_id: UUID, *, synced_on: date, today: date) -> None:
    """Store each past day's counters of every synced account of the demo org, as part of its first sync run.

    `synced_on` is the day that the first sync saw: what was released after it has no counters before the second sync.
    """
    last = today - timedelta(days=1)
    pool = await open_pool(
        settings.worker_database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key
    )
    try:
        async with job_transaction(pool, org_id) as connection:
            runs = await connection.fetch(
                """select distinct on (a.id) a.provider::text as provider, a.artist_id, r.name, s.id as run_id
                   from accounts a
                   join artists r on r.org_id = a.org_id and r.id = a.artist_id
                   join sync_runs s on s.org_id = a.org_id and s.account_id = a.id
                   where a.org_id = $1 order by a.id, s.started_at""",
                org_id,
            )
            for run in runs:
                provider = Provider(run["provider"])
                await record_observations(
                    connection,
                    org_id,
                    artist_id=run["artist_id"],
                    provider=provider,
                    observations=list_snapshots(
                        provider, account_name(run["name"]), last - timedelta(days=DAYS), last, known_on=synced_on
                    ),
                    terms=CONNECTORS[provider].terms,
                    time_zone=CONNECTORS[provider].time_zone,
                    sync_run_id=run["run_id"],
                )
    finally:
        await pool.close()
