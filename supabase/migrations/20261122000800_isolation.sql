-- The isolation probe: what the caller's own claims can read of, and write into, an org that is not theirs.

-- Every table that holds an org's data, by the catalogue: those with a column org_id, the orgs and the people.
create function private.tenant_tables() returns table (name regclass, key_column text)
language sql stable set search_path = '' as $$
  select c.oid::regclass, case when k.attname is null then 'id' else 'org_id' end
  from pg_catalog.pg_class c
  left join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attname = 'org_id' and not k.attisdropped
  where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and (k.attname is not null or c.oid in ('public.orgs'::regclass, 'public.users'::regclass))
  order by c.relname
$$;

-- A table without a row of the canary org is a table where a leak could not be seen. Definer: it must see that row.
create function private.tables_without_canary() returns setof text
language plpgsql stable security definer set search_path = '' as $$
declare
  tenant record;
  planted boolean;
begin
  for tenant in select t.name, t.key_column from private.tenant_tables() t loop
    begin
      execute format('select exists (select from %s where %I = $1)', tenant.name, tenant.key_column)
        into planted using private.canary_org_id();
    exception when insufficient_privilege then planted := false;  -- somebody else's table, made by other ways
    end;
    if not planted then
      return next tenant.name::text;
    end if;
  end loop;
end $$;

-- Runs as the caller. Each write is tried in a subtransaction of its own and undone, whatever came of it. The insert
-- names the org only: a policy refuses it before any constraint is looked at, so every other error is a leak too.
create function private.probe_isolation()
returns table (tables_checked integer, foreign_rows_visible bigint, foreign_writes_accepted integer)
language plpgsql set search_path = '' as $$
declare
  canary constant uuid := private.canary_org_id();
  tenant record;
  own_column text;
  statement text;
  touched bigint;
begin
  tables_checked := 0; foreign_rows_visible := 0; foreign_writes_accepted := 0;
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
  return next;
end $$;

revoke all on function private.tenant_tables(), private.tables_without_canary(), private.probe_isolation() from public;
grant execute on function private.tenant_tables(), private.tables_without_canary(), private.probe_isolation()
  to authenticated;

-- What the health checks may know although they know nobody: which migrations are applied, and how long work waits.
create function private.applied_migrations() returns table (version text, checksum text)
language plpgsql stable security definer set search_path = '' as $$
begin
  if to_regclass('arti_migrations.applied') is not null then
    return query execute 'select a.version, a.checksum from arti_migrations.applied a';
  elsif to_regclass('supabase_migrations.schema_migrations') is not null then
    return query execute 'select s.version, null::text from supabase_migrations.schema_migrations s';
  end if;
end $$;
create function private.oldest_due_seconds() returns double precision
language sql stable security definer set search_path = '' as $$
  select extract(epoch from now() - min(j.run_at))::double precision from public.jobs j
  where j.status = 'queued' and j.run_at <= now()
$$;
revoke all on function private.applied_migrations(), private.oldest_due_seconds() from public;
grant execute on function private.applied_migrations(), private.oldest_due_seconds() to arti_api;
