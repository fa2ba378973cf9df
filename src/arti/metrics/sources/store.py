"""SQL of an org's own sources and metrics."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row

SOURCE_COLUMNS = ("name", "url", "how", "cadence", "time_zone", "note")
METRIC_COLUMNS = ("name", "unit", "kind", "aggregation", "description", "higher_is_better", "can_fall")


async def list_sources(connection: Connection, org_id: UUID) -> list[Row]:
    """Return the built-in providers and the org's own sources, with how many series hold numbers."""
    return await connection.fetch(
        """with known as (
             select p.slug, p.name, false as own, p.has_connector, p.time_zone, null as url, null as how,
               'day' as cadence, '' as note from providers p
             union all
             select s.slug, s.name, true, false, s.time_zone, s.url, s.how, s.cadence, s.note
             from sources s where s.org_id = $1
           )
           select known.*, (select count(*) from series c where c.org_id = $1 and c.provider = known.slug) as series
           from known order by own, not has_connector, lower(name), slug""",
        org_id,
    )


async def find_source(connection: Connection, org_id: UUID, slug: str, *, lock: bool = False) -> Row | None:
    return await connection.fetchrow(
        f"""select slug, {", ".join(SOURCE_COLUMNS)} from sources
            where org_id = $1 and slug = $2 {"for update" if lock else ""}""",  # noqa: S608
        org_id,
        slug,
    )


async def insert_source(
    connection: Connection, org_id: UUID, slug: str, values: Mapping[str, Any], by: UUID | None
) -> bool:
    """Insert a source. Returns False if the slug is taken."""
    status = await connection.execute(
        """insert into sources (org_id, slug, created_by, name, url, how, cadence, time_zone, note)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing""",
        org_id,
        slug,
        by,
        *(values[column] for column in SOURCE_COLUMNS),
    )
    return status.endswith(" 1")


async def update_source(connection: Connection, org_id: UUID, slug: str, values: Mapping[str, Any]) -> None:
    await connection.execute(
        """update sources set name = $3, url = $4, how = $5, cadence = $6, time_zone = $7, note = $8,
             updated_at = clock.now() where org_id = $1 and slug = $2""",
        org_id,
        slug,
        *(values[column] for column in SOURCE_COLUMNS),
    )


async def delete_source(connection: Connection, org_id: UUID, slug: str) -> None:
    await connection.execute("delete from sources where org_id = $1 and slug = $2", org_id, slug)


async def find_metric(connection: Connection, org_id: UUID, slug: str, *, lock: bool = False) -> Row | None:
    return await connection.fetchrow(
        f"""select slug, {", ".join(METRIC_COLUMNS)},
              (select count(*) from series s where s.org_id = $1 and s.metric = $2) as series
            from org_metrics where org_id = $1 and slug = $2 {"for update" if lock else ""}""",  # noqa: S608
        org_id,
        slug,
    )


async def insert_metric(
    connection: Connection, org_id: UUID, slug: str, values: Mapping[str, Any], by: UUID | None
) -> bool:
    """Insert a metric. Returns False if the slug is taken."""
    status = await connection.execute(
        """insert into org_metrics (org_id, slug, created_by, name, unit, kind, aggregation, description,
             higher_is_better, can_fall)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing""",
        org_id,
        slug,
        by,
        *(values[column] for column in METRIC_COLUMNS),
    )
    return status.endswith(" 1")


async def update_metric(connection: Connection, org_id: UUID, slug: str, values: Mapping[str, Any]) -> None:
    await connection.execute(
        """update org_metrics set name = $3, unit = $4, kind = $5, aggregation = $6, description = $7,
             higher_is_better = $8, can_fall = $9, updated_at = clock.now() where org_id = $1 and slug = $2""",
        org_id,
        slug,
        *(values[column] for column in METRIC_COLUMNS),
    )


async def delete_metric(connection: Connection, org_id: UUID, slug: str) -> None:
    await connection.execute("delete from org_metrics where org_id = $1 and slug = $2", org_id, slug)


async def list_uses(connection: Connection, org_id: UUID, slug: str) -> list[Row]:
    """Return what uses an own source or metric: (thing, number), e.g. series, 3."""
    return await connection.fetch("select thing, number from private.uses_of($1, $2)", org_id, slug)


async def list_days_around(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, first_on: date, last_on: date
) -> list[Row]:
    """Return the days with a value of an artist's series of a source: metric, asset_id, dimension, observed_on."""
    return await connection.fetch(
        """select s.metric, s.asset_id, s.dimension, o.observed_on
           from series s
           cross join lateral (select * from private.observations_between($1, s.id, $4, $5) offset 0) o
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3 and o.value is not null""",
        org_id,
        artist_id,
        provider,
        first_on,
        last_on,
    )


async def list_asset_ids(connection: Connection, org_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the ids that are assets."""
    rows = await connection.fetch("select id from assets where org_id = $1 and id = any ($2)", org_id, ids)
    return [row["id"] for row in rows]


async def has_imported_values(connection: Connection, org_id: UUID, slug: str) -> bool:
    found = await connection.fetchval(
        """select 1 from series s
           where s.org_id = $1 and s.provider = $2 and exists (
             select from observations o where o.org_id = $1 and o.series_id = s.id and o.import_id is not null)
           limit 1""",
        org_id,
        slug,
    )
    return found is not None


async def delete_series(connection: Connection, org_id: UUID, slug: str) -> int:
    """Delete the series of a source with their values. Returns how many."""
    status = await connection.execute("delete from series where org_id = $1 and provider = $2", org_id, slug)
    return int(status.rpartition(" ")[2])
