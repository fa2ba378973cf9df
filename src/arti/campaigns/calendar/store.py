"""SQL of the calendar: entries, releases, campaigns and posts, as the view `calendar` unites them."""

from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_items(
    connection: Connection,
    org_id: UUID,
    *,
    from_on: date,
    to_on: date,
    artist_id: UUID | None,
    kinds: list[str],
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return what lies in the range or is due in it, by first day. No `kinds`: all."""
    return await connection.fetch(
        """select k.source, k.id, k.kind, k.title, k.starts_on, k.ends_on, k.deadline_on, k.status, k.url, k.provider,
             k.recording_id, k.release_id,
             (select jsonb_build_object('id', u.id, 'name', u.display_name) from users u where u.id = k.owner_id)
               as owner,
             coalesce(jsonb_agg(distinct jsonb_build_object('id', a.id, 'name', a.name))
                      filter (where a.id is not null), '[]') as artists
           from calendar k
           left join artists a on a.org_id = k.org_id and a.id = k.artist_id
           where k.org_id = $1 and ($4::uuid is null or k.artist_id = $4) and (k.kind = any ($5) or $5 = '{}')
             and (k.starts_on <= $3 and k.ends_on >= $2 or k.deadline_on between $2 and $3)
             and ($6::date is null or (k.starts_on, k.id) > ($6, $7::uuid))
           group by k.source, k.id, k.kind, k.title, k.starts_on, k.ends_on, k.deadline_on, k.status, k.url, k.provider,
             k.recording_id, k.release_id, k.owner_id
           order by k.starts_on, k.id limit $8""",
        org_id,
        from_on,
        to_on,
        artist_id,
        kinds,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
