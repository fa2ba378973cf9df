"""SQL of channels and of their secrets in the vault, one statement a function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_CHANNEL = """c.id, c.kind, c.name, c.target, c.workflow_id, c.enabled, c.disabled_reason, c.created_at, c.updated_at,
  (select w.path from n8n_workflows w where w.org_id = c.org_id and w.id = c.workflow_id) as workflow_path"""


async def list_channels(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        f"""select {_CHANNEL} from channels c
            where c.org_id = $1 and ($2::timestamptz is null or (c.created_at, c.id) < ($2, $3::uuid))
            order by c.created_at desc, c.id desc limit $4""",  # noqa: S608 - a constant list of columns
        org_id,
        *(after or (None, None)),
        limit,
    )


async def find_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_CHANNEL} from channels c where c.org_id = $1 and c.id = $2",  # noqa: S608
        org_id,
        channel_id,
    )


async def create_channel(
    connection: Connection,
    org_id: UUID,
    *,
    kind: str,
    name: str,
    target: Mapping[str, Any],
    workflow_id: UUID | None,
    created_by: UUID,
) -> Row:
    return await fetch_one(
        connection,
        f"""insert into channels as c (org_id, kind, name, target, workflow_id, created_by)
            values ($1, $2, $3, $4, $5, $6) returning {_CHANNEL}""",  # noqa: S608
        org_id,
        kind,
        name,
        dict(target),
        workflow_id,
        created_by,
    )


async def update_channel(
    connection: Connection,
    org_id: UUID,
    channel_id: UUID,
    *,
    name: str | None,
    enabled: bool | None,
    target: Mapping[str, Any] | None,
    workflow_id: UUID | None,
) -> Row | None:
    """Change what is not None, and the workflow. Enabling a channel clears its disabled reason."""
    return await connection.fetchrow(
        f"""update channels c set name = coalesce($3, name), enabled = coalesce($4, enabled),
              target = coalesce($5, target), workflow_id = $6, updated_at = clock.now(),
              disabled_reason = case when $4 then null else disabled_reason end
            where c.org_id = $1 and c.id = $2 returning {_CHANNEL}""",  # noqa: S608
        org_id,
        channel_id,
        name,
        enabled,
        dict(target) if target is not None else None,
        workflow_id,
    )


async def take_over_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> None:
    """Let the rules and the digest of a channel run for the caller, also those that the caller does not see."""
    await connection.execute("select private.take_over_channel($1, $2)", org_id, channel_id)


async def disable_channel(connection: Connection, org_id: UUID, channel_id: UUID, reason: str) -> bool:
    done = await connection.execute(
        """update channels set enabled = false, disabled_reason = $3, updated_at = clock.now()
           where org_id = $1 and id = $2 and enabled""",
        org_id,
        channel_id,
        reason,
    )
    return done.endswith(" 1")


async def delete_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> bool:
    done = await connection.execute("delete from channels where org_id = $1 and id = $2", org_id, channel_id)
    return done.endswith(" 1")


async def get_org_name(connection: Connection, org_id: UUID) -> str:
    name: str = await connection.fetchval("select name from orgs where id = $1", org_id)
    return name


async def list_workflows(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        "select id, name, path from n8n_workflows where org_id = $1 order by name, id", org_id
    )


async def find_workflow(connection: Connection, org_id: UUID, workflow_id: UUID) -> Row | None:
    return await connection.fetchrow(
        "select id, name, path from n8n_workflows where org_id = $1 and id = $2", org_id, workflow_id
    )


async def list_all_workflows(connection: Connection) -> list[Row]:
    """Return the workflows of all orgs with their orgs' names, as the database's owner."""
    return await connection.fetch(
        """select w.id, w.name, w.path, o.name as org_name
           from n8n_workflows w join orgs o on o.id = w.org_id
           where w.org_id <> private.canary_org_id() order by o.name, w.name, w.id"""
    )


async def create_workflow(connection: Connection, org_id: UUID, *, name: str, path: str) -> UUID:
    row = await fetch_one(
        connection,
        "insert into n8n_workflows (org_id, name, path) values ($1, $2, $3) returning id",
        org_id,
        name,
        path,
    )
    return UUID(str(row["id"]))


async def delete_workflow(connection: Connection, id_start: str) -> bool:
    """Delete the only workflow whose id starts with `id_start`, as the database's owner."""
    done = await connection.execute(
        """delete from n8n_workflows w where starts_with(w.id::text, lower($1)) and w.org_id <> private.canary_org_id()
             and 1 = (select count(*) from n8n_workflows o where starts_with(o.id::text, lower($1)))""",
        id_start,
    )
    return done.endswith(" 1")


async def list_n8n_channels_without_workflow(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select id, target ->> 'host' as host from channels
           where org_id = $1 and kind = 'n8n' and workflow_id is null""",
        org_id,
    )


async def assign_workflow(
    connection: Connection, org_id: UUID, channel_id: UUID, workflow_id: UUID, *, label: str, lifted_reason: str
) -> None:
    """Let a channel name a workflow. It is enabled again if it was disabled for `lifted_reason`."""
    await connection.execute(
        """update channels set workflow_id = $3, target = jsonb_build_object('label', $4::text),
             enabled = enabled or coalesce(disabled_reason = $5, false),
             disabled_reason = nullif(disabled_reason, $5), updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        channel_id,
        workflow_id,
        label,
        lifted_reason,
    )


async def list_orgs_by_name(connection: Connection, name: str | None) -> list[Row]:
    """Return the orgs of this name or id, or all of them, as the database's owner."""
    return await connection.fetch(
        """select id, name from orgs where id <> private.canary_org_id()
             and ($1::text is null or lower(name) = lower($1) or id::text = lower($1)) order by name, id limit 20""",
        name,
    )
