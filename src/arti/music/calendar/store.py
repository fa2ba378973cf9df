"""SQL of calendar entries."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

COLUMNS = (
    "kind",
    "title",
    "starts_on",
    "ends_on",
    "deadline_on",
    "owner_id",
    "status",
    "url",
    "notes",
    "recording_id",
    "release_id",
)


async def find_entry(connection: Connection, org_id: UUID, entry_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select id, artist_id, kind, title, starts_on, coalesce(ends_on, starts_on) as ends_on, deadline_on, owner_id,
             status, url, notes, recording_id, release_id, created_at
           from calendar_entries where org_id = $1 and id = $2""",
        org_id,
        entry_id,
    )


async def insert_entry(
    connection: Connection, org_id: UUID, *, artist_id: UUID | None, values: Mapping[str, Any], created_by: UUID | None
) -> UUID:
    """Insert an entry with `values` for COLUMNS; what is missing is null."""
    entry_id = uuid4()
    await connection.execute(
        f"""insert into calendar_entries (org_id, id, artist_id, created_by, {", ".join(COLUMNS)})
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce($13, ''), $14, $15)""",  # noqa: S608
        org_id,
        entry_id,
        artist_id,
        created_by,
        *(values.get(column) for column in COLUMNS),
    )
    return entry_id


async def update_entry(connection: Connection, org_id: UUID, entry_id: UUID, values: Mapping[str, Any]) -> None:
    await connection.execute(
        """update calendar_entries set kind = $3, title = $4, starts_on = $5, ends_on = $6, deadline_on = $7,
             owner_id = $8, status = $9, url = $10, notes = $11, recording_id = $12, release_id = $13,
             updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        entry_id,
        *(values[column] for column in COLUMNS),
    )


async def delete_entry(connection: Connection, org_id: UUID, entry_id: UUID) -> bool:
    status = await connection.execute("delete from calendar_entries where org_id = $1 and id = $2", org_id, entry_id)
    return status.endswith(" 1")


async def recording_exists(connection: Connection, org_id: UUID, recording_id: UUID) -> bool:
    return bool(
        await connection.fetchval(
            "select true from recordings where org_id = $1 and id = $2 and merged_into is null", org_id, recording_id
        )
    )


async def release_exists(connection: Connection, org_id: UUID, release_id: UUID) -> bool:
    return bool(
        await connection.fetchval(
            "select true from releases where org_id = $1 and id = $2 and merged_into is null",
            org_id,
            release_id,
        )
    )
