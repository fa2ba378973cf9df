-- Built-in metrics of money are called money.*; an org's own metric is money when its unit is a currency. Series of such
-- a metric, and what is said about them, need money:read. (The unit of a metric that has numbers cannot be changed.)

alter table public.series add column if not exists is_money boolean not null default false;
alter table public.insights add column if not exists is_money boolean not null default false;

create function private.is_money_metric(org uuid, named text) returns boolean
language sql stable set search_path = '' as $$
  select named like 'money.%'
    or exists (select from public.org_metrics m where m.org_id = org and m.slug = named and m.unit ~ '^[A-Z]{3}$')
$$;

-- Whoever writes the row: it cannot say of itself that it is no money.
create function private.set_is_money() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.is_money := private.is_money_metric(new.org_id, new.metric);
  return new;
end $$;
create trigger set_is_money before insert or update of metric, is_money on public.series
  for each row execute function private.set_is_money();
create trigger set_is_money before insert or update of metric, is_money on public.insights
  for each row execute function private.set_is_money();
update public.series set is_money = true where private.is_money_metric(org_id, metric);
update public.insights set is_money = true where private.is_money_metric(org_id, metric);

create policy money_only on public.series as restrictive for all to authenticated
  using (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]));
create policy money_only on public.insights as restrictive for all to authenticated
  using (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]));

-- A message about money is seen by those who see what it tells.
create policy money_only on public.deliveries as restrictive for select to authenticated
  using (insight_id is null or exists (select from public.insights i
                                       where i.org_id = deliveries.org_id and i.id = deliveries.insight_id));

revoke all on function private.is_money_metric(uuid, text), private.set_is_money() from public;
grant execute on function private.is_money_metric(uuid, text) to authenticated, arti_worker, service_role;
