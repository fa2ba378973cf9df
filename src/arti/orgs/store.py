"""SQL of orgs, members and permissions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti.vocabulary import MemberStatus, Provider, Role
from arti_core.database import Connection, Row, fetch_one

_MEMBER = """
  select u.id, u.email, u.display_name, m.role, m.status, u.last_seen_at, m.created_at,
    coalesce((select jsonb_object_agg(p.provider, jsonb_build_object(
                'can_read', p.can_read, 'can_write', p.can_write, 'can_delete', p.can_delete))
              from user_permissions p where p.org_id = m.org_id and p.user_id = m.user_id), '{}') as platforms,
    exists (select from private.org_keys k where k.org_id = m.org_id and k.user_id = m.user_id
            and k.revoked_at is null) as machine
  from memberships m join users u on u.id = m.user_id
"""


async def record_user(connection: Connection, user_id: UUID, email: str) -> Row:
    """Create or update the user's own row: (id, email, display_name)."""
    # At most one write a minute: this runs at each load of a page.
    await connection.execute(
        """insert into users (id, email, last_seen_at) values ($1, $2, clock.now())
           on conflict (id) do update set email = excluded.email, last_seen_at = clock.now()
           where users.email <> excluded.email or users.last_seen_at is null
              or users.last_seen_at < clock.now() - interval '1 minute'""",
        user_id,
        email,
    )
    return await fetch_one(connection, "select id, email, display_name from users where id = $1", user_id)


async def rename_user(connection: Connection, user_id: UUID, display_name: str) -> Row:
    """Change the user's own row: (id, email, display_name)."""
    statement = "update users set display_name = $2 where id = $1 returning id, email, display_name"
    return await fetch_one(connection, statement, user_id, display_name)


async def try_lock_user(connection: Connection, user_id: UUID) -> bool:
    """Return whether the user runs no other isolation test. The lock ends with the transaction."""
    free: bool = await connection.fetchval("select pg_try_advisory_xact_lock(4127, hashtext($1))", str(user_id))
    return free


async def accept_invitations(connection: Connection) -> int:
    accepted: int = await connection.fetchval("select private.accept_invitations()")
    return accepted


async def list_orgs(connection: Connection, user_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select o.id, o.name, m.role from memberships m join orgs o on o.id = m.org_id
           where m.user_id = $1 and m.status = 'active' order by lower(o.name), o.id""",
        user_id,
    )


async def find_role(connection: Connection, org_id: UUID, user_id: UUID) -> str | None:
    """Return the role of an active member, None for anyone else."""
    role: str | None = await connection.fetchval(
        "select role from memberships where org_id = $1 and user_id = $2 and status = 'active'", org_id, user_id
    )
    return role


async def create_org(connection: Connection, name: str) -> UUID:
    org_id: UUID = await connection.fetchval("select public.create_org($1)", name)
    return org_id


async def rename_org(connection: Connection, org_id: UUID, name: str) -> None:
    await connection.execute("update orgs set name = $2, updated_at = clock.now() where id = $1", org_id, name)


async def list_provider_permissions(connection: Connection, org_id: UUID, user_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select provider, can_read, can_write, can_delete from user_permissions
           where org_id = $1 and user_id = $2""",
        org_id,
        user_id,
    )


async def list_members(
    connection: Connection,
    org_id: UUID,
    *,
    text: str | None,
    role: Role | None,
    status: MemberStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return members in the order in which they joined."""
    return await connection.fetch(
        _MEMBER
        + """ where m.org_id = $1
                and ($2::text is null or position(lower($2) in lower(u.email || ' ' || u.display_name)) > 0)
                and ($3::text is null or m.role::text = $3) and ($4::text is null or m.status::text = $4)
                and ($5::timestamptz is null or (m.created_at, m.user_id) > ($5, $6::uuid))
              order by m.created_at, m.user_id limit $7""",
        org_id,
        text,
        role,
        status,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def find_member(connection: Connection, org_id: UUID, user_id: UUID) -> Row | None:
    return await connection.fetchrow(_MEMBER + " where m.org_id = $1 and m.user_id = $2", org_id, user_id)


async def find_member_by_email(connection: Connection, org_id: UUID, email: str) -> Row | None:
    return await connection.fetchrow(_MEMBER + " where m.org_id = $1 and lower(u.email) = $2", org_id, email)


async def add_member(
    connection: Connection, org_id: UUID, user_id: UUID, *, display_name: str, role: Role, status: MemberStatus
) -> None:
    await connection.execute(
        "select public.add_member($1, $2, $3, $4, $5)", org_id, user_id, display_name, role, status
    )


async def update_member(
    connection: Connection, org_id: UUID, user_id: UUID, *, role: Role | None, status: MemberStatus | None
) -> bool:
    """Return whether there was a row that the caller may change."""
    command_tag = await connection.execute(
        """update memberships set role = coalesce($3, role), status = coalesce($4, status), updated_at = clock.now()
           where org_id = $1 and user_id = $2""",
        org_id,
        user_id,
        role,
        status,
    )
    return command_tag.endswith(" 1")


async def save_provider_permissions(
    connection: Connection, org_id: UUID, user_id: UUID, platforms: Mapping[Provider, Mapping[str, bool]]
) -> None:
    await connection.executemany(
        """insert into user_permissions (org_id, user_id, provider, can_read, can_write, can_delete)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (org_id, user_id, provider) do update set
             can_read = excluded.can_read, can_write = excluded.can_write, can_delete = excluded.can_delete""",
        [
            (org_id, user_id, provider, may["can_read"], may["can_write"], may["can_delete"])
            for provider, may in platforms.items()
        ],
    )


async def delete_member(connection: Connection, org_id: UUID, user_id: UUID) -> bool:
    """Return whether there was a row that the caller may delete."""
    command_tag = await connection.execute(
        "delete from memberships where org_id = $1 and user_id = $2", org_id, user_id
    )
    return command_tag.endswith(" 1")


async def list_audit(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return the newest first, with the actor's address while the actor is a member."""
    return await connection.fetch(
        """select a.id, a.actor_id, u.email as actor_email, a.action, a.subject_kind, a.subject_id, a.details,
             a.created_at
           from audit_log a left join users u on u.id = a.actor_id
           where a.org_id = $1 and ($2::timestamptz is null or (a.created_at, a.id) < ($2, $3::uuid))
           order by a.created_at desc, a.id desc limit $4""",
        org_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def insert_audit_entry(
    connection: Connection,
    org_id: UUID,
    entry_id: UUID,
    *,
    actor_id: UUID | None,
    action: str,
    subject_kind: str,
    subject_id: str,
    details: Mapping[str, Any],
    request_id: str | None,
) -> None:
    await connection.execute(
        """insert into audit_log (org_id, id, actor_id, action, subject_kind, subject_id, details, request_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        org_id,
        entry_id,
        actor_id,
        action,
        subject_kind,
        subject_id,
        details,
        request_id,
    )


async def list_org_ids(connection: Connection) -> list[UUID]:
    """Return the ids of all orgs. For a worker's transaction without org."""
    return [row[0] for row in await connection.fetch("select private.all_org_ids()")]
