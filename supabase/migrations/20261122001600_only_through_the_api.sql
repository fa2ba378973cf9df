-- Over REST none of our code stands between a member and a table: nothing is checked but by the database, nothing is
-- sealed, and nobody writes the audit log. What administers an org is therefore written by the API alone. The API logs in
-- as arti_api; REST logs in as arti_rest, on a hosted Supabase as authenticator, and `set role` changes neither.
create function private.only_through_api() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'only the API writes %', tg_table_name
    using errcode = '42501', hint = 'ARTi''s API checks what is changed here, and records who changed it.';
end $$;
revoke all on function private.only_through_api() from public;

do $$
declare
  target text;
begin
  foreach target in array array[
    'orgs', 'memberships', 'user_permissions',           -- who may do what; events and audit_log: what was done
    'channels', 'rules', 'webhook_sources',              -- what leaves the org and who may call in, with secrets
    'connected_accounts', 'oauth_states',                -- with tokens
    'imports', 'import_files',                           -- what every imported number is proven by
    'events', 'audit_log'
  ] loop
    execute format(
      'create trigger only_through_api before insert or update or delete on public.%I for each statement '
      'when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.only_through_api()', target);
  end loop;
end $$;

-- A consent under way is between one person and a provider: its verifier is nobody else's to read.
revoke select on public.oauth_states from authenticated;
grant select (org_id, expires_at) on public.oauth_states to authenticated;

-- The roster may be kept over REST, by n8n for one. Its acts are recorded here then, and as in the API an artist whose
-- accounts are connected stays, so that no token is left behind.
create function private.record_artist() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  artist public.artists;
begin
  artist := case when tg_op = 'DELETE' then old else new end;
  if tg_op = 'DELETE' and exists (select from public.connected_accounts a
                                  where a.org_id = old.org_id and a.artist_id = old.id
                                    and a.status <> 'disconnected') then
    raise exception 'disconnect the accounts of this artist first' using errcode = '23503';
  end if;
  insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
    values (artist.org_id, (select auth.uid()), case tg_op when 'DELETE' then 'artist.deleted' else 'artist.created' end,
            'artist', artist.id::text, jsonb_build_object('name', artist.name));
  return artist;
end $$;
revoke all on function private.record_artist() from public;
create trigger record_creation after insert on public.artists for each row
  when (current_user in ('authenticated', 'service_role') and session_user <> 'arti_api')
  execute function private.record_artist();
create trigger record_deletion before delete on public.artists for each row
  when (current_user in ('authenticated', 'service_role') and session_user <> 'arti_api')
  execute function private.record_artist();

-- The two definers that REST can call: what an org's maker does is recorded, and nobody is made a member of an org, and
-- shown to it by name and address, without having been asked by the API.
create or replace function public.create_org(org_name text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  new_id uuid;
begin
  if (select auth.uid()) is null then
    raise exception 'sign in first' using errcode = '28000';
  end if;
  insert into public.orgs (name) values (org_name) returning id into new_id;
  insert into public.memberships (org_id, user_id, role) values (new_id, (select auth.uid()), 'admin');
  if session_user <> 'arti_api' then
    insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
      values (new_id, (select auth.uid()), 'org.created', 'org', new_id::text, jsonb_build_object('name', org_name));
  end if;
  return new_id;
end $$;

create or replace function public.add_member(target_org uuid, new_user uuid, new_name text,
                                             new_role public.member_role, new_status public.member_status) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' then
    raise exception 'only the API adds members' using errcode = '42501';
  end if;
  if not target_org = any (private.org_ids_with('members:manage')) then
    raise exception 'not an admin of this org' using errcode = '42501';
  end if;
  insert into public.users (id, email, display_name)
    select u.id, coalesce(u.email, ''), new_name from auth.users u where u.id = new_user
    on conflict (id) do nothing;
  insert into public.memberships (org_id, user_id, role, status, invited_by)
    values (target_org, new_user, new_role, new_status, (select auth.uid()));
end $$;
