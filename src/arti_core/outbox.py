"""The outbox: events are written in the transaction that they report (transactional outbox pattern)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection, Row
from arti_core.telemetry.request_ids import continue_request
from arti_core.telemetry.traces import continue_trace, current_cause


async def record_event(connection: Connection, org_id: UUID, type: str, payload: Mapping[str, Any]) -> UUID:
    """Write an event to the outbox; the worker dispatches it to its subscribers after the commit. Returns its id."""
    # Not by `returning`: members may record events that they may not read, so it would be refused.
    event_id = uuid4()
    await connection.execute(
        "insert into events (org_id, id, type, payload, request_id, traceparent) values ($1, $2, $3, $4, $5, $6)",
        org_id,
        event_id,
        type,
        dict(payload),
        *current_cause(),
    )
    return event_id


async def list_pending_events(connection: Connection, limit: int, *, of_each_org: int) -> list[Row]:
    """Return (org_id, id, type) of events that are not dispatched yet: the oldest of each org, all orgs in turn.

    For a transaction without org.
    """
    return await connection.fetch("select org_id, id, type from private.pending_events($1, $2)", limit, of_each_org)


async def mark_dispatched(connection: Connection, org_id: UUID, event_id: UUID) -> bool:
    """Return whether this transaction is the one that dispatches the event.

    What it enqueues and logs from then on is of the request that caused the event.
    """
    row = await connection.fetchrow(
        """update events set dispatched_at = clock.now()
           where org_id = $1 and id = $2 and dispatched_at is null returning request_id, traceparent""",
        org_id,
        event_id,
    )
    if row is not None:
        continue_request(row["request_id"])
        continue_trace(row["traceparent"])
    return row is not None
