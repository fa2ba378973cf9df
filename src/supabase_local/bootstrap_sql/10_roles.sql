-- The roles of a hosted Supabase, which a plain PostgreSQL lacks.
-- Run once, as superuser, on the embedded cluster, or on a PostgreSQL of your own that has no schema auth yet.
-- Names and attributes are those of Supabase, so that supabase/migrations apply to both unchanged.

-- Hosted Supabase's `postgres` owns the public schema, may create roles, bypasses RLS, and is not a superuser.
do $$
declare wanted record;
begin
  for wanted in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      ('postgres', 'login createrole createdb bypassrls'),
      ('supabase_auth_admin', 'login noinherit createrole')
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.attributes);
    end if;
  end loop;
end $$;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;

create schema auth authorization supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;
alter role supabase_auth_admin set search_path = auth;

create schema if not exists extensions authorization postgres;
grant usage on schema extensions to public;
create extension if not exists vector with schema extensions;

grant create, usage on schema public to postgres;
do $$ begin execute format('grant create, connect on database %I to postgres', current_database()); end $$;
