"""SQL of logos. Their bytes are kept by the file store."""

from uuid import UUID

from arti_core.database import Connection, Row

KIND = "logo"


async def find_logo_id(connection: Connection, org_id: UUID) -> UUID | None:
    """Return which file is the logo of one of the caller's orgs."""
    id: UUID | None = await connection.fetchval("select private.logo_id($1)", org_id)
    return id


async def read_logo(connection: Connection, org_id: UUID) -> Row | None:
    """Return the row of a logo, with its `content` where that is in the database."""
    return await connection.fetchrow("select * from private.read_logo($1)", org_id)
