-- The isolation probe tries everything that the caller may read, not the tables of orgs alone: views, materialized
-- views, foreign tables, tables in any schema, and functions that REST offers without arguments.

-- What the caller may select from, besides the tables of orgs. `key_type` is that of its column org_id, if it has one.
create function private.reachable_relations() returns table (name regclass, key_type regtype)
language sql stable set search_path = '' as $$
  select c.oid::regclass, k.atttypid::regtype
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attname = 'org_id' and not k.attisdropped
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and pg_catalog.has_schema_privilege(n.oid, 'usage')
    and pg_catalog.has_any_column_privilege(c.oid, 'select')
    and c.oid not in (select t.name from private.tenant_tables() t)
$$;

drop function private.probe_isolation();
-- Runs as the caller. Each write is tried in a subtransaction of its own and undone, whatever came of it. The insert
-- names the org only: a policy refuses it before any constraint is looked at, so every other error is a leak too.
-- The canary's rows carry its id in each key, so a row of a relation without org_id is recognized by that text.
create function private.probe_isolation()
returns table (tables_checked integer, relations_tried integer, foreign_rows_visible bigint,
               foreign_writes_accepted integer)
language plpgsql set search_path = '' as $$
declare
  canary constant uuid := private.canary_org_id();
  tenant record;
  reachable record;
  own_column text;
  statement text;
  touched bigint;
begin
  tables_checked := 0; relations_tried := 0; foreign_rows_visible := 0; foreign_writes_accepted := 0;
  for tenant in select t.name, t.key_column from private.tenant_tables() t loop
    tables_checked := tables_checked + 1;
    begin
      execute format('select count(*) from %s where %I = $1', tenant.name, tenant.key_column)
        into touched using canary;
      foreign_rows_visible := foreign_rows_visible + touched;
    exception when insufficient_privilege then null;
    end;
    select a.attname into own_column from pg_catalog.pg_attribute a
    where a.attrelid = tenant.name and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and pg_catalog.has_column_privilege(tenant.name, a.attnum, 'update')
    order by a.attnum limit 1;
    foreach statement in array array[
      format('insert into %s (%I) values ($1)', tenant.name, tenant.key_column),
      case when own_column is not null then
        format('update %s set %I = %I where %I = $1', tenant.name, own_column, own_column, tenant.key_column) end,
      format('delete from %s where %I = $1', tenant.name, tenant.key_column)
    ] loop
      continue when statement is null;
      begin
        execute statement using canary;
        get diagnostics touched = row_count;
        if touched > 0 then
          raise exception 'written, so undo it';
        end if;
      exception
        when insufficient_privilege then null;
        when others then foreign_writes_accepted := foreign_writes_accepted + 1;
      end;
    end loop;
  end loop;
  for reachable in
    select r.name::text, case
        when r.key_type = 'uuid'::regtype then format('select count(*) from %s where org_id = $1', r.name)
        when r.key_type is not null then format('select count(*) from %s where org_id::text = $1::text', r.name)
        else format('select count(*) from (select from %s t where strpos(t::text, $1::text) > 0 limit 1) found', r.name)
      end as attempt
    from private.reachable_relations() r
    union all
    select p.oid::regprocedure::text,
      format('select count(*) from (select from public.%I() t where strpos(t::text, $1::text) > 0 limit 1) found', p.proname)
    from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.provolatile in ('s', 'i')
      and p.pronargs = p.pronargdefaults and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
      and pg_catalog.has_function_privilege(p.oid, 'execute')
  loop
    relations_tried := relations_tried + 1;
    begin
      execute reachable.attempt into touched using canary;
      foreign_rows_visible := foreign_rows_visible + touched;
    exception when others then null;  -- it shows nothing
    end;
  end loop;
  return next;
end $$;

revoke all on function private.reachable_relations(), private.probe_isolation() from public;
grant execute on function private.reachable_relations(), private.probe_isolation() to authenticated;
