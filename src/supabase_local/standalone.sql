-- Applied where supabase_local runs alone; an application that embeds it has this in its own migrations: the session
-- check at the begin of every transaction with claims, and the default grants of a new Supabase project.

create schema if not exists private;
grant usage on schema private to anon, authenticated, service_role;

-- Whether the session of the request's claims is valid: 0 no, 1 yes, 2 a second factor is required, 3 the claims do not
-- count.
create or replace function private.session_state() returns integer
language plpgsql stable security definer set search_path = '' as $$
declare
  claims constant jsonb := claims.jwt();
  session constant uuid := (claims ->> 'session_id')::uuid;
  claimed_user constant uuid := (claims ->> 'sub')::uuid;
begin
  if claims is null and current_setting('request.jwt.claims', true) <> '' then
    return 3;
  elsif session is null then
    return 1;
  end if;
  if not exists (
    select from auth.sessions s join auth.users u on u.id = s.user_id
    where s.id = session and s.user_id = claimed_user
      and (s.not_after is null or s.not_after > clock.now())
      and (u.banned_until is null or u.banned_until <= clock.now())
      and u.deleted_at is null
      and coalesce(nullif(u.role, ''), 'authenticated') = claims ->> 'role')
  then
    return 0;
  end if;
  if claims ->> 'aal' = 'aal1' and exists (
    select from auth.mfa_factors f where f.user_id = claimed_user and f.status = 'verified')
  then
    return 2;
  end if;
  return 1;
end $$;

create or replace function private.session_is_live() returns boolean
language sql stable set search_path = '' as $$ select private.session_state() = 1 $$;

drop function if exists private.session_lives();  -- its former name

revoke all on function private.session_state(), private.session_is_live() from public;
grant execute on function private.session_state(), private.session_is_live() to anon, authenticated, service_role;

-- The login of REST and Realtime for requests of users: it can become anon and authenticated, never service_role.
do $$
begin
  if not exists (select from pg_roles where rolname = 'supabase_rest') then
    create role supabase_rest login noinherit;
  end if;
end $$;
grant anon, authenticated to supabase_rest;

-- As in a new Supabase project, every role has all privileges on public: row-level security restricts the rows.
grant usage on schema public to anon, authenticated, service_role;
grant all on all tables in schema public to anon, authenticated, service_role;
grant all on all sequences in schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
