"""Calibrate the lifts of an org by its own past, as a worker."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

from arti.campaigns import periods
from arti.campaigns.lift import store
from arti.campaigns.lift.calibration import PAST_DAYS, CalibrationCounts, calibrate
from arti.campaigns.lift.measurement import Disturbance, Donor
from arti.campaigns.lift.panel import HISTORY_ROWS, build_column
from arti.campaigns.lift.service import MAX_DONORS, SCORABLE
from arti.jobs import JobRun
from arti_core import clock
from arti_core.database import Row

MAX_MARKETS: Final = 8
_NO_ARTIST: Final = UUID(int=0)


async def calibrate_org(job: JobRun) -> int:
    """Calibrate the metrics of which the most artists have numbers. Returns how many could be."""
    async with job.transaction() as connection:
        markets = await store.list_markets(connection, job.org_id, SCORABLE, limit=MAX_MARKETS)
    rows = []
    for market in markets:
        if periods.choose_basis(market["kind"], market["aggregation"]) in periods.ADDED_UP:
            found = await _calibrate_market(job, market)
            if found is not None:
                row = (found.windows, found.answered, found.held, found.seen, found.detectable)
                rows.append((market["provider"], market["metric"], *row))
    async with job.transaction() as connection:
        await store.save_calibrations(connection, job.org_id, rows)
    return len(rows)


async def _calibrate_market(job: JobRun, market: Row) -> CalibrationCounts | None:
    last_day = clock.today() - timedelta(days=2)  # complete in every time zone
    first_day = last_day - timedelta(days=PAST_DAYS + HISTORY_ROWS)
    async with job.transaction() as connection:
        listed = await store.list_candidates(
            connection,
            job.org_id,
            artist_id=_NO_ARTIST,
            metric=market["metric"],
            provider=market["provider"],
            terms=SCORABLE,
            interval_days=1,
            month=last_day.replace(day=1),
            limit=MAX_DONORS,
        )
        panel = await store.read_panel(
            connection,
            job.org_id,
            [row["id"] for row in listed],
            gains=market["kind"] == "counter",
            from_on=first_day,
            to_on=last_day,
        )
        found = await store.list_disturbances(connection, job.org_id, from_on=first_day, to_on=last_day)
    targets: list[Donor] = []
    others: list[Donor] = []
    for row in listed:
        if (days := panel.get(row["id"])) is not None:
            column = build_column(days["days"], days["values"], days["definitions"])
            donor = Donor(row["id"], row["artist_id"], column, is_song=row["asset_id"] is not None)
            (others if donor.is_song else targets).append(donor)
    disturbances = [
        Disturbance(row["kind"], row["artist_id"], row["title"], row["starts_on"], row["ends_on"]) for row in found
    ]
    return await asyncio.to_thread(calibrate, targets, others, disturbances, last_day=last_day)
