-- Where numbers come from: linked accounts that are synced, and export files that are dropped.

create table public.connected_accounts (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  provider public.provider not null,
  external_id text not null,
  display_name text not null,
  url text,
  status text not null default 'active'
    check (status in ('active', 'needs_reauth', 'paused', 'disconnected')),
  scopes text[] not null default '{}',
  token_expires_at timestamptz,            -- the access token
  consent_expires_at timestamptz,          -- when a person must consent again, if the provider says
  cursor jsonb,
  next_sync_at timestamptz,
  last_sync_at timestamptz,
  last_success_at timestamptz,
  last_error_class text,
  last_error_message text,
  connected_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, artist_id, provider, external_id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
call private.isolate('public.connected_accounts', 'connections:read', 'connections:manage', platform => true);

-- The state of an OAuth consent under way: single use, ten minutes, bound to org and person.
create table public.oauth_states (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  artist_id uuid not null,
  provider public.provider not null,
  code_verifier text not null,
  return_to text not null default '/accounts/',
  profile_url text,                        -- the artist's page, where a sign-in does not name the artist
  expires_at timestamptz not null default now() + interval '10 minutes',
  used_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
call private.isolate('public.oauth_states', 'connections:manage', 'connections:manage', platform => true, worker_verbs => '');

-- The callback comes without a token: the state, known to whoever was sent to the provider, says who and where.
create function private.take_oauth_state(state uuid)
returns table (org_id uuid, user_id uuid, artist_id uuid, provider public.provider, code_verifier text,
               return_to text, profile_url text)
language sql security definer set search_path = '' as $$
  update public.oauth_states s set used_at = now()
  where s.id = state and s.used_at is null and s.expires_at > now()
  returning s.org_id, s.user_id, s.artist_id, s.provider, s.code_verifier, s.return_to, s.profile_url
$$;
revoke all on function private.take_oauth_state(uuid) from public;
grant execute on function private.take_oauth_state(uuid) to arti_api;

create table public.sync_runs (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  kind text not null check (kind in ('backfill', 'nightly', 'manual')),
  status text not null default 'running' check (status in ('running', 'succeeded', 'partial', 'failed')),
  job_id uuid,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  pages integer not null default 0,
  calls integer not null default 0,        -- to the host on which the provider keeps a budget
  observations_new integer not null default 0,
  observations_restated integer not null default 0,
  gaps jsonb not null default '[]',        -- [{series, from, to}]: days that the provider did not give
  error_class text,
  error_message text,
  primary key (org_id, id),
  foreign key (org_id, connection_id) references public.connected_accounts (org_id, id) on delete cascade
);
create index sync_runs_recent on public.sync_runs (org_id, connection_id, started_at desc);
call private.isolate('public.sync_runs', 'connections:read', null);

create table public.imports (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  provider public.provider,                -- null: the file was not recognised
  source text,                             -- e.g. spotify_for_artists.audience_timeline
  file_name text not null,
  content_sha256 bytea not null,
  byte_size integer not null,
  status text not null check (status in ('previewed', 'committed', 'undone', 'refused')),
  options jsonb not null default '{}',     -- what the file does not say and a person told us, e.g. song title
  summary jsonb not null default '{}',     -- counts by verdict, days, checksum of the total row, questions
  refusal text,
  parser_version integer not null default 1,
  created_by uuid,
  created_at timestamptz not null default now(),
  committed_at timestamptz,
  undone_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create unique index imports_once on public.imports (org_id, artist_id, content_sha256, options) where status = 'committed';
create index imports_recent on public.imports (org_id, created_at desc);
call private.isolate('public.imports', 'imports:read', 'imports:write');

-- The file as it came, so that every imported number can be shown in its row.
create table public.import_files (
  org_id uuid not null,
  import_id uuid not null,
  content bytea not null,
  primary key (org_id, import_id),
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade
);
call private.isolate('public.import_files', 'imports:read', 'imports:write');
