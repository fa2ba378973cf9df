"""SQL of channels and of their secrets in the vault, one statement a function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_CHANNEL = "id, kind, name, target, enabled, disabled_reason, created_at, updated_at"


async def list_channels(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        f"""select {_CHANNEL} from channels
            where org_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
            order by created_at desc, id desc limit $4""",  # noqa: S608 - a constant list of columns
        org_id,
        *(after or (None, None)),
        limit,
    )


async def find_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_CHANNEL} from channels where org_id = $1 and id = $2",  # noqa: S608
        org_id,
        channel_id,
    )


async def create_channel(
    connection: Connection, org_id: UUID, *, kind: str, name: str, target: Mapping[str, Any], created_by: UUID
) -> Row:
    return await fetch_one(
        connection,
        f"""insert into channels (org_id, kind, name, target, created_by) values ($1, $2, $3, $4, $5)
            returning {_CHANNEL}""",  # noqa: S608
        org_id,
        kind,
        name,
        dict(target),
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
) -> Row | None:
    """Change what is not None. Enabling a channel clears its disabled reason."""
    return await connection.fetchrow(
        f"""update channels set name = coalesce($3, name), enabled = coalesce($4, enabled),
              target = coalesce($5, target), updated_at = clock.now(),
              disabled_reason = case when $4 then null else disabled_reason end
            where org_id = $1 and id = $2 returning {_CHANNEL}""",  # noqa: S608
        org_id,
        channel_id,
        name,
        enabled,
        dict(target) if target is not None else None,
    )


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
