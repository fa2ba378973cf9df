-- Changes of definition are data: entries of a feed that operators renew without a release (src/arti/metrics/
-- definitions.json, ./arti definitions update). An entry is corrected by a higher revision of the same id; what was
-- known before is kept. The entries themselves come from the feed, not from here.
alter table public.metric_definitions
  add column id text,
  add column revision integer not null default 0,      -- 0: of a migration, before there was a feed
  add column scope text[] not null default '{all}',    -- kinds of assets that it concerns; 'all': every kind
  add column old_meaning text not null default '',     -- what was counted before, in words
  add column new_meaning text not null default '',
  add column continued_as text references public.metrics (slug), -- the metric that goes on with the old meaning
  add column announced_on date,
  add column source_url text,
  add column withdrawn boolean not null default false, -- an entry that was wrong: kept, so that no older feed brings it back
  add column known_at timestamptz not null default clock.now(), -- when this installation learned of this revision
  add column learned_from text not null default 'a migration';  -- the packaged feed, a file or a URL

update public.metric_definitions
  set id = concat_ws('-', provider, split_part(metric, '.', 2), to_char(since_on, 'YYYY-MM-DD'));
alter table public.metric_definitions drop constraint metric_definitions_pkey;
alter table public.metric_definitions
  alter column id set not null,
  alter column since_on drop not null,                 -- null: announced, the day is not known
  -- 2 for the first change of a metric on a platform, 3 for the next, in order of days; null: no break (no day known, or
  -- withdrawn). Renewed whenever entries change, so that a change that becomes known late finds its place.
  alter column version drop not null,
  add primary key (id),
  add unique (metric, provider, version) deferrable;

-- What was known of an entry before it was corrected.
create table public.metric_definition_revisions (
  id text not null,
  revision integer not null,
  known_at timestamptz not null,
  superseded_at timestamptz not null default clock.wall_now(),
  metric text not null,
  provider text not null,
  version smallint,
  since_on date,
  scope text[] not null,
  note text not null,
  old_meaning text not null,
  new_meaning text not null,
  continued_as text,
  announced_on date,
  source_url text,
  withdrawn boolean not null,
  learned_from text not null,
  primary key (id, superseded_at)
);
alter table public.metric_definition_revisions enable row level security;
alter table public.metric_definition_revisions force row level security;
create policy read on public.metric_definition_revisions for select to authenticated, arti_worker
  using (id is not null);
grant select on public.metric_definition_revisions to authenticated, arti_worker, service_role;
revoke insert, update, delete on public.metric_definition_revisions from service_role;

create function private.keep_definition() returns trigger language plpgsql set search_path = '' as $$
begin
  insert into public.metric_definition_revisions (id, revision, known_at, metric, provider, version, since_on, scope,
    note, old_meaning, new_meaning, continued_as, announced_on, source_url, withdrawn, learned_from)
  values (old.id, old.revision, old.known_at, old.metric, old.provider::text, old.version, old.since_on, old.scope,
    old.note, old.old_meaning, old.new_meaning, old.continued_as, old.announced_on, old.source_url, old.withdrawn,
    old.learned_from);
  return new;
end $$;
create trigger keep_definition after update on public.metric_definitions
  for each row when (old.revision is distinct from new.revision) execute function private.keep_definition();

-- The changes of a metric's definition within (from_day, to_day], oldest first: a value of from_day and one of to_day
-- must not be compared across any of them. asset_kind: that of the series' asset; null for an artist's own series, which
-- every change concerns. known_on: as it was known at the end of that day, in UTC; null: as known now.
create function private.definition_breaks(
  of_metric text, of_provider text, from_day date, to_day date, asset_kind text default null, known_on date default null
) returns table (
  id text, since_on date, version smallint, note text, old_meaning text, new_meaning text, continued_as text,
  announced_on date, source_url text
) language sql stable set search_path = '' as $$
  select d.id, d.since_on, d.version, d.note, d.old_meaning, d.new_meaning, d.continued_as, d.announced_on, d.source_url
  from public.metric_definitions d
  where d.metric = of_metric and d.provider::text = of_provider and d.since_on > from_day and d.since_on <= to_day
    and not d.withdrawn and (asset_kind is null or d.scope && array['all', asset_kind])
    and (known_on is null or d.known_at < (known_on + 1)::timestamp at time zone 'UTC')
  union all
  select r.id, r.since_on, r.version, r.note, r.old_meaning, r.new_meaning, r.continued_as, r.announced_on, r.source_url
  from public.metric_definition_revisions r
  where known_on is not null
    and r.metric = of_metric and r.provider = of_provider and r.since_on > from_day and r.since_on <= to_day
    and not r.withdrawn and (asset_kind is null or r.scope && array['all', asset_kind])
    and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
    and r.superseded_at >= (known_on + 1)::timestamp at time zone 'UTC'
  order by since_on
$$;

-- The version of a metric's definition on a day; 1 before its first change.
create function private.definition_on(of_metric text, of_provider text, day date, asset_kind text default null)
returns smallint language sql stable set search_path = '' as $$
  select coalesce(max(d.version), 1::smallint) from public.metric_definitions d
  where d.metric = of_metric and d.provider::text = of_provider and d.since_on <= day
    and not d.withdrawn and (asset_kind is null or d.scope && array['all', asset_kind])
$$;

revoke all on function private.keep_definition(),
  private.definition_breaks(text, text, date, date, text, date),
  private.definition_on(text, text, date, text) from public;
grant execute on function private.definition_breaks(text, text, date, date, text, date),
  private.definition_on(text, text, date, text) to authenticated, arti_worker, service_role;
