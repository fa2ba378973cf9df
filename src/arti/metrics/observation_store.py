"""SQL of what was observed: bulk writes that keep what they replace, and the rows behind a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from arti.providers.contract import AssetSeen, Observation
from arti.vocabulary import Provider
from arti_core.database import Connection, Row, fetch_one


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What tells one series of an artist on a platform from another."""

    metric: str
    asset_id: UUID | None
    dimension: str


async def upsert_assets(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, assets: Sequence[AssetSeen]
) -> None:
    """Store assets as the provider describes them now; what it no longer says is kept."""
    await connection.execute(
        """insert into assets as a
             (org_id, artist_id, provider, external_id, kind, title, url, released_on, isrc, details)
           select $1, $2, $3::text::provider, external_id, kind, title, url, released_on, isrc, details::jsonb
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::text[], $10::text[])
             as seen (external_id, kind, title, url, released_on, isrc, details)
           on conflict (org_id, artist_id, provider, external_id) do update
           set kind = excluded.kind, title = excluded.title, url = coalesce(excluded.url, a.url),
             released_on = coalesce(excluded.released_on, a.released_on), isrc = coalesce(excluded.isrc, a.isrc),
             details = a.details || excluded.details, updated_at = now()
           where (a.kind, a.title, a.url, a.released_on, a.isrc, a.details) is distinct from
             (excluded.kind, excluded.title, coalesce(excluded.url, a.url),
              coalesce(excluded.released_on, a.released_on), coalesce(excluded.isrc, a.isrc),
              a.details || excluded.details)""",
        org_id,
        artist_id,
        provider,
        [asset.external_id for asset in assets],
        [asset.kind for asset in assets],
        [asset.title for asset in assets],
        [asset.url for asset in assets],
        [asset.released_on for asset in assets],
        [asset.isrc for asset in assets],
        [orjson.dumps(dict(asset.details)).decode() for asset in assets],
    )


async def find_asset_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, external_ids: Sequence[str]
) -> dict[str, UUID]:
    rows = await connection.fetch(
        """select external_id, id from assets
           where org_id = $1 and artist_id = $2 and provider = $3::text::provider and external_id = any ($4)""",
        org_id,
        artist_id,
        provider,
        external_ids,
    )
    return {row["external_id"]: row["id"] for row in rows}


async def find_series_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: Provider, terms: str, metrics: Sequence[str]
) -> dict[SeriesKey, UUID]:
    """Return all series of an artist on a platform that are of these metrics.

    The caller picks what it needs: a join with thousands of keys would be planned as if each side had one row,
    because nobody knows beforehand how many rows a policy lets through.
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
    """Make series. One that somebody else makes at the same moment is theirs."""
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
    series_of: Sequence[int],
    definitions: Sequence[int],
    sync_run_id: UUID | None,
    import_id: UUID | None,
) -> tuple[int, int]:
    """Store values; `series_of` gives each one its place in `series_ids`. Returns (new, restated).

    A value that is known already is left as it is, with its first source and time.
    """
    row = await fetch_one(
        connection,
        """with written as (
             insert into observations as o
               (org_id, series_id, observed_on, provider, value, null_reason, definition, source_row,
                sync_run_id, import_id)
             select $1, ($3::uuid[])[seen.place + 1], seen.observed_on, $2::text::provider, seen.value,
               seen.null_reason, seen.definition, seen.source_row, $10, $11
             from unnest($4::int[], $5::date[], $6::float8[], $7::text[], $8::int[], $9::int[])
               as seen (place, observed_on, value, null_reason, definition, source_row)
             on conflict (org_id, series_id, observed_on) do update
             set value = excluded.value, null_reason = excluded.null_reason, definition = excluded.definition,
               source_row = excluded.source_row, sync_run_id = excluded.sync_run_id, import_id = excluded.import_id,
               known_at = now(), revisions = least(o.revisions + 1, 32767)
             where o.value is distinct from excluded.value or o.definition <> excluded.definition
             -- xmax is 0 on a row that this statement inserted, and set on one that it updated.
             returning (o.xmax = 0) as inserted
           )
           select count(*) filter (where inserted) as new, count(*) filter (where not inserted) as restated
           from written""",
        org_id,
        provider,
        series_ids,
        series_of,
        [seen.observed_on for seen in observations],
        [seen.value for seen in observations],
        [seen.null_reason for seen in observations],
        definitions,
        [seen.source_row for seen in observations],
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
    """Return the rows behind a number, oldest first, each with its source and what was known before."""
    return await connection.fetch(
        """select o.observed_on, o.value, o.null_reason, o.definition, o.sync_run_id, o.import_id, o.source_row,
             o.known_at, i.file_name,
             coalesce((select jsonb_agg(jsonb_build_object(
                 'value', r.value, 'null_reason', r.null_reason, 'definition', r.definition, 'known_at', r.known_at,
                 'superseded_at', r.superseded_at, 'source', jsonb_build_object(
                   'kind', case when r.import_id is null then 'sync' else 'import' end,
                   'id', coalesce(r.import_id, r.sync_run_id), 'file_name', was.file_name, 'row', r.source_row))
                 order by r.superseded_at)
               from observation_revisions r
               left join imports was on was.org_id = r.org_id and was.id = r.import_id
               where r.org_id = $1 and r.series_id = o.series_id and r.observed_on = o.observed_on), '[]') as revisions
           from observations o
           left join imports i on i.org_id = o.org_id and i.id = o.import_id
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


async def series_exists(connection: Connection, org_id: UUID, series_id: UUID) -> bool:
    found = await connection.fetchval("select 1 from series where org_id = $1 and id = $2", org_id, series_id)
    return found is not None
