"""SQL of a person's own sign-ins."""

from arti_core.database import Connection, Row


async def list_own_sign_ins(connection: Connection, *, limit: int) -> list[Row]:
    """Return the newest first. The database takes the person from the claims."""
    return await connection.fetch(
        "select id, happened_at, action, method, address, user_agent from private.list_own_sign_ins($1)", limit
    )
