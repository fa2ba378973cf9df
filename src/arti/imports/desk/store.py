"""SQL of the update desk."""

from collections.abc import Collection
from uuid import UUID

from arti_core.database import Connection, Row


async def list_newest(connection: Connection, org_id: UUID, artist_ids: Collection[UUID] | None) -> list[Row]:
    """Return the newest import of each artist and source: when it was committed, up to which day, how many wait.

    `artist_ids`: None for all that the caller sees.
    """
    return await connection.fetch(
        """select i.artist_id, i.source,
             max(i.committed_at) filter (where i.status = 'committed') as committed_at,
             max(i.summary -> 'days' ->> 'last') filter (where i.status = 'committed') as last_day,
             count(*) filter (where i.status = 'previewed') as waiting
           from imports i
           where i.org_id = $1 and ($2::uuid[] is null or i.artist_id = any ($2))
             and i.source is not null and i.status <> 'undone'
           group by i.artist_id, i.source""",
        org_id,
        artist_ids if artist_ids is None else list(artist_ids),
    )


async def list_cadences(connection: Connection, org_id: UUID) -> dict[str, int | None]:
    rows = await connection.fetch("select export, days from import_cadences where org_id = $1", org_id)
    return {row["export"]: row["days"] for row in rows}


async def put_cadence(connection: Connection, org_id: UUID, export: str, days: int | None) -> None:
    await connection.execute(
        """insert into import_cadences (org_id, export, days) values ($1, $2, $3)
           on conflict (org_id, export) do update set days = excluded.days""",
        org_id,
        export,
        days,
    )
