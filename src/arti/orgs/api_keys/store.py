"""SQL of the keys that admins manage. Hashes are never read: `orgs/store.py` looks a key up by its own."""

from uuid import UUID

from arti.vocabulary import KeyScope
from arti_core.database import Connection, Row

_KEY = """
  select k.id, k.user_id as member_id, k.name, m.role, m.artist_access, m.money_access, l.artists, l.groups, k.start,
    k.scope, u.email as created_by, k.created_at, k.last_used_at, k.revoked_at
  from private.org_keys k
  left join memberships m on m.org_id = k.org_id and m.user_id = k.user_id
  cross join lateral private.access_lists(k.org_id, k.user_id) l
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
    connection: Connection,
    org_id: UUID,
    *,
    user_id: UUID,
    name: str,
    hashed: bytes,
    start: str,
    scope: KeyScope,
    created_by: UUID,
) -> UUID:
    key_id: UUID = await connection.fetchval(
        """insert into private.org_keys (org_id, user_id, name, hash, start, scope, created_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        org_id,
        user_id,
        name,
        hashed,
        start,
        scope,
        created_by,
    )
    return key_id


async def revoke_key(connection: Connection, org_id: UUID, key_id: UUID) -> None:
    await connection.execute(
        "update private.org_keys set revoked_at = clock.now() where org_id = $1 and id = $2 and revoked_at is null",
        org_id,
        key_id,
    )
