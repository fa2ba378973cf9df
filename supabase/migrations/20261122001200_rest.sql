-- Who speaks through /rest/v1. The user path logs in as arti_rest, which can become a person or a stranger and nobody
-- else: whatever a request makes of its statement, service_role is out of reach. Its password is set by the installer.
do $$
begin
  if not exists (select from pg_roles where rolname = 'arti_rest') then
    create role arti_rest login noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
end $$;
grant anon, authenticated to arti_rest;

-- Backend code with the secret key reads and writes every org's rows, as it does on a hosted Supabase. Not the shared
-- catalogue of metrics, which migrations alone write.
grant usage on schema public to service_role;
grant select, insert, update, delete on all tables in schema public to service_role;
revoke insert, update, delete on public.metrics, public.metric_definitions from service_role;
alter default privileges in schema public grant select, insert, update, delete on tables to service_role;
