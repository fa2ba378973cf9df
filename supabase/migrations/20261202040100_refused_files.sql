-- Files that could not be imported are kept as long as the org says, 30 days by default. The import stays in the list
-- with its reason; only its file goes.
alter table public.orgs add column refused_file_days integer not null default 30
  check (refused_file_days between 0 and 3650);
grant update (refused_file_days) on public.orgs to authenticated;
call private.map_subject('public.orgs', 'subject: id, name: name, figure: created_at updated_at refused_file_days',
  of_org => 'id = $1', exported_to => '{org}');

-- How long an org itself has a table's rows kept: an expression over the row t; null: as `keep` says.
alter table private.retentions add column of_org text not null default 'null::interval';
call private.map_shared_table('private.retentions', 'internal: relation moment keep ended of_org', 'of the schema');
insert into private.retentions (relation, moment, keep, ended, of_org) values
  ('public.files', 'created_at', '30 days',
   't.kind = ''import'' and not exists (
      select from public.imports i where i.org_id = t.org_id and i.file_id = t.id and i.status <> ''refused'')',
   '(select make_interval(days => o.refused_file_days) from public.orgs o where o.id = t.org_id)');

create or replace function private.delete_past_retention(at_most integer default 10000) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  rule private.retentions;
  removed bigint;
  total bigint := 0;
begin
  for rule in select * from private.retentions order by relation loop
    execute format(
      'delete from %1$s where ctid = any (array(select t.ctid from %1$s t
         where t.%2$I < clock.now() - coalesce(%4$s, $1) and t.org_id <> private.canary_org_id() and (%3$s) limit $2))',
      rule.relation::regclass, rule.moment, rule.ended, rule.of_org) using rule.keep, at_most;
    get diagnostics removed = row_count;
    total := total + removed;
  end loop;
  return total;
end $$;
