"""SQL of the inbox: what is read, given to a member, put off, and said."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_known(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID]) -> list[Row]:
    """Return those of these insights that the caller sees."""
    return await connection.fetch(
        """select id, artist_id, status, assigned_to, snoozed_until from insights
           where org_id = $1 and id = any ($2)""",
        org_id,
        list(insight_ids),
    )


async def add_reads(connection: Connection, org_id: UUID, user_id: UUID, insight_ids: Sequence[UUID]) -> None:
    await connection.execute(
        """insert into insight_reads (org_id, user_id, insight_id)
           select $1, $2, id from unnest($3::uuid[]) id on conflict do nothing""",
        org_id,
        user_id,
        list(insight_ids),
    )


async def delete_reads(connection: Connection, org_id: UUID, user_id: UUID, insight_ids: Sequence[UUID]) -> None:
    await connection.execute(
        "delete from insight_reads where org_id = $1 and user_id = $2 and insight_id = any ($3)",
        org_id,
        user_id,
        list(insight_ids),
    )


async def set_assigned(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID], user_id: UUID | None) -> None:
    await connection.execute(
        """update insights set assigned_to = $3, updated_at = clock.now()
           where org_id = $1 and id = any ($2) and assigned_to is distinct from $3""",
        org_id,
        list(insight_ids),
        user_id,
    )


async def set_snoozed(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID], until: date | None) -> None:
    await connection.execute(
        """update insights set snoozed_until = $3, updated_at = clock.now()
           where org_id = $1 and id = any ($2) and snoozed_until is distinct from $3""",
        org_id,
        list(insight_ids),
        until,
    )


async def may_be_assigned(connection: Connection, org_id: UUID, user_id: UUID, artist_ids: Sequence[UUID]) -> bool:
    """Return whether a person is an active member who sees all these artists."""
    found = await connection.fetchval(
        """select 1 from memberships m
           join users u on u.id = m.user_id
           where m.org_id = $1 and m.user_id = $2 and m.status = 'active'
             and (m.artist_access = 'all' or not exists (
               select from unnest($3::uuid[]) a (id)
               where not exists (select from member_artists s
                                 where s.org_id = $1 and s.user_id = $2 and s.artist_id = a.id)
                 and not exists (select from member_groups g
                                 join artist_group_members s on s.org_id = g.org_id and s.group_id = g.group_id
                                 where g.org_id = $1 and g.user_id = $2 and s.artist_id = a.id)))""",
        org_id,
        user_id,
        list(artist_ids),
    )
    return found is not None


async def list_comments(connection: Connection, org_id: UUID, insight_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select c.id, c.user_id as author_id, coalesce(u.display_name, '') as author_name, c.body, c.created_at
           from insight_comments c left join users u on u.id = c.user_id
           where c.org_id = $1 and c.insight_id = $2 order by c.created_at, c.id""",
        org_id,
        insight_id,
    )


async def count_comments(connection: Connection, org_id: UUID, insight_id: UUID) -> int:
    number: int = await connection.fetchval(
        "select count(*) from insight_comments where org_id = $1 and insight_id = $2", org_id, insight_id
    )
    return number


async def add_comment(connection: Connection, org_id: UUID, insight_id: UUID, user_id: UUID, body: str) -> UUID:
    id: UUID = await connection.fetchval(
        "insert into insight_comments (org_id, insight_id, user_id, body) values ($1, $2, $3, $4) returning id",
        org_id,
        insight_id,
        user_id,
        body,
    )
    return id


async def delete_comment(
    connection: Connection, org_id: UUID, insight_id: UUID, comment_id: UUID, *, user_id: UUID
) -> bool:
    """Return whether the caller had such a comment."""
    done = await connection.execute(
        "delete from insight_comments where org_id = $1 and insight_id = $2 and id = $3 and user_id = $4",
        org_id,
        insight_id,
        comment_id,
        user_id,
    )
    return done.endswith(" 1")
