-- Live changes come from the write-ahead log, by the publication supabase_realtime, no longer from triggers and NOTIFY:
-- all verbs, in commit order, and nothing is lost while the reader reconnects. docs/adr says why.

drop trigger tell_change on public.insights;
drop trigger tell_change on public.deliveries;
drop trigger tell_change on public.imports;
drop trigger tell_change on public.sync_runs;
drop trigger tell_change on public.jobs;
drop function private.tell_change();

-- A deleted row is told to those whose policies would have shown it, judged by what the log keeps of it: the columns of
-- the replica identity. The policies of insights look at the provider too.
create unique index insights_replica on public.insights (org_id, id, provider);
alter table public.insights replica identity using index insights_replica;

do $$
declare
  told regclass;
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    foreach told in array array['public.insights', 'public.deliveries', 'public.imports', 'public.sync_runs',
                                'public.jobs']::regclass[] loop
      if not exists (select from pg_catalog.pg_publication_rel r
                     join pg_catalog.pg_publication p on p.oid = r.prpubid and p.pubname = 'supabase_realtime'
                     where r.prrelid = told) then
        execute format('alter publication supabase_realtime add table %s', told);
      end if;
    end loop;
  end if;
  -- What policies rest on. ARTi's own Realtime forgets what it knows of them when one of these changes.
  if to_regclass('realtime.messages') is not null
     and to_regprocedure('realtime.ask_as(text[], text[], text, jsonb)') is not null then
    create publication arti_permissions for table public.memberships, public.user_permissions,
      private.role_permissions;
  end if;
end $$;

-- Private channels: the members of an org use the topics `org:<its id>` and `org:<its id>:<anything>`, nobody else does.
do $$
begin
  if exists (select from pg_catalog.pg_class c where c.oid = to_regclass('realtime.messages')
             and pg_catalog.pg_has_role(current_user, c.relowner, 'usage')) then
    create policy members_receive on realtime.messages for select to authenticated using (
      split_part((select realtime.topic()), ':', 1) = 'org'
      and split_part((select realtime.topic()), ':', 2) = any ((select private.member_org_ids())::text[])
      and topic = (select realtime.topic()));
    create policy members_send on realtime.messages for insert to authenticated with check (
      split_part((select realtime.topic()), ':', 1) = 'org'
      and split_part((select realtime.topic()), ':', 2) = any ((select private.member_org_ids())::text[])
      and topic = (select realtime.topic()));
  end if;
end $$;
