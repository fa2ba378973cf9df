"""Attempts that members request: of one delivery, or of all that are dead."""

from datetime import datetime
from typing import Final
from uuid import UUID

from arti.automation.deliveries import store
from arti.automation.deliveries.fan_out import DELIVER_JOB, DELIVER_MAX_ATTEMPTS
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti_core.errors import Conflict, NotFound
from arti_core.jobs import enqueue_job

MAX_REPLAY: Final = 1000


async def enqueue_retry(access: Access, delivery_id: UUID) -> UUID | None:
    """Enqueue one attempt now. Returns None when one is queued already. Raises Conflict for what was sent."""
    row = await store.find_delivery(access.connection, access.org_id, delivery_id)
    if row is None:
        raise NotFound("delivery")
    if row["status"] in ("sent", "sending"):
        raise Conflict("This message was already sent or is being sent. A retry would send it twice.")
    await audit(access, "delivery.retried", delivery_id)
    return await _enqueue_attempt(access, delivery_id)


async def enqueue_replay(access: Access, *, since: datetime, until: datetime | None) -> int:
    """Enqueue one attempt for each delivery that is dead and was created in the period. Returns how many."""
    dead = await store.list_dead(access.connection, access.org_id, since=since, until=until, limit=MAX_REPLAY)
    count = sum([await _enqueue_attempt(access, delivery_id) is not None for delivery_id in dead])
    about = {"since": since.isoformat(), "until": until.isoformat() if until else None, "deliveries": count}
    await audit(access, "org.deliveries_replayed", access.org_id, about)
    return count


async def _enqueue_attempt(access: Access, delivery_id: UUID) -> UUID | None:
    return await enqueue_job(
        access.connection,
        access.org_id,
        DELIVER_JOB,
        {"delivery_id": str(delivery_id), "requested_by": str(access.principal.user_id)},
        dedupe_key=f"{DELIVER_JOB}:{delivery_id}:requested",
        requested_by=access.principal.user_id,
        max_attempts=DELIVER_MAX_ATTEMPTS,
    )
