"""SQL of the audit log, its details and their keys."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from arti_core.crypto import key_version
from arti_core.database import Connection, Row


async def list_entries(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return the newest first, with the actor's address while a member, or key, and details as they are stored."""
    return await connection.fetch(
        """select a.id, a.actor_id, u.email as actor_email, k.name as actor_key, a.action, a.subject_kind,
             a.subject_id, a.created_at, a.details_digest, d.person_id, d.sealed, d.plain
           from audit_log a
           left join private.audit_details d on d.org_id = a.org_id and d.entry_id = a.id
           left join users u on u.id = a.actor_id
           left join private.org_keys k on k.org_id = a.org_id and k.user_id = a.actor_id
           where a.org_id = $1 and ($2::timestamptz is null or (a.created_at, a.id) < ($2, $3::uuid))
           order by a.created_at desc, a.id desc limit $4""",
        org_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def insert_entry(
    connection: Connection,
    org_id: UUID,
    entry_id: UUID,
    *,
    actor_id: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: str,
    request_id: str | None,
    details_digest: bytes | None,
) -> None:
    await connection.execute(
        """insert into audit_log (org_id, id, actor_id, action, subject_kind, subject_id, request_id, details_digest)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        org_id,
        entry_id,
        actor_id,
        action,
        subject_kind,
        subject_id,
        request_id,
        details_digest,
    )


async def insert_details(
    connection: Connection, org_id: UUID, entry_id: UUID, *, person_id: UUID, sealed: bytes
) -> None:
    await connection.execute(
        "insert into private.audit_details (org_id, entry_id, person_id, sealed) values ($1, $2, $3, $4)",
        org_id,
        entry_id,
        person_id,
        sealed,
    )


async def find_key(connection: Connection, org_id: UUID, person_id: UUID) -> bytes | None:
    """Return the sealed key of a person's details, as a member of the org or as a worker in it."""
    sealed: bytes | None = await connection.fetchval("select private.audit_key($1, $2, null, null)", org_id, person_id)
    return sealed


async def add_key(connection: Connection, org_id: UUID, person_id: UUID, sealed: bytes) -> bytes:
    """Store a key unless another transaction was first. Returns the one that is stored."""
    stored: bytes = await connection.fetchval(
        "select private.audit_key($1, $2, $3, $4)", org_id, person_id, sealed, key_version(sealed)
    )
    return stored


async def list_keys(connection: Connection, org_id: UUID, persons: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the sealed keys that exist, for a member who reads the log."""
    rows = await connection.fetch("select person_id, sealed from private.audit_keys_of($1, $2)", org_id, list(persons))
    return {row["person_id"]: row["sealed"] for row in rows}


async def insert_entry_of_each_org(
    connection: Connection, *, action: str, subject_kind: str, subject_id: str, details: str
) -> None:
    """Write one entry of the installation into the log of each org. `details` is JSON."""
    await connection.execute(
        """insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
           select o.id, null, $1, $2, $3, $4::text::jsonb from public.orgs o
           where o.id <> private.canary_org_id() order by o.id""",
        action,
        subject_kind,
        subject_id,
        details,
    )


async def list_audited_orgs(connection: Connection) -> list[UUID]:
    """Return the orgs with a log, as the database's owner."""
    rows = await connection.fetch(
        """select a.org_id from public.audit_log a where a.org_id <> private.canary_org_id()
           union select c.org_id from private.audit_chain c where c.org_id <> private.canary_org_id() order by 1"""
    )
    return [row["org_id"] for row in rows]


async def read_chain(connection: Connection, org_id: UUID) -> list[Row]:
    """Return every link with its entry and details, and entries without a link last. As the database's owner."""
    return await connection.fetch(
        """select c.position, c.hash, coalesce(c.entry_id, a.id) as entry_id, a.id, a.actor_id, a.action,
             a.subject_kind, a.subject_id, a.request_id, a.details_digest,
             to_char(a.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as created_at,
             d.person_id, d.sealed, d.salt, d.plain::text as plain, k.sealed as sealed_key
           from (select * from private.audit_chain where org_id = $1) c
           full join (select * from public.audit_log where org_id = $1) a on a.id = c.entry_id
           left join private.audit_details d on d.org_id = $1 and d.entry_id = a.id
           left join private.audit_keys k on k.org_id = $1 and k.person_id = d.person_id
           order by c.position nulls last, a.created_at""",
        org_id,
    )


async def list_heads(connection: Connection) -> list[Row]:
    """Return (org_id, position, hash) of the last link of each org, as the database's owner."""
    return await connection.fetch(
        """select distinct on (c.org_id) c.org_id, c.position, c.hash from private.audit_chain c
           where c.org_id <> private.canary_org_id() order by c.org_id, c.position desc"""
    )
