-- Artists, their assets, and the honest daily history of every number about them.

create table public.artists (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  genres text[] not null default '{}',
  country text,                            -- ISO 3166-1 alpha-2
  image_url text,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id)
);
create unique index artists_name on public.artists (org_id, lower(name)) where archived_at is null;
call private.isolate('public.artists', 'roster:read', 'roster:write', worker_verbs => 'select');

-- A track, video, post, playlist or album of an artist on one platform.
create table public.assets (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  provider public.provider not null,
  kind text not null check (kind in ('track', 'album', 'video', 'post', 'playlist')),
  external_id text not null,               -- the provider's id, or title|date where an export names none
  title text not null,
  url text,
  released_on date,
  isrc text,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, artist_id, provider, external_id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
-- Imports make assets too, so whoever may import may write them.
call private.isolate('public.assets', 'roster:read', 'imports:write', platform => true);

-- The catalogue of metrics: no tenant data, the same for everybody. Filled from arti.metrics.catalogue.
create table public.metrics (
  slug text primary key,                   -- e.g. audience.followers
  name text not null,
  unit text not null,                      -- people, streams, views, hours, percent, count, ...
  kind text not null check (kind in ('counter', 'flow', 'rolling', 'ratio')),
  aggregation text not null check (aggregation in ('sum', 'last', 'mean', 'none')),
  description text not null,
  higher_is_better boolean not null default true
);
create table public.metric_definitions (
  metric text not null references public.metrics (slug),
  provider public.provider not null,
  version smallint not null,
  since_on date not null,                  -- growth never crosses this day
  note text not null,
  primary key (metric, provider, version)
);
alter table public.metrics enable row level security;
alter table public.metrics force row level security;
alter table public.metric_definitions enable row level security;
alter table public.metric_definitions force row level security;
create policy read on public.metrics for select to authenticated, arti_worker using (slug is not null);
create policy read on public.metric_definitions for select to authenticated, arti_worker using (metric is not null);
grant select on public.metrics, public.metric_definitions to authenticated, arti_worker;

-- One metric of one artist (or one of their assets) on one platform, perhaps cut by one dimension.
create table public.series (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  asset_id uuid,
  provider public.provider not null,
  metric text not null references public.metrics (slug),
  dimension text not null default '',      -- '' or name=value, e.g. country=US
  time_zone text not null default 'UTC',   -- in which the provider counts its days
  terms text not null default 'own' check (terms in ('own', 'spotify_api', 'youtube_api', 'instagram_api', 'soundcloud_api')),
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade
);
create unique index series_identity on public.series
  (org_id, artist_id, provider, metric, asset_id, dimension, terms) nulls not distinct;
call private.isolate('public.series', 'metrics:read', 'imports:write', platform => true);

-- One value of one series on one day. Growth, charts and insights all read this table.
create table public.observations (
  org_id uuid not null,
  series_id uuid not null,
  observed_on date not null,
  provider public.provider not null,
  value double precision,
  null_reason text,                        -- why there is no value: null is not 0
  definition smallint not null default 1,
  sync_run_id uuid,
  import_id uuid,
  source_row integer,                      -- row of the imported file, 1 = the line after the header
  known_at timestamptz not null default now(),
  revisions smallint not null default 0,   -- how often it was restated; what it was before is in observation_revisions
  primary key (org_id, series_id, observed_on),
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade,
  check ((value is null) = (null_reason is not null)),
  check (sync_run_id is not null or import_id is not null)
);
create index observations_import on public.observations (org_id, import_id) where import_id is not null;
call private.isolate('public.observations', 'metrics:read', 'imports:write', platform => true);

-- What was known before a provider restated a day.
create table public.observation_revisions (
  org_id uuid not null,
  series_id uuid not null,
  observed_on date not null,
  superseded_at timestamptz not null default clock_timestamp(),
  provider public.provider not null,
  value double precision,
  null_reason text,
  definition smallint not null,
  sync_run_id uuid,
  import_id uuid,
  source_row integer,
  known_at timestamptz not null,
  primary key (org_id, series_id, observed_on, superseded_at),
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade
);
call private.isolate('public.observation_revisions', 'metrics:read', 'imports:write', platform => true);

-- No value is overwritten silently, whoever writes: the database keeps what it replaces.
create function private.keep_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.observation_revisions (org_id, series_id, observed_on, provider, value, null_reason,
    definition, sync_run_id, import_id, source_row, known_at)
  values (old.org_id, old.series_id, old.observed_on, old.provider, old.value, old.null_reason,
    old.definition, old.sync_run_id, old.import_id, old.source_row, old.known_at);
  return new;
end $$;
create trigger keep_revision after update of value, null_reason, definition on public.observations
  for each row when (old.value is distinct from new.value or old.definition <> new.definition)
  execute function private.keep_revision();

-- A release, a show, a playlist add, a note: something that explains a line on a chart.
create table public.annotations (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  occurred_on date not null,
  kind text not null check (kind in ('release', 'campaign', 'show', 'playlist', 'press', 'note')),
  title text not null,
  url text,
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index annotations_days on public.annotations (org_id, artist_id, occurred_on);
call private.isolate('public.annotations', 'roster:read', 'roster:write');
