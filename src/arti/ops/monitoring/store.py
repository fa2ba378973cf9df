"""SQL of figures, alerts and the watch."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import orjson

from arti_core.database import Connection, Row


async def list_figures(connection: Connection) -> list[Row]:
    """Return (name, labels, value) of the whole installation."""
    return await connection.fetch("select name, labels, value from private.monitoring_figures()")


async def take_watch(connection: Connection, process_id: UUID, seconds: float) -> bool:
    """Take or keep the watch for so long. Returns whether the process has it."""
    taken: bool = await connection.fetchval("select private.take_watch($1, $2)", process_id, seconds)
    return taken


async def note_alerts(
    connection: Connection, problems: Mapping[str, Mapping[str, Any]], examined: Collection[str] | None
) -> list[Row]:
    """Store what is wrong and return what is to be told: (name, detail, since, ended)."""
    return await connection.fetch(
        "select * from private.note_alerts($1::text::jsonb, $2)",
        orjson.dumps(problems).decode(),
        None if examined is None else list(examined),
    )


async def mark_notified(connection: Connection, name: str, *, ended: bool) -> None:
    """Record that an alert, or its end, was told."""
    await connection.execute("select private.alert_notified($1, $2)", name, ended)


async def check_next_audit_chain(connection: Connection) -> None:
    """Verify the chain of one org, unless each was verified within a day. As a worker."""
    await connection.execute("select private.check_next_audit_chain(interval '1 day')")
