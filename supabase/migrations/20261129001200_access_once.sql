-- What policies ask about the caller is looked up once a transaction, instead of once for each table of each statement.
-- In a read-only transaction session_state() keeps the answers in settings of the transaction, beside the claims for which
-- they were looked up. Under other claims, and in a transaction that writes, policies look up as before. Whoever could
-- forge these settings could forge the claims themselves.

-- The look-ups: what the policies' functions were, under names of their own.
create function private.find_member_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active'
$$;
create function private.find_all_artist_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'all'
$$;
create function private.find_all_platform_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active'
    and not exists (
      select from public.user_permissions u where u.org_id = m.org_id and u.user_id = m.user_id and not u.can_read)
$$;
create function private.find_unrestricted_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'all'
    and coalesce(m.money_access, exists (
      select from private.role_permissions p where p.role = m.role and p.permission = 'money:read'))
    and not exists (
      select from public.user_permissions u where u.org_id = m.org_id and u.user_id = m.user_id and not u.can_read)
$$;
create function private.find_org_ids_with(wanted text) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}')
  from public.memberships m left join private.role_permissions p on p.role = m.role and p.permission = wanted
  where m.user_id = (select auth.uid()) and m.status = 'active'
    and case wanted when 'money:read' then coalesce(m.money_access, p.role is not null)
                    when 'money:write' then p.role is not null and coalesce(m.money_access, true)
                    else p.role is not null end
$$;
create function private.find_visible_artists() returns table (org_id uuid, artist_id uuid)
language sql stable security definer set search_path = '' as $$
  select a.org_id, a.artist_id
  from public.memberships m join public.member_artists a on a.org_id = m.org_id and a.user_id = m.user_id
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'list'
  union
  select a.org_id, a.artist_id
  from public.memberships m
  join public.member_groups g on g.org_id = m.org_id and g.user_id = m.user_id
  join public.artist_group_members a on a.org_id = g.org_id and a.group_id = g.group_id
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'list'
$$;
revoke all on function private.find_member_org_ids(), private.find_all_artist_org_ids(),
  private.find_all_platform_org_ids(), private.find_unrestricted_org_ids(), private.find_org_ids_with(text),
  private.find_visible_artists() from public;
grant execute on function private.find_member_org_ids(), private.find_all_artist_org_ids(),
  private.find_all_platform_org_ids(), private.find_unrestricted_org_ids(), private.find_org_ids_with(text),
  private.find_visible_artists() to authenticated;

-- What policies call. The settings are those of the caller, if access_of names them as auth.uid() does.
create or replace function private.member_org_ids() returns uuid[] language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return current_setting('app.member_org_ids');
  end if;
  return private.find_member_org_ids();
end $$;
create or replace function private.all_artist_org_ids() returns uuid[] language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return current_setting('app.all_artist_org_ids');
  end if;
  return private.find_all_artist_org_ids();
end $$;
-- The orgs in which the caller reads every platform.
create function private.all_platform_org_ids() returns uuid[] language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return current_setting('app.all_platform_org_ids');
  end if;
  return private.find_all_platform_org_ids();
end $$;
create or replace function private.unrestricted_org_ids() returns uuid[] language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return current_setting('app.unrestricted_org_ids');
  end if;
  return private.find_unrestricted_org_ids();
end $$;
-- Permissions of the most frequent reads are kept; any other is looked up.
create or replace function private.org_ids_with(wanted text) returns uuid[]
language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return coalesce(nullif(current_setting('app.org_ids_with_' || translate(wanted, ':', '_'), true), '')::uuid[],
      private.find_org_ids_with(wanted));
  end if;
  return private.find_org_ids_with(wanted);
end $$;
create or replace function private.visible_artists() returns table (org_id uuid, artist_id uuid)
language plpgsql stable set search_path = '' as $$
begin
  if current_setting('app.access_of', true) = concat(
    current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)) then
    return query select v.* from unnest(current_setting('app.visible_org_ids')::uuid[],
                                        current_setting('app.visible_artist_ids')::uuid[]) v;
  else
    return query select v.* from private.find_visible_artists() v;
  end if;
end $$;
revoke all on function private.all_platform_org_ids() from public;
grant execute on function private.all_platform_org_ids() to authenticated;

-- One statement for all of the look-ups above, which a test holds equal to them.
create function private.remember_access(person uuid) returns void
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  found record;
begin
  select coalesce(array_agg(m.org_id), '{}')::text as member,
    coalesce(array_agg(m.org_id) filter (where m.all_artists), '{}')::text as all_artists,
    bool_or(not m.all_artists) as has_list,
    coalesce(array_agg(m.org_id) filter (where m.all_platforms), '{}')::text as all_platforms,
    coalesce(array_agg(m.org_id) filter (where m.all_artists and m.all_platforms and m.money), '{}')::text as unrestricted,
    coalesce(array_agg(m.org_id) filter (where 'members:read' = any (m.permissions)), '{}')::text as members,
    coalesce(array_agg(m.org_id) filter (where 'roster:read' = any (m.permissions)), '{}')::text as roster,
    coalesce(array_agg(m.org_id) filter (where 'connections:read' = any (m.permissions)), '{}')::text as connections,
    coalesce(array_agg(m.org_id) filter (where 'metrics:read' = any (m.permissions)), '{}')::text as metrics,
    coalesce(array_agg(m.org_id) filter (where m.money), '{}')::text as money
  into found
  from (
    select m.org_id, m.artist_access = 'all' as all_artists, p.permissions,
      coalesce(m.money_access, 'money:read' = any (p.permissions)) as money,
      not exists (select from public.user_permissions u
                  where u.org_id = m.org_id and u.user_id = person and not u.can_read) as all_platforms
    from public.memberships m
    cross join lateral (
      select array_agg(r.permission) as permissions from private.role_permissions r where r.role = m.role) p
    where m.user_id = person and m.status = 'active'
    offset 0
  ) m;
  perform set_config('app.member_org_ids', found.member, true),
    set_config('app.all_artist_org_ids', found.all_artists, true),
    set_config('app.all_platform_org_ids', found.all_platforms, true),
    set_config('app.unrestricted_org_ids', found.unrestricted, true),
    set_config('app.org_ids_with_members_read', found.members, true),
    set_config('app.org_ids_with_roster_read', found.roster, true),
    set_config('app.org_ids_with_connections_read', found.connections, true),
    set_config('app.org_ids_with_metrics_read', found.metrics, true),
    set_config('app.org_ids_with_money_read', found.money, true),
    set_config('app.access_of', concat(
      current_setting('request.jwt.claim.sub', true), ' ', current_setting('request.jwt.claims', true)), true);
  if found.has_list then
    perform set_config('app.visible_org_ids', coalesce(array_agg(v.org_id), '{}')::text, true),
      set_config('app.visible_artist_ids', coalesce(array_agg(v.artist_id), '{}')::text, true)
    from private.find_visible_artists() v;
  else
    perform set_config('app.visible_org_ids', '{}', true), set_config('app.visible_artist_ids', '{}', true);
  end if;
end $$;
revoke all on function private.remember_access(uuid) from public;

-- As before, and in a read-only transaction the caller's access is kept until its end.
create or replace function private.session_state() returns integer
language plpgsql stable security definer set search_path = '' as $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  session constant uuid := (claims ->> 'session_id')::uuid;
  person constant uuid := (claims ->> 'sub')::uuid;
  key constant uuid := (claims ->> 'key_id')::uuid;
begin
  if session is not null then
    if not exists (
      select from auth.sessions s join auth.users u on u.id = s.user_id
      where s.id = session and s.user_id = person
        and (s.not_after is null or s.not_after > clock.now())
        and (u.banned_until is null or u.banned_until <= clock.now())
        and u.deleted_at is null
        and coalesce(nullif(u.role, ''), 'authenticated') = claims ->> 'role')
    then
      return 0;
    end if;
    -- A second factor that only the browser asks for would be none.
    if claims ->> 'aal' = 'aal1' and exists (
      select from auth.mfa_factors f where f.user_id = person and f.status = 'verified')
    then
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
    perform private.remember_access(person);
  end if;
  return 1;
end $$;

-- Let a caller read the rows of their platforms only. Most members read all platforms, so that is asked first.
create procedure private.restrict_to_platforms(target regclass) language plpgsql set search_path = '' as $$
begin
  execute format('create policy read_on_platform on %s as restrictive for select to authenticated using ('
    'org_id = any ((select private.all_platform_org_ids())::uuid[])'
    ' or (org_id, provider) in (select p.org_id, p.provider from private.platforms_with(%L) p))', target, 'read');
end $$;
-- Until here it was a part of the policy `read` of the tables with a platform.
do $do$
declare
  found record;
  mixed constant text := $re$^\(\(org_id = ANY \(\( SELECT private\.org_ids_with\('([a-z]+:[a-z]+)'::text\) $re$
    || $re$AS org_ids_with\)::uuid\[\]\)\) AND \(\(org_id, provider\) IN \( SELECT p\.org_id,\s+p\.provider\s+$re$
    || $re$FROM private\.platforms_with\('read'::text\) p\(org_id, provider\)\)\)\)$$re$;
begin
  for found in
    select p.polname as policy, p.polrelid::regclass as target,
      (regexp_match(pg_get_expr(p.polqual, p.polrelid), mixed))[1] as permission
    from pg_catalog.pg_policy p
    join pg_catalog.pg_attribute a on a.attrelid = p.polrelid and a.attname = 'provider' and a.attnotnull
    where p.polpermissive and p.polcmd = 'r' and pg_get_expr(p.polqual, p.polrelid) ~ mixed
  loop
    execute format('alter policy %I on %s using (org_id = any ((select private.org_ids_with(%L))::uuid[]))',
      found.policy, found.target, found.permission);
    call private.restrict_to_platforms(found.target);
  end loop;
end $do$;
