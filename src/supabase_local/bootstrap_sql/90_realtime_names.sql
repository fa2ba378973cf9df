-- The functions of schema realtime that upstream does not have, under the standard terms for what they do.

-- Run a prepared query once under the claims of each principal, in one round trip and as the role that calls, which can
-- read nothing that it could not read itself. The answer of a principal whose policies fail is null.
drop function realtime.ask_as(text[], text[], text, jsonb);
create function realtime.evaluate_as(claims text[], topics text[], query text, parameter jsonb)
returns table (principal integer, answer jsonb)
language plpgsql as $$
declare
  prepared constant text := 'realtime_' || md5(current_user || query);
begin
  if not exists (select from pg_catalog.pg_prepared_statements p where p.name = prepared) then
    execute format('prepare %I (jsonb) as %s', prepared, query);
  end if;
  for i in 1 .. cardinality(claims) loop
    principal := i;
    begin
      perform set_config('request.jwt.claims', claims[i], true),
              set_config('realtime.topic', coalesce(topics[i], ''), true);
      execute format('execute %I (%L)', prepared, parameter) into answer;
    exception when others then
      answer := null;
    end;
    return next;
  end loop;
end $$;
revoke all on function realtime.evaluate_as(text[], text[], text, jsonb) from public;
grant execute on function realtime.evaluate_as(text[], text[], text, jsonb) to anon, authenticated, service_role;

-- The columns that a role may read of each published table, and the policies that apply to it.
drop function realtime.standing(name);
create function realtime.row_security(role_name name) returns table (
  schema_name name, table_name name, secured boolean, readable name[], policies jsonb
)
language sql stable set search_path = '' as $$
  select n.nspname, c.relname,
    c.relrowsecurity and not (r.rolsuper or r.rolbypassrls),
    array(select a.attname from pg_catalog.pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and pg_catalog.has_schema_privilege(r.oid, n.oid, 'usage')
            and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'select')),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'command', p.polcmd, 'permissive', p.polpermissive,
        'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
        'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
        'columns', (select coalesce(jsonb_agg(distinct a.attname), '[]') from pg_catalog.pg_depend d
                    join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                    where d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
                      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0)))
      from pg_catalog.pg_policy p
      where p.polrelid = c.oid and exists (
        select from unnest(p.polroles) as roles (oid)
        where roles.oid = 0 or pg_catalog.pg_has_role(r.oid, roles.oid, 'usage'))), '[]')
  from pg_catalog.pg_publication_tables t
  join pg_catalog.pg_namespace n on n.nspname = t.schemaname
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
  join pg_catalog.pg_roles r on r.rolname = role_name
  where t.pubname in ('supabase_realtime', 'supabase_realtime_messages_publication')
$$;

-- Delete the stored messages whose retention has passed.
alter function realtime.forget_messages() rename to purge_messages;
