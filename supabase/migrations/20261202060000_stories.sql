-- One cause is one insight: what else was found of the same artist around the same day becomes a part of it. A part shows
-- only to those who see its series, whatever the platform of the insight.

alter table public.insights
  add column direction smallint not null default 0 check (direction in (-1, 0, 1)),  -- of its story: up or down
  add column cause jsonb,                              -- {kind, title, on}: what happened around that day, as far as known
  add column next_step text not null default '',       -- what to check next, a sentence
  add column quiet boolean not null default false;     -- of days that were past when ARTi learnt of them: nobody is notified

create table public.insight_parts (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  insight_id uuid not null,
  series_id uuid not null,
  asset_id uuid,
  provider text not null,
  metric text not null,
  detector text not null,
  fingerprint text not null,                           -- of the finding, as in insights
  happened_on date not null,
  period_from date not null,
  period_to date not null,
  title text not null,
  numbers jsonb not null,                              -- [{slot, label, unit, value, shown, computation}]: the evidence
  primary key (org_id, id),
  unique (org_id, fingerprint),
  foreign key (org_id, insight_id) references public.insights (org_id, id) on delete cascade,
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade
);
create index insight_parts_insight on public.insight_parts (org_id, insight_id);
create index insight_parts_series on public.insight_parts (org_id, series_id);
create index insight_parts_asset on public.insight_parts (org_id, asset_id) where asset_id is not null;
call private.isolate('public.insight_parts', 'insights:read', null);
call private.restrict_to_parent('public.insight_parts', 'public.insights', 'insight_id');
create policy with_its_series on public.insight_parts as restrictive for select to authenticated
  using (exists (select from public.series s where s.org_id = insight_parts.org_id and s.id = insight_parts.series_id));

insert into public.insight_parts (org_id, id, insight_id, series_id, provider, metric, detector, fingerprint, happened_on,
    period_from, period_to, title, numbers)
  select org_id, id, id, series_id, provider, metric, 'spike', 'canary', happened_on, period_from, period_to, 'canary', '[]'
  from public.insights where org_id = private.canary_org_id();

call private.map_org_table('public.insights',
  'reference: id artist_id series_id asset_id fingerprint, text: title body template withdrawn_reason cause next_step, '
  'figure: detector severity provider metric happened_on period_from period_to narrator prompt_version confidence status created_at updated_at is_money quiet direction');
call private.map_org_table('public.insight_parts',
  'reference: id insight_id series_id asset_id fingerprint, text: title numbers, '
  'figure: detector provider metric happened_on period_from period_to');
