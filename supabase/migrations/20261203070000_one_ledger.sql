-- What is applied stands in the table of Supabase's CLI, whoever applied it; the digest where ./arti migrate knows it.
create or replace function private.applied_migrations() returns table (version text, checksum text)
language plpgsql stable security definer set search_path = '' as $$
declare
  digests constant boolean := to_regclass('arti_migrations.applied') is not null;
  ledger constant boolean := to_regclass('supabase_migrations.schema_migrations') is not null;
begin
  if ledger and digests then
    return query execute 'select coalesce(s.version, a.version), a.checksum
      from supabase_migrations.schema_migrations s full join arti_migrations.applied a on a.version = s.version';
  elsif digests then
    return query execute 'select a.version, a.checksum from arti_migrations.applied a';
  elsif ledger then
    return query execute 'select s.version, null::text from supabase_migrations.schema_migrations s';
  end if;
end $$;
call private.map_shared_table('supabase_migrations.schema_migrations', 'internal: version name statements', 'of the installation');
