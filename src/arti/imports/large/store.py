"""SQL of large imports: what is staged of them, how far their jobs are, and what who asked for them may do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def lift_time_limits(connection: Connection) -> None:
    """Let statements of this transaction take as long as they need, and the transaction wait for its program."""
    await connection.execute("set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0")


async def insert_stage(connection: Connection, org_id: UUID, import_id: UUID, *, total: int) -> None:
    await connection.execute(
        "insert into import_stages (org_id, import_id, total) values ($1, $2, $3)", org_id, import_id, total
    )


async def find_stage(connection: Connection, org_id: UUID, import_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select file_id, content, done, total, problem, reread from import_stages
           where org_id = $1 and import_id = $2""",
        org_id,
        import_id,
    )


async def list_progress(connection: Connection, org_id: UUID, import_ids: list[UUID]) -> dict[UUID, Row]:
    rows = await connection.fetch(
        "select import_id, done, total, problem from import_stages where org_id = $1 and import_id = any ($2)",
        org_id,
        import_ids,
    )
    return {row["import_id"]: row for row in rows}


async def save_stage(
    connection: Connection, org_id: UUID, import_id: UUID, *, file_id: UUID | None, content: Mapping[str, Any]
) -> None:
    await connection.execute(
        """update import_stages set file_id = $3, content = $4, done = total, problem = null
           where org_id = $1 and import_id = $2""",
        org_id,
        import_id,
        file_id,
        dict(content),
    )


async def report_progress(
    connection: Connection,
    org_id: UUID,
    import_id: UUID,
    *,
    done: int,
    total: int,
    problem: str | None = None,
) -> None:
    await connection.execute(
        "update import_stages set done = $3, total = $4, problem = $5 where org_id = $1 and import_id = $2",
        org_id,
        import_id,
        done,
        total,
        problem,
    )


async def set_status(
    connection: Connection,
    org_id: UUID,
    import_id: UUID,
    status: str,
    *,
    options: Mapping[str, str] | None = None,
    refusal: str | None = None,
) -> None:
    await connection.execute(
        """update imports set status = $3, options = coalesce($4, options), refusal = $5
           where org_id = $1 and id = $2""",
        org_id,
        import_id,
        status,
        None if options is None else dict(options),
        refusal,
    )


async def save_preview(
    connection: Connection,
    org_id: UUID,
    import_id: UUID,
    *,
    provider: str | None,
    source: str,
    options: Mapping[str, str],
    summary: Mapping[str, Any],
) -> None:
    await connection.execute(
        """update imports set status = 'previewed', provider = $3::text, source = $4, options = $5, summary = $6
           where org_id = $1 and id = $2""",
        org_id,
        import_id,
        provider,
        source,
        dict(options),
        dict(summary),
    )


async def find_requester(connection: Connection, org_id: UUID, user_id: UUID) -> Row | None:
    """Return what an active member may do: role, artist_access, money_access, and their list of artists."""
    return await connection.fetchrow(
        """select m.role, m.artist_access, m.money_access,
             array(select a.artist_id from member_artists a where a.org_id = m.org_id and a.user_id = m.user_id
                   union
                   select a.artist_id from member_groups g
                   join artist_group_members a on a.org_id = g.org_id and a.group_id = g.group_id
                   where g.org_id = m.org_id and g.user_id = m.user_id) as artists
           from memberships m where m.org_id = $1 and m.user_id = $2 and m.status = 'active'""",
        org_id,
        user_id,
    )


async def save_reread(connection: Connection, org_id: UUID, import_id: UUID, reread: Mapping[str, Any]) -> None:
    """Save what a job finds that reads a file again."""
    await connection.execute(
        "update import_stages set reread = $3 where org_id = $1 and import_id = $2", org_id, import_id, dict(reread)
    )
