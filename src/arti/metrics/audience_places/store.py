"""SQL of where an audience is. The numbers are read as breakdowns are."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row

_MOST_SHOWS = 2000


async def list_shows(connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], until: date) -> list[Row]:
    """Return the shows of artists in the calendar up to a day, the last first."""
    return await connection.fetch(
        """select e.artist_id, e.title, e.notes, e.starts_on as on from calendar_entries e
           where e.org_id = $1 and e.artist_id = any ($2) and e.kind = 'show' and e.starts_on <= $3
           order by e.starts_on desc, e.id limit $4""",
        org_id,
        list(artist_ids),
        until,
        _MOST_SHOWS,
    )
