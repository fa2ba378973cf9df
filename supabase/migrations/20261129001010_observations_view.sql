-- The packed months become the only form of the daily values, and `observations` a view of them. The runner has packed
-- nearly everything by now (private.prepare_20261129001010); what is left, or all of it under Supabase's CLI, is packed
-- here, while nobody reads or writes.
lock table public.observations, public.observation_revisions in access exclusive mode;
do $$
begin
  while private.prepare_20261129001010() > 0 loop
  end loop;
end $$;
drop function private.prepare_20261129001010();
drop table public.observations;
drop table private.unpacked_series;
drop function private.mark_unpacked(), private.record_revision();

-- Revisions stay rows. Platform and definition are those of the series and the day.
do $$
declare
  found record;
begin
  for found in select p.polname from pg_catalog.pg_policy p where p.polrelid = 'public.observation_revisions'::regclass loop
    execute format('drop policy %I on public.observation_revisions', found.polname);
  end loop;
end $$;
alter table public.observation_revisions
  add column if not exists state text,     -- a remark on the value that was there
  add column entered_by uuid,
  drop column provider,
  drop column definition;
call private.isolate('public.observation_revisions', 'metrics:read', 'imports:write');
call private.restrict_to_parent('public.observation_revisions', 'public.series', 'series_id');
revoke insert, update, delete on public.observation_revisions from service_role;
create trigger require_api_login before insert or update or delete on public.observation_revisions for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
drop type public.provider;

-- One row a day. What a column needs is looked up only when it is asked for.
create view public.observations with (security_invoker = true) as
  select m.org_id, m.series_id, m.month + (d.on_day::integer - 1) as observed_on, m.provider, d.value,
    case when d.value is null then coalesce(m.states ->> d.on_day::text, 'not_reported') end as null_reason,
    case when d.value is not null then m.states ->> d.on_day::text end as state,
    (select private.definition_on(s.metric, s.provider, m.month + (d.on_day::integer - 1), a.kind)
     from public.series s left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
     where s.org_id = m.org_id and s.id = m.series_id) as definition,
    b.sync_run_id, b.import_id, b.entered_by, m.source_rows[d.on_day] as source_row, b.known_at,
    case when m.revised & (1 << (d.on_day::integer - 1)) = 0 then 0 else (
      select count(*) from public.observation_revisions r
      where r.org_id = m.org_id and r.series_id = m.series_id
        and r.observed_on = m.month + (d.on_day::integer - 1)) end::smallint as revisions
  from public.observation_months m
  cross join lateral unnest(m.values, m.batches) with ordinality as d (value, batch, on_day)
  left join public.observation_batches b on b.org_id = m.org_id and b.id = d.batch
  where m.days & (1 << (d.on_day::integer - 1)) <> 0;
grant select on public.observations to authenticated, arti_worker, service_role;
revoke insert, update, delete on public.observations from service_role;
