-- What each function was when the migrations had run, so that the isolation proof notices a body that was replaced:
-- every function of ARTi's schemas, and those of others that a policy calls. Whoever applies migrations records them.
create table private.function_digests (
  name text primary key,                   -- with its arguments
  digest text not null
);
alter table private.function_digests enable row level security;
alter table private.function_digests force row level security;

create function private.record_functions() returns void
language plpgsql set search_path = '' as $$
begin
  delete from private.function_digests;
  insert into private.function_digests (name, digest)
    select p.oid::regprocedure::text, encode(sha256(convert_to(concat_ws('|', p.prosrc,
      pg_get_function_sqlbody(p.oid), p.proconfig, p.prosecdef, p.provolatile, p.proisstrict, p.proleakproof,
      (select l.lanname from pg_language l where l.oid = p.prolang)), 'UTF8')), 'hex')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind <> 'a' and (n.nspname in ('private', 'public') or exists (
        select from pg_depend d where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
          and d.refobjid = p.oid))
      and n.nspname not in ('clock', 'pg_catalog')  -- the clock of a demo moves, and has a check of its own
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                      and d.deptype = 'e');
end $$;
revoke all on function private.record_functions() from public;

create function private.recorded_functions() returns table (name text, digest text)
language sql stable security definer set search_path = '' as $$
  select f.name, f.digest from private.function_digests f
$$;
revoke all on function private.recorded_functions() from public;
grant execute on function private.recorded_functions() to authenticated, arti_api;

call private.map_shared_table('private.function_digests', 'internal: name digest', 'of the schema');
select private.record_functions();
