-- What a person may read, in one row: the check of a session reads it instead of counting it up in every transaction, and
-- the functions that policies call are expressions that the planner inlines. Together they were half of a series call.

-- Orgs by what the person may do in them as an active member. The private.find_… functions look the same up in the tables
-- that members are kept in; a test holds the two equal.
create table private.member_access (
  user_id uuid primary key,
  roles jsonb not null default '{}',          -- {org: role}
  is_listed boolean not null default false,   -- in some org they see a list of artists
  member uuid[] not null default '{}',
  all_artists uuid[] not null default '{}',
  all_platforms uuid[] not null default '{}',
  unrestricted uuid[] not null default '{}',  -- all artists, all platforms, and money
  members_read uuid[] not null default '{}',
  roster_read uuid[] not null default '{}',
  connections_read uuid[] not null default '{}',
  metrics_read uuid[] not null default '{}',
  money_read uuid[] not null default '{}'
);
alter table private.member_access enable row level security;
alter table private.member_access force row level security;

-- The row is locked before the tables are read, so that of two changes at once the later one sees the earlier.
create function private.refresh_member_access(person uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.member_access (user_id) values (person) on conflict do nothing;
  perform from private.member_access a where a.user_id = person for update;
  update private.member_access a
  set roles = found.roles, is_listed = found.is_listed, member = found.member, all_artists = found.all_artists,
    all_platforms = found.all_platforms, unrestricted = found.unrestricted, members_read = found.members_read,
    roster_read = found.roster_read, connections_read = found.connections_read, metrics_read = found.metrics_read,
    money_read = found.money_read
  from (
    select coalesce(jsonb_object_agg(m.org_id, m.role) filter (where m.org_id is not null), '{}') as roles,
      coalesce(bool_or(not m.all_artists), false) as is_listed,
      coalesce(array_agg(m.org_id), '{}') as member,
      coalesce(array_agg(m.org_id) filter (where m.all_artists), '{}') as all_artists,
      coalesce(array_agg(m.org_id) filter (where m.all_platforms), '{}') as all_platforms,
      coalesce(array_agg(m.org_id) filter (where m.all_artists and m.all_platforms and m.money), '{}') as unrestricted,
      coalesce(array_agg(m.org_id) filter (where 'members:read' = any (m.permissions)), '{}') as members_read,
      coalesce(array_agg(m.org_id) filter (where 'roster:read' = any (m.permissions)), '{}') as roster_read,
      coalesce(array_agg(m.org_id) filter (where 'connections:read' = any (m.permissions)), '{}') as connections_read,
      coalesce(array_agg(m.org_id) filter (where 'metrics:read' = any (m.permissions)), '{}') as metrics_read,
      coalesce(array_agg(m.org_id) filter (where m.money), '{}') as money_read
    from (
      select m.org_id, m.role, m.artist_access = 'all' as all_artists, p.permissions,
        coalesce(m.money_access, 'money:read' = any (p.permissions)) as money,
        not exists (select from public.user_permissions u
                    where u.org_id = m.org_id and u.user_id = person and not u.can_read) as all_platforms
      from public.memberships m
      cross join lateral (
        select array_agg(r.permission) as permissions from private.role_permissions r where r.role = m.role) p
      where m.user_id = person and m.status = 'active'
    ) m
  ) found
  where a.user_id = person;
end $$;

create function private.refresh_member_access() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'INSERT' then
    perform private.refresh_member_access(old.user_id);
  end if;
  if tg_op <> 'DELETE' and (tg_op = 'INSERT' or new.user_id <> old.user_id) then
    perform private.refresh_member_access(new.user_id);
  end if;
  return null;
end $$;
create trigger refresh_member_access after insert or update or delete on public.memberships
  for each row execute function private.refresh_member_access();
create trigger refresh_member_access after insert or update or delete on public.user_permissions
  for each row execute function private.refresh_member_access();

create function private.refresh_all_member_access() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.refresh_member_access(m.user_id) from (select distinct user_id from public.memberships) m;
  return null;
end $$;
create trigger refresh_all_member_access after insert or update or delete or truncate on private.role_permissions
  for each statement execute function private.refresh_all_member_access();
create trigger refresh_all_member_access after truncate on public.user_permissions
  for each statement execute function private.refresh_all_member_access();

revoke all on function private.refresh_member_access(uuid), private.refresh_member_access(),
  private.refresh_all_member_access() from public;
select private.refresh_member_access(m.user_id) from (select distinct user_id from public.memberships) m;

-- Whose access the settings app.… hold: the two settings that auth.uid() reads.
create function private.claims_in_force() returns text language sql stable parallel safe
return concat(current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true));
revoke all on function private.claims_in_force() from public;
grant execute on function private.claims_in_force() to authenticated;

create or replace function private.member_org_ids() returns uuid[] language sql stable
return case when current_setting('app.access_of', true) = private.claims_in_force()
  then current_setting('app.member_org_ids')::uuid[] else private.find_member_org_ids() end;
create or replace function private.all_artist_org_ids() returns uuid[] language sql stable
return case when current_setting('app.access_of', true) = private.claims_in_force()
  then current_setting('app.all_artist_org_ids')::uuid[] else private.find_all_artist_org_ids() end;
create or replace function private.all_platform_org_ids() returns uuid[] language sql stable
return case when current_setting('app.access_of', true) = private.claims_in_force()
  then current_setting('app.all_platform_org_ids')::uuid[] else private.find_all_platform_org_ids() end;
create or replace function private.unrestricted_org_ids() returns uuid[] language sql stable
return case when current_setting('app.access_of', true) = private.claims_in_force()
  then current_setting('app.unrestricted_org_ids')::uuid[] else private.find_unrestricted_org_ids() end;
create or replace function private.org_ids_with(wanted text) returns uuid[] language sql stable
return case when current_setting('app.access_of', true) = private.claims_in_force()
    and wanted in ('members:read', 'roster:read', 'connections:read', 'metrics:read', 'money:read')
  then current_setting('app.org_ids_with_' || translate(wanted, ':', '_'))::uuid[]
  else private.find_org_ids_with(wanted) end;

-- As before: 0 for a session that has ended, 2 for one that lacks its second factor, else 1; and in a read-only transaction
-- the caller's access is kept until its end. A session, the most frequent caller by far, costs one statement.
create or replace function private.session_state() returns integer
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  person constant uuid := (claims ->> 'sub')::uuid;
  key constant uuid := (claims ->> 'key_id')::uuid;
  session constant uuid := (claims ->> 'session_id')::uuid;
  lacks_factor boolean;
  is_listed boolean;
begin
  if session is not null then
    -- A second factor that only the browser asks for would be none.
    select claims ->> 'aal' = 'aal1' and exists (
      select from auth.mfa_factors f where f.user_id = person and f.status = 'verified')
    into lacks_factor
    from auth.sessions s join auth.users u on u.id = s.user_id
    where s.id = session and s.user_id = person
      and (s.not_after is null or s.not_after > clock.now())
      and (u.banned_until is null or u.banned_until <= clock.now())
      and u.deleted_at is null
      and coalesce(nullif(u.role, ''), 'authenticated') = claims ->> 'role';
    if lacks_factor is null then
      return 0;
    elsif lacks_factor then
      return 2;
    end if;
  end if;
  if key is not null
    and not exists (select from private.installation_keys k where k.id = key and k.revoked_at is null)
    and not exists (
      select from private.org_keys k join public.memberships m on m.org_id = k.org_id and m.user_id = k.user_id
      where k.id = key and k.revoked_at is null and m.status = 'active')
  then
    return 0;
  end if;
  if person is not null and current_setting('transaction_read_only') = 'on' then
    select a.is_listed, set_config('app.roles', a.roles::text, true),
      set_config('app.member_org_ids', a.member::text, true),
      set_config('app.all_artist_org_ids', a.all_artists::text, true),
      set_config('app.all_platform_org_ids', a.all_platforms::text, true),
      set_config('app.unrestricted_org_ids', a.unrestricted::text, true),
      set_config('app.org_ids_with_members_read', a.members_read::text, true),
      set_config('app.org_ids_with_roster_read', a.roster_read::text, true),
      set_config('app.org_ids_with_connections_read', a.connections_read::text, true),
      set_config('app.org_ids_with_metrics_read', a.metrics_read::text, true),
      set_config('app.org_ids_with_money_read', a.money_read::text, true),
      set_config('app.visible_org_ids', '{}', true), set_config('app.visible_artist_ids', '{}', true),
      set_config('app.access_of', private.claims_in_force(), true)
    into is_listed
    from private.member_access a where a.user_id = person;
    if is_listed then
      perform set_config('app.visible_org_ids', coalesce(array_agg(v.org_id), '{}')::text, true),
        set_config('app.visible_artist_ids', coalesce(array_agg(v.artist_id), '{}')::text, true)
      from private.find_visible_artists() v;
    end if;
  end if;
  return 1;
end $$;
drop function private.remember_access(uuid);
