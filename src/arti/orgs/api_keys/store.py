"""SQL of API keys. Hashes are never read: the gateway looks a key up by `private.use_key`."""

from uuid import UUID

from arti_core.database import Connection, Row
from supabase_local.keys.api_keys import ApiKey

_KEY = """
  select k.id, k.user_id as member_id, k.name, m.role, k.start, u.email as created_by, k.created_at, k.last_used_at,
    k.revoked_at
  from private.org_keys k
  left join memberships m on m.org_id = k.org_id and m.user_id = k.user_id
  left join users u on u.id = k.created_by
"""


async def list_keys(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the newest first, those that are revoked too."""
    return await connection.fetch(_KEY + " where k.org_id = $1 order by k.created_at desc, k.id", org_id)


async def find_key(connection: Connection, org_id: UUID, key_id: UUID) -> Row | None:
    return await connection.fetchrow(_KEY + " where k.org_id = $1 and k.id = $2", org_id, key_id)


async def count_live_keys(connection: Connection, org_id: UUID) -> int:
    count: int = await connection.fetchval(
        "select count(*) from private.org_keys where org_id = $1 and revoked_at is null", org_id
    )
    return count


async def insert_key(
    connection: Connection, org_id: UUID, *, user_id: UUID, name: str, hashed: bytes, start: str, created_by: UUID
) -> UUID:
    key_id: UUID = await connection.fetchval(
        """insert into private.org_keys (org_id, user_id, name, hash, start, created_by)
           values ($1, $2, $3, $4, $5, $6) returning id""",
        org_id,
        user_id,
        name,
        hashed,
        start,
        created_by,
    )
    return key_id


async def revoke_key(connection: Connection, org_id: UUID, key_id: UUID) -> None:
    await connection.execute(
        "update private.org_keys set revoked_at = clock.now() where org_id = $1 and id = $2 and revoked_at is null",
        org_id,
        key_id,
    )


async def use_key(connection: Connection, hashed: bytes) -> ApiKey | None:
    """Return the unrevoked key with this SHA-256, of the installation or of an org, and record its use."""
    row = await connection.fetchrow("select id, role, user_id, email from private.use_key($1)", hashed)
    return ApiKey(**dict(row)) if row else None
