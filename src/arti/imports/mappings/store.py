"""SQL of kept mappings."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from arti_core.database import Connection, Row


async def save_mapping(
    connection: Connection,
    org_id: UUID,
    *,
    header_sha256: bytes,
    source: str,
    header: Sequence[str],
    options: Mapping[str, str],
    saved_by: UUID | None,
) -> None:
    await connection.execute(
        """insert into import_mappings (org_id, header_sha256, source, header, options, saved_by)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (org_id, header_sha256) do update set source = excluded.source, header = excluded.header,
             options = excluded.options, saved_by = excluded.saved_by, saved_at = clock.now()""",
        *(org_id, header_sha256, source, list(header), dict(options), saved_by),
    )


async def find_mappings(connection: Connection, org_id: UUID, headers: Collection[bytes]) -> dict[bytes, Row]:
    """Return the mappings of these headers whose source still exists."""
    rows = await connection.fetch(
        """select m.header_sha256, m.source, m.options from import_mappings m
           join sources s on s.org_id = m.org_id and s.slug = m.source
           where m.org_id = $1 and m.header_sha256 = any ($2)""",
        *(org_id, list(headers)),
    )
    return {row["header_sha256"]: row for row in rows}


async def list_mappings(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the mappings of an org, newest first."""
    return await connection.fetch(
        """select id, source, header, options, saved_at from import_mappings
           where org_id = $1 order by saved_at desc, id limit 2000""",
        org_id,
    )


async def delete_mapping(connection: Connection, org_id: UUID, mapping_id: UUID) -> Row | None:
    """Return the source and the header that it had; None when there was none."""
    return await connection.fetchrow(
        "delete from import_mappings where org_id = $1 and id = $2 returning source, header", org_id, mapping_id
    )
