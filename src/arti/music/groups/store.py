"""SQL of artist groups and tags."""

from collections.abc import Sequence
from uuid import UUID

from arti_core.database import Connection, Row

_GROUP = """g.id, g.name,
  coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by lower(a.name), a.id)
    from artist_group_members m join artists a on a.org_id = m.org_id and a.id = m.artist_id
    where m.org_id = g.org_id and m.group_id = g.id), '[]') as artists,
  (select count(*) from member_groups l where l.org_id = g.org_id and l.group_id = g.id) as member_count"""


async def list_groups(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        f"select {_GROUP} from artist_groups g where g.org_id = $1 order by lower(g.name)",  # noqa: S608 - a constant
        org_id,
    )


async def find_group(connection: Connection, org_id: UUID, group_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_GROUP} from artist_groups g where g.org_id = $1 and g.id = $2",  # noqa: S608
        org_id,
        group_id,
    )


async def insert_group(connection: Connection, org_id: UUID, name: str) -> UUID | None:
    """Return the new group's id, or None if the name is taken."""
    id: UUID | None = await connection.fetchval(
        "insert into artist_groups (org_id, name) values ($1, $2) on conflict do nothing returning id", org_id, name
    )
    return id


async def rename_group(connection: Connection, org_id: UUID, group_id: UUID, name: str) -> bool:
    """Return False if another group has this name."""
    changed = await connection.fetchval(
        """update artist_groups set name = $3, updated_at = clock.now()
           where org_id = $1 and id = $2 and not exists (
             select from artist_groups g where g.org_id = $1 and lower(g.name) = lower($3) and g.id <> $2)
           returning 1""",
        org_id,
        group_id,
        name,
    )
    return changed is not None


async def delete_group(connection: Connection, org_id: UUID, group_id: UUID) -> bool:
    status = await connection.execute("delete from artist_groups where org_id = $1 and id = $2", org_id, group_id)
    return status.endswith(" 1")


async def replace_artists(connection: Connection, org_id: UUID, group_id: UUID, artist_ids: Sequence[UUID]) -> None:
    """Make these the artists of a group. Those that the caller does not see stay."""
    await connection.execute(
        "delete from artist_group_members where org_id = $1 and group_id = $2 and not artist_id = any ($3)",
        org_id,
        group_id,
        artist_ids,
    )
    await connection.execute(
        """insert into artist_group_members (org_id, group_id, artist_id)
           select $1, $2, id from unnest($3::uuid[]) id on conflict do nothing""",
        org_id,
        group_id,
        artist_ids,
    )


async def list_tags(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select g.id, g.name,
             (select count(*) from artist_tags t where t.org_id = $1 and t.tag_id = g.id) as artists
           from tags g where g.org_id = $1 order by lower(g.name)""",
        org_id,
    )


async def delete_tag(connection: Connection, org_id: UUID, tag_id: UUID) -> str | None:
    """Return the name that it had; None when there was none."""
    name: str | None = await connection.fetchval(
        "delete from tags where org_id = $1 and id = $2 returning name", org_id, tag_id
    )
    return name
