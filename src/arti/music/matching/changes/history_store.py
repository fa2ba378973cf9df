"""SQL of the record of what people changed about songs and releases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from arti.orgs.authorization import Actor
from arti_core.database import Connection, Row


async def insert_change(
    actor: Actor,
    kind: str,
    *,
    recording_id: UUID | None = None,
    other_id: UUID | None = None,
    release_id: UUID | None = None,
    other_release_id: UUID | None = None,
    asset_id: UUID | None = None,
    before: Mapping[str, Any],
) -> UUID:
    """Keep a change of a recording or a release with what was `before`. Returns its id."""
    id = uuid4()
    await actor.connection.execute(
        """insert into recording_changes
             (org_id, id, kind, recording_id, other_id, release_id, other_release_id, asset_id, before, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        actor.org_id,
        id,
        kind,
        recording_id,
        other_id,
        release_id,
        other_release_id,
        asset_id,
        dict(before),
        actor.principal.user_id if actor.principal else None,
    )
    return id


async def lock_change(connection: Connection, org_id: UUID, change_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select id, kind, recording_id, other_id, release_id, other_release_id, asset_id, before, created_at,
             undone_at from recording_changes where org_id = $1 and id = $2 for update""",
        org_id,
        change_id,
    )


async def has_later_change(connection: Connection, org_id: UUID, change: Row) -> bool:
    """Return whether one of these songs, or the asset, was changed after this and it was not undone.

    A match that was rejected since changed no song.
    """
    found = await connection.fetchval(
        """select 1 from recording_changes c
           where c.org_id = $1 and c.id <> $2 and c.created_at > $3 and c.undone_at is null and c.kind <> 'reject'
             and (c.recording_id = any ($4) or c.other_id = any ($4) or c.release_id = any ($4)
                  or c.other_release_id = any ($4) or c.asset_id = $5) limit 1""",
        org_id,
        change["id"],
        change["created_at"],
        [id for name in ("recording_id", "other_id", "release_id", "other_release_id") if (id := change[name])],
        change["asset_id"],
    )
    return found is not None


async def mark_undone(connection: Connection, org_id: UUID, change_id: UUID, *, by: UUID | None) -> None:
    await connection.execute(
        "update recording_changes set undone_at = clock.now(), undone_by = $3 where org_id = $1 and id = $2",
        org_id,
        change_id,
        by,
    )


async def list_changes(
    connection: Connection,
    org_id: UUID,
    *,
    recording_id: UUID | None = None,
    artist_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Row]:
    """Return changes, the newest first: of a song, of an artist's songs and releases, or all."""
    at, id = after or (None, None)
    return await connection.fetch(
        """select c.id, c.kind, c.recording_id, c.other_id, c.release_id, c.other_release_id, c.asset_id, c.created_by,
             c.created_at, c.undone_by, c.undone_at, coalesce(r.title, l.title) as title,
             r.version_title, coalesce(o.title, m.title) as other_title, a.title as asset_title,
             a.provider as asset_provider, nullif(u.display_name, '') as created_by_name
           from recording_changes c
           left join recordings r on r.org_id = c.org_id and r.id = c.recording_id
           left join recordings o on o.org_id = c.org_id and o.id = c.other_id
           left join releases l on l.org_id = c.org_id and l.id = c.release_id
           left join releases m on m.org_id = c.org_id and m.id = c.other_release_id
           left join assets a on a.org_id = c.org_id and a.id = c.asset_id
           left join users u on u.id = c.created_by
           where c.org_id = $1 and ($2::uuid is null or $2 in (c.recording_id, c.other_id))
             and ($3::uuid is null or exists (
               select from credits k where k.org_id = $1 and k.artist_id = $3
                 and (k.recording_id = c.recording_id or k.release_id = c.release_id)))
             and ($4::timestamptz is null or (c.created_at, c.id) < ($4, $5::uuid))
           order by c.created_at desc, c.id desc limit $6""",
        org_id,
        recording_id,
        artist_id,
        at,
        id,
        limit,
    )
