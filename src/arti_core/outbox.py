"""The outbox: events are written in the transaction that they report (transactional outbox pattern)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection


async def record_event(connection: Connection, org_id: UUID, type: str, payload: Mapping[str, Any]) -> UUID:
    """Write an event to the outbox; the worker dispatches it to its subscribers after the commit. Returns its id."""
    # The id is made here: members may record events that they may not read, so `returning` would be refused.
    event_id = uuid4()
    await connection.execute(
        "insert into events (org_id, id, type, payload) values ($1, $2, $3, $4)", org_id, event_id, type, dict(payload)
    )
    return event_id
