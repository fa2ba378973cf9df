"""The jobs of insights."""

from typing import Final
from uuid import UUID

from arti.insights import detection_store
from arti.insights.detection import detect_for_artist
from arti.insights.knowledge import service as knowledge
from arti.insights.model_use.service import TEST_JOB, test_model
from arti.insights.revalidation import revalidate_artist
from arti.jobs import Handler, JobRun


async def detect(job: JobRun) -> None:
    """After a change of an artist's numbers, correct or withdraw insights, then publish new ones."""
    artist_id = await _artist_of_event(job)
    if artist_id is None:
        return
    async with job.transaction() as connection:
        corrected, withdrawn = await revalidate_artist(connection, job.org_id, artist_id)
    written = await detect_for_artist(job, artist_id)
    await job.report(insights=written, corrected=corrected, withdrawn=withdrawn)


async def withdraw(job: JobRun) -> None:
    """After an import was undone, withdraw the insights that relied on it."""
    artist_id = await _artist_of_event(job)
    if artist_id is None:
        return
    async with job.transaction() as connection:
        corrected, withdrawn = await revalidate_artist(connection, job.org_id, artist_id)
    await job.report(corrected=corrected, withdrawn=withdrawn)


async def check_stale(job: JobRun) -> None:
    """Find providers without new data, and documents that the current model has not embedded."""
    async with job.transaction() as connection:
        artists = await detection_store.list_artists(connection, job.org_id)
        await knowledge.enqueue_missing_indexes(connection, job.org_id, settings=job.worker_context.settings)
    written = 0
    for artist_id in artists:
        async with job.transaction() as connection:
            await revalidate_artist(connection, job.org_id, artist_id)
        written += await detect_for_artist(job, artist_id, stale_only=True)
    await job.report(artists=len(artists), insights=written)


async def index_document(job: JobRun) -> None:
    await knowledge.index_document(job, UUID(job.args["document_id"]))


async def _artist_of_event(job: JobRun) -> UUID | None:
    async with job.transaction() as connection:
        payload = await detection_store.find_event(connection, job.org_id, UUID(job.args["event_id"]))
    return UUID(payload["artist_id"]) if payload and payload.get("artist_id") else None


HANDLERS: Final[dict[str, Handler]] = {
    "insights.detect": detect,
    "insights.withdraw": withdraw,
    "insights.check_stale": check_stale,
    "insights.index_document": index_document,
    TEST_JOB: test_model,
}
