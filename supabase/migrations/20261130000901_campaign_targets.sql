-- What a campaign aims at is money where its goal is: then the target is read with money:read. It leaves the row of the
-- campaign, whose columns everybody who reads campaigns can read over REST.

create table public.campaign_targets (
  org_id uuid not null,
  campaign_id uuid not null,
  value double precision not null check (value > 0 and value < 'infinity'),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, campaign_id),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade
);
insert into public.campaign_targets (org_id, campaign_id, value)
  select c.org_id, c.id, c.goal_target from public.campaigns c
  where c.goal_target > 0 and c.goal_target < 'infinity';
alter table public.campaigns drop column goal_target;

-- The campaigns in the caller's orgs whose goal is money now: the metric of a goal, and the unit of a metric without
-- numbers, can be changed. Definer: whether a target is hidden must not depend on what else the caller sees.
create function private.money_goals() returns table (org_id uuid, campaign_id uuid)
language sql stable security definer set search_path = '' as $$
  select c.org_id, c.id from public.campaigns c
  where c.org_id = any ((select private.member_org_ids())::uuid[]) and private.is_money_metric(c.org_id, c.goal_metric)
$$;
revoke all on function private.money_goals() from public;
grant execute on function private.money_goals() to authenticated;

call private.isolate('public.campaign_targets', 'campaigns:read', 'campaigns:write', worker_verbs => 'select');
call private.restrict_to_parent('public.campaign_targets', 'public.campaigns', 'campaign_id');
create policy money_only on public.campaign_targets as restrictive for all to authenticated
  using (org_id = any ((select private.org_ids_with('money:read'))::uuid[])
         or (org_id, campaign_id) not in (select g.org_id, g.campaign_id from private.money_goals() g))
  with check (org_id = any ((select private.org_ids_with('money:write'))::uuid[])
              or (org_id, campaign_id) not in (select g.org_id, g.campaign_id from private.money_goals() g));

insert into public.campaign_targets (org_id, campaign_id, value)
  values (private.canary_org_id(), private.canary_org_id(), 1) on conflict do nothing;
