"""SQL of inbound webhooks, one statement a function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_SOURCE = """
  select s.source, s.created_at, count(e.id) as received, max(e.received_at) as last_received_at
  from webhook_sources s left join webhook_events e on e.org_id = s.org_id and e.source = s.source"""


async def receive(
    connection: Connection, org_id: UUID, *, source: str, external_id: str, payload: Mapping[str, Any]
) -> UUID | None:
    """Store a call and enqueue its processing. Returns None when it is stored already."""
    kept: UUID | None = await connection.fetchval(
        "select private.receive_webhook($1, $2, $3, $4, 'automation.process_webhook')",
        org_id,
        source,
        external_id,
        dict(payload),
    )
    return kept


async def list_sources(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        f"{_SOURCE} where s.org_id = $1 group by s.source, s.created_at order by s.source", org_id
    )


async def get_source(connection: Connection, org_id: UUID, source: str) -> Row:
    return await fetch_one(
        connection,
        f"{_SOURCE} where s.org_id = $1 and s.source = $2 group by s.source, s.created_at",
        org_id,
        source,
    )


async def create_source(connection: Connection, org_id: UUID, source: str, *, created_by: UUID) -> bool:
    """Return False when the org has this source already."""
    done = await connection.execute(
        "insert into webhook_sources (org_id, source, created_by) values ($1, $2, $3) on conflict do nothing",
        org_id,
        source,
        created_by,
    )
    return done.endswith(" 1")


async def delete_source(connection: Connection, org_id: UUID, source: str) -> bool:
    done = await connection.execute("delete from webhook_sources where org_id = $1 and source = $2", org_id, source)
    return done.endswith(" 1")


async def list_received(
    connection: Connection, org_id: UUID, *, source: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        """select id, source, external_id, payload, status, note, received_at, processed_at from webhook_events
           where org_id = $1 and ($2::text is null or source = $2)
             and ($3::timestamptz is null or (received_at, id) < ($3, $4::uuid))
           order by received_at desc, id desc limit $5""",
        org_id,
        source,
        *(after or (None, None)),
        limit,
    )


async def lock_received(connection: Connection, org_id: UUID, id: UUID) -> Row | None:
    """Return a call that is not processed yet, locked until the end of the transaction."""
    return await connection.fetchrow(
        """select source, payload from webhook_events
           where org_id = $1 and id = $2 and status = 'received' for no key update""",
        org_id,
        id,
    )


async def finish_received(connection: Connection, org_id: UUID, id: UUID, *, status: str, note: str) -> None:
    await connection.execute(
        "update webhook_events set status = $3, note = $4, processed_at = clock.now() where org_id = $1 and id = $2",
        org_id,
        id,
        status,
        note,
    )


async def find_insight_event(connection: Connection, org_id: UUID, event_id: UUID) -> bool:
    return bool(
        await connection.fetchval(
            "select true from events where org_id = $1 and id = $2 and type = 'insight.created'", org_id, event_id
        )
    )


async def lock_insight(connection: Connection, org_id: UUID, insight_id: UUID) -> Row | None:
    """Return the insight's artist and lock the row, so that two calls about one insight record one event."""
    return await connection.fetchrow(
        "select artist_id from insights where org_id = $1 and id = $2 for no key update", org_id, insight_id
    )


async def find_event_of_insight(connection: Connection, org_id: UUID, insight_id: UUID) -> bool:
    return bool(
        await connection.fetchval(
            """select true from events where org_id = $1 and type = 'insight.created'
                 and payload ->> 'insight_id' = $2 limit 1""",
            org_id,
            str(insight_id),
        )
    )
