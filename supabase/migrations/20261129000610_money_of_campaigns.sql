-- What a campaign may cost and has cost is money. The budget leaves the row of the campaign, whose columns everybody
-- who reads campaigns can read over REST.

create table public.campaign_budgets (
  org_id uuid not null,
  campaign_id uuid not null,
  amount_minor bigint not null check (amount_minor >= 0),  -- in minor units of the campaign's currency
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, campaign_id),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade
);
insert into public.campaign_budgets (org_id, campaign_id, amount_minor)
  select c.org_id, c.id, c.budget_minor from public.campaigns c where c.budget_minor is not null;
alter table public.campaigns drop column budget_minor;

call private.isolate('public.campaign_budgets', 'money:read', 'money:write', worker_verbs => 'select');
call private.restrict_to_parent('public.campaign_budgets', 'public.campaigns', 'campaign_id');

alter policy read on public.campaign_costs
  using (org_id = any ((select private.org_ids_with('money:read'))::uuid[]));
alter policy add on public.campaign_costs
  with check (org_id = any ((select private.org_ids_with('money:write'))::uuid[]));
alter policy change on public.campaign_costs
  using (org_id = any ((select private.org_ids_with('money:write'))::uuid[]))
  with check (org_id = any ((select private.org_ids_with('money:write'))::uuid[]));
alter policy remove on public.campaign_costs
  using (org_id = any ((select private.org_ids_with('money:write'))::uuid[]));

insert into public.campaign_budgets (org_id, campaign_id, amount_minor)
  values (private.canary_org_id(), private.canary_org_id(), 1) on conflict do nothing;
