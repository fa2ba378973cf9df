-- What a campaign added, as a worker measured it with the org's own rights: the same for everybody who reads the campaign,
-- though its comparison rests on artists that a reader with a list does not see. They are in `detail` by the ids of their
-- series, which name nobody to whom row-level security does not show them. It follows the series of the goal: whoever
-- does not see the artist, the platform or money does not see what a campaign added to it.

create table public.campaign_lifts (
  org_id uuid not null,
  campaign_id uuid not null,
  series_id uuid not null,
  goal_metric text not null,               -- what was measured; a campaign that was changed since is measured again
  goal_provider text not null,
  starts_on date not null,
  ends_on date not null,
  result text not null check (result in ('measured', 'inconclusive')),
  lift double precision,                   -- of what was expected: 0.1 is a tenth more
  low double precision,                    -- the 90 % interval
  high double precision,
  detail jsonb not null,
  input_sha256 bytea not null,             -- of everything that was read: the same is not computed twice
  measured_at timestamptz not null default clock.now(),
  primary key (org_id, campaign_id),
  check ((result = 'measured') = (lift is not null and low is not null and high is not null)),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade,
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade
);
call private.isolate('public.campaign_lifts', 'campaigns:read', null);
call private.restrict_to_parent('public.campaign_lifts', 'public.series', 'series_id');
call private.map_org_table('public.campaign_lifts',
  'reference: campaign_id series_id, figure: goal_metric goal_provider starts_on ends_on result lift low high measured_at, '
  'text: detail, internal: input_sha256');

-- How often such intervals were right in the org's own past, for each metric of each platform: rates, and nobody's numbers.
create table public.lift_calibrations (
  org_id uuid not null references public.orgs (id) on delete cascade,
  provider text not null,
  metric text not null,
  windows integer not null check (windows > 0),   -- in which nothing happened
  answered integer not null,                      -- not inconclusive
  held integer not null,                          -- the interval held 0
  seen integer not null,                          -- a quarter more would have been seen
  detectable double precision,                    -- what could be seen, of the median window
  measured_at timestamptz not null default clock.now(),
  primary key (org_id, provider, metric)
);
call private.isolate('public.lift_calibrations', 'campaigns:read', null, platform => true);
call private.map_org_table('public.lift_calibrations',
  'figure: provider metric windows answered held seen detectable measured_at');

-- The months of all series of a metric on a platform: donors are looked for among them.
create index series_metric on public.series (org_id, provider, metric) where dimension = '';

insert into public.campaign_lifts (org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on,
    result, detail, input_sha256)
  values (private.canary_org_id(), private.canary_org_id(), private.canary_org_id(), 'audience.followers', 'spotify',
    '2026-01-01', '2026-01-02', 'inconclusive',
    jsonb_build_object('reasons', jsonb_build_array(jsonb_build_object('code', 'release', 'title', 'canary',
      'on', '2026-01-01')), 'from', '2026-01-01', 'to', '2026-01-02', 'left_out', '{}'::jsonb), 'canary');
insert into public.lift_calibrations (org_id, provider, metric, windows, answered, held, seen)
  values (private.canary_org_id(), 'spotify', 'audience.followers', 1, 1, 1, 1);
insert into private.request_permissions (kind, name, permission, arguments) values
  ('job', 'campaigns.measure', 'campaigns:write', '{"campaign_id": "campaigns"}');
