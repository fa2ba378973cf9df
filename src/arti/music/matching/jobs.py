"""The job that matches an artist's assets after a sync, an import, or the undoing of one."""

from typing import Final
from uuid import UUID

from arti.jobs import Handler, JobRun
from arti.music.matching import store
from arti.music.matching.service import BATCH, MatchCounts, match_batch
from arti.orgs.authorization import Actor
from arti_core.database import Connection
from arti_core.jobs import enqueue_job

MATCH_JOB: Final = "music.match"


async def match(job: JobRun) -> None:
    """Match what is not matched yet of the artist whom the event or the request names."""
    async with job.transaction() as connection:
        artist_id = await _artist_of(job, connection)
        if artist_id is None:
            return
        asset_ids = await store.list_unmatched(connection, job.org_id, artist_id)
    done = MatchCounts()
    for start in range(0, len(asset_ids), BATCH):
        async with job.transaction() as connection:
            counts = await match_batch(connection, job.org_id, artist_id, asset_ids[start : start + BATCH])
        done.linked, done.created = done.linked + counts.linked, done.created + counts.created
        done.doubtful += counts.doubtful
    async with job.transaction() as connection:
        await store.delete_orphans(connection, job.org_id, artist_id)
    await job.report(linked=done.linked, created=done.created, doubtful=done.doubtful)


async def _artist_of(job: JobRun, connection: Connection) -> UUID | None:
    if "artist_id" in job.args:
        return UUID(job.args["artist_id"])
    payload = await store.find_event(connection, job.org_id, UUID(job.args["event_id"]))
    return UUID(payload["artist_id"]) if payload and payload.get("artist_id") else None


async def enqueue_match(actor: Actor, artist_id: UUID) -> None:
    """Let an artist's assets be matched anew, once however often it is asked."""
    await enqueue_job(
        actor.connection,
        actor.org_id,
        MATCH_JOB,
        {"artist_id": str(artist_id)},
        dedupe_key=f"{MATCH_JOB}:{artist_id}",
        requested_by=actor.principal.user_id if actor.principal else None,
    )


HANDLERS: Final[dict[str, Handler]] = {MATCH_JOB: match}
