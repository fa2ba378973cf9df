"""SQL of what SMS cost an org in a month."""

from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one


async def find_use(connection: Connection, org_id: UUID, month: date) -> Row | None:
    return await connection.fetchrow("select * from sms_use where org_id = $1 and month = $2", org_id, month)


async def lock_use(connection: Connection, org_id: UUID, month: date) -> Row:
    """Return the row of a month, locked until the end of the transaction."""
    return await fetch_one(
        connection,
        """insert into sms_use (org_id, month) values ($1, $2)
           on conflict (org_id, month) do update set messages = sms_use.messages returning *""",
        org_id,
        month,
    )


async def add_use(
    connection: Connection, org_id: UUID, month: date, *, messages: int, parts: int, micros: int, refused: int = 0
) -> None:
    """Add to a month; negative numbers give back. A month that has no row is left alone."""
    await connection.execute(
        """update sms_use set messages = greatest(0, messages + $3), parts = greatest(0, parts + $4),
             spent_micros = greatest(0, spent_micros + $5), refused = refused + $6
           where org_id = $1 and month = $2""",
        org_id,
        month,
        messages,
        parts,
        micros,
        refused,
    )
