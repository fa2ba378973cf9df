"""SQL of dossiers: days, playlists and cities beside streams that are worth checking.

With `known_on` as they were known at the end of that day (UTC).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_days(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    asset_id: UUID | None,
    provider: str,
    columns: Mapping[str, Sequence[str]],
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return (day, column, value, source, row) of the first metric of each column that has the day."""
    return await connection.fetch(
        """select distinct on (d.observed_on, c.name) d.observed_on as day, c.name as column,
             case when c.gained and m.kind = 'counter' then d.gain else d.value end as value,
             coalesce(f.file_name, 'entered by hand') as source, o.source_row as row
           from unnest($5::text[], $6::text[], $7::boolean[], $8::int[]) as c (name, metric, gained, place)
           join series s on s.org_id = $1 and s.artist_id = $2 and s.asset_id is not distinct from $3
             and s.provider = $4 and s.metric = c.metric and s.dimension = '' and s.terms = 'own'
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           cross join lateral private.daily_gains(s.org_id, s.id, $9, $10, $11) d
           left join lateral (
             select * from private.observations_known(s.org_id, s.id, d.observed_on, d.observed_on, $11)
             offset 0) o on true
           left join imports f on f.org_id = s.org_id and f.id = o.import_id
           where d.value is not null
           order by d.observed_on, c.name, c.place""",
        org_id,
        artist_id,
        asset_id,
        provider,
        *_flat(columns),
        from_on,
        to_on,
        known_on,
    )


def _flat(columns: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str], list[bool], list[int]]:
    rows = [
        (name, metric, name != "listeners", place)
        for name, metrics in columns.items()
        for place, metric in enumerate(metrics)
    ]
    names, slugs, gained, places = zip(*rows, strict=True)
    return list(names), list(slugs), list(gained), list(places)


async def list_playlists(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    asset_id: UUID | None,
    provider: str,
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return what each playlist brought in each export whose period touches the days, the largest first."""
    return await connection.fetch(
        """select e.from_on, e.to_on, l.title, l.curator, l.kind, e.streams, e.listeners,
                  coalesce(f.file_name, 'sync') as source, e.source_row as row
           from private.playlist_reports_known($1, $7) e
           join private.playlists_known($1, $7) l on l.id = e.playlist_id
           left join imports f on f.org_id = $1 and f.id = e.import_id
           where e.artist_id = $2 and e.provider = $4 and e.import_id is not null
             and ($3::uuid is null or e.asset_id is null or e.asset_id = $3)
             and coalesce(e.from_on, e.to_on) <= $6 and e.to_on >= $5
           order by e.to_on, e.streams desc nulls last, l.title limit 500""",
        org_id,
        artist_id,
        asset_id,
        provider,
        from_on,
        to_on,
        known_on,
    )


async def list_cities(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    from_on: date,
    to_on: date,
    known_on: date | None,
) -> list[Row]:
    """Return the listeners of each city in each export of the days, the largest first."""
    return await connection.fetch(
        """select o.observed_on, s.dimension, o.value, f.file_name as source, o.source_row as row
           from series s
           cross join lateral private.observations_known(s.org_id, s.id, $4, $5, $6) o
           join imports f on f.org_id = s.org_id and f.id = o.import_id
           where s.org_id = $1 and s.artist_id = $2 and s.asset_id is null and s.provider = $3 and s.terms = 'own'
             and s.metric = 'audience.listeners' and s.dimension like 'city=%'
             and o.value is not null
           order by o.observed_on, o.value desc, s.dimension limit 500""",
        org_id,
        artist_id,
        provider,
        from_on,
        to_on,
        known_on,
    )
