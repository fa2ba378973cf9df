"""SQL of series and observations: bulk writes that keep revisions, and the rows behind a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arti.providers.contract import Observation
from arti.vocabulary import Provider
from arti_core.database import Connection, Row, fetch_one


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Identifies a series of an artist on a platform."""

    metric: str
    asset_id: UUID | None
    dimension: str


async def find_series_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, terms: str, metrics: Sequence[str]
) -> dict[SeriesKey, UUID]:
    """Return all series of an artist on a platform with these metrics, by key.

    The caller selects from them: a join with thousands of keys would be planned as if each side had one row, because
    the planner cannot estimate how many rows pass a policy.
    """
    rows = await connection.fetch(
        """select id, metric, asset_id, dimension from series
           where org_id = $1 and artist_id = $2 and provider = $3::text::provider and terms = $4
             and metric = any ($5)""",
        org_id,
        artist_id,
        provider,
        terms,
        metrics,
    )
    return {SeriesKey(row["metric"], row["asset_id"], row["dimension"]): row["id"] for row in rows}


async def insert_series(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: Provider,
    keys: Sequence[SeriesKey],
    terms: str,
    time_zone: str,
) -> None:
    """Insert series. One that another transaction inserts at the same time is left to it."""
    await connection.execute(
        """insert into series (org_id, artist_id, provider, metric, asset_id, dimension, terms, time_zone)
           select $1, $2, $3::text::provider, key.metric, key.asset_id, key.dimension, $7, $8
           from unnest($4::text[], $5::uuid[], $6::text[]) as key (metric, asset_id, dimension)
           on conflict do nothing""",
        org_id,
        artist_id,
        provider,
        [key.metric for key in keys],
        [key.asset_id for key in keys],
        [key.dimension for key in keys],
        terms,
        time_zone,
    )


async def upsert_observations(
    connection: Connection,
    org_id: UUID,
    *,
    provider: Provider,
    series_ids: Sequence[UUID],
    observations: Sequence[Observation],
    series_indexes: Sequence[int],
    definitions: Sequence[int],
    sync_run_id: UUID | None,
    import_id: UUID | None,
) -> tuple[int, int]:
    """Store values and return (new, restated). `series_indexes` are the indexes of their series in `series_ids`.

    An unchanged value keeps its first source and time.
    """
    row = await fetch_one(
        connection,
        """with written as (
             insert into observations as o
               (org_id, series_id, observed_on, provider, value, null_reason, definition, source_row,
                sync_run_id, import_id)
             select $1, ($3::uuid[])[observed.series_index + 1], observed.observed_on, $2::text::provider,
               observed.value, observed.null_reason, observed.definition, observed.source_row, $10, $11
             from unnest($4::int[], $5::date[], $6::float8[], $7::text[], $8::int[], $9::int[])
               as observed (series_index, observed_on, value, null_reason, definition, source_row)
             on conflict (org_id, series_id, observed_on) do update
             set value = excluded.value, null_reason = excluded.null_reason, definition = excluded.definition,
               source_row = excluded.source_row, sync_run_id = excluded.sync_run_id, import_id = excluded.import_id,
               known_at = clock.now(), revisions = least(o.revisions + 1, 32767)
             where o.value is distinct from excluded.value or o.definition <> excluded.definition
             -- xmax is 0 on a row that this statement inserted, and set on one that it updated.
             returning (o.xmax = 0) as inserted
           )
           select count(*) filter (where inserted) as new, count(*) filter (where not inserted) as restated
           from written""",
        org_id,
        provider,
        series_ids,
        series_indexes,
        [observation.observed_on for observation in observations],
        [observation.value for observation in observations],
        [observation.null_reason for observation in observations],
        definitions,
        [observation.source_row for observation in observations],
        sync_run_id,
        import_id,
    )
    return row["new"], row["restated"]


async def list_rows(
    connection: Connection,
    org_id: UUID,
    series_id: UUID,
    *,
    from_on: date | None,
    to_on: date | None,
    after: date | None,
    limit: int,
) -> list[Row]:
    """Return observations, oldest first, each with its source and revisions."""
    return await connection.fetch(
        """select o.observed_on, o.value, o.null_reason, o.definition, o.sync_run_id, o.import_id, o.source_row,
             o.known_at,
             coalesce((select jsonb_agg(jsonb_build_object(
                 'value', r.value, 'null_reason', r.null_reason, 'definition', r.definition, 'known_at', r.known_at,
                 'superseded_at', r.superseded_at, 'sync_run_id', r.sync_run_id, 'import_id', r.import_id,
                 'source_row', r.source_row) order by r.superseded_at)
               from observation_revisions r
               where r.org_id = $1 and r.series_id = o.series_id and r.observed_on = o.observed_on), '[]') as revisions
           from observations o
           where o.org_id = $1 and o.series_id = $2 and ($3::date is null or o.observed_on >= $3)
             and ($4::date is null or o.observed_on <= $4) and ($5::date is null or o.observed_on > $5)
           order by o.observed_on limit $6""",
        org_id,
        series_id,
        from_on,
        to_on,
        after,
        limit,
    )


async def restore_before_import(
    connection: Connection, org_id: UUID, import_id: UUID, *, committed_imports: Sequence[UUID]
) -> int:
    """Restore the values from before an import and delete those without one. Returns the number of changed days.

    Revisions of imports that are not in `committed_imports` are skipped.
    """
    restored = await connection.fetchval(
        # Lateral by day, and an upsert instead of a joined update: the planner cannot estimate how many rows pass a
        # policy, and a join planned for one row takes minutes on a large file.
        """with imported as materialized (
             select series_id, observed_on, provider from observations where org_id = $1 and import_id = $2
           ), earlier as materialized (
             select imported.series_id, imported.observed_on, imported.provider, before.*
             from imported cross join lateral (
               select r.value, r.null_reason, r.definition, r.sync_run_id, r.import_id, r.source_row, r.known_at
               from observation_revisions r
               where r.org_id = $1 and r.series_id = imported.series_id and r.observed_on = imported.observed_on
                 and (r.import_id is null or r.import_id = any ($3))
               order by r.superseded_at desc limit 1
             ) before
           ), restored as (
             insert into observations as o (org_id, series_id, observed_on, provider, value, null_reason, definition,
               sync_run_id, import_id, source_row, known_at)
             select $1, series_id, observed_on, provider, value, null_reason, definition,
               sync_run_id, import_id, source_row, known_at
             from earlier
             on conflict (org_id, series_id, observed_on) do update
             set value = excluded.value, null_reason = excluded.null_reason, definition = excluded.definition,
               sync_run_id = excluded.sync_run_id, import_id = excluded.import_id, source_row = excluded.source_row,
               known_at = excluded.known_at, revisions = least(o.revisions + 1, 32767)
             returning 1
           )
           select count(*) from restored""",
        org_id,
        import_id,
        committed_imports,
    )
    deleted = await connection.execute(
        "delete from observations where org_id = $1 and import_id = $2", org_id, import_id
    )
    return int(restored) + int(deleted.rpartition(" ")[2])


async def delete_series(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, terms: str, only_empty: bool
) -> None:
    """Delete an artist's series on a platform under `terms`, with their values; or only those without a value."""
    await connection.execute(
        """delete from series s
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text::provider and s.terms = $4
             and (not $5 or not exists (select from observations o where o.org_id = $1 and o.series_id = s.id))""",
        org_id,
        artist_id,
        provider,
        terms,
        only_empty,
    )


async def list_assets_without_series(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider
) -> list[UUID]:
    rows = await connection.fetch(
        """select a.id from assets a where a.org_id = $1 and a.artist_id = $2 and a.provider = $3::text::provider
             and not exists (select from series s where s.org_id = $1 and s.asset_id = a.id)""",
        org_id,
        artist_id,
        provider,
    )
    return [row["id"] for row in rows]


async def series_exists(connection: Connection, org_id: UUID, series_id: UUID) -> bool:
    found = await connection.fetchval("select 1 from series where org_id = $1 and id = $2", org_id, series_id)
    return found is not None
