"""SQL of channels and rules, one statement a function. Secrets go through the vault's functions and never come back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.crypto import KEY_VERSION
from arti_core.database import Connection, Row, fetch_one

_CHANNEL = "id, kind, name, target, enabled, disabled_reason, created_at, updated_at"
_RULE = """r.id, r.name, r.event_type, r.conditions, r.channel_id, c.name as channel_name, c.kind as channel_kind,
           r.enabled, r.created_at, r.updated_at"""


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
    """Change what is not None. Switching a channel on forgets why it was off."""
    return await connection.fetchrow(
        f"""update channels set name = coalesce($3, name), enabled = coalesce($4, enabled),
              target = coalesce($5, target), updated_at = now(),
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
        """update channels set enabled = false, disabled_reason = $3, updated_at = now()
           where org_id = $1 and id = $2 and enabled""",
        org_id,
        channel_id,
        reason,
    )
    return done.endswith(" 1")


async def delete_channel(connection: Connection, org_id: UUID, channel_id: UUID) -> bool:
    done = await connection.execute("delete from channels where org_id = $1 and id = $2", org_id, channel_id)
    return done.endswith(" 1")


async def put_secret(connection: Connection, org_id: UUID, *, kind: str, ref: str, sealed: bytes) -> None:
    await connection.execute("select private.put_secret($1, $2, $3, $4, $5)", org_id, kind, ref, sealed, KEY_VERSION)


async def delete_secret(connection: Connection, org_id: UUID, *, kind: str, ref: str) -> None:
    await connection.execute("select private.delete_secret($1, $2, $3)", org_id, kind, ref)


async def list_sealed_by_ref(connection: Connection, org_id: UUID, *, kind: str, refs: list[str]) -> dict[str, bytes]:
    """Return the sealed secrets of those refs that have one. Works for workers only."""
    rows = await connection.fetch(
        "select ref, sealed from private.vault where org_id = $1 and kind = $2 and ref = any ($3)", org_id, kind, refs
    )
    return {row["ref"]: row["sealed"] for row in rows}


async def list_rules(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    return await connection.fetch(
        f"""select {_RULE} from rules r join channels c on c.org_id = r.org_id and c.id = r.channel_id
            where r.org_id = $1 and ($2::timestamptz is null or (r.created_at, r.id) < ($2, $3::uuid))
            order by r.created_at desc, r.id desc limit $4""",  # noqa: S608
        org_id,
        *(after or (None, None)),
        limit,
    )


async def find_rule(connection: Connection, org_id: UUID, rule_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"""select {_RULE} from rules r join channels c on c.org_id = r.org_id and c.id = r.channel_id
            where r.org_id = $1 and r.id = $2""",  # noqa: S608
        org_id,
        rule_id,
    )


async def list_rules_for(connection: Connection, org_id: UUID, event_type: str) -> list[Row]:
    """Return the rules that are on and hear `event_type`, with their channels, oldest first."""
    return await connection.fetch(
        """select r.id as rule_id, r.conditions, c.id as channel_id, c.kind, c.target
           from rules r join channels c on c.org_id = r.org_id and c.id = r.channel_id
           where r.org_id = $1 and r.event_type = $2 and r.enabled and c.enabled
           order by r.created_at, r.id""",
        org_id,
        event_type,
    )


async def create_rule(
    connection: Connection,
    org_id: UUID,
    *,
    name: str,
    event_type: str,
    conditions: Mapping[str, Any],
    channel_id: UUID,
    enabled: bool,
    created_by: UUID,
) -> UUID:
    row = await fetch_one(
        connection,
        """insert into rules (org_id, name, event_type, conditions, channel_id, enabled, created_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        org_id,
        name,
        event_type,
        dict(conditions),
        channel_id,
        enabled,
        created_by,
    )
    return UUID(str(row["id"]))


async def update_rule(
    connection: Connection,
    org_id: UUID,
    rule_id: UUID,
    *,
    name: str | None,
    event_type: str | None,
    conditions: Mapping[str, Any] | None,
    channel_id: UUID | None,
    enabled: bool | None,
) -> None:
    await connection.execute(
        """update rules set name = coalesce($3, name), event_type = coalesce($4, event_type),
             conditions = coalesce($5, conditions), channel_id = coalesce($6, channel_id),
             enabled = coalesce($7, enabled), updated_at = now()
           where org_id = $1 and id = $2""",
        org_id,
        rule_id,
        name,
        event_type,
        dict(conditions) if conditions is not None else None,
        channel_id,
        enabled,
    )


async def delete_rule(connection: Connection, org_id: UUID, rule_id: UUID) -> bool:
    done = await connection.execute("delete from rules where org_id = $1 and id = $2", org_id, rule_id)
    return done.endswith(" 1")


async def list_unknown_artists(connection: Connection, org_id: UUID, artist_ids: list[UUID]) -> list[UUID]:
    rows = await connection.fetch(
        """select wanted from unnest($2::uuid[]) as wanted
           where not exists (select from artists a where a.org_id = $1 and a.id = wanted)""",
        org_id,
        artist_ids,
    )
    return [row["wanted"] for row in rows]


async def list_unknown_metrics(connection: Connection, slugs: list[str]) -> list[str]:
    rows = await connection.fetch(
        "select s from unnest($1::text[]) as s where not exists (select from metrics m where m.slug = s)", slugs
    )
    return [row["s"] for row in rows]
