"""SQL of statements that are read again: their lines by row, and who else holds a line."""

from collections.abc import Collection, Sequence
from uuid import UUID

from arti_core.database import Connection, Row


async def list_lines_between(
    connection: Connection, org_id: UUID, statement_ids: Sequence[UUID], *, after: int, until: int
) -> list[Row]:
    """Return the lines of some rows of statements."""
    return await connection.fetch(
        """select source_row, line_key, month, store, country, type, quantity, amount, currency, title, isrc, upc
           from royalty_lines
           where org_id = $1 and statement_id = any ($2) and source_row > $3 and source_row <= $4""",
        org_id,
        list(statement_ids),
        after,
        until,
    )


async def list_rows_between(
    connection: Connection, org_id: UUID, statement_ids: Sequence[UUID], *, after: int, until: int
) -> set[int]:
    rows = await connection.fetch(
        """select source_row from royalty_lines
           where org_id = $1 and statement_id = any ($2) and source_row > $3 and source_row <= $4""",
        org_id,
        list(statement_ids),
        after,
        until,
    )
    return {row["source_row"] for row in rows}


async def delete_rows(
    connection: Connection, org_id: UUID, statement_ids: Sequence[UUID], rows: Collection[int]
) -> None:
    await connection.execute(
        "delete from royalty_lines where org_id = $1 and statement_id = any ($2) and source_row = any ($3)",
        org_id,
        list(statement_ids),
        list(rows),
    )


async def delete_empty_statements(connection: Connection, org_id: UUID, import_id: UUID) -> None:
    await connection.execute(
        """delete from royalty_statements s where s.org_id = $1 and s.import_id = $2
           and not exists (select from royalty_lines l where l.org_id = s.org_id and l.statement_id = s.id)""",
        org_id,
        import_id,
    )


async def count_unmatched(connection: Connection, org_id: UUID, import_id: UUID) -> Row | None:
    """Return without_artist and without_recording, the numbers of such lines of an import."""
    return await connection.fetchrow(
        """select count(*) filter (where l.artist_id is null) as without_artist,
             count(*) filter (where l.recording_id is null) as without_recording
           from royalty_statements s
           join royalty_lines l on l.org_id = s.org_id and l.statement_id = s.id
           where s.org_id = $1 and s.import_id = $2""",
        org_id,
        import_id,
    )
