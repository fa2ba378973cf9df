"""SQL of the rows by which workers report that they are alive."""

from typing import Final
from uuid import UUID

from arti_core.database import Connection

BEAT_SECONDS: Final = 5.0
# A worker that has not reported for so long hangs or is gone.
SILENT_SECONDS: Final = 15.0


async def record_heartbeat(connection: Connection, process_id: UUID) -> None:
    """Record that this worker is alive. As a worker; one that is silent for ten minutes is forgotten."""
    await connection.execute("select private.record_worker_heartbeat($1)", process_id)


async def remove_heartbeat(connection: Connection, process_id: UUID) -> None:
    """Record that this worker has stopped in good order."""
    await connection.execute("select private.remove_worker_heartbeat($1)", process_id)


async def list_silences(connection: Connection) -> list[float]:
    """Return for each known worker the seconds since it last reported. As the API."""
    rows = await connection.fetch("select silent_seconds from private.worker_silences()")
    return [row["silent_seconds"] for row in rows]
