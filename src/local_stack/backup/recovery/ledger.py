"""The ledger of deletions: what people deleted or revoked, kept beside the backups and applied again by a restore.

An entry holds the keys of a row, no names and no values. It was deleted before the moment of a restored database
exactly if that database has the entry too, so no two clocks are compared.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import orjson

from arti.music.facts_store import delete_songs_of_artist
from arti_core.clock import now
from arti_core.database import Connection
from local_stack.backup.repository import Repository

_BATCH: Final = 1000
# What a person's or an artist's row needs besides its own deletion.
_REVOKE: Final = {
    "private.org_keys": "revoked_at = clock.now()",
    "private.installation_keys": "revoked_at = clock.now()",
    "public.memberships": "status = 'disabled'",
}

# What else is deleted with a person or an org, by the subject map.
_ERASE: Final = {"public.users": "private.erase_person", "public.orgs": "private.erase_org"}
# Whose rows go with those of a table, and may refuse.
_REFUSING: Final = {"public.users": ("public.memberships",)}


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    action: str
    relation: str
    key: dict[str, Any]
    deleted_at: str

    def describe(self) -> str:
        return f"{self.id} {self.deleted_at[:19]}Z {self.action} {self.relation}"


async def ship_deletions(connection: Connection, repository: Repository, *, kept: timedelta) -> int:
    """Write new deletions to the ledger. Returns how many. An entry that is written twice is no harm."""
    shipped = 0
    while rows := await connection.fetch("select * from private.unshipped_deletions($1)", _BATCH):
        entries = [
            {
                "id": str(row["id"]),
                "action": row["action"],
                "relation": row["relation"],
                "key": row["key"] if isinstance(row["key"], dict) else orjson.loads(row["key"]),
                "deleted_at": row["deleted_at"].isoformat(),
            }
            for row in rows
        ]
        await repository.put(f"deletions/{now():%Y%m%dT%H%M%SZ}-{uuid4().hex}", orjson.dumps(entries))
        await connection.execute("select private.mark_deletions_shipped($1, $2)", [row["id"] for row in rows], kept)
        shipped += len(rows)
    return shipped


async def read_ledger(repository: Repository) -> list[Entry]:
    """Return every entry, the oldest first. Raises Damaged, Misconfigured, Unavailable."""
    entries: dict[UUID, Entry] = {}
    for stored in await repository.list_objects("deletions"):
        for values in orjson.loads(await repository.get(stored.path)):
            entries[UUID(values["id"])] = Entry(**values | {"id": UUID(values["id"])})
    return sorted(entries.values(), key=lambda entry: entry.deleted_at)


async def apply_ledger(
    connection: Connection, entries: list[Entry], *, undelete: Collection[UUID] = ()
) -> tuple[list[Entry], list[str]]:
    """Delete and revoke again what the database has and the ledger says is gone, in the caller's transaction.

    Returns what was applied, and a sentence for each entry that could not be. `undelete` are ids to leave out: a
    deletion that was a mistake, for whose sake one restores.
    """
    known = {row["id"] for row in await connection.fetch("select id from private.deletions")}
    recorded = {
        row["name"]
        for row in await connection.fetch(
            """select format('%I.%I', n.nspname, c.relname) as name from pg_trigger t
               join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
               where t.tgname in ('ledger_deletion', 'ledger_revocation')"""
        )
    }
    applied, problems = [], []
    for entry in entries:
        if entry.id in known or entry.id in undelete:
            continue
        if entry.relation not in recorded:
            problems.append(f"{entry.describe()}: this schema has no such table any more.")
            continue
        try:
            changed = await _apply(connection, entry)
        except asyncpg.PostgresError as error:
            problems.append(f"{entry.describe()}: {type(error).__name__}. Delete it by hand.")
            continue
        if changed:
            applied.append(entry)
        await connection.execute(
            """insert into private.deletions (id, action, relation, key, deleted_at, shipped_at)
               values ($1, $2, $3, $4::text::jsonb, $5::text::timestamptz, clock.now())""",
            entry.id,
            entry.action,
            entry.relation,
            orjson.dumps(entry.key).decode(),
            entry.deleted_at,
        )
    # Where a table's triggers were off, nobody told it of a member who left.
    await connection.execute("select private.refresh_member_access(a.user_id) from private.member_access a")
    return applied, problems


async def _apply(connection: Connection, entry: Entry) -> bool:
    """Apply one entry; with the triggers of its table off when one of them refuses. Returns whether a row was there."""
    try:
        async with connection.transaction():
            return await _change(connection, entry)
    except asyncpg.PostgresError:
        # As a rule that keeps an org's last admin: after this moment there was another one.
        tables = (entry.relation, *_REFUSING.get(entry.relation, ()))
        async with connection.transaction():
            for table in tables:
                await connection.execute(f"alter table {table} disable trigger user")
            changed = await _change(connection, entry)
            for table in tables:
                await connection.execute(f"alter table {table} enable trigger user")
            return changed


async def _change(connection: Connection, entry: Entry) -> bool:
    relation, key = entry.relation, orjson.dumps(entry.key).decode()
    erase = _ERASE.get(relation)
    # A backup of an older version has no such function: then what hangs on the row goes, as it did at that time.
    if entry.action == "delete" and erase and await connection.fetchval("select to_regprocedure($1)", f"{erase}(uuid)"):
        subject = UUID(entry.key["id"])
        found: bool = await connection.fetchval(f"select exists (select from {relation} where id = $1)", subject)  # noqa: S608
        await connection.execute(f"select {erase}($1)", subject)
        return found
    if entry.action == "delete" and relation == "public.artists":
        await delete_songs_of_artist(connection, UUID(entry.key["org_id"]), UUID(entry.key["id"]))
    if entry.action == "delete" and relation == "public.users":
        relation = "auth.users"  # the person, of whom the other row hangs
    columns = [await connection.fetchval("select quote_ident($1)", name) for name in entry.key]
    same = " and ".join(f"t.{column} = k.{column}" for column in columns)
    source = f"jsonb_populate_record(null::{relation}, $1::text::jsonb) k"
    if entry.action == "delete":
        done = await connection.execute(f"delete from {relation} t using {source} where {same}", key)  # noqa: S608
    else:
        done = await connection.execute(
            f"update {relation} t set {_REVOKE[relation]} from {source} where {same}",  # noqa: S608
            key,
        )
    return not done.endswith(" 0")
