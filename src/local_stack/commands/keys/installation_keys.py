"""`./arti keys create|list|revoke`: the API keys of the installation and of orgs, stored in its database as hashes."""

import os
from typing import Literal

from arti.ops.console.audit import COMMAND_LINE, record_change
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Invalid, NotFound
from local_stack.commands.owner import connect_as_owner
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
        await _record(connection, f"The {kind} key {start_of(key)}… ({name}) is made.")
    finally:
        await connection.close()
    return key


async def _record(connection: Connection, detail: str) -> None:
    await record_change(connection, session=COMMAND_LINE, action="key", target="API keys", detail=detail)


async def list_lines() -> list[str]:
    """Return one line for each key of the installation, the newest first."""
    return [
        _line(row, row["name"])
        for row in await _fetch("select * from private.installation_keys order by created_at desc, id")
    ]


async def list_org_lines() -> list[str]:
    """Return one line for each key of an org, with org, role and scope, the newest first."""
    rows = await _fetch(
        """select k.*, o.name as org, m.role from private.org_keys k join public.orgs o on o.id = k.org_id
           left join public.memberships m on m.org_id = k.org_id and m.user_id = k.user_id
           where k.org_id <> private.canary_org_id() order by k.created_at desc, k.id"""
    )
    return [_line(row, f"{row['name']} of {row['org']}, {row['role'] or 'no member'}, {row['scope']}") for row in rows]


async def _fetch(sql: str) -> list[Row]:
    connection = await _connect()
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


def _line(row: Row, what: str) -> str:
    end = f"revoked {row['revoked_at']:%Y-%m-%d %H:%M}" if row["revoked_at"] else _used(row["last_used_at"])
    return f"{row['id']}  {row['start']}…  {what}  made {row['created_at']:%Y-%m-%d}, {end}"


async def revoke(key_id: str) -> None:
    """Revoke the key whose id starts with `key_id`: every gateway refuses it within a second. Raises NotFound."""
    connection = await _connect()
    try:
        ids = await connection.fetch(
            "select id from private.installation_keys where starts_with(id::text, lower($1)) limit 2", key_id
        )
        if len(ids) != 1:
            raise NotFound("key", "Give more of its id; ./arti keys list shows all.")
        await connection.execute(
            "update private.installation_keys set revoked_at = coalesce(revoked_at, clock.now()) where id = $1",
            ids[0]["id"],
        )
        await _record(connection, f"The key {ids[0]['id']} is revoked.")
    finally:
        await connection.close()


def _used(at: object) -> str:
    return f"last used {at:%Y-%m-%d %H:%M}" if at else "never used"


async def _connect() -> Connection:
    if os.environ.get("SUPABASE_URL"):
        raise Conflict("This installation uses another Supabase, which has its own keys. Create one there.")
    connection, _ = await connect_as_owner()
    return connection
