"""SQL of rules, one statement a function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_RULE = """r.id, r.name, r.event_type, r.conditions, r.channel_id, c.name as channel_name, c.kind as channel_kind,
           r.enabled, r.created_at, r.updated_at, r.run_as, r.run_as is not null and not exists (
             select from memberships m where m.org_id = r.org_id and m.user_id = r.run_as and m.status = 'active'
           ) as is_ownerless"""


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


async def list_rules_for_event(
    connection: Connection,
    org_id: UUID,
    event_type: str,
    *,
    artist_id: UUID | None,
    provider: str | None,
    is_money: bool,
) -> list[Row]:
    """Return the enabled rules for `event_type` with their enabled channels, oldest first.

    Only those that run for the org itself, or for a member who sees this artist, this platform, and money if it is
    about money, at this moment. For a worker's transaction.
    """
    return await connection.fetch(
        """select r.id as rule_id, r.conditions, c.id as channel_id, c.kind, c.target
           from rules r join channels c on c.org_id = r.org_id and c.id = r.channel_id
           where r.org_id = $1 and r.event_type = $2 and r.enabled and c.enabled
             and (r.run_as is null or private.member_sees(r.run_as, $3, $4, $5))
           order by r.created_at, r.id""",
        org_id,
        event_type,
        artist_id,
        provider,
        is_money,
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
        """insert into rules (org_id, name, event_type, conditions, channel_id, enabled, created_by, run_as)
           values ($1, $2, $3, $4, $5, $6, $7, $7) returning id""",
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
    run_as: UUID | None,
) -> None:
    await connection.execute(
        """update rules set name = coalesce($3, name), event_type = coalesce($4, event_type),
             conditions = coalesce($5, conditions), channel_id = coalesce($6, channel_id),
             enabled = coalesce($7, enabled), run_as = coalesce($8, run_as), updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        rule_id,
        name,
        event_type,
        dict(conditions) if conditions is not None else None,
        channel_id,
        enabled,
        run_as,
    )


async def delete_rule(connection: Connection, org_id: UUID, rule_id: UUID) -> bool:
    done = await connection.execute("delete from rules where org_id = $1 and id = $2", org_id, rule_id)
    return done.endswith(" 1")
