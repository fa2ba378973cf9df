-- What a hosted Supabase already has and the embedded PostgreSQL lacks: the roles and the shape of schema auth.
-- Run once, as superuser, on an empty embedded cluster. Never run against a database given by DATABASE_URL.
-- Names and attributes are those of Supabase, so that supabase/migrations apply to both unchanged.

create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;

-- Hosted Supabase's `postgres` owns the public schema, may create roles, bypasses RLS, and is no superuser.
create role postgres login createrole createdb bypassrls;
grant anon, authenticated, service_role to postgres with admin option;

create role supabase_auth_admin login noinherit createrole;
create schema auth authorization supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;
alter role supabase_auth_admin set search_path = auth;

create schema extensions authorization postgres;
grant usage on schema extensions to public;
create extension vector with schema extensions;

grant create, usage on schema public to postgres;
do $$ begin execute format('grant create, connect on database %I to postgres', current_database()); end $$;
