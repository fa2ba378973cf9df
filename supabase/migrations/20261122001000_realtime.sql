-- What people watch live. Each change rings a bell that carries names and ids only; whoever listens reads the row
-- again under their own policies. Not durable: who was away reads the table.

create function private.tell_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_notify('arti_changes', pg_catalog.json_build_object(
    'table', tg_table_name, 'type', tg_op, 'org_id', new.org_id, 'id', new.id, 'at', pg_catalog.now())::text);
  return null;
end $$;
revoke all on function private.tell_change() from public;

create trigger tell_change after insert or update on public.insights
  for each row execute function private.tell_change();
create trigger tell_change after insert or update on public.deliveries
  for each row execute function private.tell_change();
create trigger tell_change after insert or update on public.imports
  for each row execute function private.tell_change();
create trigger tell_change after insert or update on public.sync_runs
  for each row execute function private.tell_change();
-- Leases and hand-outs change often and tell nobody anything.
create trigger tell_change after insert or update of status, progress on public.jobs
  for each row execute function private.tell_change();

-- A hosted Supabase tells changes from its own publication instead.
do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    alter publication supabase_realtime
      add table public.insights, public.deliveries, public.imports, public.sync_runs, public.jobs;
  end if;
end $$;
