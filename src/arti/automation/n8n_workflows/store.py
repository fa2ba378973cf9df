"""SQL of workflows that ARTi has made in n8n, one statement a function."""

from uuid import UUID

from arti_core.database import Connection, Row


async def add_workflow(
    connection: Connection, org_id: UUID, *, name: str, path: str, n8n_id: str, template: str
) -> UUID:
    made: UUID = await connection.fetchval(
        "select private.add_connected_workflow($1, $2, $3, $4, $5)", org_id, name, path, n8n_id, template
    )
    return made


async def find_unused(connection: Connection, org_id: UUID, workflow_id: UUID) -> str | None:
    """Return n8n's id of a connected workflow that no channel sends to."""
    found: str | None = await connection.fetchval(
        """select w.n8n_id from n8n_workflows w where w.org_id = $1 and w.id = $2 and w.n8n_id is not null
             and not exists (select from channels c where c.org_id = w.org_id and c.workflow_id = w.id)""",
        org_id,
        workflow_id,
    )
    return found


async def remove_connected(connection: Connection, workflow_id: UUID) -> None:
    await connection.execute("select private.remove_connected_workflow($1)", workflow_id)


async def list_connected(connection: Connection, org_id: UUID, limit: int) -> list[Row]:
    """Return the newest with the channel that sends to each."""
    return await connection.fetch(
        """select w.id, w.name, w.template, w.n8n_id,
             (select c.id from channels c where c.org_id = w.org_id and c.workflow_id = w.id
              order by c.created_at limit 1) as channel_id
           from n8n_workflows w where w.org_id = $1 and w.n8n_id is not null
           order by w.created_at desc, w.id limit $2""",
        org_id,
        limit,
    )
