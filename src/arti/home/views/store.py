"""SQL of saved views."""

from collections.abc import Sequence
from uuid import UUID

from arti.home.views.schemas import SavedViewContent
from arti_core.database import Connection, Row

_VIEW = """v.id, v.name, v.path, v.query, v.is_shared, v.user_id = $2 as is_own, v.updated_at,
  (select coalesce(nullif(u.display_name, ''), u.email) from users u where u.id = v.user_id) as author"""


async def list_views(connection: Connection, org_id: UUID, user_id: UUID, *, limit: int) -> list[Row]:
    """Return the own views and the shared ones by name; of more than `limit` first the own, then the newest."""
    return await connection.fetch(
        f"""select {_VIEW} from (
              select * from saved_views where org_id = $1 and (is_shared or user_id = $2)
              order by user_id = $2 desc, created_at desc, id limit $3) v
            order by lower(v.name), v.id""",  # noqa: S608 - a constant
        org_id,
        user_id,
        limit,
    )


async def count_own_views(connection: Connection, org_id: UUID, user_id: UUID) -> int:
    number: int = await connection.fetchval(
        "select count(*) from saved_views where org_id = $1 and user_id = $2", org_id, user_id
    )
    return number


async def find_view(connection: Connection, org_id: UUID, user_id: UUID, view_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"""select {_VIEW} from saved_views v
            where v.org_id = $1 and (v.is_shared or v.user_id = $2) and v.id = $3""",  # noqa: S608
        org_id,
        user_id,
        view_id,
    )


async def has_recordings(connection: Connection, org_id: UUID, recording_ids: Sequence[UUID]) -> bool:
    """Return whether all of these are recordings that the caller sees."""
    missing = await connection.fetchval(
        """select 1 from unnest($2::uuid[]) as requested (id)
           where not exists (select from recordings r where r.org_id = $1 and r.id = requested.id) limit 1""",
        org_id,
        recording_ids,
    )
    return missing is None


async def insert_view(
    connection: Connection,
    org_id: UUID,
    user_id: UUID,
    view: SavedViewContent,
    artist_ids: Sequence[UUID],
    recording_ids: Sequence[UUID],
) -> UUID | None:
    """Return the new view's id, or None if the member already has one of this name."""
    id: UUID | None = await connection.fetchval(
        """insert into saved_views (org_id, user_id, name, path, query, is_shared, artist_ids, recording_ids)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id""",
        *(org_id, user_id, view.name, view.path, view.query, view.is_shared, artist_ids, recording_ids),
    )
    return id


async def update_view(
    connection: Connection,
    org_id: UUID,
    user_id: UUID,
    view_id: UUID,
    view: SavedViewContent,
    artist_ids: Sequence[UUID],
    recording_ids: Sequence[UUID],
) -> bool:
    """Return False if the member has another view of this name."""
    changed = await connection.fetchval(
        """update saved_views set name = $4, path = $5, query = $6, is_shared = $7, artist_ids = $8,
             recording_ids = $9, updated_at = clock.now()
           where org_id = $1 and user_id = $2 and id = $3 and not exists (
             select from saved_views v
             where v.org_id = $1 and v.user_id = $2 and lower(v.name) = lower($4) and v.id <> $3)
           returning 1""",
        *(org_id, user_id, view_id, view.name, view.path, view.query, view.is_shared, artist_ids, recording_ids),
    )
    return changed is not None


async def delete_view(connection: Connection, org_id: UUID, view_id: UUID) -> bool:
    status = await connection.execute("delete from saved_views where org_id = $1 and id = $2", org_id, view_id)
    return status.endswith(" 1")
