-- Who may still come in: sessions that have ended, and the gateway's API keys, of the installation and of orgs.

-- The keys of the installation: a publishable one speaks as anon, a secret one as service_role. Hashes only.
create table private.installation_keys (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('publishable', 'secret')),
  name text not null check (length(name) between 1 and 120),
  hash bytea not null unique check (length(hash) = 32),
  start text not null,                     -- the first characters, by which people know it again
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
alter table private.installation_keys enable row level security;
alter table private.installation_keys force row level security;

-- The keys of an org: each speaks as a machine member of it, so that policies hold. What a key may do is what the role
-- of that membership may do, and without the membership it is refused.
create table private.org_keys (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references public.users (id) on delete cascade,
  name text not null check (length(name) between 1 and 120),
  hash bytea not null check (length(hash) = 32),
  start text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (org_id, id)
);
create index org_keys_user on private.org_keys (user_id);
create index org_keys_id on private.org_keys (id);
create index org_keys_hash on private.org_keys (hash);
call private.isolate('private.org_keys', 'members:read', 'org:manage', worker_verbs => '');
revoke select, update on private.org_keys from authenticated;
grant select (org_id, id, user_id, name, start, created_by, created_at, last_used_at, revoked_at)
  on private.org_keys to authenticated;
grant update (revoked_at) on private.org_keys to authenticated;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into private.org_keys (org_id, id, user_id, name, hash, start, revoked_at)
    values (canary, canary, canary, 'canary', sha256('canary'), 'canary', now());
end $$;

-- Whether whoever asks now may still come in: 0 no, 1 yes, 2 when they show their second factor.
-- 0 for a session that has ended, a person who is banned or deleted or has another role than the token says, and a key
-- that is revoked. Claims that name neither session nor key are a key of the settings, or the installation itself.
-- Every transaction of a caller begins with it.
create function private.session_state() returns integer
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
        and (s.not_after is null or s.not_after > now())
        and (u.banned_until is null or u.banned_until <= now())
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
  return 1;
end $$;

create function private.session_lives() returns boolean
language sql stable set search_path = '' as $$ select private.session_state() = 1 $$;

-- Look a key up by its SHA-256, for the gateway, and note once a minute that it was used.
create function private.use_key(wanted bytea)
returns table (id uuid, role text, user_id uuid, email text)
language plpgsql security definer set search_path = '' as $$
begin
  update private.installation_keys k set last_used_at = now()
    where k.hash = wanted and k.revoked_at is null
      and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  update private.org_keys k set last_used_at = now()
    where k.hash = wanted and k.revoked_at is null
      and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query
    select k.id, case k.kind when 'secret' then 'service_role' else 'anon' end, null::uuid, null::text
    from private.installation_keys k where k.hash = wanted and k.revoked_at is null
    union all
    select k.id, 'authenticated', k.user_id, u.email
    from private.org_keys k join public.users u on u.id = k.user_id
    where k.hash = wanted and k.revoked_at is null
      and exists (select from public.memberships m
                  where m.org_id = k.org_id and m.user_id = k.user_id and m.status = 'active');
end $$;

-- A machine stays in the org that made it, and runs no org.
create function private.keep_machines_in_place() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (tg_op = 'INSERT' or (new.org_id, new.user_id, new.role) is distinct from (old.org_id, old.user_id, old.role))
     and exists (select from private.org_keys k where k.user_id = new.user_id and k.revoked_at is null
                 and (k.org_id <> new.org_id or new.role = 'admin'))
  then
    raise exception 'a key stays in its org and is no admin' using errcode = '23514',
      constraint = 'memberships_keep_machines_in_place';
  end if;
  return new;
end $$;
create trigger keep_machines_in_place before insert or update of org_id, user_id, role on public.memberships
  for each row execute function private.keep_machines_in_place();

-- The custom-access-token hook, in the form that Supabase calls: adds the person's orgs, each with their role in it,
-- to the token. From memberships only. For those who read tokens: policies ask memberships and not this claim, so
-- that it does no harm when it is old. The latest 50 orgs, since a token must stay small.
create function private.add_orgs_to_token(event jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('claims', event -> 'claims' || jsonb_build_object('orgs', coalesce(
    (select jsonb_object_agg(m.org_id, m.role) from (
       select m.org_id, m.role from public.memberships m
       where m.user_id = (event ->> 'user_id')::uuid and m.status = 'active'
       order by m.created_at desc, m.org_id limit 50) m), '{}')))
$$;

revoke all on function private.session_state(), private.session_lives(), private.use_key(bytea),
  private.keep_machines_in_place(), private.add_orgs_to_token(jsonb) from public;
grant usage on schema private to anon, supabase_auth_admin;
grant execute on function private.session_state(), private.session_lives() to anon, authenticated, service_role;
grant execute on function private.use_key(bytea), private.add_orgs_to_token(jsonb) to supabase_auth_admin;
