-- What PostgreSQL grants to every login and no service needs: temporary objects, large objects, and statistics of all
-- tables and sessions, which show how much other tenants have and what they do. The owner and the members of pg_monitor
-- keep them. A hosted database, which does not apply these steps, leaves them as they are.

do $$
declare
  found record;
begin
  execute format('revoke temporary on database %I from public', current_database());
  execute format('grant temporary on database %I to postgres', current_database());

  for found in
    select p.oid::regprocedure as name, p.proname ~ '^lo' as large_object
    from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and (
      p.proname ~ '^(lo_|loread$|lowrite$)'
      or p.proname ~ '^pg_stat_get_' or p.proname in (
        'pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size', 'pg_database_size',
        'pg_tablespace_size', 'pg_lock_status', 'pg_show_replication_origin_status'))
      and has_function_privilege('public', p.oid, 'execute')
  loop
    execute format('revoke execute on function %s from public', found.name);
    execute format('grant execute on function %s to %s', found.name,
      case when found.large_object then 'postgres' else 'pg_monitor' end);
  end loop;

  for found in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'v'
      and (c.relname ~ '^pg_stat(io)?_' or c.relname = 'pg_locks')
      and has_table_privilege('public', c.oid, 'select')
  loop
    execute format('revoke select on %s from public', found.name);
    execute format('grant select on %s to pg_monitor', found.name);
  end loop;
  revoke select on pg_largeobject_metadata from public;
  grant select on pg_largeobject_metadata to postgres;

  -- Clients read pg_class for names and kinds; the number of rows and pages of a table is nobody's but the owner's.
  execute (
    select format('revoke select on pg_class from public; grant select on pg_class to pg_monitor, pg_read_all_data; '
                  'grant select (%s) on pg_class to public', string_agg(quote_ident(a.attname), ', '))
    from pg_attribute a
    where a.attrelid = 'pg_class'::regclass and not a.attisdropped
      and a.attname not in ('reltuples', 'relpages', 'relallvisible', 'relallfrozen'));
end $$;
