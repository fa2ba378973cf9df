"""SQL of series and observations: bulk writes that keep revisions, and the rows behind a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arti.providers.contract import Observation
from arti_core.database import Connection, Row, fetch_one


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Identifies a series of an artist on a platform."""

    metric: str
    asset_id: UUID | None
    dimension: str


async def find_series_ids(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, terms: str, metrics: Sequence[str]
) -> dict[SeriesKey, UUID]:
    """Return all series of an artist on a platform with these metrics, by key.

    The caller selects from them: a join with thousands of keys would be planned as if each side had one row, because
    the planner cannot estimate how many rows pass a policy.
    """
    rows = await connection.fetch(
        """select id, metric, asset_id, dimension from series
           where org_id = $1 and artist_id = $2 and provider = $3::text and terms = $4
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
    provider: str,
    keys: Sequence[SeriesKey],
    terms: str,
    time_zone: str,
) -> None:
    """Insert series. One that another transaction inserts at the same time is left to it."""
    await connection.execute(
        """insert into series (org_id, artist_id, provider, metric, asset_id, dimension, terms, time_zone)
           select $1, $2, $3::text, key.metric, key.asset_id, key.dimension, $7, $8
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Who writes values: an artist's sync run or import, or a person."""

    artist_id: UUID
    provider: str
    sync_run_id: UUID | None = None
    import_id: UUID | None = None
    entered_by: UUID | None = None


async def write_observations(
    connection: Connection,
    org_id: UUID,
    batch: Batch,
    *,
    series_ids: Sequence[UUID],
    observations: Sequence[Observation],
    series_indexes: Sequence[int],
    codes: Sequence[str | None],
) -> tuple[int, int]:
    """Store values and return (new, restated). `series_indexes` are the indexes of their series in `series_ids`.

    `codes`: why there is no value, or a remark on the one that is there. An unchanged value keeps its first source and
    time. A day that was late is new when it comes. No two observations are of one series and day.
    """
    row = await fetch_one(
        connection,
        """select added, restated
           from private.write_observations($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        org_id,
        batch.artist_id,
        batch.provider,
        batch.sync_run_id,
        batch.import_id,
        batch.entered_by,
        series_ids,
        series_indexes,
        [observation.observed_on.replace(day=1) for observation in observations],
        [observation.observed_on.day for observation in observations],
        [observation.value for observation in observations],
        codes,
        [observation.source_row for observation in observations],
    )
    return row["added"], row["restated"]


async def list_rows(
    connection: Connection,
    org_id: UUID,
    series_id: UUID,
    *,
    from_on: date | None,
    to_on: date | None,
    after: date | None,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    """Return observations, oldest first, each with its source and what it was before; as known on a day, or now."""
    return await connection.fetch(
        """with until as (
             select coalesce(($7::date + 1)::timestamp at time zone 'UTC', 'infinity') as at
           ), replaced as (
             -- What a day was at that time, if it was replaced later.
             select distinct on (r.observed_on) r.* from until, observation_revisions r
             where $7 is not null and r.org_id = $1 and r.series_id = $2
               and r.known_at < until.at and r.superseded_at >= until.at
             order by r.observed_on, r.known_at desc
           ), days as (
             select o.observed_on, o.value, o.null_reason, o.state, o.definition, o.sync_run_id, o.import_id,
               o.entered_by, o.source_row, o.known_at
             from until, private.observations_between($1, $2,
               greatest(coalesce($3::date, '-infinity'), coalesce($5::date + 1, '-infinity')),
               coalesce($4::date, 'infinity')) o
             where (o.known_at < until.at or $7 is null) and o.observed_on not in (select r.observed_on from replaced r)
             union all
             select r.observed_on, r.value, r.null_reason, r.state,
               (select private.definition_on(s.metric, s.provider, r.observed_on, a.kind)
                from series s left join assets a on a.org_id = s.org_id and a.id = s.asset_id
                where s.org_id = $1 and s.id = $2),
               r.sync_run_id, r.import_id, r.entered_by, r.source_row, r.known_at
             from replaced r
           )
           select o.observed_on, o.value, private.state_sentence(o.null_reason) as null_reason,
             coalesce(o.null_reason, o.state) as state, private.state_sentence(o.state) as remark,
             o.definition, o.sync_run_id, o.import_id, o.entered_by, o.source_row, o.known_at,
             coalesce((select jsonb_agg(jsonb_build_object(
                 'value', r.value, 'null_reason', private.state_sentence(r.null_reason),
                 'state', coalesce(r.null_reason, r.state), 'remark', private.state_sentence(r.state),
                 'definition', o.definition, 'known_at', r.known_at,
                 'superseded_at', r.superseded_at, 'sync_run_id', r.sync_run_id, 'import_id', r.import_id,
                 'entered_by', r.entered_by, 'source_row', r.source_row) order by r.superseded_at)
               from observation_revisions r
               where r.org_id = $1 and r.series_id = $2 and r.observed_on = o.observed_on
                 and r.superseded_at < until.at), '[]') as revisions
           from until, days o
           where ($3::date is null or o.observed_on >= $3) and ($4::date is null or o.observed_on <= $4)
             and ($5::date is null or o.observed_on > $5)
           order by o.observed_on limit $6""",
        org_id,
        series_id,
        from_on,
        to_on,
        after,
        limit,
        known_on,
    )


async def restore_before_import(
    connection: Connection, org_id: UUID, import_id: UUID, *, committed_imports: Sequence[UUID]
) -> int:
    """Restore the values from before an import and delete those without one. Returns the number of changed days.

    Revisions of imports that are not in `committed_imports` are skipped.
    """
    changed: int = await connection.fetchval(
        "select private.restore_before_import($1, $2, $3)", org_id, import_id, committed_imports
    )
    return changed


async def delete_series(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str, terms: str, only_empty: bool
) -> None:
    """Delete an artist's series on a platform under `terms`, with their values; or only those without a value.

    An empty series of the artist that had values stays, since one may ask what was known on an earlier day. That of an
    asset goes, because an asset without series is deleted after an undo.
    """
    await connection.execute(
        """delete from series s
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3::text and s.terms = $4
             and (not $5 or not exists (
               select from observation_months m where m.org_id = $1 and m.series_id = s.id
               union all
               select from observation_revisions r
               where s.asset_id is null and r.org_id = $1 and r.series_id = s.id))""",
        org_id,
        artist_id,
        provider,
        terms,
        only_empty,
    )


async def list_assets_without_series(
    connection: Connection, org_id: UUID, *, artist_id: UUID, provider: str
) -> list[UUID]:
    rows = await connection.fetch(
        """select a.id from assets a where a.org_id = $1 and a.artist_id = $2 and a.provider = $3::text
             and not exists (select from series s where s.org_id = $1 and s.asset_id = a.id)""",
        org_id,
        artist_id,
        provider,
    )
    return [row["id"] for row in rows]


async def series_exists(connection: Connection, org_id: UUID, series_id: UUID) -> bool:
    found = await connection.fetchval("select 1 from series where org_id = $1 and id = $2", org_id, series_id)
    return found is not None


async def list_own_values(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    provider: str,
    from_on: date | None,
    to_on: date | None,
    limit: int,
    known_on: date | None,
) -> list[Row]:
    """Return an artist's values on a platform that came from files or people, each with its series and asset.

    They are those that were known at the end of `known_on` (UTC), and without it those that are known now.
    """
    return await connection.fetch(
        """select s.metric, o.observed_on, o.value, o.null_reason, o.state, s.dimension, a.external_id, a.kind, a.title
           from series s
           cross join lateral (
             select v.observed_on, v.value, v.null_reason, v.state from observations v
             where v.org_id = s.org_id and v.series_id = s.id
               and ($7::date is null or v.known_at < ($7::date + 1)::timestamp at time zone 'UTC')
             union all
             select r.observed_on, r.value, r.null_reason, r.state from observation_revisions r
             where $7 is not null and r.org_id = s.org_id and r.series_id = s.id
               and r.known_at < ($7::date + 1)::timestamp at time zone 'UTC'
               and r.superseded_at >= ($7::date + 1)::timestamp at time zone 'UTC'
           ) o
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           where s.org_id = $1 and s.artist_id = $2 and s.provider = $3 and s.terms = 'own'
             and ($4::date is null or o.observed_on >= $4) and ($5::date is null or o.observed_on <= $5)
           order by s.metric, s.dimension, a.external_id nulls first, o.observed_on
           limit $6""",
        org_id,
        artist_id,
        provider,
        from_on,
        to_on,
        limit,
        known_on,
    )
