-- Who a row says that did something is who did it, also over REST: there a member could name anybody, a stranger too, as
-- the author of a campaign, a document, a calendar entry, a source, a metric or a place. Of a song or a release the author
-- sees it while it has no credits, so a member with a list of artists could keep one for themselves, or show one to others.
create function private.set_author() returns trigger
language plpgsql set search_path = '' as $$
begin
  return jsonb_populate_record(new, jsonb_build_object(tg_argv[0],
    case when tg_op = 'INSERT' then to_jsonb(claims.uid()) else to_jsonb(old) -> tg_argv[0] end));
end $$;
revoke all on function private.set_author() from public;
do $$
declare
  found record;
begin
  for found in
    select * from (values ('calendar_entries', 'created_by'), ('campaigns', 'created_by'), ('documents', 'created_by'),
      ('org_metrics', 'created_by'), ('place_names', 'decided_by'), ('recordings', 'created_by'),
      ('releases', 'created_by'), ('sources', 'created_by')) as t (relation, author)
  loop
    execute format('create trigger set_author before insert or update of %2$I on public.%1$I for each row '
      'when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.set_author(%2$L)', found.relation, found.author);
  end loop;
end $$;

-- Who looks into an insight is a member, and none that has left. That they see the artist the API checks, and it records
-- who gave an insight to whom: over REST neither was so.
update public.insights i set assigned_to = null
  where i.assigned_to is not null and not exists (
    select from public.memberships m where m.org_id = i.org_id and m.user_id = i.assigned_to);
alter table public.insights add foreign key (org_id, assigned_to) references public.memberships (org_id, user_id)
  on delete set null (assigned_to);
create trigger require_api_login before update of assigned_to, snoozed_until on public.insights for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
