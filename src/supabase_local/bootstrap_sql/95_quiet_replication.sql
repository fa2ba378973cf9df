-- Each read of the log's changes starts a logical decoding, which the server writes to its own log in four lines.
do $$
begin
  if exists (select from pg_roles where rolname = 'supabase_replication_admin') then
    alter role supabase_replication_admin set log_min_messages = 'fatal';
  end if;
exception when insufficient_privilege then
  raise notice 'the server keeps logging each start of a logical decoding';
end $$;
