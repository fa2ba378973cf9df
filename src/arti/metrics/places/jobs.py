"""The jobs of metrics."""

from typing import Final

from arti.jobs import Handler, JobRun
from arti.metrics.places.service import resolve_stored


async def resolve_places(job: JobRun) -> None:
    """Give series that are still under the text of a city the number of its place, where that is clear."""
    async with job.transaction() as connection:
        renamed = await resolve_stored(connection, job.org_id)
    await job.report(renamed=renamed)


HANDLERS: Final[dict[str, Handler]] = {"metrics.resolve_places": resolve_places}
