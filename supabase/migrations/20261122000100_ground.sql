-- The ground: login roles, schema private, who may do what, and the functions that policies call.

-- arti_api and arti_worker own nothing and bypass nothing. Their passwords are set by the installer.
do $$
begin
  if not exists (select from pg_roles where rolname = 'arti_api') then
    create role arti_api login noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
  if not exists (select from pg_roles where rolname = 'arti_worker') then
    create role arti_worker login noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
end $$;
grant anon, authenticated to arti_api;

-- Hosted databases grant everything in public to anon by default. ARTi grants each thing by name.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
grant usage on schema public to anon, authenticated, service_role, arti_api, arti_worker;

create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, arti_api, arti_worker, service_role;

-- The org in which nobody is: a row of it in every tenant table, planted at the end of the migrations, is what the
-- isolation probe tries to reach. It owes no work and is in nobody's list.
create function private.canary_org_id() returns uuid
language sql immutable set search_path = '' as
$$ select 'ca4a0000-0000-4000-a000-000000000000'::uuid $$;

create type public.provider as enum ('spotify', 'instagram', 'youtube', 'soundcloud');
create type public.member_role as enum ('admin', 'manager', 'analyst', 'creator');
create type public.member_status as enum ('active', 'invited', 'disabled');

-- The same matrix as arti.vocabulary.ROLE_PERMISSIONS; a test holds the two equal.
create table private.role_permissions (
  role public.member_role not null,
  permission text not null,
  primary key (role, permission)
);
insert into private.role_permissions (role, permission)
select r::public.member_role, p
from (values
  ('org:manage',         '{admin}'),
  ('members:read',       '{admin,manager,analyst,creator}'),
  ('members:manage',     '{admin}'),
  ('audit:read',         '{admin}'),
  ('roster:read',        '{admin,manager,analyst,creator}'),
  ('roster:write',       '{admin,manager}'),
  ('connections:read',   '{admin,manager,analyst,creator}'),
  ('connections:manage', '{admin,manager}'),
  ('metrics:read',       '{admin,manager,analyst,creator}'),
  ('imports:read',       '{admin,manager,analyst}'),
  ('imports:write',      '{admin,manager,analyst}'),
  ('campaigns:read',     '{admin,manager,analyst,creator}'),
  ('campaigns:write',    '{admin,manager}'),
  ('insights:read',      '{admin,manager,analyst,creator}'),
  ('insights:feedback',  '{admin,manager,analyst,creator}'),
  ('documents:read',     '{admin,manager,analyst,creator}'),
  ('documents:write',    '{admin,manager,analyst}'),
  ('automation:read',    '{admin,manager,analyst}'),
  ('automation:manage',  '{admin,manager}'),
  ('jobs:read',          '{admin,manager,analyst}')
) as matrix (p, roles), unnest(roles::text[]) as r;

-- The org of the job that a worker is doing. Only policies for arti_worker read it.
create function private.job_org_id() returns uuid
language sql stable set search_path = '' as
$$ select nullif(current_setting('arti.job_org_id', true), '')::uuid $$;

create table public.orgs (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A person, as the orgs they share with others see them. Created by the API from the verified token.
create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text not null,
  display_name text not null default '',
  created_at timestamptz not null default now(),
  last_seen_at timestamptz
);

create table public.memberships (
  org_id uuid not null references public.orgs (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  role public.member_role not null,
  status public.member_status not null default 'active',
  invited_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create index memberships_user on public.memberships (user_id, org_id);

-- Per platform, on top of the role: a missing row means that the role alone decides.
create table public.user_permissions (
  org_id uuid not null,
  user_id uuid not null,
  provider public.provider not null,
  can_read boolean not null default true,
  can_write boolean not null default true,
  can_delete boolean not null default true,
  primary key (org_id, user_id, provider),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade
);

-- The functions below are security definer because a policy on memberships cannot ask memberships.
create function private.member_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active'
$$;

create function private.org_ids_with(wanted text) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}')
  from public.memberships m join private.role_permissions p on p.role = m.role and p.permission = wanted
  where m.user_id = (select auth.uid()) and m.status = 'active'
$$;

-- Every (org, provider) pair on which the caller may do `verb`: read, write or delete.
create function private.platforms_with(verb text) returns table (org_id uuid, provider public.provider)
language sql stable security definer set search_path = '' as $$
  select m.org_id, p.provider
  from public.memberships m
  cross join unnest(enum_range(null::public.provider)) as p (provider)
  left join public.user_permissions u
    on u.org_id = m.org_id and u.user_id = m.user_id and u.provider = p.provider
  where m.user_id = (select auth.uid()) and m.status = 'active'
    and coalesce(case verb when 'read' then u.can_read when 'write' then u.can_write
                           when 'delete' then u.can_delete end, true)
$$;

create function private.known_user_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(distinct other.user_id), '{}') || (select auth.uid())
  from public.memberships me join public.memberships other on other.org_id = me.org_id
  where me.user_id = (select auth.uid()) and me.status = 'active'
$$;

revoke all on all functions in schema private from public;
grant execute on function private.member_org_ids(), private.org_ids_with(text), private.platforms_with(text),
  private.known_user_ids() to authenticated;
grant execute on function private.job_org_id() to arti_worker;
grant execute on function private.canary_org_id() to authenticated;

-- Put a tenant table under row-level security, the same way for all of them:
--   a restrictive policy, so that no later permissive one can widen it to another org;
--   reading and writing by permission; workers inside the org of their job only.
-- `platform` says that the table has a column `provider` on which the per-platform permissions bite.
create procedure private.isolate(
  target regclass, read_permission text, write_permission text,
  platform boolean default false, worker_verbs text default 'select, insert, update, delete'
) language plpgsql set search_path = '' as $$
declare
  org_column constant text := case when target = 'public.orgs'::regclass then 'id' else 'org_id' end;
  member constant text := format('%I = any ((select private.member_org_ids())::uuid[])', org_column);
  may_read constant text := format('%I = any ((select private.org_ids_with(%L))::uuid[])', org_column, read_permission);
  may_write constant text := format('%I = any ((select private.org_ids_with(%L))::uuid[])', org_column, write_permission);
  on_platform constant text :=
    ' and (org_id, provider) in (select p.org_id, p.provider from private.platforms_with(%L) p)';
  job constant text := format('%I = (select private.job_org_id())', org_column);
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy members_only on %s as restrictive for all to authenticated using (%s) with check (%s)',
    target, member, member);
  if read_permission is not null then
    execute format('create policy read on %s for select to authenticated using (%s)', target,
      may_read || case when platform then format(on_platform, 'read') else '' end);
    execute format('grant select on %s to authenticated', target);
  end if;
  if write_permission is not null then
    execute format('create policy add on %s for insert to authenticated with check (%s)', target,
      may_write || case when platform then format(on_platform, 'write') else '' end);
    execute format('create policy change on %s for update to authenticated using (%s) with check (%s)', target,
      may_write || case when platform then format(on_platform, 'write') else '' end,
      may_write || case when platform then format(on_platform, 'write') else '' end);
    execute format('create policy remove on %s for delete to authenticated using (%s)', target,
      may_write || case when platform then format(on_platform, 'delete') else '' end);
    execute format('grant insert, update, delete on %s to authenticated', target);
  end if;
  if worker_verbs <> '' then
    execute format('create policy job_only on %s for all to arti_worker using (%s) with check (%s)', target, job, job);
    execute format('grant %s on %s to arti_worker', worker_verbs, target);
  end if;
end $$;

call private.isolate('public.orgs', 'members:read', null, worker_verbs => 'select');
create policy change on public.orgs for update to authenticated
  using (id = any ((select private.org_ids_with('org:manage'))::uuid[]))
  with check (id = any ((select private.org_ids_with('org:manage'))::uuid[]));
grant update (name, updated_at) on public.orgs to authenticated;

call private.isolate('public.memberships', 'members:read', 'members:manage', worker_verbs => 'select');
call private.isolate('public.user_permissions', 'members:read', 'members:manage', worker_verbs => 'select');

-- Not a tenant table: a person may belong to several orgs. Seen by those who share an org with them.
alter table public.users enable row level security;
alter table public.users force row level security;
create policy read on public.users for select to authenticated
  using (id = any ((select private.known_user_ids())::uuid[]));
-- The address is the verified token's and no other, so that nobody shows up under somebody else's.
create policy add_self on public.users for insert to authenticated
  with check (id = (select auth.uid()) and email = (select auth.email()));
create policy change_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()) and email = (select auth.email()));
create policy job_only on public.users for select to arti_worker using (
  id in (select m.user_id from public.memberships m where m.org_id = (select private.job_org_id())));
grant select, insert on public.users to authenticated;
grant update (email, display_name, last_seen_at) on public.users to authenticated;
grant select on public.users to arti_worker;

-- Whoever makes an org is its first admin. Definer, because nobody may insert into orgs directly.
create function public.create_org(org_name text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  new_id uuid;
begin
  if (select auth.uid()) is null then
    raise exception 'sign in first' using errcode = '28000';
  end if;
  insert into public.orgs (name) values (org_name) returning id into new_id;
  insert into public.memberships (org_id, user_id, role) values (new_id, (select auth.uid()), 'admin');
  return new_id;
end $$;
revoke all on function public.create_org(text) from public, anon;
grant execute on function public.create_org(text) to authenticated;

-- An admin adds a person, whom the auth service knows already, to an org they manage.
create function public.add_member(target_org uuid, new_user uuid, new_name text, new_role public.member_role,
                                  new_status public.member_status) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not target_org = any (private.org_ids_with('members:manage')) then
    raise exception 'not an admin of this org' using errcode = '42501';
  end if;
  insert into public.users (id, email, display_name)
    select u.id, coalesce(u.email, ''), new_name from auth.users u where u.id = new_user
    on conflict (id) do nothing;
  insert into public.memberships (org_id, user_id, role, status, invited_by)
    values (target_org, new_user, new_role, new_status, (select auth.uid()));
end $$;
revoke all on function public.add_member(uuid, uuid, text, public.member_role, public.member_status) from public, anon;
grant execute on function public.add_member(uuid, uuid, text, public.member_role, public.member_status) to authenticated;

-- Who signs in has proven to be the person that was invited.
create function private.accept_invitations() returns integer
language sql security definer set search_path = '' as $$
  with accepted as (
    update public.memberships set status = 'active', updated_at = now()
    where user_id = (select auth.uid()) and status = 'invited' returning 1
  ) select count(*)::integer from accepted
$$;
revoke all on function private.accept_invitations() from public;
grant execute on function private.accept_invitations() to authenticated;

-- The last active admin of an org can be neither removed, disabled nor demoted, whoever asks.
create function private.keep_an_admin() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if old.role = 'admin' and old.status = 'active'
     and (tg_op = 'DELETE' or new.role <> 'admin' or new.status <> 'active')
  then
    -- A statement of its own, so that the count below sees what the transaction before us in this queue has done.
    -- No org: it is being deleted, and its members with it.
    perform from public.orgs where id = old.org_id for no key update;
    if found and not exists (select from public.memberships
                             where org_id = old.org_id and user_id <> old.user_id
                               and role = 'admin' and status = 'active')
    then
      raise exception 'an org needs an admin' using errcode = '23514', constraint = 'memberships_keep_an_admin';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
revoke all on function private.keep_an_admin() from public;
create trigger keep_an_admin before update or delete on public.memberships
  for each row execute function private.keep_an_admin();
