"""`./arti quotas list|set|reset`: how much of the installation an org may take."""

from arti.automation.channels.store import list_orgs_by_name
from arti_core.database import Connection
from arti_core.errors import Invalid
from local_stack.commands.owner import connect_as_owner


async def list_lines(org: str | None) -> list[str]:
    """Return one line for each quota: of the installation, or what holds for an org."""
    connection, _ = await connect_as_owner()
    try:
        org_id = await _find_org(connection, org) if org else None
        rows = await connection.fetch(
            """select q.resource, coalesce(o.allowed, q.allowed) as allowed, o.allowed is not null as own
               from private.quotas q
               left join private.org_quotas o on o.resource = q.resource and o.org_id = $1::uuid order by q.resource""",
            org_id,
        )
    finally:
        await connection.close()
    return [f"{row['allowed']:>15,}  {row['resource']}" + ("  (of this org)" if row["own"] else "") for row in rows]


async def set_quota(resource: str, allowed: int, *, org: str | None) -> None:
    """Set a quota of the installation, or of one org. Raises Invalid."""
    if allowed < 0:
        raise Invalid("A quota is 0 or more.", field="allowed")
    connection, _ = await connect_as_owner()
    try:
        known = await connection.fetchval("select 1 from private.quotas where resource = $1", resource)
        if known is None:
            raise Invalid(f"There is no quota of {resource}. ./arti quotas list shows them.", field="resource")
        if org is None:
            await connection.execute("update private.quotas set allowed = $2 where resource = $1", resource, allowed)
            return
        await connection.execute(
            """insert into private.org_quotas (org_id, resource, allowed) values ($1, $2, $3)
               on conflict (org_id, resource) do update set allowed = excluded.allowed""",
            *(await _find_org(connection, org), resource, allowed),
        )
    finally:
        await connection.close()


async def reset_quota(resource: str, *, org: str) -> None:
    """Let the installation's quota hold for an org again. Raises Invalid."""
    connection, _ = await connect_as_owner()
    try:
        org_id = await _find_org(connection, org)
        await connection.execute(
            "delete from private.org_quotas where org_id = $1 and resource = $2", *(org_id, resource)
        )
    finally:
        await connection.close()


async def _find_org(connection: Connection, name: str) -> object:
    rows = await list_orgs_by_name(connection, name)
    if len(rows) == 1:
        return rows[0]["id"]
    known = ", ".join(f"{row['name']} ({row['id']})" for row in rows) or "none of this name"
    raise Invalid(f"Name the org with --org NAME or its id. There are: {known}.", field="org")
