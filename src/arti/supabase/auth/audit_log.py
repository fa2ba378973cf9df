"""Plain SQL over auth.audit_log_entries: who did what to whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from arti.base.database import Connection


async def record_entry(connection: Connection, entry: Mapping[str, Any], *, at: datetime, ip: str | None) -> None:
    await connection.execute(
        """insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
           values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, coalesce($4, ''))""",
        uuid4(),
        entry,
        at,
        ip,
    )


async def list_entries(connection: Connection, *, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Return entries of the audit log, newest first, and how many there are in all."""
    rows = await connection.fetch(
        """select id, payload, created_at, ip_address, count(*) over () as total from auth.audit_log_entries
           order by created_at desc, id limit $1 offset $2""",
        limit,
        offset,
    )
    entries = [{name: row[name] for name in ("id", "payload", "created_at", "ip_address")} for row in rows]
    return entries, rows[0]["total"] if rows else 0
