"""The jobs of campaigns: measure what they added, and how often such measurements were right."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from arti.campaigns.lift import calibrating, store
from arti.campaigns.lift.service import MEASURE_JOB, measure_campaign
from arti.jobs import Handler, JobRun
from arti_core import clock
from arti_core.jobs import enqueue_job

OPEN_DAYS: Final = 370  # after its last day: files come late, values are restated, releases are written down
MAX_CAMPAIGNS: Final = 500  # of one run
MEASURE_DUE_JOB: Final = "campaigns.measure_due"
MEASURE_OF_ARTIST_JOB: Final = "campaigns.measure_of_artist"
CALIBRATE_JOB: Final = "campaigns.calibrate"
CALIBRATE_DAYS: Final = 7


async def measure_one(job: JobRun) -> None:
    await _measure(job, [UUID(job.args["campaign_id"])])


async def measure_due(job: JobRun) -> None:
    """Measure the campaigns that can still change."""
    async with job.transaction() as connection:
        ended_after = clock.today() - timedelta(days=OPEN_DAYS)
        due = await store.list_due(connection, job.org_id, ended_after=ended_after, limit=MAX_CAMPAIGNS)
    await _measure(job, due)


async def measure_of_artist(job: JobRun) -> None:
    """After an artist's numbers have changed, measure their campaigns again."""
    async with job.transaction() as connection:
        event_id = UUID(job.args["event_id"])
        campaigns = await store.list_of_artist(connection, job.org_id, event_id, limit=MAX_CAMPAIGNS)
    await _measure(job, campaigns)


async def calibrate(job: JobRun) -> None:
    await job.report(metrics=await calibrating.calibrate_org(job))


async def _measure(job: JobRun, campaigns: Sequence[UUID]) -> None:
    measured = [await measure_campaign(job, campaign) for campaign in campaigns]
    if any(measured):
        async with job.transaction() as connection:
            if not await store.is_calibrated(connection, job.org_id, days=CALIBRATE_DAYS):
                await enqueue_job(connection, job.org_id, CALIBRATE_JOB, {}, dedupe_key=CALIBRATE_JOB)
    await job.report(campaigns=len(campaigns), measured=sum(measured))


HANDLERS: Final[dict[str, Handler]] = {
    MEASURE_JOB: measure_one,
    MEASURE_DUE_JOB: measure_due,
    MEASURE_OF_ARTIST_JOB: measure_of_artist,
    CALIBRATE_JOB: calibrate,
}
