-- An invitation names an address, not a person: whoever it belongs to becomes a member by an act of their own, and until
-- then nothing of them shows to the org. Members are made by three functions only, each of them for the caller
-- themselves or for a machine.

create table public.invitations (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  display_name text not null default '' check (length(display_name) <= 120),  -- as the inviter wrote it
  role public.member_role not null,
  artist_access text not null default 'all' check (artist_access in ('all', 'list')),
  artist_ids uuid[] not null default '{}',
  group_ids uuid[] not null default '{}',
  money_access boolean,                    -- null: the role decides
  platforms jsonb not null default '{}',   -- by slug: can_read, can_write, can_delete
  invited_by uuid,
  token_hash bytea check (length(token_hash) = 32),  -- of the mailed link; null until it is mailed
  created_at timestamptz not null default clock.now(),
  requested_at timestamptz not null default clock.now(),  -- when its mail was asked for
  mailed_at timestamptz,                   -- null: the mail waits
  expires_at timestamptz not null,
  primary key (org_id, id)
);
create unique index invitations_address on public.invitations (org_id, email);
create index invitations_email on public.invitations (email);
create index invitations_token on public.invitations (token_hash);
create index invitations_id on public.invitations (id);
call private.isolate('public.invitations', 'members:manage', 'members:manage', worker_verbs => 'select, update');
-- The hash of the link is nobody's to read, or to write but a worker's, which mails it.
revoke select, insert, update on public.invitations from authenticated;
grant select (org_id, id, email, display_name, role, artist_access, artist_ids, group_ids, money_access, platforms,
  invited_by, created_at, requested_at, mailed_at, expires_at) on public.invitations to authenticated;
grant insert (org_id, id, email, display_name, role, artist_access, artist_ids, group_ids, money_access, platforms,
  invited_by, created_at, requested_at, expires_at) on public.invitations to authenticated;
grant update (display_name, role, artist_access, artist_ids, group_ids, money_access, platforms, requested_at,
  mailed_at, expires_at) on public.invitations to authenticated;
create trigger require_api_login before insert or update or delete on public.invitations for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
insert into private.request_permissions (kind, name, permission) values
  ('job', 'orgs.mail_invitation', 'members:manage');

-- Whoever was invited as a member that had not signed in yet is an address again.
insert into public.invitations (org_id, email, role, artist_access, artist_ids, group_ids, money_access, platforms,
                                invited_by, created_at, requested_at, mailed_at, expires_at)
  select m.org_id, lower(u.email), m.role, m.artist_access,
    coalesce((select array_agg(l.artist_id) from public.member_artists l
              where l.org_id = m.org_id and l.user_id = m.user_id), '{}'),
    coalesce((select array_agg(l.group_id) from public.member_groups l
              where l.org_id = m.org_id and l.user_id = m.user_id), '{}'),
    m.money_access,
    coalesce((select jsonb_object_agg(p.provider, jsonb_build_object('can_read', p.can_read, 'can_write', p.can_write,
                'can_delete', p.can_delete)) from public.user_permissions p
              where p.org_id = m.org_id and p.user_id = m.user_id), '{}'),
    m.invited_by, m.created_at, m.created_at, m.created_at, clock.now() + interval '14 days'
  from public.memberships m join public.users u on u.id = m.user_id
  where m.status = 'invited' and length(u.email) between 3 and 254
  on conflict do nothing;
delete from public.memberships where status = 'invited';

drop function public.add_member(uuid, uuid, text, public.member_role, public.member_status);
drop function private.accept_invitations();
-- The type keeps its word: triggers that ran in this session have the type's plan.
alter table public.memberships add constraint memberships_not_invited check (status <> 'invited');

-- Nobody inserts a membership but these functions, and nobody moves one to another person.
drop policy add on public.memberships;
revoke insert, update on public.memberships from authenticated;
grant update (role, status, artist_access, money_access, updated_at) on public.memberships to authenticated;

-- The user that an API key acts as.
create function private.add_machine_member(org uuid, machine uuid, machine_name text, machine_role public.member_role)
returns void language plpgsql security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' or not org = any (private.org_ids_with('org:manage')) then
    raise exception 'not an admin of this org' using errcode = '42501';
  end if;
  if not exists (select from auth.users u where u.id = machine and u.raw_app_meta_data ->> 'machine' = 'true')
     or exists (select from public.memberships m where m.user_id = machine) then
    raise exception 'people join by accepting an invitation' using errcode = '42501';
  end if;
  insert into public.users (id, email, display_name)
    select u.id, coalesce(u.email, ''), machine_name from auth.users u where u.id = machine
    on conflict (id) do nothing;
  insert into public.memberships (org_id, user_id, role, invited_by) values (org, machine, machine_role, (select auth.uid()));
end $$;

-- Names of the artists and groups on a list, as far as the caller sees them.
create function private.name_lists(org uuid, artist_ids uuid[], group_ids uuid[])
returns table (artists jsonb, groups jsonb)
language sql stable set search_path = '' as $$
  select
    coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by lower(a.name), a.id)
      from public.artists a where a.org_id = org and a.id = any (artist_ids)), '[]'),
    coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by lower(g.name), g.id)
      from public.artist_groups g where g.org_id = org and g.id = any (group_ids)), '[]')
$$;

-- Whether the caller may answer an invitation: they have its link, or their confirmed address is the invited one. Where
-- addresses are confirmed without a mail, an address proves nothing: then only accounts count that are older than the
-- invitation (`addresses` = older), or the link alone does (none). Who is signed in answers for their own address only.
create function private.may_answer(invitation public.invitations, hash bytea, addresses text) returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(invitation.expires_at > clock.now()
    and (hash is not null or addresses in ('confirmed', 'older'))
    and (hash is null or hash = invitation.token_hash)
    and case when (select auth.uid()) is null then hash is not null else exists (
      select from auth.users u
      where u.id = (select auth.uid()) and lower(u.email) = invitation.email
        and (hash is not null or u.email_confirmed_at is not null)
        and (hash is not null or addresses = 'confirmed' or u.created_at < invitation.created_at)) end, false)
$$;

-- What an invitation tells the invitee: the org, the role, who invited.
create function private.list_own_invitations(addresses text)
returns table (id uuid, org_name text, email text, role public.member_role, invited_by text, created_at timestamptz,
               expires_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' then
    raise exception 'only the API lists invitations' using errcode = '42501';
  end if;
  return query
    select i.id, o.name, i.email, i.role, coalesce(nullif(by.display_name, ''), by.email), i.created_at, i.expires_at
    from auth.users u
    join public.invitations i on i.email = lower(u.email)
    join public.orgs o on o.id = i.org_id
    left join public.users by on by.id = i.invited_by
    where u.id = (select auth.uid()) and private.may_answer(i, null, addresses)
    order by i.created_at, i.id;
end $$;

-- The invitation of a mailed link, and whether its address has an account. For whoever has the link: they read its mail.
create function private.find_invitation(hash bytea)
returns table (id uuid, org_name text, email text, display_name text, role public.member_role, invited_by text,
               created_at timestamptz, expires_at timestamptz, has_account boolean)
language sql stable security definer set search_path = '' as $$
  select i.id, o.name, i.email, i.display_name, i.role, coalesce(nullif(by.display_name, ''), by.email), i.created_at,
    i.expires_at,
    exists (select from auth.users u where lower(u.email) = i.email and u.email_confirmed_at is not null)
  from public.invitations i
  join public.orgs o on o.id = i.org_id
  left join public.users by on by.id = i.invited_by
  where i.token_hash = hash and i.expires_at > clock.now()
$$;

-- The only way in for a person: the caller becomes a member. Returns the org, or null for what is not theirs to accept.
create function private.accept_invitation(invitation_id uuid, hash bytea, addresses text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := (select auth.uid());
  found public.invitations;
begin
  if session_user <> 'arti_api' or caller is null then
    raise exception 'only the API accepts invitations' using errcode = '42501';
  end if;
  select i.* into found from public.invitations i where i.id = invitation_id for update;
  if not private.may_answer(found, hash, addresses) then
    return null;
  end if;
  delete from public.invitations i where i.org_id = found.org_id and i.id = found.id;
  insert into public.memberships (org_id, user_id, role, artist_access, money_access, invited_by)
    values (found.org_id, caller, found.role, found.artist_access, found.money_access, found.invited_by)
    on conflict do nothing;
  if found.artist_access = 'list' then
    insert into public.member_artists (org_id, user_id, artist_id)
      select a.org_id, caller, a.id from public.artists a
      where a.org_id = found.org_id and a.id = any (found.artist_ids) on conflict do nothing;
    insert into public.member_groups (org_id, user_id, group_id)
      select g.org_id, caller, g.id from public.artist_groups g
      where g.org_id = found.org_id and g.id = any (found.group_ids) on conflict do nothing;
  end if;
  insert into public.user_permissions (org_id, user_id, provider, can_read, can_write, can_delete)
    select found.org_id, caller, p.key, (p.value ->> 'can_read')::boolean, (p.value ->> 'can_write')::boolean,
      (p.value ->> 'can_delete')::boolean
    from jsonb_each(found.platforms) p on conflict do nothing;
  insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
    values (found.org_id, caller, 'invitation.accepted', 'invitation', found.id::text,
            jsonb_build_object('email', found.email, 'role', found.role));
  return found.org_id;
end $$;

-- Whoever has the link, or the address, may decline. Returns whether there was something to decline.
create function private.decline_invitation(invitation_id uuid, hash bytea, addresses text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  found public.invitations;
begin
  if session_user <> 'arti_api' then
    raise exception 'only the API declines invitations' using errcode = '42501';
  end if;
  select i.* into found from public.invitations i where i.id = invitation_id for update;
  if not private.may_answer(found, hash, addresses) then
    return false;
  end if;
  delete from public.invitations i where i.org_id = found.org_id and i.id = found.id;
  -- Without an actor: who declines stays an address.
  insert into public.audit_log (org_id, actor_id, action, subject_kind, subject_id, details)
    values (found.org_id, null, 'invitation.declined', 'invitation', found.id::text,
            jsonb_build_object('email', found.email, 'role', found.role));
  return true;
end $$;

-- When a member was last seen is known by org: what somebody does in one org is no business of another. To the quarter of
-- an hour, so that few rows change.
alter table public.memberships add column last_seen_at timestamptz;
update public.memberships m set last_seen_at = u.last_seen_at from public.users u where u.id = m.user_id;
alter table public.users drop column last_seen_at;
create function private.record_seen(org uuid) returns void
language sql security definer set search_path = '' as $$
  update public.memberships set last_seen_at = clock.now()
  where org_id = org and user_id = (select auth.uid()) and status = 'active' and session_user = 'arti_api'
    and (last_seen_at is null or last_seen_at < clock.now() - interval '15 minutes')
$$;

revoke all on function private.add_machine_member(uuid, uuid, text, public.member_role),
  private.name_lists(uuid, uuid[], uuid[]), private.may_answer(public.invitations, bytea, text),
  private.list_own_invitations(text), private.find_invitation(bytea), private.accept_invitation(uuid, bytea, text),
  private.decline_invitation(uuid, bytea, text), private.record_seen(uuid) from public;
grant execute on function private.add_machine_member(uuid, uuid, text, public.member_role),
  private.name_lists(uuid, uuid[], uuid[]), private.list_own_invitations(text),
  private.accept_invitation(uuid, bytea, text), private.decline_invitation(uuid, bytea, text),
  private.record_seen(uuid) to authenticated;
grant execute on function private.find_invitation(bytea), private.decline_invitation(uuid, bytea, text) to arti_api;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.invitations (org_id, id, email, display_name, role, expires_at)
    values (canary, canary, 'canary@canary.invalid', 'canary', 'analyst', clock.now() - interval '1 day');
end $$;
