"""Jobs as people see them: one of them, and queueing a failed one again."""

from uuid import UUID

import asyncpg

from arti.ops import store
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti_core.database import Row
from arti_core.errors import Conflict, NotFound
from arti_core.jobs import requeue_job


async def get_job(access: Access, job_id: UUID) -> Row:
    """Return one job of the org. Raises NotFound."""
    job = await store.find_job(access.connection, access.org_id, job_id)
    if job is None:
        raise NotFound("job")
    return job


async def retry_job(access: Access, job_id: UUID) -> Row:
    """Queue a failed job again, with all its attempts. Raises NotFound, and Conflict unless it has failed."""
    job = await get_job(access, job_id)
    if job["status"] not in ("failed", "dead"):
        raise Conflict(f"This job is {job['status']}; only one that has failed can be tried again.")
    try:
        await requeue_job(access.connection, access.org_id, job_id)
    except asyncpg.UniqueViolationError:
        raise Conflict("The same work is queued again already. Wait for that job.") from None
    await audit(access, "job.retried", job_id, {"name": job["name"]})
    return await get_job(access, job_id)
