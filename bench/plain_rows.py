"""Daily values as version 0.2 kept them: a row for each, with the policies and the upsert of that version.

They stand in a schema of their own, beside ARTi's tables, as the other side of bench/api and bench/scale.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

_TABLES = """
create schema plain;
grant usage on schema plain to authenticated, arti_worker;
create table plain.series (
  org_id uuid not null, id uuid not null, artist_id uuid not null, asset_id uuid, provider text not null,
  metric text not null, dimension text not null default '', terms text not null default 'own', primary key (org_id, id)
);
create unique index on plain.series (org_id, artist_id, provider, metric, asset_id, dimension, terms)
  nulls not distinct;
create table plain.observations (
  org_id uuid not null, series_id uuid not null, observed_on date not null, provider text not null,
  value double precision, null_reason text, definition smallint not null default 1, sync_run_id uuid, import_id uuid,
  source_row integer, known_at timestamptz not null default clock.now(), revisions smallint not null default 0,
  primary key (org_id, series_id, observed_on),
  foreign key (org_id, series_id) references plain.series (org_id, id),
  check ((value is null) = (null_reason is not null)),
  check (sync_run_id is not null or import_id is not null)
);
create index on plain.observations (org_id, import_id) where import_id is not null;
create table plain.observation_revisions (
  org_id uuid not null, series_id uuid not null, observed_on date not null,
  superseded_at timestamptz not null default clock.wall_now(), provider text not null, value double precision,
  null_reason text, definition smallint not null, sync_run_id uuid, import_id uuid, source_row integer,
  known_at timestamptz not null,
  primary key (org_id, series_id, observed_on, superseded_at),
  foreign key (org_id, series_id) references plain.series (org_id, id)
);
create function plain.keep_revision() returns trigger language plpgsql set search_path = '' as $$
begin
  insert into plain.observation_revisions (org_id, series_id, observed_on, provider, value, null_reason,
    definition, sync_run_id, import_id, source_row, known_at)
  values (old.org_id, old.series_id, old.observed_on, old.provider, old.value, old.null_reason,
    old.definition, old.sync_run_id, old.import_id, old.source_row, old.known_at);
  return new;
end $$;
create trigger keep_revision after update of value, null_reason, definition on plain.observations
  for each row when (old.value is distinct from new.value or old.definition <> new.definition)
  execute function plain.keep_revision();
"""
_POLICIES = """
alter table plain.{0} enable row level security;
alter table plain.{0} force row level security;
create policy members_only on plain.{0} as restrictive for all to authenticated
  using (org_id = any ((select private.member_org_ids())::uuid[]));
create policy read on plain.{0} for select to authenticated
  using (org_id = any ((select private.org_ids_with('metrics:read'))::uuid[])
    and (org_id, provider) in (select p.org_id, p.provider::text from private.platforms_with('read') p));
create policy job_only on plain.{0} for all to arti_worker
  using (org_id = (select private.job_org_id())) with check (org_id = (select private.job_org_id()));
grant select on plain.{0} to authenticated;
grant select, insert, update, delete on plain.{0} to arti_worker;
"""
_UPSERT = """
with written as (
  insert into plain.observations as o
    (org_id, series_id, observed_on, provider, value, null_reason, definition, source_row, sync_run_id, import_id)
  select $1, ($3::uuid[])[observed.series_index + 1], observed.observed_on, $2, observed.value, observed.null_reason,
    observed.definition, observed.source_row, $10, $11
  from unnest($4::int[], $5::date[], $6::float8[], $7::text[], $8::int[], $9::int[])
    as observed (series_index, observed_on, value, null_reason, definition, source_row)
  on conflict (org_id, series_id, observed_on) do update
  set value = excluded.value, null_reason = excluded.null_reason, definition = excluded.definition,
    source_row = excluded.source_row, sync_run_id = excluded.sync_run_id, import_id = excluded.import_id,
    known_at = clock.now(), revisions = least(o.revisions + 1, 32767)
  where o.value is distinct from excluded.value or o.definition <> excluded.definition
  returning (o.xmax = 0) as inserted
)
select count(*) filter (where inserted) as new, count(*) filter (where not inserted) as restated from written
"""


async def make_tables(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    await owner.execute(_TABLES)
    for table in ("series", "observations", "observation_revisions"):
        await owner.execute(_POLICIES.format(table))


async def upsert_page(
    connection: "asyncpg.Connection[asyncpg.Record]",
    org_id: UUID,
    provider: str,
    sync_run_id: UUID,
    values: Sequence[tuple[UUID, date, float]],
) -> tuple[int, int]:
    """Write the (series, day, value) of a page of a sync; return the numbers of new and of restated days."""
    series = list(dict.fromkeys(series_id for series_id, _, _ in values))
    place = {series_id: index for index, series_id in enumerate(series)}
    row = await connection.fetchrow(
        _UPSERT,
        org_id,
        provider,
        series,
        [place[series_id] for series_id, _, _ in values],
        [day for _, day, _ in values],
        [value for _, _, value in values],
        [None] * len(values),
        [1] * len(values),
        [None] * len(values),
        sync_run_id,
        None,
    )
    assert row is not None
    return row["new"], row["restated"]


async def pack_rows(owner: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Write what the plain rows hold into ARTi's tables, each artist's values of a platform as one batch."""
    await owner.execute(
        """insert into observation_batches (org_id, id, artist_id, provider, sync_run_id)
           select org_id, row_number() over (), artist_id, provider, gen_random_uuid()
           from (select distinct org_id, artist_id, provider from plain.series) s"""
    )
    await owner.execute(
        """insert into observation_months
             (org_id, series_id, month, days, artist_id, asset_id, provider, values, batches)
           select m.org_id, m.series_id, m.month, m.days, s.artist_id, s.asset_id, s.provider, d.values, d.batches
           from (
             select org_id, series_id, date_trunc('month', observed_on)::date as month, max(observed_on) as last_on,
               bit_or(1 << (extract(day from observed_on)::int - 1)) as days
             from plain.observations group by 1, 2, 3
           ) m
           join plain.series s on s.org_id = m.org_id and s.id = m.series_id
           join observation_batches b
             on b.org_id = s.org_id and b.artist_id = s.artist_id and b.provider = s.provider
           cross join lateral (
             select array_agg(o.value order by day) as values,
               array_agg(case when o.series_id is not null then b.id end order by day) as batches
             from generate_series(0, m.last_on - m.month) day
             left join plain.observations o
               on o.org_id = m.org_id and o.series_id = m.series_id and o.observed_on = m.month + day
           ) d"""
    )
