"""`./arti keys create|list|revoke`: the API keys of the installation, stored in its database as hashes."""

import os
from typing import Literal

import asyncpg

from arti_core.database import Connection
from arti_core.errors import Conflict, Invalid, NotFound, Unavailable
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment
from supabase_local.keys.signing_keys import hash_key, make_api_key, start_of


async def create(kind: Literal["publishable", "secret"], name: str) -> str:
    """Make a key and return it; only its hash is stored. Publishable keys act as anon, secret ones as service_role."""
    if not 1 <= len(name) <= 120:
        raise Invalid("A key needs a name of at most 120 characters.", field="name")
    key = make_api_key(kind)
    connection = await _connect()
    try:
        await connection.execute(
            "insert into private.installation_keys (kind, name, hash, start) values ($1, $2, $3, $4)",
            kind,
            name,
            hash_key(key),
            start_of(key),
        )
    finally:
        await connection.close()
    return key


async def list_lines() -> list[str]:
    """Return one line for each key, the newest first."""
    connection = await _connect()
    try:
        rows = await connection.fetch("select * from private.installation_keys order by created_at desc, id")
    finally:
        await connection.close()
    return [
        f"{row['id']}  {row['start']}…  {row['name']}  made {row['created_at']:%Y-%m-%d}, "
        + (f"revoked {row['revoked_at']:%Y-%m-%d %H:%M}" if row["revoked_at"] else _used(row["last_used_at"]))
        for row in rows
    ]


async def revoke(key_id: str) -> None:
    """Revoke the key whose id starts with `key_id`: every gateway refuses it within a second. Raises NotFound."""
    connection = await _connect()
    try:
        ids = await connection.fetch(
            "select id from private.installation_keys where starts_with(id::text, lower($1)) limit 2", key_id
        )
        if len(ids) != 1:
            raise NotFound("key")
        await connection.execute(
            "update private.installation_keys set revoked_at = coalesce(revoked_at, clock.now()) where id = $1",
            ids[0]["id"],
        )
    finally:
        await connection.close()


def _used(at: object) -> str:
    return f"last used {at:%Y-%m-%d %H:%M}" if at else "never used"


async def _connect() -> Connection:
    if os.environ.get("SUPABASE_URL"):
        raise Conflict("This installation uses another Supabase, which has its own keys. Create one there.")
    folder = find_data_directory()
    url = os.environ.get("OWNER_DATABASE_URL")
    if not url:
        folder.prepare()
        url = load_environment(folder).values.get("OWNER_DATABASE_URL", "")
    try:
        connection: Connection = await asyncpg.connect(url, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set OWNER_DATABASE_URL."
        ) from None
    return connection
