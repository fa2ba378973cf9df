"""SQL of messages: what a short link is about, and the logo that a mail shows."""

from uuid import UUID

from arti_core.database import Connection, Row


async def find_subject(connection: Connection, subject_id: UUID, *, user_id: UUID) -> Row | None:
    """Return the page and the org of an insight or an account of any of the caller's orgs."""
    return await connection.fetchrow(
        """select 'insights' as page, i.org_id from insights i
           where i.id = $1 and i.org_id in (select m.org_id from memberships m where m.user_id = $2)
           union all
           select 'accounts', a.org_id from accounts a
           where a.id = $1 and a.org_id in (select m.org_id from memberships m where m.user_id = $2)
           limit 1""",
        subject_id,
        user_id,
    )


async def find_logo_file(connection: Connection, org_id: UUID) -> Row | None:
    """Return the file of an org's logo, for a worker."""
    return await connection.fetchrow(
        """select id, kind, artist_id, name, media_type, byte_size, sha256, created_by, created_at, problem
           from files where org_id = $1 and kind = 'logo'""",
        org_id,
    )
