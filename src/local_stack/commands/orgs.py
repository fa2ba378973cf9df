"""Which org a command is about, and as whom it works there."""

from uuid import UUID

from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import Pool, Principal, job_transaction
from arti_core.errors import Invalid

_NAMES_SHOWN = 8


async def find_org(pool: Pool, name: str | None) -> UUID:
    """Return the org of this name, or the only one. Raises Invalid."""
    async with cross_tenant_transaction(pool) as connection:
        ids = [UUID(str(row[0])) for row in await connection.fetch("select private.all_org_ids()")]
    names: dict[UUID, str] = {}
    for org_id in ids:
        async with job_transaction(pool, org_id) as connection:
            names[org_id] = str(await connection.fetchval("select name from orgs where id = $1", org_id))
    if not names:
        raise Invalid(
            "There is no org yet. Sign in to the web app and create one, or run ./arti up --demo.", field="org"
        )
    found = [org_id for org_id, known in names.items() if name is None or known.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(names.values())[:_NAMES_SHOWN])
    raise Invalid(f"Name the org with --org NAME. There are: {known}.", field="org")


async def find_admin(pool: Pool, org_id: UUID, *, command: str) -> Principal:
    """Return the org's first active admin, as whom a command works and whom the audit log names. Raises Invalid."""
    async with job_transaction(pool, org_id) as connection:
        row = await connection.fetchrow(
            """select m.user_id, u.email from memberships m join users u on u.id = m.user_id
               where m.org_id = $1 and m.role = 'admin' and m.status = 'active' order by m.created_at, m.user_id""",
            org_id,
        )
    if row is None:
        raise Invalid("This org has no active admin, as whom the command could work.", field="org")
    return Principal(user_id=row["user_id"], session_id=None, email=row["email"], request_id=f"arti {command}")
