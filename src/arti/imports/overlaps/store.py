"""SQL of the values that exports overlap with."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def lock_exports(connection: Connection, org_id: UUID, artist_id: UUID, provider: str) -> None:
    """Wait for other commits and undos of an artist's exports of a provider: which is newer is decided one by one."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1::text || $2::text || $3::text, 31))",
        str(org_id),
        str(artist_id),
        provider,
    )


async def list_other_exports(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, import_id: UUID
) -> list[Row]:
    """Return the other committed imports of an artist from a provider."""
    return await connection.fetch(
        """select id, artist_id, provider, source, file_name, byte_size, status, options, summary, refusal, created_at,
             committed_at, undone_at, content_sha256, file_id
           from imports
           where org_id = $1 and artist_id = $2 and provider = $3::text and status = 'committed' and id <> $4
             and not is_money
           order by created_at, id""",
        org_id,
        artist_id,
        provider,
        import_id,
    )


async def list_values(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    terms: str,
    metrics: Collection[str],
    first_on: date,
    last_on: date,
    import_id: UUID | None = None,
) -> list[Row]:
    """Return the stored values of exports in a range of days; with `import_id` those that it is the source of."""
    return await connection.fetch(
        """select s.metric, a.external_id as asset, a.title, s.dimension, o.observed_on, o.value, o.null_reason,
             o.import_id, o.source_row
           from series s
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral private.observations_between($1, s.id, $5, $6) o
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text and s.terms = $8
             and s.metric = any ($4) and ($7::uuid is null or o.import_id = $7)""",
        org_id,
        artist_id,
        provider,
        list(metrics),
        first_on,
        last_on,
        import_id,
        terms,
    )


async def list_days_of_no_export(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, terms: str
) -> list[Row]:
    """Return the days whose value somebody entered or pushed beside exports."""
    return await connection.fetch(
        """with entered as (
             select array_agg(b.id) as ids from observation_batches b
             where b.org_id = $1 and b.artist_id = $2 and b.provider = $3::text and b.import_id is null
           )
           select s.metric, a.external_id as asset, s.dimension, m.month + (d.on_day::integer - 1) as observed_on
           from entered, series s
           join observation_months m on m.org_id = s.org_id and m.series_id = s.id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral unnest(m.batches) with ordinality as d (batch, on_day)
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text and s.terms = $4
             and m.batches && entered.ids and d.batch = any (entered.ids)""",
        org_id,
        artist_id,
        provider,
        terms,
    )
