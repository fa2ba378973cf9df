-- What was tried, what is known, and what was found.

create table public.campaigns (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  goal_metric text not null references public.metrics (slug),
  goal_provider public.provider not null,
  goal_target double precision,
  budget_minor bigint,                     -- money in minor units of `currency`
  currency text check (currency ~ '^[A-Z]{3}$'),
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  notes text not null default '',
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
call private.isolate('public.campaigns', 'campaigns:read', 'campaigns:write', worker_verbs => 'select');

create table public.campaign_costs (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  spent_on date not null,
  amount_minor bigint not null check (amount_minor >= 0),
  note text not null default '',
  created_at timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade
);
call private.isolate('public.campaign_costs', 'campaigns:read', 'campaigns:write', worker_verbs => 'select');

-- The knowledge base: what the team wrote or saved, cut into chunks and embedded.
create table public.documents (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  artist_id uuid,
  title text not null check (length(title) between 1 and 300),
  kind text not null default 'note' check (kind in ('note', 'press', 'brief', 'report', 'guide')),
  source_url text,
  body text not null,
  content_sha256 bytea not null,
  status text not null default 'pending' check (status in ('pending', 'indexed', 'failed')),
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, content_sha256),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
call private.isolate('public.documents', 'documents:read', 'documents:write');

-- Searched exactly inside the org: approximate indexes under row-level security lose results.
create table public.chunks (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  document_id uuid not null,
  position integer not null,
  text text not null,
  embedding extensions.vector(384) not null,
  model text not null,                     -- vectors of different models are never compared
  primary key (org_id, id),
  unique (org_id, document_id, position, model),
  foreign key (org_id, document_id) references public.documents (org_id, id) on delete cascade
);
call private.isolate('public.chunks', 'documents:read', null);

create table public.insights (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  detector text not null,                  -- spike, level_shift, trend_change, milestone, growth, stale_data
  fingerprint text not null,               -- the same finding has the same fingerprint
  severity text not null check (severity in ('info', 'notice', 'important')),
  provider public.provider not null,
  metric text not null references public.metrics (slug),
  series_id uuid not null,                 -- deleted data takes what was said about it along
  asset_id uuid,
  happened_on date not null,
  period_from date not null,
  period_to date not null,
  title text not null,                     -- slots filled, ready to show
  body text not null,
  template jsonb not null,                 -- {title, body, words, plain}: with {{slots}}, as the narrator worded it
  narrator text not null,                  -- 'templates' or the model's name
  prompt_version text not null,
  confidence double precision not null check (confidence between 0 and 1),
  status text not null default 'new' check (status in ('new', 'acknowledged', 'dismissed', 'withdrawn')),
  withdrawn_reason text,                   -- why its numbers no longer stand
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  unique (org_id, fingerprint),
  check ((status = 'withdrawn') = (withdrawn_reason is not null)),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade
);
create index insights_feed on public.insights (org_id, created_at desc, id);
create index insights_artist on public.insights (org_id, artist_id, created_at desc);
create index insights_series on public.insights (org_id, series_id);
call private.isolate('public.insights', 'insights:read', null, platform => true);
create policy triage on public.insights for update to authenticated
  using (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]))
  with check (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]));
grant update (status, updated_at) on public.insights to authenticated;

-- Every number in an insight, and how to compute it again from stored rows.
create table public.insight_evidence (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  insight_id uuid not null,
  slot text not null,                      -- the {{slot}} that it fills
  label text not null,
  unit text not null,
  value double precision,                  -- null: a passage, not a number
  shown text not null,                     -- the value as worded
  computation jsonb not null,              -- {"op": "sum", "series_id": ..., "from": ..., "to": ...}
  series_id uuid,
  chunk_id uuid,                           -- or the passage of the knowledge base that it rests on
  primary key (org_id, id),
  unique (org_id, insight_id, slot),
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade,
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade,
  foreign key (org_id, chunk_id) references public.chunks (org_id, id) on delete cascade,
  check ((value is null) = (chunk_id is not null)),
  check (value is null or series_id is not null)
);
create index insight_evidence_series on public.insight_evidence (org_id, series_id) where series_id is not null;
create index insight_evidence_chunk on public.insight_evidence (org_id, chunk_id) where chunk_id is not null;
call private.isolate('public.insight_evidence', 'insights:read', null);
-- Evidence is as hidden as its insight: a platform that the caller may not read shows neither.
create policy with_its_insight on public.insight_evidence as restrictive for select to authenticated
  using (exists (select from public.insights i where i.org_id = insight_evidence.org_id and i.id = insight_id));

create table public.insight_feedback (
  org_id uuid not null,
  insight_id uuid not null,
  user_id uuid not null,
  verdict text not null check (verdict in ('useful', 'not_useful')),
  comment text not null default '',
  created_at timestamptz not null default now(),
  primary key (org_id, insight_id, user_id),
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade
);
call private.isolate('public.insight_feedback', 'insights:read', null, worker_verbs => 'select');
create policy add on public.insight_feedback for insert to authenticated
  with check (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]) and user_id = (select auth.uid()));
create policy change on public.insight_feedback for update to authenticated
  using (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]) and user_id = (select auth.uid()))
  with check (org_id = any ((select private.org_ids_with('insights:feedback'))::uuid[]) and user_id = (select auth.uid()));
grant insert, update on public.insight_feedback to authenticated;
